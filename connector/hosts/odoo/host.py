"""The Odoo adapter: 16 to 19, Community and Enterprise, one company."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connector.hosts.odoo.claiming import ClaimNote
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.documents import Documents
from connector.hosts.odoo.knowledge import Knowledge
from connector.hosts.odoo.mailing import Mailer
from connector.hosts.odoo.pulling import Pull
from connector.hosts.odoo.reading import Reader
from connector.hosts.odoo.selfcheck import SelfCheck
from connector.hosts.odoo.settings import OdooSettings
from connector.hosts.odoo.writing import Writer
from connector.http import Http
from connector.mapping import FieldMapping
from connector.model import Attachment, Message, Ref
from connector.ports import Ability, Claim, Entry, HostReport, Memo, Page, Receipt, Record, Written


class OdooHost:
    """See ``ports.Host``. Making one contacts nobody."""

    name = "odoo"
    supports = frozenset({Ability.NOTE, Ability.ACTIVITY, Ability.MAIL, Ability.ATTACHMENT, Ability.PDF})

    def __init__(
        self,
        settings: OdooSettings,
        mapping: FieldMapping,
        memo: Memo,
        *,
        http: Http | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``memo`` keeps what was learned between two runs; ``http`` and ``now`` are replaced in tests."""
        self._http = http or Http(timeouts=settings.timeouts, calls_per_second=settings.pace)
        self._now = now
        self.usage = self._http.usage
        client = OdooClient(settings, self._http, memo)
        known = Knowledge(client, memo, settings, mapping, now)
        self._reader = Reader(client, known, mapping, settings)
        self._writer = Writer(client, known, settings)

    @property
    def company_id(self) -> int:
        """The id in Odoo of the company that we work for. Raises HostError."""
        return self._reader.known.company_id

    def check(self) -> HostReport:
        return SelfCheck(self._reader, self._now).report()

    def pull(self, cursor: str | None) -> Iterator[Page]:
        return Pull(self._reader, self._http, self._now()).pages(cursor)

    def open_refs(self) -> Mapping[Ref, str]:
        return self._reader.open_versions()

    def read(self, refs: Collection[Ref], customers: Collection[str] = ()) -> Sequence[Record]:
        return self._reader.again(refs, customers)

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        return self._writer.write(entries, again)

    def send(self, message: Message) -> Receipt:
        return Mailer(self._writer).send(message)

    def find(self, message: Message) -> Receipt:
        return Mailer(self._writer).find(message)

    def documents(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        return Documents(self._reader).of(refs)

    def claim(self, mine: Claim, *, take_over: bool = False) -> Claim:
        return ClaimNote(self._writer.client, self._writer.known).claim(mine, take_over=take_over)

    def close(self) -> None:
        self._http.close()
