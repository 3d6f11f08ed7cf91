"""The settings of the rules: when nothing may leave, and how much at most."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connector.config.fields import Amount, ClockLength, Currency, Line, Several, WholeDays, WorkingDays
from connector.config.table import Settings


class BudgetSettings(Settings):
    """How often one customer may be written to."""

    contacts: int = Field(ge=1, description="So many messages to one customer at most.", examples=[3])
    days: int = Field(ge=1, le=366, description="Within any so many days.", examples=[7])
    across_companies: bool = Field(
        default=False,
        description="Those of the other companies of this store to the same customer count too.",
        examples=[False],
    )


class RuleSettings(Settings):
    """When nothing may leave."""

    max_sync_age: ClockLength = Field(
        default=timedelta(hours=24),
        description="Nothing leaves when the last good pull is older.",
        examples=["24 hours"],
    )
    max_bank_age: WorkingDays | None = Field(
        default=None,
        description="Nothing leaves when the last bank entry is older; without it this is not judged.",
        examples=["5 working days"],
    )
    promise_grace: WorkingDays = Field(
        default=2,
        description="How long after a promised day the money may still be on its way.",
        examples=["2 working days"],
    )
    promise_max: WholeDays | None = Field(
        default=None,
        description="A promise for a day further away needs a second word; without it any day will do.",
        examples=["45 days"],
    )
    reply_wait: WorkingDays = Field(
        default=5,
        description="How long an answer that nobody has read holds the next step.",
        examples=["5 working days"],
    )
    follow_up_again: WorkingDays = Field(
        default=5,
        description="How long a task that somebody marked done is not asked for again, although its reason "
        "stands.",
        examples=["5 working days"],
    )
    thank_you: bool = Field(
        default=True, description="Thank a customer who paid after a reminder.", examples=[True]
    )
    exclude_tags: Several[Line] = Field(
        default=(),
        description="Customers who carry one of these tags in the host are never reminded.",
        examples=[["Ne pas relancer"]],
    )
    exclude_payment_methods: Several[Line] = Field(
        default=("direct_debit",),
        description="Customers who pay in one of these ways are never reminded, as the host or your mapping "
        "words it.",
        examples=[["direct_debit"]],
    )
    tolerance: dict[Currency, Amount] = Field(
        default_factory=dict,
        description="An installment with less than this left to pay counts as paid, by currency.",
        examples=[{"EUR": "0.50"}],
    )
    budget: BudgetSettings | None = Field(
        default=None,
        description="How often one customer may be written to, in all currencies together; without it there "
        "is no such limit.",
        examples=[{"contacts": 3, "days": 7, "across_companies": False}],
    )
    max_messages_per_pass: int = Field(
        default=500, ge=1, description="A pass that would send more stops and asks.", examples=[500]
    )
    settle_after: ClockLength = Field(
        default=timedelta(minutes=5),
        description="After an attempt whose end was not seen, so long passes before its outcome is looked "
        "up: longer than the host lets a call run.",
        examples=["5 minutes"],
    )
    forecast_factor: float = Field(
        default=1.5,
        ge=1,
        allow_inf_nan=False,
        description="A pass that would send more than 20 reminders, and more than so many times what the "
        "last pass foresaw for the days since, stops and asks.",
        examples=[1.5],
    )
