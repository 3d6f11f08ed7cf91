"""The names that a template may use, worked out from a plan and an account.

``templates/README.md`` explains them to those who write texts; ``check_templates`` knows them from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from connector.escape import Text, web_link
from connector.message.company import CompanyText
from connector.message.interest import stated_interest
from connector.message.law import law_for
from connector.message.ledger import last_sent_on, other_overdue, received
from connector.message.promised import broken_promise
from connector.message.values import Forms, Received, Writer
from connector.model import Account, Action, Installment, Invoice, MessagePlan, Role, Segment


def build_context(
    plan: MessagePlan,
    account: Account,
    company: CompanyText,
    labels: Mapping[str, Forms],
    today: date,
) -> dict[str, object]:
    """Return the names that a template may use. Raises LookupError when the plan lists an installment
    that the account does not hold."""
    writer = Writer(plan, account, labels)
    listed = [_found(account, line.installment.invoice_ref, line.installment.position) for line in plan.lines]
    thanks = plan.action is Action.THANK
    asked = sorted(other_overdue(account, plan, today) if thanks else listed, key=_age)
    lines = tuple(writer.line(invoice, part, today) for invoice, part in asked)
    deducted = writer.credits()
    last = last_sent_on(account, plan)
    return {
        "language": Text(plan.language),
        "today": writer.day(today),
        "greeting": Text(plan.recipient_name or account.customer.name),
        "customer": _customer(account),
        "company": _company(company),
        "segment": Text(plan.segment.value),
        "buyers": _buyers(plan, account, [invoice for invoice, _ in asked]),
        "step": _step(plan),
        "lines": lines,
        "settled": tuple(writer.line(invoice, part, today) for invoice, part in listed if thanks),
        "credits": deducted,
        "totals": writer.totals(lines, deducted),
        **_received(account, plan, writer, today),
        "last_sent_on": writer.day(last) if last else None,
        "promise": broken_promise(plan, account, writer, today),
        "references": _references(asked),
        "pay_link": _pay_link(company, [invoice for invoice, _ in asked]),
        "law": law_for(account.customer, plan.segment, company),
        "interest": stated_interest(writer, company, asked, today),
        "labels": {key: _label(form) for key, form in labels.items()},
    }


def _age(asked: tuple[Invoice, Installment]) -> tuple[date, str]:
    """The oldest first, whatever the order of the plan."""
    invoice, installment = asked
    return installment.due_on, invoice.number


def _step(plan: MessagePlan) -> dict[str, object]:
    """The name of the step, its rank, and how many steps the scenario has."""
    level = plan.scenario.level(plan.leader.name)
    return {"name": Text(plan.leader.name), "level": level, "count": len(plan.scenario.steps)}


def _received(account: Account, plan: MessagePlan, writer: Writer, today: date) -> dict[str, object]:
    taken = received(account, plan, today)
    return {
        "received": tuple(Received(writer.day(t.on), writer.amount(t.amount)) for t in taken),
        "received_total": writer.amount(sum((t.amount for t in taken), Decimal(0))),
    }


def _found(account: Account, invoice_ref: str, position: int) -> tuple[Invoice, Installment]:
    for invoice in account.invoices:
        if invoice.ref == invoice_ref:
            for installment in invoice.installments:
                if installment.position == position:
                    return invoice, installment
    raise LookupError(
        f"customer {account.customer.ref} has no installment {position} of invoice {invoice_ref}"
    )


def _label(form: Forms) -> object:
    return Text(form) if isinstance(form, str) else {key: Text(text) for key, text in form.items()}


def _customer(account: Account) -> dict[str, object]:
    customer = account.customer
    return {
        "name": Text(customer.name),
        "is_company": customer.is_company,
        "country": _text(customer.country),
        "vat": _text(customer.vat),
        "registry": _text(customer.registry),
    }


def _buyers(plan: MessagePlan, account: Account, invoices: list[Invoice]) -> tuple[Text, ...]:
    """Who follows the orders at a key account: the buyers named on the invoices, else the only one there is.
    Not the reader himself, and nobody when we would have to guess."""
    if plan.segment is not Segment.KEY_ACCOUNT:
        return ()
    found = [c for c in account.customer.contacts if Role.PURCHASING in c.roles and c.name]
    on_invoices = {invoice.contact_ref for invoice in invoices}
    named = [c for c in found if c.ref in on_invoices] or (found if len(found) == 1 else [])
    return tuple(dict.fromkeys(Text(c.name) for c in named if c.ref != plan.contact_ref))


def _company(company: CompanyText) -> dict[str, object]:
    iban = (company.iban or "").replace(" ", "")
    return {
        "name": Text(company.name),
        "signature": Text(company.signature or company.name),
        "email": Text((company.reply_to or company.sender).email),
        "phone": _text(company.phone),
        "address": Text(", ".join(company.address)) if company.address else None,
        "legal_line": _text(company.legal_line),
        "iban": Text("\N{NO-BREAK SPACE}".join(iban[n : n + 4] for n in range(0, len(iban), 4)))
        if iban
        else None,
        "bic": _text(company.bic),
        "notice_days": company.notice_days,
    }


def _text(value: str | None) -> Text | None:
    return Text(value) if value else None


def _references(asked: Iterable[tuple[Invoice, Installment]]) -> tuple[Text, ...]:
    """What to quote on a transfer, each once, in the order of the lines."""
    return tuple(dict.fromkeys(Text(i.payment_reference or i.number) for i, _ in asked))


def _pay_link(company: CompanyText, invoices: list[Invoice]) -> Text | None:
    """The page to pay on: the invoice's own when the message asks for one only, else the company's."""
    own = {web_link(invoice.link) for invoice in invoices}
    only = own.pop() if len(own) == 1 else None
    link = only or web_link(company.payment_url)
    return Text(link) if link else None
