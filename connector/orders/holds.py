"""Hold and resume."""

from __future__ import annotations

from datetime import date

from connector.company import Company
from connector.orders.find import OrderError, find_one
from connector.orders.said import Said, event, said_now
from connector.store.ports import Found, Unit


def hold(company: Company, text: str, until: date | None, reason: str, today: date) -> Found:
    """Stop the chase of a customer or an invoice, until a day (included) or until somebody resumes."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        hold_in(company, unit, found, until, reason, said_now(company, today))
    return found


def hold_in(company: Company, unit: Unit, found: Found, until: date | None, reason: str, said: Said) -> None:
    """The same inside a transaction, for what was found already. Raises OrderError."""
    if until is not None and until < said.on:
        raise OrderError("--until", f"{until.isoformat()} is past", code="past", on=until)
    unit.add_hold(found.customer_ref, found.invoice_ref, said.on, until, reason, now=said.at)
    data = {"until_on": until.isoformat() if until else "", "reason_text": reason}
    unit.record([event(company, "held", found.customer_ref, found.invoice_ref, said, data)])
    unit.look_again([found.customer_ref])


def resume(company: Company, text: str, today: date) -> tuple[Found, int]:
    """Let the chase go on: release the holds of a customer or an invoice, and an old debt that waited for
    a person's word. Returns how many holds there were."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        released = resume_in(company, unit, found, said_now(company, today))
    return found, released


def resume_in(company: Company, unit: Unit, found: Found, said: Said) -> int:
    """The same inside a transaction, for what was found already."""
    released = unit.release_holds(found.customer_ref, found.invoice_ref, said.at)
    if not released and not said.quiet:
        # a release without a hold is the word that an old debt waits for: it must leave a trace
        unit.add_hold(found.customer_ref, found.invoice_ref, said.on, None, "resume", now=said.at)
        unit.release_holds(found.customer_ref, found.invoice_ref, said.at)
    unit.record([event(company, "resumed", found.customer_ref, found.invoice_ref, said)])
    unit.look_again([found.customer_ref])
    return released
