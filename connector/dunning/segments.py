"""Which kind of customer this is."""

from __future__ import annotations

import re

from connector.dunning.policy import Policy
from connector.model import Customer, Segment


def segment_of(customer: Customer, policy: Policy) -> Segment:
    """What the host or a person says; else what the customer's tags mean to the company; else a public body
    by its French company number, a consumer when it is no company, and a small business."""
    if customer.segment is not None:
        return customer.segment
    for tag in sorted(customer.tags):
        if tag in policy.segment_of_tag:
            return policy.segment_of_tag[tag]
    if not customer.is_company:
        return Segment.CONSUMER
    return Segment.PUBLIC if is_french_public_body(customer) else Segment.SME


def is_french_public_body(customer: Customer) -> bool:
    """True for a customer in France whose SIREN begins with 1 or 2, numbers that the French directory of
    businesses gives to public bodies. A SIREN stands in the registry number (or a SIRET, which begins with
    it) or after the key of the VAT number."""
    if customer.country != "FR":
        return False
    registry = re.sub(r"\D", "", customer.registry or "")
    vat = re.sub(r"\W", "", customer.vat or "").upper()
    siren = registry if len(registry) in (9, 14) else vat[4:] if re.fullmatch(r"FR\w\w\d{9}", vat) else ""
    return siren[:1] in ("1", "2")
