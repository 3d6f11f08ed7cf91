"""What the host handed over: facts, records set aside, the cursor and the company's standing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import case, select, update

from connector.model import Customer, Fact, Invoice, Kind, Payment, Ref, SetAside, Standing
from connector.store import codec
from connector.store.ports import MappedPage
from connector.store.scope import Row, Scope, in_chunks, upsert
from connector.store.tables import facts, holds, promises, reminders, states

#: What a record set aside changes of the row of its ref.
_CHANGED_ASIDE = (
    "customer_ref",
    "open",
    "gone",
    "version",
    "digest",
    "problem_field",
    "problem_reason",
    "saved_at",
    "body",
    "raw",
)


class FactsPart(Scope):
    """Facts of one company."""

    def cursor(self) -> str | None:
        return self._connection.execute(select(states.c.cursor).where(self._ours(states))).scalar()

    def forget_cursor(self) -> None:
        self._connection.execute(update(states).where(self._ours(states)).values(cursor=None))

    def digests(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """The digest of each ref that is there; what is gone has none, so that it is saved if it returns."""
        found: dict[Ref, str] = {}
        for kind, ids in _by_kind(refs):
            query = select(facts.c.ref, facts.c.digest).where(
                self._ours(facts), facts.c.kind == kind, facts.c.ref.in_(ids), facts.c.gone.is_(False)
            )
            found |= {Ref(kind, ref): digest for ref, digest in self._connection.execute(query)}
        return found

    def save_page(self, page: MappedPage, now: datetime) -> None:
        """Save facts, records set aside, deletions, cursor and bank day together. Who had the records
        before and who has them now are both to be looked at again."""
        invoices = {ref.id: f.customer_ref for ref, _, f in page.facts if isinstance(f, Invoice)}
        known = self._customers_of_invoices(page.facts, invoices)
        rows = [self._fact_row(ref, digest, fact, known, now) for ref, digest, fact in page.facts]
        rows_aside = [self._set_aside_row(*record, now) for record in page.set_aside]
        touched = self._held_until_now([*rows, *rows_aside], page.gone)
        upsert(self._connection, facts, rows)
        # what a record that cannot be read does not tell (its number, its name) stays as it was
        upsert(self._connection, facts, rows_aside, only=_CHANGED_ASIDE, keep_if_null=("customer_ref",))
        self._save_gone(page.gone, now)
        touched |= {row.get(name) for row in [*rows, *rows_aside] for name in ("customer_ref", "payer_ref")}
        self._mark(touched)
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
        )

    def mark_synced(self, now: datetime, today: date | None = None) -> None:
        """``started_on`` is set by the first call and never again."""
        started_on = self.standing().started_on or today or now.date()
        self._set_state(synced_at=now, started_on=started_on)

    def set_paused(self, paused: bool) -> None:
        self._set_state(paused=paused)

    # -----------------------------------------------------------------------------------------------------
    def _held_until_now(self, rows: Iterable[Row], gone: Iterable[Ref]) -> set[str | None]:
        """The customers and payers that records belonged to until now. What we did and were told about an
        invoice that moves to another customer follows it."""
        holders: set[str | None] = set()
        new = {(row["kind"], row["ref"]): row["customer_ref"] for row in rows}
        for kind, ids in _by_kind([*(Ref(Kind(kind), ref) for kind, ref in new), *gone]):
            query = select(facts.c.ref, facts.c.customer_ref, facts.c.payer_ref).where(
                self._ours(facts), facts.c.kind == kind.value, facts.c.ref.in_(ids)
            )
            for ref, customer, payer in self._connection.execute(query).all():
                holders |= {customer, payer}
                holder = new.get((kind.value, ref))
                if kind is Kind.INVOICE and holder and customer and holder != customer:
                    self._move(ref, holder)
        return holders

    def _move(self, invoice_ref: str, holder: str) -> None:
        for table in (reminders, promises, holds):
            away = case((table.c.customer_ref == holder, None), else_=holder)
            query = update(table).where(self._ours(table), table.c.invoice_ref == invoice_ref)
            self._connection.execute(query.values(moved_to=away))

    def _customers_of_invoices(
        self, page: Iterable[tuple[Ref, str, Fact]], in_page: dict[str, str]
    ) -> dict[str, str]:
        """Whose the invoices are that activities and inbound messages of the page stand on."""
        wanted = [
            fact.on.id
            for _, _, fact in page
            if not isinstance(fact, Customer | Invoice | Payment)
            and fact.on.kind is Kind.INVOICE
            and fact.on.id not in in_page
        ]
        known = dict(in_page)
        for ids in in_chunks(wanted):
            query = select(facts.c.ref, facts.c.customer_ref).where(
                self._ours(facts), facts.c.kind == Kind.INVOICE.value, facts.c.ref.in_(ids)
            )
            known |= {ref: customer for ref, customer in self._connection.execute(query) if customer}
        return known

    def _fact_row(self, ref: Ref, digest: str, fact: Fact, invoices: dict[str, str], now: datetime) -> Row:
        row: Row = {
            "company": self._company,
            "kind": ref.kind.value,
            "ref": ref.id,
            "customer_ref": _customer_of(fact, invoices),
            "open": False,
            "gone": False,
            "version": fact.version,
            "digest": digest,
            "number": None,
            "name": None,
            "name_key": None,
            "payer_ref": None,
            "problem_field": None,
            "problem_reason": None,
            "saved_at": now,
            "body": codec.dump_fact(ref.kind, fact),
            "raw": None,
        }
        match fact:
            case Invoice():
                row |= {"open": fact.is_open, "number": fact.number}
            case Payment():
                row |= {"open": fact.unapplied > 0}
            case Customer():
                key = codec.name_key(fact.name)
                row |= {"name": fact.name, "name_key": key, "payer_ref": fact.payer_ref}
        return row

    def _set_aside_row(self, digest: str, why: SetAside, raw: Mapping[str, object], now: datetime) -> Row:
        """The record takes the place of the fact of the same ref."""
        own = why.ref.id if why.ref.kind is Kind.CUSTOMER else None
        return {
            "company": self._company,
            "kind": why.ref.kind.value,
            "ref": why.ref.id,
            "customer_ref": why.customer_ref or own,
            "open": True,
            "gone": False,
            "version": "",
            "digest": digest,
            "problem_field": why.field,
            "problem_reason": why.reason,
            "saved_at": now,
            "body": None,
            "raw": codec.dump_raw(raw),
        }

    def _save_gone(self, refs: Iterable[Ref], now: datetime) -> None:
        for kind, ids in _by_kind(refs):
            query = update(facts).where(self._ours(facts), facts.c.kind == kind, facts.c.ref.in_(ids))
            self._connection.execute(query.values(gone=True, open=False, saved_at=now))

    def _save_state(self, page: MappedPage) -> None:
        known = {"cursor": page.cursor, "bank_entry_on": page.bank_entry_on}
        self._set_state(**{name: value for name, value in known.items() if value is not None})

    def _set_state(self, **values: object) -> None:
        if values:
            row: Row = {"company": self._company, "paused": False} | values
            upsert(self._connection, states, [row], only=tuple(values))


def _by_kind(refs: Iterable[Ref]) -> Iterator[tuple[Kind, list[str]]]:
    ids: dict[Kind, list[str]] = {}
    for ref in refs:
        ids.setdefault(ref.kind, []).append(ref.id)
    for kind, of_kind in ids.items():
        for chunk in in_chunks(of_kind):
            yield kind, chunk


def _customer_of(fact: Fact, invoices: dict[str, str]) -> str | None:
    match fact:
        case Customer():
            return fact.ref
        case Invoice() | Payment():
            return fact.customer_ref
        case _ if fact.on.kind is Kind.CUSTOMER:
            return fact.on.id
        case _ if fact.on.kind is Kind.INVOICE:
            return invoices.get(fact.on.id)
        case _:
            return None
