"""Which kind of customer this is."""

from __future__ import annotations

import re

from connector.dunning.policy import Policy
from connector.model import Customer, Segment

_NO_DIGIT, _NO_LETTER = re.compile(r"\D"), re.compile(r"\W")
_FRENCH_VAT = re.compile(r"FR\w\w\d{9}")


def segment_of(customer: Customer, policy: Policy) -> Segment:
    """What the host or a person says; else what the customer's tags mean to the company; else a public body
    by its French company number, a consumer when it is no company, and a small business."""
    if customer.segment is not None:
        return customer.segment
    if customer.tags and policy.segment_of_tag:
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
    registry = _NO_DIGIT.sub("", customer.registry or "")
    if len(registry) in (9, 14):
        return registry[0] in ("1", "2")
    vat = _NO_LETTER.sub("", customer.vat or "").upper()
    return bool(_FRENCH_VAT.fullmatch(vat)) and vat[4] in ("1", "2")
