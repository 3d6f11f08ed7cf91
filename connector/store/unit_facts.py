"""What the host handed over: facts, records set aside, the cursor and the company's standing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import case, delete, select, update

from connector.model import Activity, Inbound, Invoice, Kind, Pause, Ref, Remark, SetAside, Standing
from connector.store import codec
from connector.store.fact_rows import CHANGED_ASIDE, CHANGED_BY_FACT, fact_row, set_aside_row
from connector.store.ports import MappedPage
from connector.store.scope import Row, by_kind, in_chunks, upsert
from connector.store.tables import ABOUT_AN_INVOICE, facts, memo, states
from connector.store.unit_heard import HeardPart
from connector.store.unit_payers import PayersPart

#: Where the memo keeps who paused the company, beside the flag in ``states``.
_PAUSE = "pause"


class FactsPart(PayersPart, HeardPart):
    """Facts of one company."""

    def cursor(self) -> str | None:
        return self._connection.execute(select(states.c.cursor).where(self._ours(states))).scalar()

    def forget_cursor(self) -> None:
        self._connection.execute(update(states).where(self._ours(states)).values(cursor=None))

    def digests(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """The digest of each ref that is there; what is gone has none, so that it is saved if it returns."""
        found: dict[Ref, str] = {}
        for kind, ids in by_kind(refs):
            query = select(facts.c.ref, facts.c.digest).where(
                self._ours(facts), facts.c.kind == kind, facts.c.ref.in_(ids), facts.c.gone.is_(False)
            )
            found |= {Ref(kind, ref): digest for ref, digest in self._connection.execute(query)}
        return found

    def save_page(self, page: MappedPage, now: datetime) -> None:
        """Save facts, records set aside, deletions, cursor and bank day together. Who had the records
        before and who has them now are both to be looked at again."""
        known = self._customers_of_invoices(page)
        rows = [fact_row(self._company, *saved, known, now) for saved in page.facts]
        rows_aside = [set_aside_row(self._company, *record, now) for record in page.set_aside]
        both = [*rows, *rows_aside]
        touched = self._held_until_now(both, page.gone)
        self._hear(page)
        self._see_tasks(page, now)
        for kind, changed in CHANGED_BY_FACT.items():
            of_kind = [row for row in rows if row["kind"] == kind]
            upsert(self._connection, facts, of_kind, only=changed, keep_first=("closed_on",))
        upsert(self._connection, facts, rows_aside, only=CHANGED_ASIDE, keep_if_null=("customer_ref",))
        self._save_gone(page.gone, now)
        self._let_messages_follow(both)
        touched |= {row["customer_ref"] for row in both}
        touched |= self._relink([row["ref"] for row in both if row["kind"] == Kind.CUSTOMER.value], page.gone)
        self._mark_dirty(touched)
        self._save_state(page)

    def open_refs(self) -> dict[Ref, str]:
        """Also what was set aside and may be open: with no version, so that it differs from the host's
        and is read again."""
        kinds = (Kind.INVOICE.value, Kind.PAYMENT.value)
        query = select(facts.c.kind, facts.c.ref, facts.c.version).where(
            self._ours(facts), facts.c.open.is_(True), facts.c.kind.in_(kinds)
        )
        return {Ref(Kind(kind), ref): version for kind, ref, version in self._connection.execute(query)}

    def set_aside(self) -> list[SetAside]:
        query = (
            select(facts)
            .where(self._ours(facts), facts.c.open.is_(True), facts.c.problem_reason.is_not(None))
            .order_by(facts.c.kind, facts.c.ref)
        )
        return [
            SetAside(Ref(Kind(row.kind), row.ref), row.customer_ref, row.problem_field, row.problem_reason)
            for row in self._connection.execute(query)
        ]

    def standing(self) -> Standing:
        row = self._connection.execute(select(states).where(self._ours(states))).one_or_none()
        if row is None:
            return Standing()
        return Standing(
            paused=row.paused,
            synced_at=row.synced_at,
            started_on=row.started_on,
            bank_entry_on=row.bank_entry_on,
            pause=self._pause() if row.paused else None,
        )

    def mark_synced(self, now: datetime, today: date | None = None) -> None:
        """``started_on`` is set by the first call and never again."""
        started_on = self.standing().started_on or today or now.date()
        self._set_state(synced_at=now, started_on=started_on)

    def set_paused(self, paused: bool, pause: Pause | None = None) -> None:
        self._set_state(paused=paused)
        of_pause = (self._ours(memo), memo.c.key == _PAUSE)
        self._connection.execute(delete(memo).where(*of_pause))
        if paused and pause is not None:
            row: Row = {"company": self._company, "key": _PAUSE, "value": codec.dump_pause(pause)}
            upsert(self._connection, memo, [row])

    # -----------------------------------------------------------------------------------------------------
    def _pause(self) -> Pause | None:
        query = select(memo.c.value).where(self._ours(memo), memo.c.key == _PAUSE)
        text = self._connection.execute(query).scalar()
        return codec.load_pause(text) if text else None

    def _held_until_now(self, rows: Iterable[Row], gone: Iterable[Ref]) -> set[str | None]:
        """The customers that records belonged to until now. What we did and were told about an invoice that
        moves to another customer follows it."""
        holders: set[str | None] = set()
        new = {(row["kind"], row["ref"]): row["customer_ref"] for row in rows}
        for kind, ids in by_kind([*(Ref(Kind(kind), ref) for kind, ref in new), *gone]):
            query = select(facts.c.ref, facts.c.customer_ref).where(
                self._ours(facts), facts.c.kind == kind.value, facts.c.ref.in_(ids)
            )
            for ref, customer in self._connection.execute(query).all():
                holders.add(customer)
                holder = new.get((kind.value, ref))
                if kind is Kind.INVOICE and holder and customer and holder != customer:
                    self._move(ref, holder)
        return holders

    def _move(self, invoice_ref: str, holder: str) -> None:
        for table in ABOUT_AN_INVOICE:
            away = case((table.c.customer_ref == holder, None), else_=holder)
            query = update(table).where(self._ours(table), table.c.invoice_ref == invoice_ref)
            self._connection.execute(query.values(moved_to=away))

    def _customers_of_invoices(self, page: MappedPage) -> dict[str, str]:
        """Whose the invoices are that activities and inbound messages of the page stand on."""
        in_page = {ref.id: fact.customer_ref for ref, _, fact in page.facts if isinstance(fact, Invoice)}
        wanted = [
            fact.on.id
            for _, _, fact in page.facts
            if isinstance(fact, Activity | Inbound | Remark) and fact.on.kind is Kind.INVOICE
        ]
        return self._holders_of([ref for ref in wanted if ref not in in_page]) | in_page

    def _let_messages_follow(self, rows: Iterable[Row]) -> None:
        """What stands on an invoice belongs to its customer, also when it came before the invoice or the
        invoice has moved since."""
        holders = {row["ref"]: row["customer_ref"] for row in rows if row["kind"] == Kind.INVOICE.value}
        for refs in in_chunks(holders):
            query = select(facts.c.invoice_ref, facts.c.customer_ref).where(
                self._ours(facts), facts.c.invoice_ref.in_(refs)
            )
            for invoice_ref, customer in set(map(tuple, self._connection.execute(query))):
                holder = holders[invoice_ref or ""]
                if holder and holder != customer:
                    on_it = (self._ours(facts), facts.c.invoice_ref == invoice_ref)
                    self._connection.execute(update(facts).where(*on_it).values(customer_ref=holder))

    def _save_gone(self, refs: Iterable[Ref], now: datetime) -> None:
        for kind, ids in by_kind(refs):
            query = update(facts).where(self._ours(facts), facts.c.kind == kind, facts.c.ref.in_(ids))
            self._connection.execute(query.values(gone=True, open=False, saved_at=now))

    def _save_state(self, page: MappedPage) -> None:
        known = {"cursor": page.cursor, "bank_entry_on": page.bank_entry_on}
        self._set_state(**{name: value for name, value in known.items() if value is not None})

    def _set_state(self, **values: object) -> None:
        if values:
            row: Row = {"company": self._company, "paused": False} | values
            upsert(self._connection, states, [row], only=tuple(values))
