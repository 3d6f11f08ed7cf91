"""What a company has decided once for all: the settings that the rules read."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.model import Scenario, Step


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
    promise_grace: int = 2
    max_bank_age: int | None = None  # working days since the newest bank entry; None: not judged
    thank_you: Step | None = None  # None: nobody is thanked
    thank_within: int = 14  # a payment older than this is not thanked for
