"""Hold and resume."""

from __future__ import annotations

from datetime import date

from connector.orders.find import OrderError, find_one
from connector.pipeline.company import Company
from connector.store.ports import Event, Found


def hold(company: Company, text: str, until: date | None, reason: str, today: date) -> Found:
    """Stop the chase of a customer or an invoice, until a day (included) or until somebody resumes."""
    if until is not None and until < today:
        raise OrderError("--until", f"{until.isoformat()} is past")
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        unit.add_hold(found.customer_ref, found.invoice_ref, today, until, reason)
        data = {"until_on": until.isoformat() if until else "", "reason_text": reason}
        unit.record([Event(company.clock(), "held", found.customer_ref, found.invoice_ref, data)])
        unit.look_again([found.customer_ref])
    return found


def resume(company: Company, text: str, today: date) -> tuple[Found, int]:
    """Let the chase go on: release the holds of a customer or an invoice, and an old debt that waited for
    a person's word. Returns how many holds there were."""
    with company.store.begin(company.id) as unit:
        found = find_one(company, unit, text)
        now = company.clock()
        released = unit.release_holds(found.customer_ref, found.invoice_ref, now)
        if not released:
            # a release without a hold is the word that an old debt waits for: it must leave a trace
            unit.add_hold(found.customer_ref, found.invoice_ref, today, None, "resume")
            unit.release_holds(found.customer_ref, found.invoice_ref, now)
        unit.record([Event(now, "resumed", found.customer_ref, found.invoice_ref)])
        unit.look_again([found.customer_ref])
    return found, released
