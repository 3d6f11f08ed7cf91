"""Accounts: everything known of a customer, put together; and when he is to be decided again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, RowMapping, Table, and_, func, or_, select, update

from connector.model import (
    Account,
    Customer,
    FollowUp,
    Hold,
    Invoice,
    Kind,
    Payment,
    Promise,
    PromiseState,
    Ref,
    Reminder,
    ReminderState,
    SetAside,
)
from connector.model.chase import THANK_YOU
from connector.store import codec, rows
from connector.store.ports import Found
from connector.store.scope import Scope, in_chunks, upsert
from connector.store.tables import accounts, facts, follow_ups, holds, promises, reminders

_RECORD = (
    facts.c.kind,
    facts.c.ref,
    facts.c.customer_ref,
    facts.c.name,
    facts.c.gone,
    facts.c.problem_field,
    facts.c.problem_reason,
    facts.c.body,
)


#: States of a thank-you in which it has not left, and may.
_NOT_GONE = (ReminderState.DROPPED, ReminderState.QUEUED, ReminderState.APPROVAL)


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
        customer = and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.gone.is_(False))
        names = self._find(and_(customer, facts.c.name_key.contains(key, autoescape=True)))
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
        himself = and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.ref.in_(customers))
        for row in self._records(himself):  # gone or not: his name is still of use
            found[row["ref"]].add(row)
        his = and_(facts.c.customer_ref.in_(customers), facts.c.kind != Kind.CUSTOMER.value)
        for row in self._records(his, facts.c.open.is_(True)):
            found[row["customer_ref"]].add(row)
        for row in self._rows(facts, facts.c.payer_ref.in_(customers), facts.c.gone.is_(False)):
            found[row["payer_ref"]].pays_for.append(row["ref"])
        for holder, row in self._of(reminders, customers):
            found[holder].reminders.append(rows.reminder_of(row))
        for holder, row in self._of(promises, customers):
            found[holder].promises.append(rows.promise_of(row))
        for holder, row in self._of(holds, customers):
            found[holder].holds.append(rows.hold_of(row))
        for row in self._rows(follow_ups, follow_ups.c.customer_ref.in_(customers)):
            found[row["customer_ref"]].follow_ups.append(rows.follow_up_of(row))
        for row in self._closed({ref for parts in found.values() for ref in parts.closed_in_chase()}):
            if row["customer_ref"] in found:
                found[row["customer_ref"]].add(row)
        return [parts.account() for parts in found.values()]

    def _records(self, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
        query = select(*_RECORD).where(self._ours(facts), *conditions)
        return self._connection.execute(query).mappings().all()

    def _closed(self, invoices: Collection[str]) -> Iterable[RowMapping]:
        invoice = facts.c.kind == Kind.INVOICE.value
        still_there = and_(facts.c.open.is_(False), facts.c.gone.is_(False))
        for refs in in_chunks(sorted(invoices)):
            yield from self._records(invoice, facts.c.ref.in_(refs), still_there)

    def _rows(self, table: Table, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
        query = select(table).where(self._ours(table), *conditions).order_by(*rows.ORDER[table.name])
        return self._connection.execute(query).mappings().all()

    def _of(self, table: Table, customers: Sequence[str]) -> Iterable[tuple[str, RowMapping]]:
        """Rows of these customers, and rows on an invoice that has become theirs since."""
        for row in self._rows(table, table.c.customer_ref.in_(customers)):
            yield row["customer_ref"], row
        for row in self._rows(table, table.c.moved_to.in_(customers)):
            yield row["moved_to"], row


class _Parts:
    """What is gathered for one customer."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.name: str | None = None
        self.customer: Customer | None = None
        self.invoices: list[Invoice] = []
        self.payments: list[Payment] = []
        self.set_aside: list[SetAside] = []
        self.reminders: list[Reminder] = []
        self.promises: list[Promise] = []
        self.holds: list[Hold] = []
        self.follow_ups: list[FollowUp] = []
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

    def closed_in_chase(self) -> set[str]:
        """Invoices that may be closed but have something to say: an installment reminded of and not yet
        thanked for, a promise to judge. A thank-you that was dropped makes room for the next, and one that
        waits to leave is decided again before it does."""
        thanked = {
            reminder.installment
            for reminder in self.reminders
            if reminder.step == THANK_YOU and reminder.state not in _NOT_GONE
        }
        reminded = {
            reminder.installment.invoice_ref
            for reminder in self.reminders
            if reminder.state is ReminderState.SENT
            and reminder.step != THANK_YOU
            and reminder.installment not in thanked
        }
        promised = {p.invoice_ref for p in self.promises if p.state is PromiseState.OPEN and p.invoice_ref}
        return (reminded | promised) - {invoice.ref for invoice in self.invoices}

    def account(self) -> Account:
        return Account(
            customer=self.customer or Customer(self.ref, self.name or self.ref),
            invoices=tuple(sorted(self.invoices, key=lambda invoice: (invoice.issued_on, invoice.ref))),
            payments=tuple(sorted(self.payments, key=lambda payment: (payment.paid_on, payment.ref))),
            reminders=tuple(sorted(self.reminders, key=lambda reminder: reminder.queued_on)),
            promises=tuple(self.promises),
            holds=tuple(self.holds),
            follow_ups=tuple(self.follow_ups),
            set_aside=tuple(self.set_aside),
            pays_for=tuple(self.pays_for),
        )
