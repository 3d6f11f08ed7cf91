"""The Pennylane adapter: Company API v2, one company."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connector.hosts.oauth import Keys, LentTokens
from connector.hosts.pennylane.claiming import ClaimInNotes
from connector.hosts.pennylane.client import Client, CompanyToken
from connector.hosts.pennylane.documents import Documents
from connector.hosts.pennylane.pulling import Pull
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.selfcheck import SelfCheck
from connector.hosts.pennylane.settings import PennylaneSettings
from connector.hosts.pennylane.window import window_of
from connector.hosts.pennylane.writing import Writer
from connector.http import Http, pause
from connector.mapping import FieldMapping
from connector.model import Attachment, Message, Ref
from connector.ports import (
    Ability,
    Claim,
    Entry,
    HostReport,
    Memo,
    Page,
    Receipt,
    ReceiptStatus,
    Record,
    Written,
)


class PennylaneHost:
    """See ``ports.Host``. Making one contacts nobody.

    There are no tasks in Pennylane and it mails nothing for us: ``supports`` has neither, so follow-ups go to
    the work list and messages by another channel.
    """

    name = "pennylane"
    supports = frozenset({Ability.NOTE, Ability.PDF})

    def __init__(
        self,
        settings: PennylaneSettings,
        mapping: FieldMapping,
        memo: Memo,
        *,
        http: Http | None = None,
        sleep: Callable[[float], None] = pause,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``memo`` keeps what was learned between two runs; ``http``, ``sleep`` and ``now`` are replaced
        in tests."""
        gate = window_of(settings.token or f"{settings.fingerprint}/{settings.company}")
        self._http = http or Http(timeouts=settings.timeouts, gate=gate, connections=settings.at_once)
        # the links to PDFs lead to no API: its rate is not theirs
        self._files = http or Http(
            timeouts=settings.timeouts, usage=self._http.usage, connections=settings.at_once
        )
        self.usage = self._http.usage
        client = Client(settings.api_url, self._http, _keys(settings, memo, sleep), sleep)
        self._reader = Reader(client, memo, mapping, settings, now)

    def check(self) -> HostReport:
        return SelfCheck(self._reader).report()

    def pull(self, cursor: str | None) -> Iterator[Page]:
        return Pull(self._reader).pages(cursor)

    def open_refs(self) -> Mapping[Ref, str]:
        return self._reader.open_versions()

    def read(self, refs: Collection[Ref], customers: Collection[str] = ()) -> Sequence[Record]:
        return self._reader.again(refs, customers)

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        return Writer(self._reader).write(entries, again)

    def send(self, message: Message) -> Receipt:
        return Receipt(ReceiptStatus.INVALID, detail="Pennylane sends no mail for us; set email.via to smtp")

    def find(self, message: Message) -> Receipt:
        return Receipt(ReceiptStatus.FAILED, detail="Pennylane sends no mail for us")

    def documents(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        return Documents(self._reader, self._files).of(refs)

    def claim(self, mine: Claim, *, take_over: bool = False) -> Claim:
        return ClaimInNotes(self._reader).claim(mine, take_over=take_over)

    def close(self) -> None:
        self._http.close()
        self._files.close()


def _keys(settings: PennylaneSettings, memo: Memo, sleep: Callable[[float], None]) -> Keys:
    if settings.credentials is not None:
        return LentTokens(settings.credentials, memo, settings.alone, sleep=sleep)
    return CompanyToken(settings.token or "")
