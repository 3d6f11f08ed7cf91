"""Until when a debt can be claimed in court, as far as it can be known from the accounts.

A date to work by, not legal advice. What interrupts the period (an acknowledgement, a writ, a seizure; never
a reminder, not even a registered one: Cass. com., 18/05/2022, n° 20-23.204) is not looked at, so the real
date may be later. A date on a closed day is not moved: that the law allows it is not established.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from connector.dunning.policy import Policy
from connector.dunning.segments import segment_of
from connector.model import Customer, Segment


class Period(StrEnum):
    """Which period was applied; the words of it stand in ``worklist.toml``."""

    BUSINESS = "business"  # C. com. L110-4: 5 years, shorter ones for some trades apart
    CONSUMER = "consumer"  # C. conso. L218-2: 2 years
    PUBLIC = "public"  # law n° 68-1250 of 31/12/1968, art. 1: 4 years from the next 1 January
    UNKNOWN = "unknown"  # the law is not known: the shortest that can still apply


#: Where the law is not known: the periods of one (transport), two (consumers) and five years of French law.
_POSSIBLE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Limitation:
    """The last day of the period, how many years it has, and which it is."""

    on: date
    years: int
    period: Period


def limitation(customer: Customer, due_on: date, policy: Policy, today: date) -> Limitation:
    """Return the limitation of a debt that fell due on ``due_on``.

    Only a customer in France of a company in France is judged by French law. For any other the nearest date
    not yet past is given, of the periods that can apply, and ``period`` says that the law is not known.
    """
    if not customer.country == policy.country == "FR":
        return _shortest(due_on, today)
    segment = segment_of(customer, policy)
    if segment is Segment.CONSUMER or not customer.is_company:
        return Limitation(due_on + relativedelta(years=2), 2, Period.CONSUMER)
    if segment is Segment.PUBLIC:
        return Limitation(date(due_on.year + 4, 12, 31), 4, Period.PUBLIC)
    return Limitation(due_on + relativedelta(years=5), 5, Period.BUSINESS)


def _shortest(due_on: date, today: date) -> Limitation:
    """A date already past says little while a longer period may apply: then the next one is shown."""
    dates = [(due_on + relativedelta(years=years), years) for years in _POSSIBLE]
    on, years = next((found for found in dates if found[0] >= today), dates[-1])
    return Limitation(on, years, Period.UNKNOWN)
