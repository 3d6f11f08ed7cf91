"""What ``relance check`` says of options that change nothing with a company's host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from connector.cli.idle import findings
from connector.config import CompanySettings, load, starter
from connector.mapping import FieldMapping, load_mapping
from connector.ports import Ability, HostReport

Said = Callable[..., list[str]]


@dataclass
class Host:
    name: str
    supports: frozenset[Ability]


@dataclass
class Company:
    """As much of a company as is looked at."""

    host: Host
    mapping: FieldMapping


@pytest.fixture
def said(tmp_path: Path) -> Said:
    def say(
        host: str, rules: str = "", more: str = "", *, bank: date | None = None, files: bool = False
    ) -> list[str]:
        file = tmp_path / "relance.toml"
        text = starter(
            host=host, url="https://exemple.odoo.com" if host == "odoo" else "", database="1" * 6, login="x",
            key_env="T", company_id="exemple", company_name="Exemple",
        )  # fmt: skip
        text = text.replace("exclude_tags = []", f"{rules}\n#", 1)
        file.write_text(text.replace("[[scenario]]", f"{more}\n[[scenario]]", 1), encoding="utf-8")
        settings: CompanySettings = load(file).companies[0]
        mapping = load_mapping(host, settings.host.mapping)
        company = Company(Host(host, frozenset({Ability.ATTACHMENT} if files else ())), mapping)
        report = HostReport("", "", "", (), bank_entry_on=bank)
        return [finding.what for finding in findings(company, settings, report)]  # type: ignore[arg-type]

    return say


@pytest.mark.parametrize("host", ["odoo", "pennylane", "quickbooks"])
def test_nothing_is_said_of_the_file_that_init_writes(said: Said, host: str) -> None:
    assert said(host) == []


def test_tags_are_nothing_where_the_mapping_has_none(said: Said) -> None:
    assert said("pennylane", 'exclude_tags = ["VIP"]', '[segments]\nVIP = "key_account"') == [
        "rules.exclude_tags changes nothing: pennylane tells no tags of customers",
        "segments changes nothing: pennylane tells no tags of customers",
    ]
    assert said("quickbooks", 'exclude_tags = ["VIP"]', '[segments]\nVIP = "key_account"') == []


def test_a_field_of_ones_own_makes_an_option_work(said: Said) -> None:
    own = '[host.mapping.customer]\ntags = { from = "external_reference", as = "list" }'
    assert said("pennylane", 'exclude_tags = ["VIP"]', own) == []


def test_ways_to_pay_count_when_somebody_wrote_them(said: Said) -> None:
    """The default names one, and nobody counts on that."""
    (what,) = said("pennylane", 'exclude_payment_methods = ["direct_debit"]')
    assert (
        what
        == "rules.exclude_payment_methods changes nothing: pennylane tells no payment method of customers"
    )
    assert said("quickbooks", 'exclude_payment_methods = ["direct_debit"]') == []


def test_conditions_of_scenarios_count_too(said: Said) -> None:
    steps = 'step = [{ name = "reminder_1", day = 7 }]'
    more = f'[[scenario]]\nname = "own"\nwhen = {{ salesperson = ["Camille Exemple"] }}\n{steps}\n'
    assert said("quickbooks", "", more) == [
        "scenario[0].when.salesperson changes nothing: quickbooks tells no salesperson of customers"
    ]
    assert said("odoo", "", more) == []


def test_the_bank_is_held_against_what_was_seen(said: Said) -> None:
    rules = 'max_bank_age = "5 working days"'
    assert said("quickbooks", rules) == [
        "rules.max_bank_age changes nothing: no bank entry is seen in quickbooks"
    ]
    assert said("odoo", rules, bank=date(2026, 11, 20)) == []


def test_files_are_only_kept_where_the_host_keeps_them(said: Said) -> None:
    more = "[write_back]\nattach_message = true\n"
    assert said("quickbooks", "", more) == [
        "write_back.attach_message changes nothing: quickbooks keeps no files of ours"
    ]
    assert said("odoo", "", more, files=True) == []
