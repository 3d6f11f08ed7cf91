"""Calendar, rules, segments and conditions: what is accepted, and what is said about the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from connector.config import CompanySettings, load
from connector.errors import ConfigError, Problem
from connector.model import PayerType, Scenario, Segment

COMPANY = """\
id = "exemple"
name = "Exemple SARL"
language = "fr"
country = "FR"
time_zone = "Europe/Paris"
[host]
type = "odoo"
url = "https://exemple.odoo.com"
database = "exemple"
login = "relance@example.com"
key = { env = "ODOO_KEY" }
[sender]
name = "Exemple SARL"
email = "compta@example.com"
[[scenario]]
name = "standard"
[[scenario.step]]
name = "reminder_1"
day = 7
"""

Read = Callable[[str], CompanySettings]
Refuse = Callable[[str], dict[str, Problem]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def do(more: str) -> CompanySettings:
        file = tmp_path / "relance.toml"
        file.write_text(COMPANY + more, encoding="utf-8")
        [company] = load(file).companies
        return company

    return do


@pytest.fixture
def refuse(read: Read) -> Refuse:
    """Return the problems of a company with something more, by their path."""

    def do(more: str) -> dict[str, Problem]:
        with pytest.raises(ConfigError) as caught:
            read(more)
        return {problem.path: problem for problem in caught.value.problems}

    return do


@pytest.fixture
def scenario(read: Read) -> Callable[[str], Scenario]:
    """Return a second scenario with something more in it."""

    def do(more: str) -> Scenario:
        step = '[[scenario.step]]\nname = "reminder_1"\nday = 7\n'
        return read(f'[[scenario]]\nname = "other"\n{more}\n{step}').scenarios_model()[1]

    return do


# -- calendar -----------------------------------------------------------------------------------------


def test_without_a_calendar_every_day_and_hour_will_do(read: Read) -> None:
    calendar = read("").calendar
    assert (calendar.closed, calendar.holidays, calendar.hours) == ((), False, None)


@pytest.mark.parametrize("days", ['["sat", "sun"]', '["Saturday", "SUNDAY"]', '["samedi", "dim"]'])
def test_closed_days_are_read_in_english_and_french(read: Read, days: str) -> None:
    assert read(f"[calendar]\nclosed = {days}\n").calendar.closed == (5, 6)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:00-19:00", (time(8), time(19))),
        ("8:30 – 12:05", (time(8, 30), time(12, 5))),
        ("8h-19h30", (time(8), time(19, 30))),
        ("00:00-23:59", (time(0), time(23, 59))),
    ],
)
def test_hours_are_read_as_people_write_them(read: Read, text: str, hours: tuple[time, time]) -> None:
    assert read(f'[calendar]\nhours = "{text}"\n').calendar.hours == hours


@pytest.mark.parametrize(
    ("option", "path", "words"),
    [
        ('closed = ["satt"]', "calendar.closed[0]", 'did you mean "sat"?'),
        ("closed = [6]", "calendar.closed[0]", "a day of the week is a text, not a whole number"),
        ('closed = "sat"', "calendar.closed", 'write closed = ["sat", "sun"]'),
        (
            'closed = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            "calendar.closed",
            "nothing would ever leave",
        ),
        ('hours = "19:00-08:00"', "calendar.hours", "goes beyond midnight"),
        ('hours = "08:00-24:00"', "calendar.hours", "from 00:00 to 23:59"),
        ('hours = "08:00-08:00"', "calendar.hours", "nothing would ever leave"),
        ('hours = "8-19"', "calendar.hours", 'write it as "08:00-19:00"'),
        ("hours = 08:00:00", "calendar.hours", "hours are a text, not a time"),
        ('holidays = "yes"', "calendar.holidays", "true or false"),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused_with_a_remedy(
    refuse: Refuse, option: str, path: str, words: str
) -> None:
    problems = refuse(f"[calendar]\n{option}\n")
    assert list(problems) == [path]
    assert words in str(problems[path])


# -- rules --------------------------------------------------------------------------------------------


def test_rules_that_are_not_given_limit_nothing_more_than_before(read: Read) -> None:
    rules = read("").rules
    assert (rules.budget, rules.promise_max, rules.forecast_factor, rules.tolerance) == (None, None, 1.5, {})
    # whoever pays by direct debit does not owe us an act: only a mark in the host says that he does
    assert (rules.reply_wait, rules.exclude_payment_methods) == (5, ("direct_debit",))


def test_rules_are_read(read: Read) -> None:
    rules = read(
        '[rules]\nreply_wait = "3 jours ouvrés"\nexclude_payment_methods = ["direct_debit"]\n'
        'budget = { contacts = 3, days = 7, across_companies = true }\npromise_max = "6 weeks"\n'
        'tolerance = { EUR = "0.50", XPF = "100" }\nforecast_factor = 3\n'
    ).rules
    assert rules.budget is not None
    assert (rules.budget.contacts, rules.budget.days, rules.budget.across_companies) == (3, 7, True)
    assert (rules.reply_wait, rules.promise_max, rules.forecast_factor) == (3, 42, 3.0)
    assert rules.exclude_payment_methods == ("direct_debit",)
    assert rules.tolerance == {"EUR": Decimal("0.50"), "XPF": Decimal(100)}


@pytest.mark.parametrize(
    ("option", "path", "words"),
    [
        ("budget = { contacts = 0, days = 7 }", "rules.budget.contacts", "at least 1"),
        ("budget = { contacts = 3 }", "rules.budget.days", "add days = 7"),
        ("budget = { contact = 3, days = 7 }", "rules.budget.contact", "did you mean contacts?"),
        ("budget = 3", "rules.budget", "write budget = { contacts = 3, days = 7, across_companies = false }"),
        ('tolerance = { EURO = "0.50" }', "rules.tolerance.EURO", 'did you mean "EUR"?'),
        ('tolerance = { "€" = "0.50" }', "rules.tolerance.€", 'did you mean "EUR"?'),
        ("tolerance = { EUR = 0.5 }", "rules.tolerance.EUR", 'write "0.50"'),
        ('tolerance = "0.50"', "rules.tolerance", 'write tolerance = { EUR = "0.50" }'),
        ("forecast_factor = 0.5", "rules.forecast_factor", "at least 1"),
        ('promise_max = "45 working days"', "rules.promise_max", 'write it as "5 days"'),
        ('reply_wait = "5 days"', "rules.reply_wait", 'write it as "5 working days"'),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_a_remedy(
    refuse: Refuse, option: str, path: str, words: str
) -> None:
    problems = refuse(f"[rules]\n{option}\n")
    assert list(problems) == [path]
    assert words in str(problems[path])


# -- segments and conditions --------------------------------------------------------------------------


def test_tags_stand_for_segments(read: Read) -> None:
    company = read('[segments]\n"Grand compte" = "key_account"\npublic = "public"\n')
    assert company.segments == {"Grand compte": Segment.KEY_ACCOUNT, "public": Segment.PUBLIC}


@pytest.mark.parametrize(
    ("table", "path", "words"),
    [
        ('vip = "key_acount"', "segments.vip", 'did you mean "key_account"?'),
        ("vip = true", "segments.vip", '"multi_site"'),
        ('" " = "sme"', "segments. ", "it is empty"),
    ],
)
def test_a_tag_that_stands_for_no_segment_is_refused(
    refuse: Refuse, table: str, path: str, words: str
) -> None:
    problems = refuse(f"[segments]\n{table}\n")
    assert list(problems) == [path]
    assert words in str(problems[path])


def test_every_condition_reaches_the_scenario(scenario: Callable[[str], Scenario]) -> None:
    when = scenario(
        'when.segment = ["sme", "other"]\nwhen.salesperson = ["Camille Exemple"]\n'
        'when.payment_method = ["transfer"]\nwhen.payer_type = ["chronic"]\n'
        'when.amount = { at_least = "10000", below = "50000" }'
    ).when
    assert when.segment == {Segment.SME, Segment.OTHER}
    assert (when.salesperson, when.payment_method) == ({"Camille Exemple"}, {"transfer"})
    assert when.payer_type == {PayerType.CHRONIC}
    assert (when.at_least, when.below) == (Decimal(10000), Decimal(50000))


@pytest.mark.parametrize(
    "condition",
    ["segment = ['sme']", "payer_type = ['prompt']", "salesperson = ['A']", "amount = { below = '9' }"],
)
def test_a_scenario_with_any_condition_is_not_for_everybody(
    scenario: Callable[[str], Scenario], condition: str
) -> None:
    assert not scenario(f"when.{condition}").when.is_empty


@pytest.mark.parametrize(
    ("when", "path", "words"),
    [
        ("segment = ['smee']", "segment[0]", 'did you mean "sme"?'),
        ("segment = 'sme'", "segment", 'write segment = ["key_account", "multi_site"]'),
        ("payer_type = ['slow']", "payer_type[0]", '"forgetful"'),
        ("amount = { at_least = 10000 }", "amount.at_least", 'write "10000.00"'),
        ("amount = '10000'", "amount", 'write amount = { at_least = "10000", below = "50000" }'),
        ("amount = { at_least = '5', below = '5.00' }", "amount.below", "nobody owes"),
        ("amount = { min = '5' }", "amount.min", "at_least, below"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused_with_a_remedy(
    refuse: Refuse, when: str, path: str, words: str
) -> None:
    step = '[[scenario.step]]\nname = "reminder_1"\nday = 7\n'
    problems = refuse(f'[[scenario]]\nname = "other"\nwhen.{when}\n{step}')
    assert list(problems) == [f"scenario[1].when.{path}"]
    assert words in str(*problems.values())


def test_the_version_of_a_scenario_follows_its_conditions_not_their_spelling(
    scenario: Callable[[str], Scenario],
) -> None:
    first = scenario('when.segment = ["sme", "other"]\nwhen.amount = { below = "10" }').version
    again = scenario('when.segment = ["other", "sme"]\nwhen.amount = { below = "10.00" }').version
    empty = scenario("when.segment = []\nwhen.amount = {}").version
    assert first == again != empty == scenario("").version


# -- approvals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ('name = "formal_notice"', 1),
        ('name = "last"\ntemplate = "formal_notice"', 1),
        ('name = "formal_notice"\napproval = 0', 0),
        ('name = "formal_notice"\napproval = 2', 2),
        ('name = "last"', 0),
    ],
)
def test_a_formal_notice_waits_for_a_person_unless_the_file_says_otherwise(
    read: Read, step: str, wanted: int
) -> None:
    [scenario] = read(f"[[scenario.step]]\nday = 45\n{step}\n").scenarios_model()
    assert scenario.steps[-1].approval == wanted


def test_an_approval_that_is_written_out_changes_no_version(read: Read) -> None:
    notice = '[[scenario.step]]\nname = "formal_notice"\nday = 45\n'
    silent, spoken, none = (
        read(notice + approval).scenarios_model()[0].version
        for approval in ("", "approval = 1\n", "approval = 0\n")
    )
    assert silent == spoken != none
