"""The QuickBooks Online adapter: Accounting API v3, one company."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connector.hosts.oauth import LentTokens
from connector.hosts.quickbooks.claiming import ClaimInNote
from connector.hosts.quickbooks.client import Client, CompanyKeys, CompanyToken
from connector.hosts.quickbooks.documents import printed
from connector.hosts.quickbooks.looking import Look
from connector.hosts.quickbooks.pace import BATCHES, RealmGate
from connector.hosts.quickbooks.pulling import Pull
from connector.hosts.quickbooks.reading import Reader
from connector.hosts.quickbooks.selfcheck import SelfCheck
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.hosts.quickbooks.writing import Writer
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


class QuickBooksHost:
    """See ``ports.Host``. Making one contacts nobody.

    There are no tasks in QuickBooks and it mails nothing of ours: follow-ups go to the work list and messages
    by another channel. The day of a promise has a place of its own, and an invoice a link where it is asked
    for (``invoice_links``).
    """

    name = "quickbooks"

    def __init__(
        self,
        settings: QuickBooksSettings,
        mapping: FieldMapping,
        memo: Memo,
        *,
        http: Http | None = None,
        sleep: Callable[[float], None] = pause,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``memo`` keeps what was learned between two runs; ``http``, ``sleep`` and ``now`` are replaced in
        tests, and an ``http`` that is given keeps its own pace."""
        found = {Ability.NOTE, Ability.PROMISE, Ability.PDF}
        self.supports = frozenset(found | ({Ability.PAYMENT_LINK} if settings.invoice_links else set()))
        keys = _keys(settings, memo, sleep)
        gate = RealmGate(settings.api_url, lambda: client.realm)
        self._http = http or Http(timeouts=settings.timeouts, gate=gate)
        self.usage = self._http.usage
        self._note_end(keys)
        batches = None if http else RealmGate(settings.api_url, lambda: client.realm, BATCHES)
        client = Client(settings, self._http, keys, sleep, batches)
        self._reader = Reader(client, memo, mapping, settings, now)

    def check(self) -> HostReport:
        return SelfCheck(self._reader).report()

    def pull(self, cursor: str | None) -> Iterator[Page]:
        return Pull(self._reader).pages(cursor)

    def open_refs(self) -> Mapping[Ref, str]:
        return Look(self._reader).open_versions()

    def read(self, refs: Collection[Ref], customers: Collection[str] = ()) -> Sequence[Record]:
        return Look(self._reader).again(refs, customers)

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        return Writer(self._reader).write(entries, again)

    def send(self, message: Message) -> Receipt:
        return Receipt(
            ReceiptStatus.INVALID, detail="QuickBooks mails no reminder of ours; set email.via to smtp"
        )

    def find(self, message: Message) -> Receipt:
        return Receipt(ReceiptStatus.FAILED, detail="QuickBooks mails no reminder of ours")

    def documents(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        return printed(self._reader.client, refs)

    def claim(self, mine: Claim, *, take_over: bool = False) -> Claim:
        return ClaimInNote(self._reader).claim(mine, take_over=take_over)

    def close(self) -> None:
        self._http.close()

    def _note_end(self, keys: CompanyKeys) -> None:
        """Say when our access ends, now and after each renewal."""
        if isinstance(keys, LentTokens):
            self.usage.access_until = keys.ends_at
            keys.on_renewal = self._note_end


def _keys(settings: QuickBooksSettings, memo: Memo, sleep: Callable[[float], None]) -> CompanyKeys:
    if settings.credentials is not None:
        return LentTokens(settings.credentials, memo, settings.alone, sleep=sleep)
    return CompanyToken(settings.token or "", settings.realm or "")
