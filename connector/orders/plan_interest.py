"""The interest that a payment plan may add: by the law that holds between the company and its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.company import Company
from connector.dunning.marks import with_marks
from connector.dunning.segments import is_french_public_body, segment_of
from connector.interest import Movement, PlanInterest, Rule, Share, annex, plan_interest
from connector.message.claims import late_debts
from connector.message.law import interest_rule
from connector.model import Account, Customer, Installment, Invoice, InvoiceKind, Money, PlanPart, Segment
from connector.orders.find import OrderError
from connector.store.ports import Unit

_REMEDY = "leave --interest out"


def agreed_interest(
    company: Company, account: Account, invoices: Sequence[Invoice], parts: Sequence[PlanPart]
) -> PlanInterest:
    """Count what these parts cost beside the invoices, from each due date to the last part. A disputed
    invoice bears nothing, nor do the days of a dispute that is over.

    Raises OrderError where no law gives interest, or none is due; ConfigError where no rate is known.
    """
    rule = _rule(company, with_marks(account).customer)
    currency = invoices[0].currency
    owing = [(invoice, part) for invoice in invoices for part in invoice.installments if part.residual > 0]
    owing.sort(key=lambda asked: (asked[1].due_on, asked[0].number))
    shares = [_share(account, invoice, part, parts) for invoice, part in owing]
    agreed = plan_interest(rule, shares, [Movement(p.due_on, Money(p.amount, currency)) for p in parts])
    if not agreed.amount.amount:
        said = "nothing is late by the dates of this plan, or all is disputed"
        raise OrderError("--interest", said, _REMEDY)
    return agreed


def with_interest(parts: Sequence[PlanPart], agreed: PlanInterest) -> tuple[PlanPart, ...]:
    """Add the interest to the last part: the others stay equal, and are told by the debt they pay."""
    *first, last = parts
    interest = agreed.amount.amount
    return (*first, replace(last, amount=last.amount + interest, interest=interest))


def figures_of(agreed: PlanInterest, number: str, language: str) -> dict[str, object]:
    """What the history keeps of it for one invoice: the sum of the plan, and the calculation of its own."""
    own = [annex(found, language) for name, found in agreed.calculations if name == number]
    return {
        "interest": str(agreed.amount.amount),
        "interest_to": agreed.to_on.isoformat(),
        "complete": agreed.complete,
        "annex": own,
    }


def annex_of(unit: Unit, invoice_refs: Sequence[str]) -> list[object]:
    """Return the calculations that were kept when the newest plan of these invoices was made."""
    found: list[object] = []
    for ref in invoice_refs:
        made = [event for event in unit.events(invoice_ref=ref) if event.name == "plan_made"]
        kept = made[-1].data.get("annex") if made else None
        found += kept if isinstance(kept, list) else []
    return found


def _share(account: Account, invoice: Invoice, part: Installment, parts: Sequence[PlanPart]) -> Share:
    # what lies unmatched is matched sooner or later, and is in no part of the plan
    invoices = tuple(i for i in account.invoices if i.kind is InvoiceKind.INVOICE)
    bare = replace(account, payments=(), invoices=invoices)
    late = late_debts(bare, [(invoice, part)], invoice.currency, parts[-1].due_on)
    return Share(invoice.number, part.residual, late[0].claim if late else None)


def _rule(company: Company, customer: Customer) -> Rule:
    segment = segment_of(customer, company.policy)
    rule = interest_rule(customer, segment, company.text)
    if rule is not None:
        return rule
    if segment is Segment.CONSUMER or not customer.is_company:
        said = "no law gives interest from a consumer before a formal notice was received"
    elif segment is Segment.PUBLIC or is_french_public_body(customer):
        said = "no rule is known for interest from a public body outside France"
    else:
        said = f"no rule is known for interest between companies in {company.text.country or 'no country'}"
    raise OrderError("--interest", f"{said} ({customer.name})", _REMEDY)
