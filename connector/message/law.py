"""Which law a message may name, by who owes and where, and which rule its interest follows.

No figure that the law does not give. Sources: articles L441-10 II and D441-5 of the French Code de commerce
(penalties without a reminder, 40 EUR per late invoice, between businesses only); R2192-10, L2192-13,
R2192-31 and D2192-35 of the Code de la commande publique for public buyers; 1231-6 and 1344-1 of the Code
civil for consumers (legal-rate interest from the formal notice, no costs).
"""

from __future__ import annotations

from dataclasses import dataclass

from connector import interest
from connector.dunning.segments import is_french_public_body
from connector.message.company import CompanyText
from connector.model import Customer, Segment

#: By the creditor's country: the rule between businesses.
_BETWEEN_BUSINESSES = {
    "FR": "fr_b2b",
    "DE": "de_b2b",
    "BE": "be_b2b",
    "NL": "nl_b2b",
    "ES": "es_b2b",
    "IT": "it_b2b",
    "LU": "lu_b2b",
    "GB": "gb_b2b",
    "CH": "ch",
}


@dataclass(frozen=True, slots=True)
class Law:
    """At most one is true; with none, a text says nothing but what holds everywhere."""

    french_business: bool
    french_public: bool
    french_consumer: bool


def law_for(customer: Customer, segment: Segment, company: CompanyText) -> Law:
    """Judge from where both sides are. A country that is not known is never taken for France."""
    french = customer.country == "FR" and company.country == "FR"
    public, consumer = _is_public(customer, segment), _is_consumer(customer, segment)
    return Law(
        french_business=french and not public and not consumer,
        french_public=french and public and not consumer,
        french_consumer=french and consumer,
    )


def interest_rule(customer: Customer, segment: Segment, company: CompanyText) -> interest.Rule | None:
    """Return the rule that interest in a message follows: that of the creditor's country, between
    businesses; the French one for a French public body.

    None: no law of ours gives any, or not yet. From a consumer it runs from the day a formal notice was
    received, which nobody tells us, so a message never claims it; nor from a public body elsewhere.
    """
    if _is_consumer(customer, segment):
        return None
    if _is_public(customer, segment):
        return interest.rule("fr_public") if law_for(customer, segment, company).french_public else None
    name = _BETWEEN_BUSINESSES.get(company.country or "")
    return interest.rule(name) if name else None


def _is_public(customer: Customer, segment: Segment) -> bool:
    """Said to be one, or known by its number whatever was said."""
    return segment is Segment.PUBLIC or is_french_public_body(customer)


def _is_consumer(customer: Customer, segment: Segment) -> bool:
    """A private person, unless somebody said what business he is: fees asked of a consumer are an offence."""
    private = not customer.is_company and segment is Segment.OTHER
    return segment is Segment.CONSUMER or private
