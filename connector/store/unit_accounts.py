"""Accounts: everything known of a customer, put together; and when he is to be decided again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, and_, exists, func, or_, select, update

from connector.model import (
    Account,
    Customer,
    Invoice,
    Kind,
    Payment,
    PromiseState,
    Ref,
    ReminderState,
    SetAside,
)
from connector.model.chase import THANK_YOU
from connector.store import codec, rows
from connector.store.ports import Found
from connector.store.scope import Scope, in_chunks, upsert
from connector.store.tables import accounts, facts, follow_ups, holds, promises, reminders


class AccountsPart(Scope):
    """Accounts of one company."""

    def customers_to_look_at(self, today: date) -> list[str]:
        due = or_(accounts.c.dirty.is_(True), accounts.c.wake_on <= today)
        query = select(accounts.c.customer_ref).where(self._ours(accounts), due)
        return list(self._connection.execute(query.order_by(accounts.c.customer_ref)).scalars())

    def customers_with_open(self) -> list[str]:
        """An invoice that was set aside counts as open."""
        query = select(facts.c.customer_ref).where(
            self._ours(facts), facts.c.open.is_(True), facts.c.kind == Kind.INVOICE.value
        )
        query = query.where(facts.c.customer_ref.is_not(None)).distinct().order_by(facts.c.customer_ref)
        return [ref for ref in self._connection.execute(query).scalars() if ref]

    def accounts(self, customers: Collection[str]) -> list[Account]:
        return [account for chunk in in_chunks(customers) for account in self._accounts(chunk)]

    def save_decided(self, customer: str, wake_on: date | None, summary: Mapping[str, int]) -> None:
        row = {
            "company": self._company,
            "customer_ref": customer,
            "dirty": False,
            "wake_on": wake_on,
            "summary": codec.dump_summary(summary),
        }
        upsert(self._connection, accounts, [row])

    def look_again(self, customers: Collection[str]) -> None:
        self._mark(customers)

    def look_at_all_again(self) -> None:
        self._connection.execute(update(accounts).where(self._ours(accounts)).values(dirty=True))

    def summary(self) -> dict[str, int]:
        query = select(accounts.c.summary).where(self._ours(accounts), accounts.c.summary != "{}")
        total: Counter[str] = Counter()
        for text in self._connection.execute(query).scalars():
            total.update(codec.load_summary(text))
        return dict(total)

    def next_wake_on(self) -> date | None:
        query = select(func.min(accounts.c.wake_on)).where(self._ours(accounts))
        return self._connection.execute(query).scalar()

    def search(self, text: str) -> list[Found]:
        """A whole name is an answer before a part of one. What is gone is found only when nothing else
        has that number or ref."""
        wanted = text.strip()
        key = codec.name_key(wanted)
        if not key:
            return []
        number = and_(facts.c.kind == Kind.INVOICE.value, facts.c.number == wanted)
        customer = and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.ref == wanted)
        exact = self._find(or_(number, customer))
        present = [found for found, gone in exact if not gone] or [found for found, _ in exact]
        if present:
            return present
        names = self._find(and_(facts.c.gone.is_(False), facts.c.name_key.contains(key, autoescape=True)))
        whole = [found for found, _ in names if codec.name_key(found.customer_name) == key]
        return whole or [found for found, _ in names]

    # -----------------------------------------------------------------------------------------------------
    def _find(self, condition: ColumnElement[bool]) -> list[tuple[Found, bool]]:
        holder = facts.alias("holder")
        same = and_(
            holder.c.company == facts.c.company,
            holder.c.kind == Kind.CUSTOMER.value,
            holder.c.ref == facts.c.customer_ref,
        )
        columns = (facts.c.kind, facts.c.ref, facts.c.number, facts.c.customer_ref, facts.c.gone)
        query = (
            select(*columns, holder.c.name)
            .select_from(facts.outerjoin(holder, same))
            .where(self._ours(facts), facts.c.customer_ref.is_not(None), condition)
            .order_by(holder.c.name_key, facts.c.number, facts.c.ref)
        )
        return [
            (Found(customer, name or customer, ref if kind == Kind.INVOICE else None, number), gone)
            for kind, ref, number, customer, gone, name in self._connection.execute(query)
        ]

    def _accounts(self, customers: Sequence[str]) -> list[Account]:
        found = {ref: _Parts(ref) for ref in customers}
        for row in [*self._records(customers), *self._closed_in_chase(customers)]:
            found[row["customer_ref"]].add(row)
        for row in self._payers(customers):
            found[row["payer_ref"]].pays_for.append(row["ref"])
        for holder, reminder in self._of(reminders, customers, rows.reminder_of):
            found[holder].reminders.append(reminder)
        for holder, promise in self._of(promises, customers, rows.promise_of):
            found[holder].promises.append(promise)
        for holder, hold in self._of(holds, customers, rows.hold_of):
            found[holder].holds.append(hold)
        for row in self._rows(follow_ups, follow_ups.c.customer_ref.in_(customers), follow_ups.c.id):
            found[row["customer_ref"]].follow_ups.append(rows.follow_up_of(row))
        return [parts.account() for parts in found.values()]

    def _rows(self, table: Table, condition: ColumnElement[bool], *order: Any) -> Sequence[RowMapping]:
        query = select(table).where(self._ours(table), condition).order_by(*order)
        return self._connection.execute(query).mappings().all()

    def _records(self, customers: Sequence[str]) -> Sequence[RowMapping]:
        """The customers themselves, and all of theirs that is open or was set aside."""
        himself = facts.c.kind == Kind.CUSTOMER.value  # gone or not: his name is still of use
        query = _RECORDS.where(
            self._ours(facts), facts.c.customer_ref.in_(customers), or_(facts.c.open.is_(True), himself)
        )
        return self._connection.execute(query.order_by(facts.c.ref)).mappings().all()

    def _closed_in_chase(self, customers: Sequence[str]) -> Sequence[RowMapping]:
        """Closed invoices with something to say: an installment reminded of but not thanked for, a
        promise to judge."""
        query = _RECORDS.where(
            self._ours(facts),
            facts.c.customer_ref.in_(customers),
            facts.c.open.is_(False),
            facts.c.kind == Kind.INVOICE.value,
            facts.c.gone.is_(False),
            or_(_UNTHANKED, _PROMISED),
        )
        return self._connection.execute(query.order_by(facts.c.ref)).mappings().all()

    def _payers(self, customers: Sequence[str]) -> Sequence[RowMapping]:
        query = select(facts.c.payer_ref, facts.c.ref).where(
            self._ours(facts),
            facts.c.payer_ref.in_(customers),
            facts.c.kind == Kind.CUSTOMER.value,
            facts.c.gone.is_(False),
        )
        return self._connection.execute(query.order_by(facts.c.ref)).mappings().all()

    def _of(self, table: Table, customers: Sequence[str], read: Any) -> Iterable[tuple[str, Any]]:
        """Rows of these customers, and rows on an invoice that has become theirs since."""
        order = rows.ORDER[table.name]
        for row in self._rows(table, table.c.customer_ref.in_(customers), *order):
            yield row["customer_ref"], read(row)
        invoice = and_(
            facts.c.company == table.c.company,
            facts.c.kind == Kind.INVOICE.value,
            facts.c.ref == table.c.invoice_ref,
        )
        moved = (
            select(table, facts.c.customer_ref.label("holder"))
            .select_from(facts.join(table, invoice))
            .where(self._ours(facts), facts.c.customer_ref.in_(customers))
            .where(facts.c.customer_ref != table.c.customer_ref)
        )
        for row in self._connection.execute(moved.order_by(*order)).mappings():
            yield row["holder"], read(row)


class _Parts:
    """What is gathered for one customer."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.name: str | None = None
        self.customer: Customer | None = None
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self.set_aside: list[SetAside] = []
        self.reminders: list[Any] = []
        self.promises: list[Any] = []
        self.holds: list[Any] = []
        self.follow_ups: list[Any] = []
        self.pays_for: list[str] = []

    def add(self, row: RowMapping) -> None:
        kind = Kind(row["kind"])
        if kind is Kind.CUSTOMER:
            self.name = row["name"]
        if row["gone"]:
            return
        if row["problem_reason"] is not None:
            ref = Ref(kind, row["ref"])
            self.set_aside.append(SetAside(ref, self.ref, row["problem_field"], row["problem_reason"]))
            return
        fact = codec.load_fact(kind, row["ref"], row["body"])
        if kind is Kind.CUSTOMER:
            self.customer = fact
        elif kind is Kind.INVOICE:
            self.invoices.append(fact)
        else:
            self.payments.append(fact)

    def account(self) -> Account:
        return Account(
            customer=self.customer or Customer(self.ref, self.name or self.ref),
            invoices=tuple(self.invoices),
            payments=tuple(self.payments),
            reminders=tuple(sorted(self.reminders, key=lambda reminder: reminder.queued_on)),
            promises=tuple(self.promises),
            holds=tuple(self.holds),
            follow_ups=tuple(self.follow_ups),
            set_aside=tuple(self.set_aside),
            pays_for=tuple(self.pays_for),
        )


