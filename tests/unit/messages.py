"""A planned message in the shipped texts, for the tests of what stands in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connector.message import CompanyText, Templates
from connector.model import Account, Action, InstallmentKey, MessagePlan, Party, PlannedLine, Segment
from connector.resources import shipped
from tests.builders import SCENARIO, STEPS

TEXTS = Templates.load(shipped("templates"))
COMPANY = CompanyText(
    "exemple", "Exemple SARL", Party("Exemple SARL", "compta@exemple.example"), "fr", country="FR"
)
STEP = {step.name: step for step in STEPS}


def planned(item: Account, step: str, segment: Segment, language: str = "fr", **changes: Any) -> MessagePlan:
    """That step for all invoices of the account."""
    leader = STEP[step]
    plan = MessagePlan(
        customer_ref="c1",
        currency="EUR",
        action=Action.REMIND,
        leader=leader,
        scenario=SCENARIO,
        lines=tuple(PlannedLine(InstallmentKey(i.ref, 0), leader, 1, 0) for i in item.invoices),
        contact_ref=None,
        recipient_name="Dominique Modèle",
        recipient="dominique@modele.example",
        language=language,
        segment=segment,
    )
    return replace(plan, **changes)
