"""Short ways to build values of the model for tests. Everything has a default that is due and chaseable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connector.dunning import Policy
from connector.model import (
    Account,
    Allocation,
    AllocationSource,
    Contact,
    Customer,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Payment,
    Promise,
    Reminder,
    ReminderState,
    Role,
    Scenario,
    Standing,
    Step,
)

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
FRESH = Standing(synced_at=NOW, started_on=date(2026, 1, 1))

STEPS = (
    Step("pre_due", -5, "email", "pre_due"),
    Step("reminder_1", 7, "email", "reminder_1"),
    Step("reminder_2", 15, "email", "reminder_2"),
    Step("reminder_3", 30, "email", "reminder_3"),
    Step("formal_notice", 45, "email", "formal_notice", include="same_step", approval=1),
)
SCENARIO = Scenario("standard", STEPS, version="1", minimum=Decimal("15.00"), spacing=5)
THANK = Step("thank_you", 0, "email", "thank_you")
TEXTS = frozenset((lang, s.template) for lang in ("fr", "en") for s in (*STEPS, THANK))


def policy(**changes: Any) -> Policy:
    """A French company with the standard scenario."""
    base = Policy((SCENARIO,), "fr", "en", "FR", texts=TEXTS, thank_you=THANK)
    return replace(base, **changes)


def customer(ref: str = "c1", **changes: Any) -> Customer:
    base = Customer(
        ref,
        f"Exemple {ref}",
        email=f"{ref}@example.com",
        language="fr",
        country="FR",
        contacts=(
            Contact(
                f"{ref}-a",
                "Service comptable",
                f"compta-{ref}@example.com",
                roles=frozenset({Role.ACCOUNTING}),
            ),
        ),
    )
    return replace(base, **changes)


def invoice(ref: str = "i1", *, due: int = -10, amount: str = "1200.00", **changes: Any) -> Invoice:
    """An open invoice whose one installment is due ``due`` days from TODAY."""
    due_on = TODAY + timedelta(days=due)
    total = Decimal(amount)
    base = Invoice(
        ref,
        f"FAC/{ref}",
        "c1",
        due_on - timedelta(days=30),
        "EUR",
        total,
        total,
        installments=(Installment(0, due_on, total, total),),
    )
    return replace(base, **changes)


def paid(item: Invoice, on: date = TODAY, source: AllocationSource = AllocationSource.PAYMENT) -> Invoice:
    """The same invoice, paid in full on a day."""
    return replace(
        item,
        residual=Decimal(0),
        state=InvoiceState.PAID,
        installments=tuple(replace(i, residual=Decimal(0)) for i in item.installments),
        allocations=(Allocation(f"a-{item.ref}", source, item.residual, on),),
    )


def credit_note(ref: str = "n1", amount: str = "100.00", **changes: Any) -> Invoice:
    item = invoice(ref, amount=amount, kind=InvoiceKind.CREDIT_NOTE, number=f"RFAC/{ref}")
    return replace(item, **changes)


def payment(ref: str = "p1", amount: str = "100.00", **changes: Any) -> Payment:
    base = Payment(ref, "c1", TODAY, "EUR", Decimal(amount), Decimal(amount), label=f"VIR {ref}")
    return replace(base, **changes)


def reminder(step: str = "reminder_1", *, of: str = "i1", on: int = -3, **changes: Any) -> Reminder:
    """A reminder sent ``on`` days from TODAY."""
    rank = [s.name for s in STEPS].index(step) if step != "thank_you" else -1
    day = TODAY + timedelta(days=on)
    base = Reminder(
        InstallmentKey(of, 0),
        "c1",
        "standard",
        "1",
        step,
        STEPS[rank].day if rank >= 0 else 0,
        rank + 1,
        0,
        "email",
        "compta-c1@example.com",
        "EUR",
        Decimal("1200.00"),
        day,
        f"key-{of}-{step}",
        ReminderState.SENT,
        day,
        day,
    )
    return replace(base, **changes)


def promise(days: int = 5, *, of: str | None = "i1", made: int = -1, **changes: Any) -> Promise:
    base = Promise(1, "c1", of, TODAY + timedelta(days=days), TODAY + timedelta(days=made))
    return replace(base, **changes)


def account(*invoices: Invoice, **changes: Any) -> Account:
    """The account of customer c1 with these invoices (one due invoice when none is given)."""
    return replace(Account(customer(), invoices or (invoice(),)), **changes)
