"""Which kind of customer this is."""

from __future__ import annotations

from connector.dunning.policy import Policy
from connector.model import Customer, Segment


def segment_of(customer: Customer, policy: Policy) -> Segment:
    """What the host or a person says; else what the customer's tags mean to the company; else a public body
    by its French company number, a consumer when it is no company, and a small business.

    The French directory of businesses gives numbers that begin with 1 or 2 to public bodies.
    """
    if customer.segment is not None:
        return customer.segment
    for tag in sorted(customer.tags):
        if tag in policy.segment_of_tag:
            return policy.segment_of_tag[tag]
    if not customer.is_company:
        return Segment.CONSUMER
    siren = (customer.registry or "").replace(" ", "")
    if customer.country == "FR" and len(siren) in (9, 14) and siren[0] in "12":
        return Segment.PUBLIC
    return Segment.SME
