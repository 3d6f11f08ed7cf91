"""What a company has decided once for all: the settings that the rules read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connector.model import Scenario, Segment, Step


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``contacts`` messages to one customer in any ``days`` days, over all currencies."""

    contacts: int
    days: int
    across: bool = False  # those of sister companies to the same debtor count too


@dataclass(frozen=True, slots=True)
class Policy:
    """A company's rules. Days are calendar days unless a field says working days."""

    scenarios: tuple[Scenario, ...]
    language: str  # the company's own, ISO 639-1
    fallback_language: str  # for customers abroad whose language is unknown or has no template
    country: str  # ISO 3166-1 alpha-2, for working days and for whom "abroad" means
    #: the (language, template) pairs that exist
    texts: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    exclude_tags: frozenset[str] = frozenset()
    promise_grace: int = 2  # working days
    target_days: bool = True  # days on which TARGET is closed are none of them
    promise_max: int | None = None  # a promise for a day further away needs a second word
    max_bank_age: int | None = None  # working days since the newest bank entry; None: not judged
    thank_you: Step | None = None  # None: nobody is thanked
    thank_within: int = 14  # a payment older than this is not thanked for
    reply_days: int = 5  # working days for which an answer nobody has read holds the next step
    follow_up_again: int = 5  # working days before what a person has done is asked for again
    budget: Budget | None = None
    closed_weekdays: frozenset[int] = frozenset()  # 0 is Monday
    close_on_holidays: bool = False  # of the company's country and of the customer's
    exclude_methods: frozenset[str] = frozenset()  # payment methods that need no reminder, e.g. direct debit
    segment_of_tag: Mapping[str, Segment] = field(default_factory=dict)
    tolerance: Mapping[str, Decimal] = field(default_factory=dict)  # by currency: less than this is settled
