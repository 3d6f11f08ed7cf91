"""interest: late-payment interest and fixed indemnity of one debt, computed by hand, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from babel.numbers import list_currencies

from connector.cli.interest_page import Page
from connector.cli.options import JsonOption, parse_amount, parse_day
from connector.cli.output import Output
from connector.errors import ConfigError, Problem
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
    Rule,
    Suspension,
    all_rules,
    annex,
    compute,
    rates_with,
    rule,
)
from connector.interest.words import languages
from connector.model import Money

_Choice = TypeVar("_Choice", bound=StrEnum)

#: Which option a field of the claim comes from, for errors.
_OPTIONS = {
    "principal": "--principal",
    "due_on": "--due",
    "to": "--to",
    "payments": "--payment",
    "credits": "--credit",
    "suspensions": "--suspend",
    "notice_on": "--notice",
    "insolvency_on": "--insolvency",
    "contract_rate": "--rate",
    "rate_mode": "--rate-mode",
    "invoices": "--invoices",
}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(interest)


def interest(
    rule_name: Annotated[str, typer.Option("--rule", help=f"The law: {', '.join(all_rules())}.")],
    principal: Annotated[str, typer.Option(help="What was due, with VAT (1200.50).", metavar="AMOUNT")],
    due: Annotated[str, typer.Option(help="The due date (2026-09-30).", metavar="DATE")],
    to: Annotated[
        str | None,
        typer.Option(help="Payment or statement day, included; today if left out.", metavar="DATE"),
    ] = None,
    payment: Annotated[
        list[str] | None, typer.Option(help="Money received; may be repeated.", metavar="DATE=AMOUNT")
    ] = None,
    credit: Annotated[
        list[str] | None, typer.Option(help="A credit note; may be repeated.", metavar="DATE=AMOUNT")
    ] = None,
    suspend: Annotated[
        list[str] | None,
        typer.Option(help="Days without interest, both included; may be repeated.", metavar="DATE..[DATE]"),
    ] = None,
    notice: Annotated[
        str | None, typer.Option(help="The day the formal notice was received.", metavar="DATE")
    ] = None,
    insolvency: Annotated[
        str | None, typer.Option(help="The day insolvency proceedings opened.", metavar="DATE")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="The contract's rate, in percent a year.", metavar="PERCENT")
    ] = None,
    invoices: Annotated[int, typer.Option(help="How many late invoices the principal stands for.")] = 1,
    fixed_date: Annotated[
        bool, typer.Option(help="The contract fixes the due date by the calendar (DE, CH).")
    ] = True,
    currency: Annotated[
        str | None, typer.Option(help="ISO 4217; the rule's own if left out.", metavar="CODE")
    ] = None,
    imputation: Annotated[
        str | None, typer.Option(help="interest_first (the law's) or principal_first.")
    ] = None,
    rate_mode: Annotated[
        str | None, typer.Option(help="half_year or frozen; the rule's own if left out.")
    ] = None,
    day_count: Annotated[str, typer.Option(help="ACT/365F, ACT/ACT or ACT/360.")] = DayCount.ACT_365F,
    rounding: Annotated[str, typer.Option(help="once or per_segment.")] = Rounding.ONCE,
    counting: Annotated[str, typer.Option(help="after_due or from_due.")] = Counting.AFTER_DUE,
    credit_effect: Annotated[str, typer.Option(help="due_date or own_date.")] = CreditEffect.DUE_DATE,
    below_floor: Annotated[
        str, typer.Option(help="A contractual rate below the legal minimum: flag or raise.")
    ] = BelowFloor.FLAG,
    rates: Annotated[
        Path | None, typer.Option(help="A TOML file of newer rates, put over those that ship.")
    ] = None,
    language: Annotated[str, typer.Option(help=f"Of the table: {', '.join(languages())}.")] = "en",
    json: JsonOption = False,
) -> None:
    """Compute late-payment interest and fixed indemnity of one debt, with every line. Nothing is recorded."""
    law = _named_rule(rule_name)
    code = _currency(currency or law.currency)
    until = parse_day(to, "--to") if to else date.today()  # noqa: DTZ011 - the person's own day
    options = Options(
        rate_mode=_choice(RateMode, rate_mode, "--rate-mode") if rate_mode else None,
        imputation=_choice(Imputation, imputation, "--imputation") if imputation else None,
        day_count=_choice(DayCount, day_count, "--day-count"),
        rounding=_choice(Rounding, rounding, "--rounding"),
        counting=_choice(Counting, counting, "--counting"),
        credit_effect=_choice(CreditEffect, credit_effect, "--credit-effect"),
        below_floor=_choice(BelowFloor, below_floor, "--below-floor"),
        rates=rates_with(rates) if rates else None,
    )
    if language not in languages():
        raise _wrong("--language", f'there are no words in "{language}"', f"write {' or '.join(languages())}")

    def calculate() -> Calculation:
        claim = Claim(
            principal=Money(parse_amount(principal, "--principal"), code),
            due_on=parse_day(due, "--due"),
            payments=_movements(payment, code, "--payment"),
            credits=_movements(credit, code, "--credit"),
            suspensions=tuple(_suspension(text) for text in suspend or ()),
            notice_on=parse_day(notice, "--notice") if notice else None,
            insolvency_on=parse_day(insolvency, "--insolvency") if insolvency else None,
            contract_rate=parse_amount(rate, "--rate") if rate is not None else None,
            invoices=invoices,
            fixed_date=fixed_date,
        )
        return compute(law, claim, until, options)

    _show(_naming_options(calculate), Output(json=json), language)


def _show(calculation: Calculation, output: Output, language: str) -> None:
    if output.json:
        output.emit(annex(calculation, language))
    else:
        Page(calculation, output, language).show()


def _naming_options(calculate: Callable[[], Calculation]) -> Calculation:
    """Run a calculation; what is wrong with the claim is told by the option it came from."""
    try:
        return calculate()
    except ConfigError as error:
        problems = [
            Problem(_OPTIONS.get(p.path, p.path), "", p.message, p.remedy)
            if p.file == "claim"
            else Problem("--rates" if p.file == "rates" else p.file, p.path, p.message, p.remedy)
            for p in error.problems
        ]
        raise ConfigError(problems) from None


def _named_rule(name: str) -> Rule:
    try:
        return rule(name)
    except ConfigError as error:
        raise ConfigError([Problem("--rule", "", p.message, p.remedy) for p in error.problems]) from None


def _currency(code: str) -> str:
    if code not in list_currencies():
        raise _wrong("--currency", f'"{code}" is no currency', "write its ISO 4217 code, such as EUR")
    return code


def _choice(kind: type[_Choice], text: str, option: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        raise _wrong(option, f'"{text}" is not known', f"write {' or '.join(kind)}") from None


def _movements(texts: Sequence[str] | None, currency: str, option: str) -> tuple[Movement, ...]:
    movements = []
    for text in texts or ():
        day, equals, amount = text.partition("=")
        if not equals:
            raise _wrong(option, f'"{text}" has no amount', f"write {option} 2026-10-15=500")
        money = Money(parse_amount(amount, option), currency)
        movements.append(Movement(parse_day(day.strip(), option), money))
    return tuple(movements)


def _suspension(text: str) -> Suspension:
    first, dots, last = text.partition("..")
    if not dots:
        raise _wrong("--suspend", f'"{text}" has no end', "write 2026-10-01..2026-10-15, or 2026-10-01..")
    until = parse_day(last.strip(), "--suspend") if last.strip() else None
    return Suspension(parse_day(first.strip(), "--suspend"), until)


def _wrong(option: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(option, "", message, remedy)])
