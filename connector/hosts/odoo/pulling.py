"""The pull, kind by kind and page by page, in a way that can be cut anywhere and goes on.

Rules (from what Odoo 16 to 19 were seen to do):
- ``write_date`` is when a transaction *began*, so a row may become visible with a date that we have passed:
  each pull reaches back by the overlap, and asks with ``>=``.
- Pages go by id, within one fixed window, so that a row that moves in time is neither lost nor read twice.
- Reconciliations and done activities vanish without trace: the former are read whole with any document that
  changed, of the latter the open ones are compared with those of the last pull. Messages are read after
  them: one that says that a task is done is never seen later than that the task is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from connector.hosts.odoo.cursor import Cursor, Window, digest, load, written
from connector.hosts.odoo.domains import Domain, changed, everything
from connector.hosts.odoo.journal import OurTasks
from connector.hosts.odoo.reading import Reader
from connector.http import Http
from connector.model import Kind, Ref
from connector.ports import Page, Record

Row = dict[str, Any]

_STAGES = (Kind.CUSTOMER, Kind.INVOICE, Kind.PAYMENT, Kind.ACTIVITY, Kind.INBOUND)
#: Before anything was saved in any Odoo.
_LONG_AGO = "2000-01-01 00:00:00"
#: How far back the first pull reads messages from outside.
_MAIL_DAYS = 90


@dataclass(slots=True)
class Pull:
    """One pull. ``now`` is the moment at which it was asked for."""

    reader: Reader
    http: Http
    now: datetime
    cursor: Cursor = field(init=False)
    _customers: set[int] = field(default_factory=set)  # given away by this pull
    _entity: dict[int, int] = field(default_factory=dict)  # partner -> customer

    def pages(self, text: str | None) -> Iterator[Page]:
        """Yield what changed since the cursor ``text``. Raises HostError."""
        self._begin(text)
        for kind in _STAGES[_STAGES.index(Kind(self.cursor.stage)) :]:
            self._enter(kind)
            yield from self._activities() if kind is Kind.ACTIVITY else self._stage(kind)
        bank = self.reader.bank_entry_on()
        self._end()
        yield Page(cursor=self.cursor.dump(), bank_entry_on=bank)

    # the state of the pull -----------------------------------------------------------------------------
    def _begin(self, text: str | None) -> None:
        scope = f"{self.reader.known.company_id}/{self.reader.mapping.version}"
        cursor = load(text, scope)
        if cursor is None:
            today = self.now.date()
            cursor = Cursor(scope, full=True)
            cursor.horizon = (today - relativedelta(months=self.reader.settings.history_months)).isoformat()
            cursor.mail_since = (today - timedelta(days=_MAIL_DAYS)).isoformat()
        self.cursor = cursor
        cursor.stage = cursor.stage or _STAGES[0].value
        self._mind_tags()

    def _mind_tags(self) -> None:
        """When tags mean something else than they did (see ``setup``), all customers are read once more: Odoo
        saves nothing on those who carry them."""
        meant = digest({str(tag): name for tag, name in sorted(self.reader.known.tag_meanings().items())})
        if self.cursor.meant != meant and Kind.CUSTOMER.value in self.cursor.marks:
            self.cursor.marks[Kind.CUSTOMER.value] = _LONG_AGO
            self.cursor.seen.pop(Kind.CUSTOMER.value, None)
        self.cursor.meant = meant

    def _enter(self, kind: Kind) -> None:
        if self.cursor.stage != kind.value:
            self.cursor.stage, self.cursor.last = kind.value, 0

    def _end(self) -> None:
        fresh = Cursor(self.cursor.scope, tasks=self.cursor.tasks, unranked=self.cursor.unranked)
        fresh.meant = self.cursor.meant
        fresh.ours = {key: task for key, task in self.cursor.ours.items() if key in self.cursor.tasks}
        fresh.marks, fresh.seen = self.cursor.marks, self.cursor.seen
        self.cursor = fresh

    # the stages ----------------------------------------------------------------------------------------
    def _stage(self, kind: Kind) -> Iterator[Page]:
        cursor = self.cursor
        size = self.reader.settings.page_size
        window = Window(self.reader.settings.overlap)
        whole = not cursor.last  # a stage that is gone on with has not seen its first rows
        domain, before = self._domain(kind), cursor.seen.get(kind.value, {})
        total: int | None = None
        while True:
            rows = self.reader.rows(kind, [*domain, ["id", ">", cursor.last]], limit=size)
            self._note(kind, rows, window)
            if total is None and cursor.full:
                total = self._total(kind, domain, rows, size)
            new = [row for row in rows if before.get(str(row["id"])) != digest(row)] if before else rows
            cursor.last = rows[-1]["id"] if rows else cursor.last
            last_page = len(rows) < size
            yield from self._pages_of(kind, new, window, total)
            if last_page:
                break
        self._settle(kind, window if whole else None)

    def _domain(self, kind: Kind) -> Domain:
        cursor, company = self.cursor, self.reader.company_id
        colleagues = self.reader.known.colleagues() if kind is Kind.INBOUND else ()
        if kind.value not in cursor.marks or cursor.full:
            horizon = date.fromisoformat(cursor.horizon) if cursor.horizon else date.min
            mail = date.fromisoformat(cursor.mail_since) if cursor.mail_since else date.min
            return everything(kind, company, horizon, mail, colleagues)
        since = cursor.since(kind.value, self.reader.settings.overlap)
        return changed(kind, company, since, cursor.unranked, colleagues)

    def _total(self, kind: Kind, domain: Domain, rows: Sequence[Row], size: int) -> int:
        return len(rows) if len(rows) < size else self.reader.count(kind, domain)

    def _note(self, kind: Kind, rows: Sequence[Row], window: Window) -> None:
        """Remember the newest date of these rows, and when this kind began to be read."""
        cursor = self.cursor
        cursor.began.setdefault(kind.value, written(self.http.server_now or self.now))
        newest = max((row["write_date"] or "" for row in rows), default="")
        cursor.high[kind.value] = max(cursor.high.get(kind.value, ""), newest)
        if cursor.high[kind.value]:
            window.trim(self._mark(kind.value))
        window.saw(rows)

    def _mark(self, name: str) -> str:
        """The newest date seen, not later than the moment at which this kind began to be read. Only the rows'
        own dates move it on: the clock of the web server may not be that of the database."""
        return min(self.cursor.high[name], self.cursor.began[name])

    def _settle(self, kind: Kind, window: Window | None) -> None:
        """The kind was read to its end: move its mark."""
        cursor, name = self.cursor, kind.value
        if cursor.high.get(name):
            cursor.marks[name] = max(self._mark(name), cursor.marks.get(name, ""))
        if window is None or name not in cursor.marks:
            cursor.seen.pop(name, None)
        else:
            cursor.seen[name] = window.since(cursor.marks[name])

    def _pages_of(self, kind: Kind, rows: Sequence[Row], window: Window, total: int | None) -> Iterator[Page]:
        match kind:
            case Kind.CUSTOMER:
                records = self._customer_records(rows, window)
            case Kind.INVOICE:
                moves = [row for row in rows if row["state"] == "posted" or not self.cursor.full]
                yield from self._owners(moves)
                records = self.reader.invoices(moves)
            case Kind.PAYMENT:
                lines = [row for row in rows if row["parent_state"] == "posted" or not self.cursor.full]
                records = self.reader.payments(lines, self._entity)
            case _:
                records = self.reader.messages(rows, self._our_tasks())
        if records:
            yield self._page(kind, records, total)

    def _customer_records(self, rows: Sequence[Row], window: Window) -> list[Record]:
        entities = {row["commercial_partner_id"] for row in rows}
        if not entities:
            return []
        known = rows if self.cursor.full else ()
        mine, contacts = self.reader.family(entities, known=known)
        if self.cursor.full:
            window.saw(contacts)
        self._customers |= {row["id"] for row in mine}
        self._entity.update((row["id"], row["commercial_partner_id"]) for row in (*mine, *contacts))
        return self.reader.customers(mine, contacts)

    def _owners(self, moves: Sequence[Row]) -> Iterator[Page]:
        """Give the customers of these documents, ranked as customers or not, before their documents."""
        missing = {move["commercial_partner_id"] for move in moves} - self._customers - {False}
        if not missing:
            return
        mine, contacts = self.reader.family(missing)
        self._customers |= missing
        self._entity.update((row["id"], row["commercial_partner_id"]) for row in (*mine, *contacts))
        unranked = {row["id"] for row in mine if not row.get("customer_rank")}
        self.cursor.unranked = sorted(unranked | set(self.cursor.unranked))
        yield Page(tuple(self.reader.customers(mine, contacts)), kind=Kind.CUSTOMER)

    def _activities(self) -> Iterator[Page]:
        """Activities are few, and leave no trace when they are done: all open ones are read each time."""
        domain = everything(Kind.ACTIVITY, self.reader.company_id, date.min, date.min)
        size, last = self.reader.settings.page_size, 0
        before = self.cursor.tasks
        after: dict[str, str] = {}
        new: list[Row] = []
        while True:
            rows = self.reader.rows(Kind.ACTIVITY, [*domain, ["id", ">", last]], limit=size)
            after.update((str(row["id"]), digest(row)) for row in rows)
            new += [row for row in rows if before.get(str(row["id"])) != after[str(row["id"])]]
            if len(rows) < size:
                break
            last = rows[-1]["id"]
        gone = tuple(Ref(Kind.ACTIVITY, key) for key in before if key not in after)
        keys = self._our_tasks().saw(new)
        self.cursor.tasks = after
        records = self.reader.activities(new, keys)
        if records or gone:
            yield self._page(Kind.ACTIVITY, records, None, gone)

    def _our_tasks(self) -> OurTasks:
        return OurTasks(self.reader.company_id, self.cursor.ours, self.cursor.tasks)

    def _page(
        self, kind: Kind, records: Sequence[Record], total: int | None, gone: tuple[Ref, ...] = ()
    ) -> Page:
        here = replace(self.cursor, seen={})  # a pull that is gone on with has not seen the whole window
        return Page(tuple(records), here.dump(), gone, total=total, kind=kind)
