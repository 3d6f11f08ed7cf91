"""Whole passes over a company in Pennylane: nothing twice, orders are obeyed, a quiet pass is cheap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from connector import app
from connector.config import load, starter
from connector.model import Invoice, Kind, PromiseState, Ref
from connector.pipeline import Company, PassReport, run_pass
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from tests.contract.pennylane_acts import PennylaneActs

TODAY = date(2026, 11, 20)


@pytest.fixture
def sandbox() -> Sandbox:
    options = PennylaneOptions(rate=100_000)
    return build(SandboxOptions(today=TODAY, host="pennylane", customers=12, documents=60, pennylane=options))


@pytest.fixture
def company(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setenv("PENNYLANE_TOKEN", sandbox.ledger.user("relance").key)
    file = tmp_path / "relance.toml"
    with serving(sandbox) as url:
        text = starter(
            host="pennylane", url=url, key_env="PENNYLANE_TOKEN", company_id="exemple", company_name="Exemple"
        )
        file.write_text(text, encoding="utf-8")
        configuration = load(file)
        store = app.open_store(configuration)
        company = app.open_company(configuration.companies[0], store)
        yield replace(company, clock=sandbox.ledger.clock.tick, as_if=True)
        company.close()
        store.close()


def a_pass(company: Company) -> PassReport:
    calls = company.host.usage.calls
    report = run_pass(company, TODAY)
    assert report.errors == []
    assert report.stopped is None or report.stopped == ""
    report.calls = company.host.usage.calls - calls
    return report


def test_reminders_leave_once_and_stand_below_their_invoices(company: Company, sandbox: Sandbox) -> None:
    first = a_pass(company)
    second = a_pass(company)
    assert first.delivered["sent"] > 0
    assert first.written_back["notes"] > 0
    assert second.delivered.total() == 0
    comments = [text for doc in sandbox.ledger.documents() for text in sandbox.pennylane.people.comments(doc)]
    assert len(comments) == len(set(comments)) or len(comments) == first.written_back["notes"]


def test_the_invoices_go_with_their_reminders_as_pennylane_names_them(
    company: Company, tmp_path: Path
) -> None:
    report = a_pass(replace(company, attach_invoices=True))
    mails = [message_from_bytes(m.read_bytes(), policy=policy.default) for m in tmp_path.rglob("*.eml")]
    files = [of_one for mail in mails if (of_one := list(mail.iter_attachments()))]
    assert len(files) == report.delivered["sent"] > 1
    assert all(file.get_content().startswith(b"%PDF") for of_one in files for file in of_one)
    assert all(str(file.get_filename()).startswith("Facture") for of_one in files for file in of_one)


def test_a_pass_in_which_nothing_changed_takes_three_calls(company: Company) -> None:
    for _ in range(3):
        last = a_pass(company)
    assert last.calls <= 3


def test_a_promise_written_into_the_notes_is_kept_as_one_and_answered_once(
    company: Company, sandbox: Sandbox
) -> None:
    a_pass(company)
    with company.store.begin(company.id) as unit:
        accounts = unit.accounts(unit.customers_with_open())
    invoice: Invoice = next(i for a in accounts for i in a.invoices if i.is_open and i.kind == "invoice")
    act = PennylaneActs(sandbox)
    act.say(Ref(Kind.INVOICE, invoice.ref), "#promesse 15/12/2026")
    heard = [a_pass(company).heard["orders"] for _ in range(3)]
    with company.store.begin(company.id) as unit:
        promises = unit.promises(PromiseState.OPEN)
    comments = act.people.comments(act.people.document_of(invoice.ref))
    assert heard == [1, 0, 0]
    assert [(p.promised_on, p.invoice_ref) for p in promises] == [(date(2026, 12, 15), invoice.ref)]
    assert sum("15/12/2026" in text or "15 décembre 2026" in text for text in comments) >= 1


def test_a_second_store_on_the_same_company_is_stopped(
    company: Company, sandbox: Sandbox, tmp_path: Path
) -> None:
    a_pass(company)
    other = tmp_path / "other"
    other.mkdir()
    file = other / "relance.toml"
    file.write_text((tmp_path / "relance.toml").read_text(encoding="utf-8"), encoding="utf-8")
    configuration = load(file)
    store = app.open_store(configuration)
    second = app.open_company(configuration.companies[0], store)
    report = run_pass(replace(second, clock=sandbox.ledger.clock.tick, as_if=True), TODAY)
    second.close()
    store.close()
    assert report.delivered.total() == 0
    assert "Another store" in (report.stopped or "")
