"""To whom, and in which language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from connector.dunning.policy import Policy
from connector.dunning.segments import segment_of
from connector.model import Account, Contact, Customer, Invoice, ReminderState, Role, Segment

#: Countries where one language is safe to assume for business mail. Belgium, Switzerland, Canada or
#: Luxembourg are left out on purpose: a guess there is a wrong language for half of the readers.
_LANGUAGE_OF = {
    **dict.fromkeys(("FR", "MC"), "fr"),
    **dict.fromkeys(("GB", "US", "IE", "AU", "NZ"), "en"),
    **dict.fromkeys(("DE", "AT"), "de"),
    "ES": "es",
    "IT": "it",
    "NL": "nl",
    "PT": "pt",
}
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_BETWEEN = re.compile(r"[,;\s]+")
# once: see ``case``
_REFUSED, _ACCOUNTING, _DECIDES = ReminderState.REFUSED, Role.ACCOUNTING, Role.DECISION_MAKER


@dataclass(frozen=True, slots=True)
class Recipient:
    """The contact written to (``ref`` None: the customer's own address)."""

    ref: str | None
    name: str
    address: str
    language: str


def usable(address: str | None) -> str | None:
    """Return the first well-formed address of a host's e-mail field, which may hold several; else None."""
    for text in _BETWEEN.split(address or ""):
        if _ADDRESS.fullmatch(text):
            return text
    return None


def refused_addresses(account: Account) -> frozenset[str]:
    """Addresses that refused a reminder: nothing goes there again until a person corrects them."""
    return frozenset([r.recipient.lower() for r in account.reminders if r.state is _REFUSED])


def language_of(customer: Customer, contact: Contact | None, policy: Policy) -> str:
    """The reader's own language if the host knows it, else his country's, else the company's at home and
    the fallback abroad."""
    known = (contact.language if contact else None) or customer.language
    if known:
        return known
    if customer.country is None or customer.country == policy.country:
        return policy.language
    return _LANGUAGE_OF.get(customer.country, policy.fallback_language)


def written_language(language: str, template: str, policy: Policy) -> str:
    """The language in which that template can be written to that reader."""
    for candidate in (language, policy.fallback_language, policy.language):
        if (candidate, template) in policy.texts:
            return candidate
    return policy.language


def choose_recipient(account: Account, invoices: Collection[Invoice], policy: Policy) -> Recipient | None:
    """Who is written to about these invoices; None when nobody can be.

    The contact that all of them name; else the accounting desk; else, in a small business, the one person
    who decides; else the customer's own address; else the contact of the first invoice. Never just any
    contact: a wrong person is worse than none.

    In a small business the manager pays, or says who does, and its own address is often the shop's, which
    nobody who pays reads. Anywhere else a debt is none of a manager's business: he never sees the invoice,
    is offended by the reminder, and may take it for a complaint. So he is no candidate for the other
    segments, nor where several decide and we would have to choose one.
    """
    refused = refused_addresses(account)
    customer = account.customer
    for contact in _candidates(account, invoices, policy):
        address = usable(contact.email if contact else customer.email)
        if address and address.lower() not in refused:
            name = contact.name if contact else customer.name
            ref = contact.ref if contact else None
            return Recipient(ref, name, address, language_of(customer, contact, policy))
    return None


def callee(account: Account, policy: Policy) -> Recipient:
    """Who is called: the accounting desk when it has a number, else the customer himself. ``address`` is the
    number, empty when none is known: whoever calls finds one, or writes down that there is none."""
    customer = account.customer
    desks = [c for c in customer.contacts if Role.ACCOUNTING in c.roles and c.phone]
    if desks:
        one = desks[0]
        return Recipient(one.ref, one.name, one.phone or "", language_of(customer, one, policy))
    return Recipient(None, customer.name, customer.phone or "", language_of(customer, None, policy))


def _candidates(account: Account, invoices: Collection[Invoice], policy: Policy) -> Iterator[Contact | None]:
    """In order of preference, as far as they are asked for; None stands for the customer itself."""
    contacts = account.customer.contacts
    by_ref = {contact.ref: contact for contact in contacts}
    named = [by_ref.get(invoice.contact_ref or "") for invoice in invoices]
    if named and named[0] and all(contact == named[0] for contact in named):
        yield named[0]
    for contact in contacts:
        if _ACCOUNTING in contact.roles:
            yield contact
    deciding = [contact for contact in contacts if _DECIDES in contact.roles]
    if len(deciding) == 1 and segment_of(account.customer, policy) is Segment.SME:
        yield deciding[0]
    yield None
    yield from (contact for contact in named if contact)
