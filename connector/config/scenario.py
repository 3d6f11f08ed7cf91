"""The settings of scenarios, and the scenarios they become."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from connector.config.fields import Amount, Code, Country, Language, Line, Several, TemplateName, WholeDays
from connector.config.hosts import Settings
from connector.config.plugins import known_channels
from connector.config.unfit import Unfit, choice
from connector.model import Scenario, Start, Step, When
from connector.model.chase import THANK_YOU


def _channel(name: str) -> str:
    if name not in known_channels():
        raise Unfit(f'"{name[:40]}" is not a channel', choice(name, known_channels()))
    return name


def _step_name(name: str) -> str:
    if name == THANK_YOU:
        raise Unfit(f'"{THANK_YOU}" is the name under which thanks are recorded', "choose another name")
    return name


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
        default="email", description="The way to the customer.", examples=["email"]
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
    approval: int = Field(
        default=0,
        ge=0,
        le=2,
        description="How many people must agree before it leaves: 0, 1 or 2.",
        examples=[0],
    )
    assign: Line | None = Field(
        default=None,
        description='Who gets the task, for a step that is a task: "salesperson", or a login.',
        examples=["salesperson"],
    )


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
        steps = tuple(
            Step(
                name=step.name,
                day=step.day,
                channel=step.channel,
                template=step.template or step.name,
                include=step.include,
                approval=step.approval,
                assign=step.assign,
            )
            for step in self.step
        )
        when = When(frozenset(self.when.language), frozenset(self.when.country), frozenset(self.when.tag))
        return Scenario(self.name, steps, self._version(), when, self.minimum, self.spacing, self.start)

    def _version(self) -> str:
        """Return 12 hex digits that change with the content and with nothing else ("15.0" is "15.00")."""
        content = self.model_dump(mode="json")
        content["minimum"] = format(self.minimum.normalize(), "f")
        content["when"] = {name: sorted(values) for name, values in content["when"].items()}
        for step in content["step"]:
            step["template"] = step["template"] or step["name"]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