_RECORDS = select(
    facts.c.kind,
    facts.c.ref,
    facts.c.customer_ref,
    facts.c.name,
    facts.c.gone,
    facts.c.problem_field,
    facts.c.problem_reason,
    facts.c.body,
)

_NOT_GONE_YET = (ReminderState.DROPPED, ReminderState.QUEUED, ReminderState.APPROVAL)
_thanks = reminders.alias("thanks")
_THANKED = exists().where(
    _thanks.c.company == reminders.c.company,
    _thanks.c.invoice_ref == reminders.c.invoice_ref,
    _thanks.c.position == reminders.c.position,
    _thanks.c.step == THANK_YOU,
    # a dropped one makes room for the next; one that waits must be decided again before it leaves
    _thanks.c.state.not_in([state.value for state in _NOT_GONE_YET]),
)
_UNTHANKED = exists().where(
    reminders.c.company == facts.c.company,
    reminders.c.invoice_ref == facts.c.ref,
    reminders.c.state == ReminderState.SENT.value,
    reminders.c.step != THANK_YOU,
    ~_THANKED.correlate(reminders),
)
_PROMISED = exists().where(
    promises.c.company == facts.c.company,
    promises.c.invoice_ref == facts.c.ref,
    promises.c.state == PromiseState.OPEN.value,
)
