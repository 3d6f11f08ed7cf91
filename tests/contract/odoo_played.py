"""An Odoo played by the sandbox, our host on it with what it has pulled, and a colleague who works there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from connector.hosts.odoo import OdooHost, OdooSettings
from connector.mapping import load_mapping
from connector.model import Inbound, Kind, Ref, Remark
from connector.ports import Memo, Task, TaskKind
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Ledger
from tests.contract.odoo_acts import OdooActs

TODAY = date(2026, 11, 20)


@dataclass
class Played:
    sandbox: Sandbox
    settings: OdooSettings
    memo: Memo
    host: OdooHost
    ledger: Ledger
    colleague: OdooActs

    @property
    def on(self) -> Ref:
        """An open invoice."""
        return Ref(Kind.INVOICE, self.ledger.open_invoice().ref)

    def act(self, login: str, language: str = "fr_FR") -> OdooActs:
        user = self.sandbox.ledger.user(login)
        return OdooActs(self.settings, self.host.company_id, login, user.password, language)

    def as_user(self, login: str) -> OdooHost:
        """Us, under another login; close it."""
        key = self.sandbox.ledger.user(login).key
        return OdooHost(replace(self.settings, login=login, key=key), load_mapping("odoo"), {})

    def write_task(self, key: str = "promise/1", summary: str = "Promesse", on: Ref | None = None) -> Task:
        note = "<p>Promis le 03/12/2026 : 4 800,00 €</p>"
        task = Task(key, on or self.on, TaskKind.CALL, summary, note, date(2026, 12, 1))
        (written,) = self.host.write([task])
        assert written.error is None
        return task

    def pull(self) -> list[Ref]:
        """Return the refs of what is new."""
        return self.ledger.take(self.host.pull(self.ledger.cursor))

    def heard(self) -> list[Remark]:
        """Pull, and return the remarks that are new."""
        facts = [self.ledger.fact(ref) for ref in self.pull() if ref.kind is Kind.REMARK]
        return [fact for fact in facts if isinstance(fact, Remark)]

    def answers(self) -> list[Inbound]:
        return [fact for fact in self.ledger.facts(Kind.INBOUND) if isinstance(fact, Inbound)]


@contextmanager
def playing(version: int) -> Iterator[Played]:
    sandbox = build(SandboxOptions(today=TODAY, version=version, customers=12, documents=60))
    with serving(sandbox) as url:
        at = sandbox.address(url)
        company = next(iter(sandbox.ledger.companies))
        settings = OdooSettings(at.url, at.database, at.login, at.key, company=company.name)
        memo: Memo = {}
        host = OdooHost(settings, load_mapping("odoo"), memo)
        person = sandbox.ledger.user("camille")
        act = OdooActs(settings, company.serial, person.login, person.password)
        played = Played(sandbox, settings, memo, host, Ledger(load_mapping("odoo")), act)
        played.pull()
        yield played
        host.close()
