"""The worked examples of ``tests/cases/interest.toml``, to the cent and segment by segment."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.interest import (
    BelowFloor,
    Calculation,
    Claim,
    Counting,
    CreditEffect,
    DayCount,
    Imputation,
    Movement,
    Options,
    RateMode,
    Rounding,
    Suspension,
    annex,
    compute,
    rule,
    scale,
)
from connector.model import Money

ROOT = Path(__file__).parents[2]
BOOK = tomllib.loads((ROOT / "tests/cases/interest.toml").read_text(encoding="utf-8"))
LAW = ROOT.parent / "shared/reference/law.md"

#: Worked examples of the reference that are about neither interest nor a fixed sum.
ELSEWHERE = {"EX21", "EX21b", "EX22", "EX23", "EX24", "EX25", "EX25b", "EX25c", "EX26"} | {
    f"EX{n}" for n in range(27, 32)
}

KINDS = {
    "rate_mode": RateMode,
    "imputation": Imputation,
    "day_count": DayCount,
    "rounding": Rounding,
    "counting": Counting,
    "credit_effect": CreditEffect,
    "below_floor": BelowFloor,
}


def counted(case: dict[str, Any], options: dict[str, str]) -> Calculation:
    law = rule(case["rule"])
    currency = case.get("currency", law.currency)

    def movements(name: str) -> tuple[Movement, ...]:
        rows = case.get(name, ())
        return tuple(Movement(date.fromisoformat(on), Money(Decimal(text), currency)) for on, text in rows)

    pauses = [
        (date.fromisoformat(first), date.fromisoformat(last)) for first, last in case.get("suspensions", ())
    ]
    claim = Claim(
        principal=Money(Decimal(case["principal"]), currency),
        due_on=case["due"],
        payments=movements("payments"),
        credits=movements("credits"),
        suspensions=tuple(Suspension(first, last) for first, last in pauses),
        notice_on=case.get("notice"),
        insolvency_on=case.get("insolvency"),
        contract_rate=Decimal(case["contract_rate"]) if "contract_rate" in case else None,
        invoices=case.get("invoices", 1),
        fixed_date=case.get("fixed_date", True),
    )
    chosen = {name: KINDS[name](value) for name, value in options.items()}
    return compute(law, claim, case["to"], Options(**chosen))  # type: ignore[arg-type]


def every_reading() -> list[Any]:
    found = []
    for case in BOOK["case"]:
        found.append(pytest.param(case, case.get("options", {}), case["expect"], id=case["id"]))
        for n, reading in enumerate(case.get("reading", ()), 1):
            found.append(pytest.param(case, reading["options"], reading["expect"], id=f"{case['id']}-{n}"))
    return found


@pytest.mark.parametrize(("case", "options", "expected"), every_reading())
def test_a_worked_example_comes_out_to_the_cent(
    case: dict[str, Any], options: dict[str, str], expected: dict[str, Any]
) -> None:
    result = annex(counted(case, options))
    for name in ("interest", "interest_left", "principal_left", "total"):
        if name in expected:
            assert result[name] == expected[name], name
    if "indemnity" in expected:
        assert result["indemnity"]["amount"] == expected["indemnity"]
    if "segments" in expected:
        rows = [[s["days"], s["rate"], s["exact"]] for s in result["segments"]]
        assert len(rows) == len(expected["segments"]), rows
        for (days, rate, exact), (days_due, rate_due, exact_due) in zip(
            rows, expected["segments"], strict=True
        ):
            assert (days, rate and Decimal(rate)) == (days_due, Decimal(rate_due) if rate_due else None)
            assert exact_due in ("", exact)


@pytest.mark.parametrize(("case", "options", "expected"), every_reading())
def test_a_worked_example_says_what_a_reader_must_know_and_no_more(
    case: dict[str, Any], options: dict[str, str], expected: dict[str, Any]
) -> None:
    said = [caution.code.value for caution in counted(case, options).cautions]
    assert sorted(said) == sorted(expected.get("cautions", []))


@pytest.mark.parametrize("line", [pytest.param(line, id=line["id"]) for line in BOOK["scale"]])
def test_a_scale_gives_its_published_sums(line: dict[str, Any]) -> None:
    given = [[debt, str(scale(line["scale"]).amount(Decimal(debt)))] for debt, _ in line["sums"]]
    assert given == line["sums"]


def test_four_invoices_counted_one_by_one_owe_the_indemnity_of_the_three_late_ones() -> None:
    cases = {case["id"]: case for case in BOOK["case"]}
    one_by_one = [cases["EX06.late"], cases["EX06.late"], cases["EX06.half"], cases["EX06.on_time"]]
    sums = [counted(case, {}).indemnity.amount.amount for case in one_by_one]
    assert sum(sums) == Decimal(120)


def test_every_worked_example_of_the_reference_on_interest_is_a_case() -> None:
    if not LAW.exists():
        pytest.skip("the reference is not beside this checkout")
    listed = set(re.findall(r"^\| (EX\d+[a-z]?) \|", LAW.read_text(encoding="utf-8"), re.MULTILINE))
    ours = {entry["id"].split(".")[0] for entry in (*BOOK["case"], *BOOK["scale"])}
    assert listed - ELSEWHERE == {name for name in ours if name.startswith("EX")}
