"""A payment plan as it stands in the host: a task on its first date, a note on each invoice."""

from __future__ import annotations

from collections.abc import Sequence

from babel.numbers import format_decimal
from markupsafe import Markup

from connector.interest import PlanInterest
from connector.model import Account, Kind, PaymentPlan, Ref
from connector.ports import Entry, Note, Task, TaskKind
from connector.tasks.html import joined, page, short, table
from connector.tasks.people import person
from connector.tasks.words import day, locale, long_day, money, words


def plan_entries(
    language: str, account: Account, plan: PaymentPlan, interest: PlanInterest | None = None
) -> list[Entry]:
    """The task on the plan's first date and the notes that show a payment plan in the host: its dates and
    amounts, and the calculation of the interest that it adds."""
    text = words(language)["plan"]
    values = {
        "customer": short(account.customer.name, 80),
        "amount": money(plan.total, plan.currency, language),
        "count": len(plan.parts),
        "first": long_day(plan.parts[0].due_on, language),
        "last": long_day(plan.parts[-1].due_on, language),
    }
    dates = table(
        (text["due_on"], text["amount"]),
        [(day(p.due_on, language), money(p.amount, plan.currency, language)) for p in plan.parts],
    )
    counted = _counted(language, interest) if interest else ()
    key, note = f"plan/{plan.id}", page(text["note"].format(**values), dates, *counted, plan.note)
    first = next(i for i in account.invoices if i.ref == plan.invoice_refs[0])
    task = Task(
        key,
        Ref(Kind.INVOICE, first.ref),
        TaskKind.PROMISE,
        text["summary"].format(**values),
        note,
        plan.parts[0].due_on,
        person(account, first),
    )
    notes = [Note(f"{key}/note/{ref}", Ref(Kind.INVOICE, ref), note) for ref in plan.invoice_refs]
    return [task, *notes]


def _counted(language: str, interest: PlanInterest) -> Sequence[str | Markup]:
    """What the interest of a plan is, and line by line how it was counted."""
    text = words(language)["plan"]["interest"]
    found = interest.calculations
    said = text["said"].format(
        interest=money(interest.amount.amount, interest.amount.currency, language),
        basis=found[0][1].rule.basis,
    )
    lines = [
        text["line"].format(
            number=number,
            first=day(segment.first_on, language),
            last=day(segment.last_on, language),
            days=segment.days,
            base=money(segment.base.amount, segment.base.currency, language),
            rate=format_decimal(segment.rate, locale=locale(language)),
            year=segment.year_days,
            amount=money(segment.amount.amount, segment.amount.currency, language),
        )
        for number, calculation in found
        for segment in calculation.segments
        if segment.rate is not None and segment.amount.amount
    ]
    incomplete = "" if interest.complete else text["incomplete"]
    return said, joined(lines, Markup("<br>")), incomplete


def plan_outcome(language: str, outcome: str) -> str:
    """The word with which a payment plan's task is closed."""
    return str(words(language)["plan"]["outcome"][str(outcome)])
