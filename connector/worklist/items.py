"""Lists of customers to look at: for whom, how urgent, whom to call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.dunning.marks import with_marks
from connector.dunning.payer import Suggestion, suggest
from connector.dunning.policy import Policy
from connector.dunning.priority import Priority, prioritise
from connector.model import (
    Account,
    Contact,
    Decision,
    Invoice,
    InvoiceKind,
    PayerType,
    Person,
    PromiseState,
    Role,
)
from connector.worklist.jobs import Job, JobName, jobs_of

_NOBODY = frozenset({"nobody", "personne"})
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom to call at the customer; ``phone`` None when no number is known."""

    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """How the customer's promises ended so far, and the days of those that run."""

    kept: int = 0
    partly: int = 0
    broken: int = 0
    open_on: tuple[date, ...] = ()

    @property
    def matured(self) -> int:
        return self.kept + self.partly + self.broken


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One customer on one person's list. Amounts by currency; ``person`` None: nobody's.

    ``payer_type`` is a person's word; ``suggestion`` is ours, for his eyes only.
    """

    customer_ref: str
    customer: str
    person: Person | None
    owed: Mapping[str, Decimal]
    overdue: Mapping[str, Decimal]
    days_late: int  # of the oldest overdue date
    products: tuple[str, ...]  # what the overdue invoices are for, the oldest first
    jobs: tuple[Job, ...]
    priority: Priority
    callee: Callee
    promises: PromiseRecord
    payer_type: PayerType | None
    suggestion: Suggestion


def worklist(
    decided: Iterable[tuple[Account, Sequence[Decision]]],
    settled: Mapping[str, Sequence[Invoice]],
    policy: Policy,
    today: date,
) -> list[WorkItem]:
    """Put the day's list together from decided accounts, the most urgent first. Pure.

    ``settled`` holds, by customer, the invoices that nothing is owed on any more: the history from which a
    payer type is suggested. A customer with nothing for a person to do is on no list.
    """
    items = [
        item
        for account, decisions in decided
        for item in _items(account, decisions, settled.get(account.customer.ref, ()), policy, today)
    ]
    return sorted(items, key=lambda item: (item.priority.order, item.customer, item.customer_ref))


def desks(items: Iterable[WorkItem]) -> dict[Person | None, list[WorkItem]]:
    """The list of each person, those of nobody (None) last, each in the order given."""
    found: dict[Person | None, list[WorkItem]] = {}
    for item in items:
        found.setdefault(item.person, []).append(item)
    people = sorted((p for p in found if p is not None), key=lambda p: (p.name.casefold(), p.ref))
    return {person: found[person] for person in (*people, None) if person in found}


def concerns(item: WorkItem, person: str) -> bool:
    """True when ``person`` names whose list it is: by name, ref or e-mail; "nobody" for nobody's."""
    wanted = " ".join(person.split()).casefold()
    if item.person is None:
        return wanted in _NOBODY
    names = (item.person.name, item.person.ref, item.person.email or "")
    return wanted in {" ".join(name.split()).casefold() for name in names if name}


def _items(
    account: Account, decisions: Sequence[Decision], settled: Sequence[Invoice], policy: Policy, today: date
) -> list[WorkItem]:
    jobs = jobs_of(account, decisions, policy, today)
    if not jobs:
        return []
    account = with_marks(account)
    customer = account.customer
    priority = prioritise(account, policy, today)
    by_person: dict[Person | None, list[Job]] = {}
    for job in jobs:
        by_person.setdefault(_person(job, account), []).append(job)
    oldest = priority.oldest_on
    return [
        WorkItem(
            customer_ref=customer.ref,
            customer=customer.name,
            person=person,
            owed=_total(account, None),
            overdue=_total(account, today),
            days_late=(today - oldest).days if oldest else 0,
            products=_products(account, today),
            jobs=tuple(his),
            priority=priority,
            callee=_callee(account, his),
            promises=_record(account),
            payer_type=customer.payer_type,
            suggestion=suggest(account, today, settled),
        )
        for person, his in by_person.items()
    ]


def _person(job: Job, account: Account) -> Person | None:
    if job.assign is None:
        return account.customer.salesperson
    return Person(job.assign, job.assign, job.assign if "@" in job.assign else None)


def _total(account: Account, overdue_on: date | None) -> dict[str, Decimal]:
    """What is owed, or what is overdue on that day, by currency."""
    total: dict[str, Decimal] = {}
    for invoice in account.invoices:
        if invoice.kind is not InvoiceKind.INVOICE or not invoice.is_open:
            continue
        for part in invoice.installments:
            if part.residual > 0 and (overdue_on is None or part.due_on < overdue_on):
                total[invoice.currency] = total.get(invoice.currency, _ZERO) + part.residual
    return total


def _products(account: Account, today: date) -> tuple[str, ...]:
    """What the overdue invoices are for."""
    late = [
        (min(part.due_on for part in parts), invoice.number, invoice.products)
        for invoice in account.invoices
        if invoice.kind is InvoiceKind.INVOICE and invoice.is_open
        if (parts := [p for p in invoice.installments if p.residual > 0 and p.due_on < today])
    ]
    return tuple(dict.fromkeys(name for *_, names in sorted(late) for name in names))


def _callee(account: Account, jobs: Collection[Job]) -> Callee:
    """The buyer for a missing order number, else the accounting desk, else the customer's own number, else
    whoever decides; a person with a telephone before one without."""
    customer = account.customer
    asks_buyer = any(job.name is JobName.MISSING_ORDER_NUMBER for job in jobs)
    roles = [Role.PURCHASING] if asks_buyer else []
    known = [_contact(c) for role in (*roles, Role.ACCOUNTING) for c in customer.contacts if role in c.roles]
    known.append(Callee(customer.name, customer.phone, customer.email))
    known += [_contact(c) for c in customer.contacts if Role.DECISION_MAKER in c.roles]
    return next((one for one in known if one.phone), known[0])


def _contact(contact: Contact) -> Callee:
    return Callee(contact.name, contact.phone, contact.email)


def _record(account: Account) -> PromiseRecord:
    states = [promise.state for promise in account.promises]
    running = (p.promised_on for p in account.promises if p.state is PromiseState.OPEN)
    return PromiseRecord(
        kept=states.count(PromiseState.KEPT),
        partly=states.count(PromiseState.PARTLY),
        broken=states.count(PromiseState.BROKEN),
        open_on=tuple(sorted(running)),
    )
