"""Which scenario chases a customer."""

from __future__ import annotations

from connector.model import Customer, Scenario


def matches(scenario: Scenario, customer: Customer, language: str) -> bool:
    """True when every condition the scenario states holds for this customer."""
    when = scenario.when
    return (
        (not when.language or language in when.language)
        and (not when.country or customer.country in when.country)
        and (not when.tag or not when.tag.isdisjoint(customer.tags))
    )


def choose(
    scenarios: tuple[Scenario, ...], customer: Customer, language: str
) -> tuple[Scenario | None, tuple[str, ...]]:
    """Return the scenario for a customer and the names of all that matched.

    One with conditions goes before one without; among several, the most careful wins: the one that
    writes later after the due date, then the one that leaves more days between messages, then the shorter.
    """
    matching = [s for s in scenarios if matches(s, customer, language)]
    pool = [s for s in matching if not s.when.is_empty] or matching
    if not pool:
        return None, ()
    return max(pool, key=_care), tuple(s.name for s in pool)


def _care(scenario: Scenario) -> tuple[int, int, int, str]:
    first = min((step.day for step in scenario.steps if step.day >= 0), default=0)
    return first, scenario.spacing, -len(scenario.steps), scenario.name
