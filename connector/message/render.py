"""render: one plan becomes one message, in its final words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID, uuid5

from connector.errors import TemplateError
from connector.escape import one_line
from connector.message.company import CompanyText
from connector.message.context import build_context
from connector.message.layout import body_html, body_text, inline_css
from connector.message.ledger import credit_notes
from connector.message.note import note_html
from connector.message.templates import Templates
from connector.message.values import Totals
from connector.model import Account, Action, InstallmentKey, Message, MessagePlan, Party

#: The part below a message that states interest: its calculation, which nobody should have to ask for.
ANNEX = "_annex.md"
#: The root of all message keys. It must never change: a key made before an upgrade is the same after it.
_NAMESPACE = UUID("6f0d3a52-5f43-5c0c-9a55-2f1d6a0f7b11")


def render(
    plan: MessagePlan, account: Account, company: CompanyText, templates: Templates, today: date
) -> Message:
    """Return the message that a plan asks for.

    ``account`` must hold the listed invoices; its unapplied payments and open credit notes are deducted
    from what is asked, so leave out those that already cover something else (``Coverage.spare_…``).
    Raises TemplateError: a text is missing or wrong, or the message would ask for nothing.
    """
    language = plan.language
    context = build_context(plan, account, company, templates.labels(language), today)
    asked = _asked(plan, context["totals"])
    subject, body = compose(plan, templates, context)
    content = body_html(body)
    frame = {"language": language, "subject": subject, "company": company, "content": content}
    recipient = _clean(Party(plan.recipient_name, plan.recipient))
    key = message_key(plan, company.id)
    return Message(
        key=key,
        message_id=f"<relance.{key}@{company.sender.email.rpartition('@')[2]}>",
        company=company.id,
        customer_ref=plan.customer_ref,
        channel=plan.leader.channel,
        sender=_clean(company.sender),
        recipient=recipient,
        language=language,
        subject=subject,
        text=body_text(content),
        html=inline_css(templates.frame("layout.html.j2", frame), templates.css()),
        note_html=note_html(plan, asked, recipient, subject, content, company, templates),
        reply_to=_clean(company.reply_to) if company.reply_to else None,
        contact_ref=plan.contact_ref,
        invoice_refs=tuple(dict.fromkeys(line.installment.invoice_ref for line in plan.lines)),
        fingerprint=fingerprint(plan, account),
    )


def compose(plan: MessagePlan, templates: Templates, context: Mapping[str, object]) -> tuple[str, str]:
    """Return subject and body, as Markdown: the text for this kind of customer, and the annex below it when
    interest is stated. Raises TemplateError."""
    language = plan.language
    template = templates.variant(language, plan.leader.template, plan.segment)
    body = templates.markdown(language, template, context)
    if context["interest"] is not None:
        body = f"{body}\n\n{templates.part(language, ANNEX, context)}"
    return templates.subject(language, template, context), body


def message_key(plan: MessagePlan, company_id: str) -> str:
    """Return the key of a plan's message: the same steps for the same installments have the same key."""
    lines = sorted(
        (*line.installment, line.step.name if line.step else "-", line.occurrence) for line in plan.lines
    )
    facts = [company_id, plan.customer_ref, plan.currency, plan.action.value, lines]
    return uuid5(_NAMESPACE, json.dumps(facts)).hex


def fingerprint(plan: MessagePlan, account: Account) -> str:
    """Return a digest of the facts that, if they changed, make the message of a plan wrong: to whom, in
    which language and as what kind of customer; each listed installment with what is owed, its date and its
    step; what is deducted.

    An occurrence is no such fact: the message itself, once queued, is one more.
    """
    parts = {
        InstallmentKey(invoice.ref, part.position): (part.due_on.isoformat(), str(part.residual.normalize()))
        for invoice in account.invoices
        for part in invoice.installments
    }
    lines = sorted(
        (*line.installment, line.step.name if line.step else "-", parts.get(line.installment, "gone"))
        for line in plan.lines
    )
    credited = [(c.ref, str(c.residual.normalize())) for c in credit_notes(account, plan.currency)]
    unapplied = [
        (p.ref, str(p.unapplied.normalize()))
        for p in account.payments
        if p.currency == plan.currency and p.unapplied > 0
    ]
    address = [plan.customer_ref, plan.recipient.lower(), plan.language, plan.segment.value]
    text = [plan.action.value, plan.currency, plan.leader.template, plan.leader.channel]
    facts = [*address, *text, lines, sorted(credited), sorted(unapplied)]
    return sha256(json.dumps(facts).encode()).hexdigest()


def _asked(plan: MessagePlan, totals: object) -> Decimal:
    """Return what a message asks for. Better no message than one that asks for 0.00, or for less."""
    net = totals.net.value if isinstance(totals, Totals) else Decimal(0)
    if plan.action is Action.REMIND and net <= 0:
        raise TemplateError(
            plan.leader.template,
            None,
            f"nothing would be asked of customer {plan.customer_ref}: unapplied payments and credits make up "
            "for all that is listed; match them in the accounts",
        )
    return net


def _clean(party: Party) -> Party:
    return Party(one_line(party.name), one_line(party.email))
