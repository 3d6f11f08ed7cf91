"""Whom to call at the customer, and who of our own people is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.model import Account, Contact, Invoice, Role, Step

#: A step says so when its task is the salesperson's, which is what no name means too.
SALESPERSON = "salesperson"
FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Callee:
    """One to call: a contact, or (``role`` None, no contact) the customer's own number."""

    name: str
    phone: str | None
    email: str | None
    role: Role | None = None


def callees(account: Account, roles: Sequence[Role] = (), contact_ref: str | None = None) -> list[Callee]:
    """Whom to call, the best first, each once: the contact that was chosen already, those of the wanted
    roles, the accounting desk, the customer's own number, who decides. Who has a number goes first; without
    any number it is still said whose to find."""
    found = list(dict.fromkeys(_known(account, roles, contact_ref)))
    numbers: set[str] = set()
    reached = []
    for one in found:
        if one.phone and one.phone not in numbers:
            numbers.add(one.phone)
            reached.append(one)
    return reached or found[:1]


def _known(account: Account, roles: Sequence[Role], contact_ref: str | None) -> Iterator[Callee]:
    customer = account.customer
    contacts = customer.contacts
    yield from (_callee(c, roles) for c in contacts if contact_ref and c.ref == contact_ref)
    for role in (*roles, Role.ACCOUNTING):
        yield from (_callee(c, (role,)) for c in contacts if role in c.roles)
    yield Callee(customer.name, customer.phone, customer.email)
    yield from (_callee(c, (Role.DECISION_MAKER,)) for c in contacts if Role.DECISION_MAKER in c.roles)


def _callee(contact: Contact, roles: Sequence[Role]) -> Callee:
    order = (*roles, Role.ACCOUNTING, Role.PURCHASING, Role.DECISION_MAKER)
    role = next((role for role in order if role in contact.roles), None)
    return Callee(contact.name, contact.phone, contact.email, role)


def person(account: Account, invoice: Invoice | None = None, step: Step | None = None) -> str | None:
    """Who gets a task: whom the step names, else the salesperson of the invoice, else of the customer; None
    is the host's fallback person."""
    if step is not None and step.assign not in (None, SALESPERSON):
        return None if step.assign == FALLBACK else step.assign
    salesperson = (invoice.salesperson if invoice else None) or account.customer.salesperson
    return salesperson.ref if salesperson else None
