"""What the command line says of billed reads: the month, what is foreseen, and the quota that is shared."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connector.cli.bill import findings, in_words
from connector.cli.options import Session
from connector.cli.output import Output
from connector.config import CompanySettings, load
from connector.pipeline.billing import Bill
from connector.store.database import open_store
from connector.store.ports import Store

COMPANY = """
[[company]]
id = "{id}"
name = "Exemple {id} SARL"
language = "fr"
country = "FR"
time_zone = "Europe/Paris"
host = {{ type = "quickbooks", client_id = "{client}", client_secret = {{ env = "QB_SECRET" }} }}
sender = {{ name = "Exemple SARL", email = "compta@exemple.example" }}
[[company.scenario]]
name = "standard"
step = [{{ name = "reminder_1", day = 7 }}]
"""
QUOTA = 10_000


@pytest.fixture
def ours(tmp_path: Path) -> Any:
    file = tmp_path / "all.toml"
    clients = {"nord": "app-one", "sud": "app-one", "ouest": "app-two"}
    file.write_text("\n".join(COMPANY.format(id=id_, client=app) for id_, app in clients.items()))
    configuration = load(file)
    store: Store = open_store(configuration.store.address())
    yield Session(configuration, (), store, Output(json=True), None)
    store.close()


def company(ours: Session, id_: str) -> CompanySettings:
    return next(one for one in ours.configuration.companies if one.id == id_)


def found(ours: Session, own: Bill | None, id_: str = "nord") -> Any:
    return findings(ours, company(ours, id_), own, ours.configuration.companies)


def test_nothing_is_said_where_reading_is_free(ours: Session) -> None:
    assert found(ours, None) == []
    assert in_words(None) == ""


def test_before_passes_were_seen_nothing_is_foreseen(ours: Session) -> None:
    (finding,) = found(ours, Bill(3, 3, None, QUOTA))
    assert finding.ok
    assert "3 for this check" in finding.what
    assert "after a few passes" in finding.what


def test_a_company_alone_is_held_against_the_whole_quota(ours: Session) -> None:
    (finding,) = found(ours, Bill(3, 100, QUOTA, QUOTA), "ouest")
    assert finding.ok
    assert "about 10,000 by its end" in finding.what
    assert "shared by all companies of the workspace" in finding.what
    (finding,) = found(ours, Bill(3, 100, QUOTA + 1, QUOTA), "ouest")
    assert (finding.ok, finding.warning) == (False, True)
    assert "[schedule] every" in finding.remedy


def test_companies_of_the_same_app_share_the_quota_and_those_of_another_do_not(ours: Session) -> None:
    (finding,) = found(ours, Bill(3, 100, 5_000, QUOTA))
    assert finding.ok, finding.what
    assert "2 here, together about 10,000" in finding.what
    (finding,) = found(ours, Bill(3, 100, 5_001, QUOTA))
    assert finding.warning
    assert not finding.ok
    assert "together about 10,002" in finding.what


def test_what_is_known_of_another_company_is_taken_in_place_of_a_guess(ours: Session) -> None:
    today = datetime.now(UTC).date().isoformat()
    ours.store.memo("sud")["billed.passes"] = json.dumps({today: [20_000, 1, 1]})
    (finding,) = found(ours, Bill(3, 100, 3_000, QUOTA))
    assert finding.warning
    assert "together about 2" in finding.what, "20,000 of this month, and what is to come"
    assert not finding.ok


def test_the_line_of_a_pass_says_the_month_and_what_is_foreseen() -> None:
    assert in_words(Bill(1, 18, 2_960, 500_000)) == ", 1 billed (this month 18, 2,960 foreseen of 500,000)"
    assert in_words(Bill(1, 18, None, None)) == ", 1 billed (this month 18)"
