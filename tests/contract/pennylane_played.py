"""A Pennylane played by the sandbox, our host on it with what it has pulled, and people who work there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from connector.hosts.pennylane import PennylaneHost, PennylaneSettings, Place
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Invoice, Kind, Ref
from connector.ports import Memo, Note
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Ledger
from tests.contract.pennylane_acts import PennylaneActs

TODAY = date(2026, 11, 20)
#: Calls in five seconds: so many that no test waits for a window.
PLENTY = 100_000


@dataclass
class Played:
    sandbox: Sandbox
    settings: PennylaneSettings
    act: PennylaneActs
    memo: Memo = field(default_factory=dict)
    ledger: Ledger = field(default_factory=lambda: Ledger(load_mapping("pennylane")))
    hosts: list[PennylaneHost] = field(default_factory=list)

    def host(self, **other: object) -> PennylaneHost:
        """Our host as a new process would make it, that never really waits; with other settings, if given."""
        settings = replace(self.settings, **other)  # type: ignore[arg-type]
        pace = Pace(sleep=lambda _seconds: None)
        made = PennylaneHost(
            settings, load_mapping("pennylane"), self.memo, http=Http(pace=pace), sleep=lambda _seconds: None
        )
        self.hosts.append(made)
        return made

    def pull(self) -> list[Ref]:
        return self.ledger.take(self.host().pull(self.ledger.cursor))

    def invoice(self, ref: str) -> Invoice:
        fact = self.ledger.fact(Ref(Kind.INVOICE, ref))
        assert isinstance(fact, Invoice)
        return fact

    @property
    def on(self) -> Ref:
        """An open invoice."""
        return Ref(Kind.INVOICE, self.ledger.open_invoice().ref)

    def note(self, key: str = "reminder/1/note/1", html: str = "<p>Relance 1 envoyée</p>") -> Note:
        return Note(key, self.on, html)

    def comments(self) -> list[str]:
        return self.act.people.comments(self.act.people.document_of(self.on.id))

    def notes(self) -> str:
        """What stands in the notes of the customer of that invoice."""
        return self.act.customer(self.on).notes or ""


@contextmanager
def playing(answers: PennylaneOptions | None = None, *places: Place, documents: int = 60) -> Iterator[Played]:
    options = answers or PennylaneOptions(rate=PLENTY)
    sandbox = build(
        SandboxOptions(today=TODAY, host="pennylane", customers=12, documents=documents, pennylane=options)
    )
    with serving(sandbox) as url:
        at = sandbox.address(url)
        settings = PennylaneSettings(
            token=at.key, base_url=at.url, write_to=places or (Place.COMMENT, Place.NOTES)
        )
        played = Played(sandbox, settings, PennylaneActs(sandbox))
        played.pull()
        yield played
        for host in played.hosts:
            host.close()
