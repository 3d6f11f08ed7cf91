"""The settings of scenarios, and the scenarios they become."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field

from connector.config.fields import Amount, Code, Country, Language, Line, Several, TemplateName, WholeDays
from connector.config.plugins import known_channels
from connector.config.table import Settings
from connector.config.unfit import Unfit, choice
from connector.model import PayerType, Scenario, Segment, Start, Step, When
from connector.model.chase import CALL_CHANNEL, THANK_YOU

#: The step, or the text, that puts a customer formally on notice: never without a person unless one said so.
FORMAL_NOTICE = "formal_notice"

SegmentName: TypeAlias = Annotated[Segment, Field(strict=False)]
PayerTypeName: TypeAlias = Annotated[PayerType, Field(strict=False)]


def _channel(name: str) -> str:
    if name not in known_channels():
        raise Unfit(f'"{name[:40]}" is not a channel', choice(name, known_channels()))
    return name


def _step_name(name: str) -> str:
    if name == THANK_YOU:
        raise Unfit(f'"{THANK_YOU}" is the name under which thanks are recorded', "choose another name")
    return name


class AmountSettings(Settings):
    """How much a customer owes, due or not, in the currency in which he owes most."""

    at_least: Amount | None = Field(
        default=None, description="The customer owes this or more.", examples=["10000"]
    )
    below: Amount | None = Field(
        default=None, description="The customer owes less than this.", examples=["50000"]
    )


class WhenSettings(Settings):
    """For whom a scenario is: all conditions given must hold; without any it is for everybody."""

    language: Several[Language] = Field(
        default=(), description="The customer's language is one of these.", examples=[["fr"]]
    )
    country: Several[Country] = Field(
        default=(), description="The customer's country is one of these.", examples=[["FR", "BE"]]
    )
    tag: Several[Line] = Field(
        default=(),
        description="The customer carries one of these tags in the host.",
        examples=[["Grands comptes"]],
    )
    segment: Several[SegmentName] = Field(
        default=(),
        description="The customer is one of these: sme, key_account, public, multi_site, consumer, other.",
        examples=[["key_account", "multi_site"]],
    )
    salesperson: Several[Line] = Field(
        default=(),
        description="One of these looks after the customer in the host: the name there, or the host's id.",
        examples=[["Camille Exemple"]],
    )
    payment_method: Several[Line] = Field(
        default=(),
        description="The customer pays in one of these ways, as the host or your mapping words it.",
        examples=[["transfer"]],
    )
    payer_type: Several[PayerTypeName] = Field(
        default=(),
        description="A person, or your mapping, says the customer pays like this: prompt, forgetful, "
        "chronic, disputing, in_difficulty, unreachable.",
        examples=[["forgetful"]],
    )
    amount: AmountSettings | None = Field(
        default=None,
        description="What the customer owes, due or not, in the currency in which it is most.",
        examples=[{"at_least": "10000", "below": "50000"}],
    )

    def model(self) -> When:
        amount = self.amount or AmountSettings()
        return When(
            language=frozenset(self.language),
            country=frozenset(self.country),
            tag=frozenset(self.tag),
            segment=frozenset(self.segment),
            salesperson=frozenset(self.salesperson),
            payment_method=frozenset(self.payment_method),
            payer_type=frozenset(self.payer_type),
            at_least=amount.at_least,
            below=amount.below,
        )

    def content(self) -> dict[str, Any]:
        """Return the conditions that are given, each spelt in one way only."""
        given = self.model_dump(mode="json", exclude={"amount"})
        content: dict[str, Any] = {name: sorted(set(values)) for name, values in given.items() if values}
        amounts = dict(self.amount or ())
        limits = {name: _plain(limit) for name, limit in amounts.items() if limit is not None}
        return content | ({"amount": limits} if limits else {})


class StepSettings(Settings):
    """One step: when, through which channel, with which text."""

    name: Annotated[Code, AfterValidator(_step_name)] = Field(
        description="Name of the step; no two in a scenario are the same.", examples=["reminder_1"]
    )
    day: int = Field(
        ge=-366,
        le=3660,
        description="Days after the due date; negative before it.",
        examples=[7],
    )
    channel: Annotated[str, AfterValidator(_channel)] = Field(
        default="email",
        description='The way to the customer: "email", or "call", a task for a person.',
        examples=["email"],
    )
    template: TemplateName | None = Field(
        default=None,
        description="Name of the text; the step's own name unless given.",
        examples=["reminder_1"],
    )
    include: Literal["overdue", "same_step"] = Field(
        default="overdue",
        description='What the message lists: "overdue", all that is late; "same_step", what is at this step.',
        examples=["overdue"],
    )
    approval: int | None = Field(
        default=None,
        ge=0,
        le=2,
        description="How many people must agree before it leaves: 0, 1 or 2; without it, 1 for formal_notice "
        "and 0 for the others.",
        examples=[0],
    )
    assign: Line | None = Field(
        default=None,
        description='Who gets the task, for a step that is a task: "salesperson", or a login.',
        examples=["salesperson"],
    )
    interest: bool = Field(
        default=False,
        description="Whether the message states late-payment interest with its calculation, where the law of "
        "the company's country gives it; it is never booked.",
        examples=[True],
    )

    def model(self) -> Step:
        return Step(
            name=self.name,
            day=self.day,
            channel=self.channel,
            template=self.template or self.name,
            include=self.include,
            approval=self.approvals,
            assign=self.assign,
            interest=self.interest,
        )

    @property
    def approvals(self) -> int:
        """How many people must agree: what is said, else one for a formal notice. Whoever makes a call has
        agreed to it."""
        if self.channel == CALL_CHANNEL:
            return 0
        if self.approval is not None:
            return self.approval
        return int(FORMAL_NOTICE in (self.name, self.template))


def _plain(amount: Decimal) -> str:
    """Write an amount in one way only: "15.0" is "15.00" is "15"."""
    return format(amount.normalize(), "f")


def _step_content(step: Step) -> dict[str, Any]:
    """Return what a step says. What came later and is not asked for is left out, so that the version of a
    scenario that nobody touched stays what it was."""
    content = asdict(step)
    if not step.interest:
        del content["interest"]
    return content


class ScenarioSettings(Settings):
    """The ordered steps for a kind of customer."""

    name: Code = Field(description="Name of the scenario; no two are the same.", examples=["standard"])
    when: WhenSettings = Field(
        default=WhenSettings(),
        description="For whom it is: all conditions given must hold; without any it is for everybody.",
        examples=[{"language": ["fr"]}],
    )
    minimum: Amount = Field(
        default=Decimal(0),
        description="Below this amount owed nobody is reminded, in the currency of the invoice.",
        examples=["15.00"],
    )
    spacing: WholeDays = Field(
        default=5,
        description="At least so long between two messages to the same customer.",
        examples=["5 days"],
    )
    start: Annotated[Start, Field(strict=False)] = Field(
        default=Start.FIRST,
        description='Where an old debt begins: "first" step, "by_age", or "hold" until a person decides.',
        examples=["first"],
    )
    step: Several[StepSettings] = Field(
        min_length=1,
        description="The steps, in the order of their days.",
        examples=[[{"name": "reminder_1", "day": 7}]],
    )

    def model(self) -> Scenario:
        """Return the scenario of the model, its version being a digest of all that it says."""
        steps = tuple(step.model() for step in self.step)
        when = self.when.model()
        return Scenario(self.name, steps, self._version(), when, self.minimum, self.spacing, self.start)

    def _version(self) -> str:
        """Return 12 hex digits that change with the content and with nothing else ("15.0" is "15.00")."""
        content = self.model_dump(mode="json", exclude={"when", "step"})
        content["minimum"] = _plain(self.minimum)
        content["when"] = self.when.content()
        content["step"] = [_step_content(step.model()) for step in self.step]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
