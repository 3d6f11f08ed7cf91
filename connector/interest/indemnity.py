"""The fixed sum of a late debt: only where the law gives one, once, never for a consumer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connector.errors import ConfigError, Problem
from connector.interest.calculation import Caution, CautionCode
from connector.interest.claim import Claim
from connector.interest.law import Rule
from connector.interest.timeline import default_on
from connector.model import Money


def indemnity_for(
    rule: Rule, claim: Claim, to: date, outstanding: Decimal
) -> tuple[Money, tuple[Caution, ...]]:
    """Return the sum for a debt of which ``outstanding`` was unpaid when default began, and what to know.

    It is in the currency of the law that gives it. Raises ConfigError for several invoices under a law whose
    sum depends on the size of each.
    """
    law, default = rule.indemnity, default_on(rule, claim)
    nothing = Money(Decimal("0.00"), claim.principal.currency)
    if law is None or default is None or to <= default or outstanding <= 0:
        return nothing, ()
    if claim.insolvency_on is not None and claim.insolvency_on <= claim.due_on:
        return nothing, ()
    scale, foreign = law.scale, law.scale.currency != claim.principal.currency
    if law.per_invoice and claim.invoices > 1 and not scale.is_flat:
        wrong = "the fixed sum depends on the size of each invoice"
        raise ConfigError([Problem("claim", "invoices", wrong, "count each invoice by itself")])
    if foreign and not scale.is_flat:
        return nothing, (Caution(CautionCode.INDEMNITY_SCALE_CURRENCY, {"currency": scale.currency}),)
    amount = scale.amount(outstanding) * (claim.invoices if law.per_invoice else 1)
    due = Money(amount, scale.currency)
    cautions = [Caution(CautionCode.INDEMNITY_OTHER_CURRENCY, {"amount": due})] if foreign else []
    if law.vat_may_add:
        cautions.append(Caution(CautionCode.INDEMNITY_VAT, {"amount": due}))
    return due, tuple(cautions)
