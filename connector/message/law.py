"""Which legal consequences a message may name, by who owes and where. No figure that the law does not give.

Sources: articles L441-10 II and D441-5 of the French Code de commerce (penalties without a reminder, 40 EUR
per late invoice, between businesses only); articles L2192-13 and D2192-35 of the Code de la commande
publique for public buyers (other rates and forms, so we stay silent); article 1231-6 of the Code civil for
consumers (legal-rate interest from the formal notice, no costs).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.message.company import CompanyText
from connector.model import Customer


@dataclass(frozen=True, slots=True)
class Law:
    """At most one is true; with neither, a text says nothing but what holds everywhere."""

    french_business: bool
    french_consumer: bool


def law_for(customer: Customer, company: CompanyText) -> Law:
    """Judge from where both sides are. A country that is not known is never taken for France."""
    french = customer.country == "FR" and company.country == "FR"
    return Law(
        french_business=french and customer.is_company and not _is_public(customer),
        french_consumer=french and not customer.is_company,
    )


def _is_public(customer: Customer) -> bool:
    """True for a French public body: its SIREN begins with 1 or 2. A SIREN stands in the registry number
    (or a SIRET, which begins with it) or after the key of the VAT number."""
    registry = re.sub(r"\D", "", customer.registry or "")
    vat = re.sub(r"\W", "", customer.vat or "").upper()
    siren = registry or (vat[4:] if vat.startswith("FR") else "")
    return siren[:1] in ("1", "2")
