"""The notes that prove a message: on each invoice that it listed, on the customer when it listed several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from markupsafe import Markup

from connector.dunning import Policy
from connector.dunning.calendar import next_open_day, next_working_day
from connector.dunning.sequence import next_step
from connector.message import folded
from connector.model import (
    Account,
    Attachment,
    InstallmentKey,
    Invoice,
    Kind,
    Message,
    Ref,
    Reminder,
    ReminderState,
)
from connector.model.chase import THANK_YOU
from connector.ports import Note
from connector.tasks.html import Piece, page, paragraph, short, table
from connector.tasks.words import count, day, money, note_words
from connector.wording import step_label


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left on ``on`` (the company's day), with the steps that it took.

    ``account`` knows its invoices. ``posted`` is the invoice in whose journal the message itself stands, when
    the host has sent it: its note does not repeat the text. ``mail`` is the message as a file, when people
    want it: it goes with the note of the first invoice. ``attached`` invoices went with it; None: unknown, or
    none were to.
    """

    message: Message
    on: date
    reminders: Sequence[Reminder]
    policy: Policy
    account: Account | None = None
    posted: str | None = None
    mail: Attachment | None = None
    attached: int | None = None


def reminder_notes(language: str, sent: Sent) -> list[Note]:
    """The notes of a message: what was sent, when, to whom, what comes next; and the text, folded."""
    message = sent.message
    head, text = folded(message.note_html)
    refs = message.invoice_refs
    notes = []
    for ref in refs:
        first = ref == refs[0]
        own = _in_journal(language, message) if ref == sent.posted else text
        enclosed = (sent.mail,) if first and sent.mail and ref != sent.posted else ()
        html = page(head, _what_next(language, sent, ref), own)
        notes.append(Note(f"{message.key}/note/{ref}", Ref(Kind.INVOICE, ref), html, enclosed))
    if len(refs) > 1 and sent.account is not None:
        html = page(head, _sent_on(language, sent), _invoices(language, sent, sent.account), text)
        notes.append(Note(f"{message.key}/note/customer", Ref(Kind.CUSTOMER, message.customer_ref), html))
    return notes


def _in_journal(language: str, message: Message) -> Markup:
    said = note_words(language)["in_journal"].format(subject=short(message.subject))
    return paragraph(said, quiet=True)


def _sent_on(language: str, sent: Sent) -> Markup:
    return paragraph(_left(language, sent), quiet=True)


def _left(language: str, sent: Sent) -> str:
    """When it left, and how many invoices with it."""
    text = note_words(language)
    said = str(text["sent_on"].format(day=day(sent.on, language)))
    return said if sent.attached is None else f"{said} {count(text['attached'], sent.attached, language)}"


def _what_next(language: str, sent: Sent, ref: str) -> Markup:
    """When it left, and the next step of that invoice as its scenario has it."""
    own = [r for r in sent.reminders if r.installment.invoice_ref == ref]
    said = _left(language, sent)
    coming = _next(language, sent, own) if own else ""
    return paragraph(said, f" {coming}" if coming else "", quiet=True)


def _next(language: str, sent: Sent, own: Sequence[Reminder]) -> str:
    text = note_words(language)
    if all(r.step == THANK_YOU for r in own):
        return ""
    coming = [step for step in (_step_after(sent, r) for r in own) if step is not None]
    if not coming:
        return str(text["last"])
    on, name = min(coming)
    return str(text["next"].format(step=step_label(name, language), day=day(on, language)))


def _step_after(sent: Sent, taken: Reminder) -> tuple[date, str] | None:
    """The step after that one and the first day on which it may leave; None at the end of the scenario."""
    scenario = next((s for s in sent.policy.scenarios if s.name == taken.scenario), None)
    if scenario is None:
        return None
    done = replace(taken, state=ReminderState.SENT, completed_on=sent.on)
    found = next_step(scenario, taken.due_on, [done], sent.on, None)
    if found is None:
        return None
    if found.step.is_call:
        return next_working_day(found.on, sent.policy.country), found.step.name
    country = sent.account.customer.country if sent.account else None
    return next_open_day(found.on - timedelta(days=1), sent.policy, country), found.step.name


def _invoices(language: str, sent: Sent, account: Account) -> Markup:
    """The invoices of the message: number, date, what was owed, the step it took and the next one."""
    text = note_words(language)
    taken = {r.installment: r for r in sent.reminders}
    known = {i.ref: i for i in account.invoices}
    rows = [
        row
        for ref in sent.message.invoice_refs
        if ref in known
        for row in _rows(language, sent, known[ref], taken)
    ]
    heads = ("invoice", "due_on", "step", "after", "remaining")
    return table([text[head] for head in heads], rows)


def _after(language: str, coming: tuple[date, str] | None) -> str:
    text = note_words(language)
    if coming is None:
        return str(text["after_last"])
    return str(text["after_step"].format(step=step_label(coming[1], language), day=day(coming[0], language)))


def _rows(
    language: str, sent: Sent, invoice: Invoice, taken: dict[InstallmentKey, Reminder]
) -> Iterator[tuple[Piece, ...]]:
    """A row for each installment that took a step; one for an invoice that was only listed."""
    own = [
        taken[key] for p in invoice.installments if (key := InstallmentKey(invoice.ref, p.position)) in taken
    ]
    for one in own:
        after = _step_after(sent, one)
        yield (
            short(invoice.number, 60),
            day(one.due_on, language),
            step_label(one.step, language),
            _after(language, after) if one.step != THANK_YOU else "",
            money(one.residual, one.currency, language),
        )
    if not own:
        due_on = min((p.due_on for p in invoice.installments if p.residual > 0), default=None)
        yield (
            short(invoice.number, 60),
            day(due_on, language) if due_on else "",
            note_words(language)["listed"],
            "",
            money(invoice.residual, invoice.currency, language),
        )
