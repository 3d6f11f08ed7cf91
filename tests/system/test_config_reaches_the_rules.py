"""What a company file says of the rules is what the rules and the pass are given."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from connector.app import check_parts, open_company, open_store
from connector.config import load, starter
from connector.dunning.policy import Budget
from connector.model import Segment
from connector.pipeline import Company
from connector.ports import Ability

RULES = """
[rules]
reply_wait = "3 working days"
promise_max = "45 days"
exclude_payment_methods = ["direct_debit"]
budget = { contacts = 3, days = 7, across_companies = true }
tolerance = { EUR = "0.50" }
forecast_factor = 3.0
[calendar]
closed = ["sat", "sun"]
holidays = true
hours = "08:00-19:00"
target_days = false
[segments]
"Grand compte" = "key_account"
"""


def opened(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setenv("ODOO_KEY", "not-a-real-key")
    file = folder / "exemple.toml"
    file.write_text(text, encoding="utf-8")
    configuration = load(file)
    company = open_company(configuration.companies[0], open_store(configuration))
    company.close()
    company.store.close()
    return company


def plain() -> str:
    head, _, tail = starter(
        url="https://exemple.odoo.com",
        database="exemple",
        login="relance@example.com",
        key_env="ODOO_KEY",
        company_id="exemple",
        company_name="Exemple SARL",
    ).partition("[rules]")
    return head + "[[scenario]]" + tail.partition("[[scenario]]")[2]


def test_every_rule_of_the_file_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = opened(plain() + RULES, tmp_path, monkeypatch)
    policy, limits = company.policy, company.limits
    assert (policy.reply_days, policy.promise_max) == (3, 45)
    assert policy.budget == Budget(3, 7, across=True)
    assert (policy.closed_weekdays, policy.close_on_holidays) == ({5, 6}, True)
    assert policy.target_days is False
    assert policy.exclude_methods == {"direct_debit"}
    assert policy.segment_of_tag == {"Grand compte": Segment.KEY_ACCOUNT}
    assert policy.tolerance == {"EUR": Decimal("0.50")}
    assert (limits.hours, limits.forecast_factor) == ((time(8), time(19)), 3.0)


def test_a_file_without_them_closes_nothing_and_limits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = opened(plain(), tmp_path, monkeypatch)
    policy, limits = company.policy, company.limits
    assert (policy.budget, policy.promise_max, policy.closed_weekdays) == (None, None, frozenset())
    assert policy.target_days is True
    assert (policy.close_on_holidays, limits.hours, limits.forecast_factor) == (False, None, 1.5)


def test_invoices_go_with_reminders_only_where_the_file_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened(plain(), tmp_path, monkeypatch).attach_invoices is False
    asked = plain().replace("# attach_invoices", "attach_invoices")
    assert opened(asked, tmp_path, monkeypatch).attach_invoices is True


def test_the_check_warns_when_the_host_gives_no_pdfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = opened(plain().replace("# attach_invoices", "attach_invoices"), tmp_path, monkeypatch)
    (settings,) = load(tmp_path / "exemple.toml").companies

    def warned() -> list[str]:
        found = [finding.what for finding in check_parts(company, settings) if finding.warning]
        return [what for what in found if "PDF" in what]

    assert warned() == []
    monkeypatch.setattr(company.host, "supports", company.host.supports - {Ability.PDF})
    (said,) = warned()
    assert said.startswith("no invoice can be attached: odoo gives no PDFs")


def test_mails_go_with_notes_only_where_the_file_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened(plain(), tmp_path, monkeypatch).enclose is None
    asked = plain() + "\n[write_back]\nattach_message = true\n"
    assert opened(asked, tmp_path, monkeypatch).enclose is not None
