"""Which scenario chases an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from connector.model import Customer, Person, Scenario, Segment, When

_ANYBODY = When()


class Facts(NamedTuple):
    """What the conditions of a scenario look at."""

    customer: Customer
    language: str
    segment: Segment
    owed: Decimal  # the most that is owed in one currency


class Choice(NamedTuple):
    """The scenario, where it was found (invoice, customer, rule, default), the names of all that matched."""

    scenario: Scenario | None
    by: str = ""
    matching: tuple[str, ...] = ()


def matches(scenario: Scenario, facts: Facts) -> bool:
    """True when every condition the scenario states holds."""
    when, customer = scenario.when, facts.customer
    return (
        (not when.language or facts.language in when.language)
        and (not when.country or customer.country in when.country)
        and (not when.tag or not when.tag.isdisjoint(customer.tags))
        and (not when.segment or facts.segment in when.segment)
        and (not when.payment_method or customer.payment_method in when.payment_method)
        and (not when.payer_type or customer.payer_type in when.payer_type)
        and (not when.salesperson or not when.salesperson.isdisjoint(_names(customer.salesperson)))
        and (when.at_least is None or facts.owed >= when.at_least)
        and (when.below is None or facts.owed < when.below)
    )


def _names(person: Person | None) -> tuple[str, ...]:
    return (person.name, person.ref) if person else ()


def choose(scenarios: Sequence[Scenario], facts: Facts) -> Choice:
    """Return the scenario for a customer by his own name for it, by the rules, or by default.

    Among several rules that match, the most careful wins: the one that writes later after the due date,
    then the one that leaves more days between messages, then the shorter.
    """
    named = named_scenario(scenarios, facts.customer.scenario)
    if named is not None:
        return Choice(named, "customer", (named.name,))
    matching = [s for s in scenarios if matches(s, facts)]
    rules = [s for s in matching if s.when != _ANYBODY]
    pool = rules or matching
    if not pool:
        return Choice(None)
    most_careful = max(pool, key=_care) if len(pool) > 1 else pool[0]
    return Choice(most_careful, "rule" if rules else "default", tuple([s.name for s in pool]))


def named_scenario(scenarios: Sequence[Scenario], name: str | None) -> Scenario | None:
    """The scenario of that name; None without a name, or for one that does not exist."""
    return next((s for s in scenarios if s.name == name), None) if name else None


def _care(scenario: Scenario) -> tuple[int, int, int, str]:
    first = min((step.day for step in scenario.steps if step.day >= 0), default=0)
    return first, scenario.spacing, -len(scenario.steps), scenario.name
