"""Whole passes over a company in QuickBooks: nothing twice, orders are obeyed, a quiet pass is one billed
call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connector import app
from connector.config import load, starter
from connector.model import Customer, Invoice, Kind, Message, PromiseState, Ref
from connector.pipeline import Company, PassReport, run_pass
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.store.ports import EffectState
from tests.contract.quickbooks_acts import QuickBooksActs

TODAY = date(2026, 11, 20)
PLENTY = 1_000_000


@dataclass
class Billed:
    report: PassReport
    calls: int


@pytest.fixture
def sandbox() -> Sandbox:
    options = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY)
    return build(
        SandboxOptions(today=TODAY, host="quickbooks", customers=12, documents=60, quickbooks=options)
    )


@pytest.fixture
def company(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    file = tmp_path / "relance.toml"
    with serving(sandbox) as url:
        at = sandbox.address(url)
        monkeypatch.setenv("QUICKBOOKS_TOKEN", at.key)
        text = starter(
            host="quickbooks", url=url, database=at.database, key_env="QUICKBOOKS_TOKEN",
            company_id="exemple", company_name="Exemple",
        )  # fmt: skip
        file.write_text(
            text.replace("# promise_field", "promise_field").replace("Promesse", "Promise"), "utf-8"
        )
        configuration = load(file)
        store = app.open_store(configuration)
        company = app.open_company(configuration.companies[0], store)
        yield replace(company, clock=sandbox.ledger.clock.tick, as_if=True)
        company.close()
        store.close()


def a_pass(company: Company, today: date = TODAY) -> Billed:
    before = company.host.usage.billed
    report = run_pass(company, today)
    assert report.errors == []
    assert not report.stopped
    return Billed(report, company.host.usage.billed - before)


def an_open_invoice(company: Company) -> Invoice:
    with company.store.begin(company.id) as unit:
        accounts = unit.accounts(unit.customers_with_open())
    return next(i for a in accounts for i in a.invoices if i.is_open and i.kind == "invoice")


def test_reminders_leave_once_and_stand_at_their_invoices(company: Company, sandbox: Sandbox) -> None:
    first = a_pass(company).report
    second = a_pass(company).report
    assert first.delivered["sent"] > 0
    assert first.written_back["notes"] > 0
    assert second.delivered.total() == 0
    people = sandbox.quickbooks.people
    notes = [text for document in sandbox.ledger.documents() for text in people.notes(document)]
    assert len(notes) == len(set(notes)) == first.written_back["notes"]


def test_a_quiet_pass_is_one_billed_call(company: Company) -> None:
    last = [a_pass(company) for _ in range(4)][-1]
    assert (last.calls, company.host.usage.by_method["GET cdc"]) == (1, 3)


def test_writing_is_not_billed_and_looking_again_is_one_call_for_all_messages(company: Company) -> None:
    first = a_pass(company)
    usage = company.host.usage.by_method
    assert first.report.delivered["sent"] > 1
    assert usage["POST attachable"] > 1
    reads = [n for name, n in usage.items() if name.startswith("GET") or name == "POST batch"]
    assert first.calls == sum(reads)
    assert first.calls <= 13


def test_the_invoices_go_with_their_reminders_by_their_numbers_and_are_billed(
    company: Company, tmp_path: Path
) -> None:
    done = a_pass(replace(company, attach_invoices=True))
    files = [names for mail in (tmp_path / "mails").rglob("*.eml") if (names := pdfs_in(mail))]
    assert len(files) == done.report.delivered["sent"] > 1
    printed = company.host.usage.by_method["GET invoice/{id}/pdf"]
    assert sum(map(len, files)) == printed
    with company.store.begin(company.id) as unit:
        sent = [event for event in unit.events() if event.name == "reminder_sent"]
    numbers = {i.number.replace("/", "_") for i in all_invoices(company)}
    assert {name for names in files for name in names} <= {f"{number}.pdf" for number in numbers}
    assert all(event.data["attached"] for event in sent)
    assert done.calls > printed


def test_what_an_invoice_is_for_is_known(company: Company) -> None:
    a_pass(company)
    assert all(invoice.products for invoice in all_invoices(company) if invoice.kind == "invoice")


def pdfs_in(mail: Path) -> list[str]:
    parts = message_from_bytes(mail.read_bytes(), policy=policy.default).iter_attachments()
    return [str(part.get_filename()) for part in parts if part.get_content().startswith(b"%PDF")]


def all_invoices(company: Company) -> list[Invoice]:
    with company.store.begin(company.id) as unit:
        return [i for a in unit.accounts(unit.customers_with_open()) for i in a.invoices]


def test_a_payment_in_the_last_moment_holds_the_reminder_back(company: Company, sandbox: Sandbox) -> None:
    """It is seen by the look before the message leaves, not by the pull."""
    people = sandbox.quickbooks.people
    host, read = company.host, company.host.read
    paid: list[str] = []

    def pay_first(refs, customers=()):  # type: ignore[no-untyped-def]
        if not paid:
            refs_ = [ref for ref in refs if ref.kind is Kind.INVOICE and ref.id.isdigit()]
            paid.extend(ref.id for ref in refs_)
            for ref in refs_:
                sandbox.ledger.pay(people.document_of(ref.id))
        return read(refs, customers)

    host.read = pay_first  # type: ignore[method-assign]
    report = a_pass(company).report
    assert paid
    assert report.delivered["sent"] == 0


def test_a_promise_written_into_the_private_note_is_kept_answered_once_and_put_on_the_invoice(
    company: Company, sandbox: Sandbox
) -> None:
    a_pass(company)
    invoice, act = an_open_invoice(company), QuickBooksActs(sandbox)
    document = act.document(invoice.ref)
    words = "Mme Exemple a appelé le 19.\r\n\r\n  Elle paiera."
    act.note(Ref(Kind.INVOICE, invoice.ref), words)
    act.say(Ref(Kind.INVOICE, invoice.ref), "#promesse 15/12/2026")
    before = act.people.memo(document)
    passes = [a_pass(company) for _ in range(4)]
    with company.store.begin(company.id) as unit:
        promises = unit.promises(PromiseState.OPEN)
    assert [each.report.heard["orders"] for each in passes] == [1, 0, 0, 0]
    assert [(p.promised_on, p.invoice_ref) for p in promises] == [(date(2026, 12, 15), invoice.ref)]
    assert act.people.custom(document, 2) == "2026-12-15"
    assert act.people.memo(document) == before
    assert passes[-1].calls == 1


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


def test_an_invoice_that_was_deleted_is_chased_no_more(company: Company, sandbox: Sandbox) -> None:
    a_pass(company)
    invoice = an_open_invoice(company)
    sandbox.quickbooks.people.delete(sandbox.quickbooks.people.document_of(invoice.ref))
    a_pass(company, TODAY + timedelta(days=1))
    with company.store.begin(company.id) as unit:
        assert Ref(Kind.INVOICE, invoice.ref) not in unit.open_refs()


# who pays changes ---------------------------------------------------------------------------------------
def written_to(company: Company, invoice: str) -> list[str]:
    """Who was written to about that invoice, in turn."""
    with company.store.begin(company.id) as unit:
        sent = [effect for effect in unit.effects([EffectState.DONE]) if isinstance(effect.item, Message)]
    about = [effect for effect in sent if invoice in effect.item.invoice_refs]  # type: ignore[union-attr]
    return [e.item.customer_ref for e in sorted(about, key=lambda effect: effect.created_at)]  # type: ignore[union-attr]


def two_who_owe(company: Company) -> list[tuple[Customer, str]]:
    """Two customers who pay for themselves and can be written to, and an open invoice of each."""
    with company.store.begin(company.id) as unit:
        accounts = unit.accounts(unit.customers_with_open())
    found = [
        (account.customer, next((i.ref for i in account.invoices if i.is_open and i.kind == "invoice"), ""))
        for account in accounts
        if account.customer.email and account.customer.payer_ref is None
    ]
    return [pair for pair in found if pair[1]][:2]


def test_the_customer_who_was_merged_into_another_is_written_to_no_more(
    company: Company, sandbox: Sandbox
) -> None:
    """The change feed does not name his invoices, and the daily look is hours away: the look before a message
    leaves sees whose they are."""
    a_pass(company)
    (gone, invoice), (kept, _) = two_who_owe(company)
    before, people = written_to(company, invoice), sandbox.quickbooks.people
    sandbox.ledger.merge_customer(people.customer_of(gone.ref), people.customer_of(kept.ref))
    for days in (9, 18, 27, 36):
        a_pass(company, TODAY + timedelta(days=days))
    later = written_to(company, invoice)[len(before) :]
    assert later
    assert set(later) == {kept.ref}


def a_job(company: Company, parent: str, *, with_parent: bool) -> tuple[dict[str, Any], str]:
    """A job of his as QuickBooks shows it, and an invoice to it that is overdue."""
    client = company.host._reader.client  # type: ignore[attr-defined]  # a person's way in
    told = {"DisplayName": "Chantier Exemple", "Job": True, "ParentRef": {"value": parent}}
    email = {"PrimaryEmailAddr": {"Address": "chantier@client.example"}, "BillWithParent": with_parent}
    job = client.post("customer", {**told, **email})["Customer"]
    line = {"DetailType": "SalesItemLineDetail", "Amount": 1200, "SalesItemLineDetail": {}}
    dates = {"TxnDate": "2026-10-01", "DueDate": "2026-10-15", "CurrencyRef": job["CurrencyRef"]}
    made = client.post("invoice", {"CustomerRef": {"value": job["Id"]}, "Line": [line], **dates})
    return job, made["Invoice"]["Id"]


@pytest.mark.parametrize("paid_by", ["job", "parent"])
def test_money_that_nobody_matched_covers_the_invoices_of_the_family(company: Company, paid_by: str) -> None:
    a_pass(company)
    (parent, _), _ = two_who_owe(company)
    job, ref = a_job(company, parent.ref, with_parent=True)
    who = job["Id"] if paid_by == "job" else parent.ref
    client = company.host._reader.client  # type: ignore[attr-defined]
    client.post(
        "payment",
        {"CustomerRef": {"value": who}, "CurrencyRef": job["CurrencyRef"], "TotalAmt": 90_000},
    )
    for days in (1, 10):
        a_pass(company, TODAY + timedelta(days=days))
    assert written_to(company, ref) == []


def test_a_job_is_written_to_while_it_pays_and_its_parent_from_the_moment_he_does(company: Company) -> None:
    a_pass(company)
    (parent, _), _ = two_who_owe(company)
    client = company.host._reader.client  # type: ignore[attr-defined]
    made, ref = a_job(company, parent.ref, with_parent=False)

    def toggle(*, with_parent: bool) -> None:
        row = client.get(f"customer/{made['Id']}")["Customer"]
        told = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
        client.post("customer", {**told, "BillWithParent": with_parent})

    a_pass(company, TODAY + timedelta(days=1))
    assert written_to(company, ref) == [made["Id"]]
    toggle(with_parent=True)
    a_pass(company, TODAY + timedelta(days=10))
    assert written_to(company, ref)[-1] == parent.ref
    toggle(with_parent=False)
    host, read, toggled = company.host, company.host.read, list[str]()

    def toggled_in_the_last_moment(refs, customers=()):  # type: ignore[no-untyped-def]
        if not toggled:
            toggled.append(ref)
            toggle(with_parent=True)
        return read(refs, customers)

    host.read = toggled_in_the_last_moment  # type: ignore[method-assign]
    a_pass(company, TODAY + timedelta(days=30))
    host.read = read  # type: ignore[method-assign]
    assert toggled
    assert written_to(company, ref)[1:] == [parent.ref] * 2
