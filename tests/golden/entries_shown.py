"""One of each kind of note and task, about a hostile customer with everything that can be told of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connector import tasks
from connector.message import CompanyText, Templates, render
from connector.model import (
    Account,
    Action,
    Contact,
    Decision,
    Dispute,
    DisputeReason,
    Inbound,
    InstallmentKey,
    Kind,
    Message,
    MessagePlan,
    Party,
    PaymentPlan,
    Person,
    PlannedLine,
    PlanPart,
    Promise,
    PromiseState,
    Reason,
    Ref,
    Role,
    Step,
)
from connector.ports import Entry, Note, Task
from connector.resources import shipped
from connector.tasks import Call, Sent
from tests.builders import (
    SCENARIO,
    STEPS,
    THANK,
    TODAY,
    account,
    credit_note,
    customer,
    invoice,
    paid,
    payment,
    policy,
    promise,
    reminder,
)

EVIL = "<b>Évil & Co</b>"
TEXTS = Templates.load(shipped("templates"))
STEP = {step.name: step for step in (*STEPS, THANK)}
CALL = Step("call", 20, "call", "call")
SACHA, CAMILLE = Person("7", "Sacha"), Person("8", "Camille")
CALLS = (Call(TODAY - timedelta(days=2), "Camille", 'dit avoir payé <img src="x" onerror=x>'),)
DUE_ON = TODAY + timedelta(days=1)


def rich() -> Account:
    """Three late invoices: one disputed, one promised, one with an order number; a credit note and money that
    nobody has matched; an answer, a call, promises that ended badly."""
    him = customer(
        name=EVIL,
        phone="+44 20 7946 0000",
        salesperson=SACHA,
        contacts=(
            Contact(
                "c1-a",
                'Ada <script>alert("x")</script>',
                "ada@example.com",
                "01 99 00 00 01",
                roles=frozenset({Role.ACCOUNTING}),
            ),
            Contact("c1-b", "Basile Achat", None, "01 99 00 00 02", roles=frozenset({Role.PURCHASING})),
        ),
    )
    return account(
        invoice("i1", due=-40, salesperson=CAMILLE, reference="BC-<i>1</i>"),
        invoice("i2", due=-20, amount="800.00", products=("Entretien <b>mensuel</b>", "Pièces")),
        invoice("i3", due=-1, amount="12000.50"),
        invoice("i4", due=20, amount="99.00"),
        credit_note(amount="100.00"),
        customer=him,
        payments=(payment(amount="50.00", label="VIR <b>x</b>"),),
        reminders=(
            reminder("reminder_1", of="i1", on=-30),
            reminder("reminder_2", of="i1", on=-20),
            reminder("reminder_1", of="i2", on=-10),
        ),
        promises=(
            promise(
                -12, of="i1", made=-15, id=1, state=PromiseState.BROKEN, amount=Decimal(500), currency="EUR"
            ),
            promise(9, of="i2", made=-1, id=2),
        ),
        disputes=(Dispute(1, "c1", "i3", DisputeReason.NOT_RECEIVED, TODAY - timedelta(days=3)),),
        inbound=(
            Inbound(
                "m1",
                Ref(Kind.INVOICE, "i1"),
                datetime(2026, 11, 20, 9, tzinfo=UTC),
                '"Ada <x>" <ada@example.com>',
                "Bonjour,\n\nil manque une facture.\n<img src=x onerror=x>" + " bla" * 60,
            ),
        ),
    )


def plan(item: Account, step: Step, refs: tuple[str, ...]) -> MessagePlan:
    return MessagePlan(
        "c1",
        "EUR",
        Action.THANK if step is THANK else Action.REMIND,
        step,
        SCENARIO,
        tuple(PlannedLine(InstallmentKey(ref, 0), step, SCENARIO.level(step.name), 0) for ref in refs),
        "c1-a",
        'Ada <script>alert("x")</script>',
        "ada@example.com",
        "fr",
    )


def company(language: str) -> CompanyText:
    return CompanyText(
        "exemple", "Exemple SARL", Party("Exemple SARL", "compta@exemple.example"), language, "FR"
    )


def message(language: str, item: Account, step: str, *refs: str) -> Message:
    return render(plan(item, STEP[step], refs), item, company(language), TEXTS, TODAY)


def notes(language: str, step: str, *refs: str, posted: str | None = None) -> list[Note]:
    item = rich()
    if step == "thank_you":
        item = replace(item, invoices=tuple(paid(i) if i.ref in refs else i for i in item.invoices))
    taken = [replace(reminder(step, of=ref), due_on=TODAY - timedelta(days=40)) for ref in refs]
    sent = Sent(message(language, item, step, *refs), TODAY, taken, policy(), item, posted)
    return tasks.reminder_notes(language, sent)


def decided(reason: Reason, refs: tuple[str, ...] = ("i1", "i2"), **seen: object) -> list[Decision]:
    found = {i.ref: i for i in rich().invoices}
    return [
        Decision(
            "c1",
            InstallmentKey(ref, 0),
            found[ref].number,
            Action.FOLLOW_UP,
            reason,
            None,
            due_on=found[ref].installments[0].due_on,
            residual=found[ref].residual,
            currency="EUR",
            seen=seen,
        )
        for ref in refs
    ]


def follow_up(reason: Reason, **seen: object) -> Callable[[str], Task]:
    def shown(language: str) -> Task:
        decisions = decided(reason, **seen)
        return tasks.follow_up(language, rich(), decisions, "key", DUE_ON, country="FR", calls=CALLS)

    return shown


def call(language: str) -> Task:
    item = rich()
    return tasks.call_sheet(
        language, item, plan(item, CALL, ("i1", "i2")), "key", DUE_ON, country="FR", calls=CALLS
    )


def broken(received: str) -> Callable[[str], Task]:
    made = Promise(
        1,
        "c1",
        "i2",
        TODAY - timedelta(days=6),
        TODAY - timedelta(days=16),
        Decimal(800),
        "EUR",
        PromiseState.BROKEN,
        owed=Decimal(800) + Decimal(received),
    )

    def shown(language: str) -> Task:
        task = tasks.broken_promise(language, rich(), made, "key", DUE_ON, country="FR")
        assert task is not None
        return task

    return shown


def promised(which: int, of: str | None = "i2") -> Callable[[str], Note | Task]:
    def shown(language: str) -> Note | Task:
        item = rich()
        made = promise(9, of=of, note="Vu avec <Ada> & Co")
        until = TODAY + timedelta(days=11)
        return picked(tasks.promise_entries(language, item, item.invoices[1], made, until)[which])

    return shown


def agreed(which: int) -> Callable[[str], Note | Task]:
    parts = tuple(
        PlanPart(date(2026, 12 + n, 15) if n < 1 else date(2027, n, 15), Decimal(500)) for n in (0, 1)
    )

    def shown(language: str) -> Note | Task:
        made = PaymentPlan(1, "c1", ("i1", "i2"), "EUR", parts, TODAY, note="Deux fois, <merci>")
        return picked(tasks.plan_entries(language, rich(), made)[which])

    return shown


def disputed(closed: bool) -> Callable[[str], Note]:
    def shown(language: str) -> Note:
        closed_on = TODAY if closed else None
        made = Dispute(1, "c1", "i1", DisputeReason.PRICE, TODAY, closed_on, "Remise <b>oubliée</b>")
        return tasks.dispute_note(language, made, "prix" if language == "fr" else "price")

    return shown


def picked(entry: Entry) -> Note | Task:
    assert isinstance(entry, Note | Task)
    return entry


ENTRIES: Mapping[str, Callable[[str], Note | Task]] = {
    "reminder": lambda language: notes(language, "reminder_2", "i1")[0],
    "reminder_in_journal": lambda language: notes(language, "reminder_2", "i1", posted="i1")[0],
    "reminder_on_customer": lambda language: notes(language, "reminder_2", "i1", "i2")[-1],
    "reminder_last": lambda language: notes(language, "formal_notice", "i1")[0],
    "thank_you": lambda language: notes(language, "thank_you", "i1")[0],
    "call": call,
    "broken_promise": broken("0"),
    "partly_kept_promise": broken("300"),
    "covered": follow_up(Reason.COVERED, available=Decimal(150), covered_by=("VIR <b>x</b>", "RFAC/n1")),
    "no_contact": follow_up(Reason.NO_CONTACT),
    "refused_address": follow_up(Reason.NO_CONTACT, refused="<ada>@example.com"),
    "missing_order_number": follow_up(Reason.MISSING_ORDER_NUMBER),
    "replied": follow_up(Reason.REPLIED),
    "unknown_delivery": follow_up(Reason.UNKNOWN_DELIVERY),
    "failed_delivery": follow_up(Reason.FAILED_DELIVERY),
    "promise": promised(0),
    "promise_for_the_account": promised(0, None),
    "promise_note": promised(1),
    "plan": agreed(0),
    "plan_note": agreed(1),
    "dispute_opened": disputed(False),
    "dispute_closed": disputed(True),
}
