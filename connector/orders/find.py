"""What an order is about: one invoice, or one customer."""

from __future__ import annotations

from connector.company import Company
from connector.errors import ConfigError, Problem
from connector.model import Account, Invoice, InvoiceKind
from connector.store.ports import Found, Unit


class OrderError(ConfigError):
    """An order that cannot be carried out as given; says what is possible instead.

    ``code`` and ``seen`` say the same to a program: the reason has a sentence of its own in each language
    (``templates/<language>/obeyed.toml``), for people who gave the order inside the host.
    """

    def __init__(self, what: str, message: str, remedy: str = "", code: str = "", **seen: object) -> None:
        super().__init__([Problem(what, "", message, remedy)])
        self.code, self.seen = code, seen


class NeedsWord(OrderError):
    """An order that is carried out once a person says that it is meant."""


def find_one(company: Company, unit: Unit, text: str) -> Found:
    """Return the one invoice or customer that ``text`` names (number, ref or name)."""
    found = unit.search(text)
    if not found:
        raise OrderError(
            text, "no invoice or customer of that name", f"pulled into {company.id}? try `relance pull`"
        )
    if len(found) > 1:
        names = ", ".join(f.number or f"{f.customer_name} ({f.customer_ref})" for f in found[:5])
        raise OrderError(text, f"names {len(found)} things: {names}", "give the number or the whole name")
    return found[0]


def open_invoice(unit: Unit, found: Found) -> tuple[Account, Invoice]:
    """Return the open invoice that was found, with its customer's account."""
    account = unit.accounts([found.customer_ref])[0]
    for invoice in account.invoices:
        if invoice.ref == found.invoice_ref and invoice.is_open and invoice.kind is InvoiceKind.INVOICE:
            return account, invoice
    named = found.number or found.customer_name
    raise OrderError(
        named,
        "is no open invoice",
        "give the number of one with something to pay",
        "not_open" if found.invoice_ref else "no_invoice",
        number=named,
    )


def open_invoices(account: Account) -> list[Invoice]:
    """What a customer owes, the oldest first."""
    owed = [i for i in account.invoices if i.is_open and i.kind is InvoiceKind.INVOICE]
    return sorted(owed, key=lambda i: (i.issued_on, i.ref))
