"""What the QuickBooks adapter pulls, whatever happens in the books meanwhile, and what that is billed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from connector.hosts.quickbooks import changes, looking, query
from connector.hosts.quickbooks.client import Client, CompanyToken
from connector.hosts.quickbooks.paging import pages
from connector.hosts.quickbooks.reading import OPEN
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import AllocationSource, Customer, Invoice, InvoiceKind, InvoiceState, Kind, Payment, Ref
from connector.ports import Page
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.quickbooks import changes as played_changes
from connector.testing import Ledger
from tests.contract.quickbooks_played import PLENTY, TODAY, Played, playing


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


# what a pass is billed ------------------------------------------------------------------------------------
def test_quiet_passes_are_one_billed_call_each(played: Played) -> None:
    for _ in range(3):
        assert played.pull() == []
        assert played.billed == 1


def test_payments_come_with_their_invoices_and_customers_in_one_billed_call(played: Played) -> None:
    refs = played.open_refs()[:4]
    for ref in refs:
        played.act.pay(ref)
    changed = played.pull()
    assert {Ref(Kind.INVOICE, ref) for ref in refs} <= set(changed)
    assert played.billed == 1
    assert not any(played.invoice(ref).is_open for ref in refs)


def test_a_second_payment_of_an_invoice_costs_one_call_for_the_first(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    played.books.pay(played.act.document(ref), Decimal("1.00"))
    played.pull()
    played.books.advance(TODAY + timedelta(days=1))
    played.pull()
    played.books.pay(played.act.document(ref), Decimal("2.00"))
    played.pull()
    assert played.billed == 2
    assert [each.amount for each in played.invoice(ref).allocations] == [Decimal("1.00"), Decimal("2.00")]


def test_what_changed_lately_is_reported_again_and_not_worked_on_again(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    played.books.pay(played.act.document(ref), Decimal("1.00"))
    played.pull()
    for _ in range(3):
        host = played.host()
        found = list(host.pull(played.ledger.cursor))
        assert [page.records for page in found] == [()]
        assert host.usage.billed == 1


def test_a_note_of_a_person_on_an_invoice_costs_nothing_more(played: Played) -> None:
    played.act.note(played.on, "vu avec Mme Exemple")
    assert played.pull() == []
    assert played.billed == 1


def test_all_that_is_open_of_several_customers_is_one_billed_call(played: Played) -> None:
    refs = played.open_refs()[:5]
    customers = {played.invoice(ref).customer_ref for ref in refs}
    host = played.host()
    host.read([Ref(Kind.INVOICE, ref) for ref in refs], customers)
    assert host.usage.billed <= 2  # and one for payments of older days, where there are any


def test_looking_again_sees_the_same_whatever_fits_into_an_answer(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [Ref(Kind.INVOICE, ref) for ref in played.open_refs()]
    customers = {played.invoice(ref.id).customer_ref for ref in refs}
    at_once = {record.ref: record.digest for record in played.host().read(refs, customers)}
    open_at_once = played.host().open_refs()
    for name, value in {"_ROWS": 2, "_OWNERS": 3, "_BESIDE": 1}.items():
        monkeypatch.setattr(looking, name, value)
    assert {record.ref: record.digest for record in played.host().read(refs, customers)} == at_once
    assert played.host().open_refs() == open_at_once
    assert len(at_once) > len(refs)


# while people work ----------------------------------------------------------------------------------------
def test_an_invoice_voided_while_pages_are_read_hides_no_other(played: Played) -> None:
    host = played.host()
    found: list[str] = []
    for page in pages(client_of(played), "Invoice", OPEN, limit=5):
        if not found:
            played.act.withdraw(page[0]["Id"])
        found += [row["Id"] for row in page]
    still_open = {ref.id for ref in host.open_refs() if ref.kind is Kind.INVOICE and ref.id.isdigit()}
    assert still_open < set(found)
    assert len(found) == len(set(found))


def test_pages_by_position_would_hide_one(played: Played) -> None:
    """The reason for the test above."""
    client = client_of(played)
    found = [row["Id"] for row in client.query(query.select("Invoice", OPEN, limit=5))]
    played.act.withdraw(found[0])
    while rows := client.query(query.select("Invoice", OPEN, start=len(found) + 1, limit=5)):
        found += [row["Id"] for row in rows]
    everything = {row["Id"] for row in client.query(query.select("Invoice", OPEN))}
    assert everything - set(found)


def test_many_invoices_made_in_the_same_second_are_all_read(played: Played) -> None:
    client = client_of(played)
    everything = {row["Id"] for row in client.query(query.select("Customer", query.ANY_ACTIVE))}
    found = [row["Id"] for page in pages(client, "Customer", query.ANY_ACTIVE, limit=3) for row in page]
    assert set(found) == everything
    assert len(found) == len(everything)


def test_what_changes_during_a_first_pull_comes_with_the_next(played: Played) -> None:
    ledger = Ledger(load_mapping("quickbooks"))
    pulling = played.host().pull(None)
    ledger.take([next(pulling), next(pulling), next(pulling)])
    on = next(ref for ref in ledger.records if ref.kind is Kind.INVOICE)
    played.act.withdraw(on.id)
    ledger.take(pulling)
    ledger.take(played.host().pull(ledger.cursor))
    fact = ledger.fact(on)
    assert isinstance(fact, Invoice)
    assert fact.state is InvoiceState.CANCELLED


# gone -----------------------------------------------------------------------------------------------------
def test_a_void_is_a_cancelled_invoice(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    played.act.withdraw(ref)
    played.pull()
    assert played.invoice(ref).state is InvoiceState.CANCELLED
    assert played.billed == 1


def test_a_deleted_invoice_is_gone_after_it_was_looked_for(played: Played) -> None:
    on = played.on
    played.act.people.delete(played.act.document(on.id))
    played.pull()
    assert on not in played.ledger.records
    assert played.billed == 2


def test_a_stub_of_something_that_is_still_there_is_not_believed(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = played.on
    real = changes.changes_in
    stub = {
        "domain": "QBO",
        "status": "Deleted",
        "Id": on.id,
        "MetaData": {"LastUpdatedTime": "2026-11-20T09:00:00Z"},
    }
    monkeypatch.setattr(
        changes, "changes_in", lambda answer: replace(real(answer), objects=(("Invoice", stub),))
    )
    played.pull()
    assert played.invoice(on.id).is_open


def test_a_deleted_payment_is_gone_and_its_invoice_is_owed_again(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    payment = played.books.pay(played.act.document(ref))
    played.pull()
    assert not played.invoice(ref).is_open
    played.act.people.delete_payment(payment)
    played.pull()
    assert played.invoice(ref).is_open
    assert Ref(Kind.PAYMENT, str(payment.serial)) not in played.ledger.records


# where the feed does not reach -----------------------------------------------------------------------------
def test_more_changes_than_the_feed_tells_are_read_by_date(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(played_changes, "MOST", 10)
    monkeypatch.setattr(changes, "MOST", 10)
    refs = played.open_refs()
    for ref in refs:
        played.act.pay(ref)
    assert len(refs) > 5
    with capture_logs() as said:
        played.pull()
    assert [each["event"] for each in said] == ["read by date: a thousand changes or more"]
    assert not any(played.invoice(ref).is_open for ref in refs)
    monkeypatch.undo()
    assert played.pull() == []
    assert played.billed == 1


def test_after_five_weeks_without_a_pull_the_changes_are_read_by_date(played: Played) -> None:
    refs = played.open_refs()[:3]
    for ref in refs:
        played.act.pay(ref)
    played.books.advance(TODAY + timedelta(days=38))
    with capture_logs() as said:
        played.pull()
    assert [each["event"] for each in said] == ["read by date: the change feed reaches back thirty days"]
    assert not any(played.invoice(ref).is_open for ref in refs)
    assert played.pull() == []


def test_an_invoice_deleted_while_nobody_looked_is_missing_in_the_daily_comparison(played: Played) -> None:
    on = played.on
    played.act.people.delete(played.act.document(on.id))
    played.books.advance(TODAY + timedelta(days=38))
    played.pull()
    assert on not in played.host().open_refs()
    assert [record for record in played.host().read([on]) if record.ref == on] == []


# customers --------------------------------------------------------------------------------------------------
def test_a_customer_merged_into_another_leaves_him_the_invoices_by_the_next_day(played: Played) -> None:
    refs = played.open_refs()
    one = played.act.document(refs[0]).customer.payer
    theirs = [ref for ref in refs if played.invoice(ref).customer_ref == str(one.serial)]
    other = next(party for party in played.books.customers() if party is not one)
    played.books.merge_customer(one, other)
    played.pull()
    host = played.host()
    ours = {ref: played.ledger.fact(ref).version for ref in played.ledger.records if ref.kind is Kind.INVOICE}
    differs = [ref for ref, version in host.open_refs().items() if ours.get(ref, version) != version]
    played.ledger.take([Page(tuple(host.read(differs)))])
    assert {played.invoice(ref).customer_ref for ref in theirs} == {str(other.serial)}


def test_a_job_that_is_billed_with_its_parent_is_paid_by_him(played: Played) -> None:
    parent, job, invoice = a_job(played, with_parent=True)
    played.pull()
    assert played.customer(job).payer_ref == parent
    assert played.customer(job).name.startswith(f"{played.customer(parent).name} – Chantier Exemple")
    read = {record.ref for record in played.host().read([], [parent])}
    assert {Ref(Kind.CUSTOMER, parent), Ref(Kind.CUSTOMER, job), Ref(Kind.INVOICE, invoice)} <= read


def test_a_job_that_pays_for_itself_has_no_payer(played: Played) -> None:
    parent, job, invoice = a_job(played, with_parent=False)
    played.pull()
    assert played.customer(job).payer_ref is None
    assert Ref(Kind.INVOICE, invoice) not in {record.ref for record in played.host().read([], [parent])}


def test_a_first_pull_brings_the_payer_of_a_job_too(played: Played) -> None:
    made = client_of(played).post(
        "customer", {"DisplayName": "Nouveau Exemple", "CompanyName": "Nouveau Exemple"}
    )
    payer = made["Customer"]["Id"]
    _parent, job, _invoice = a_job(played, with_parent=True, parent=payer)
    fresh = played.pulled_anew()
    customer = fresh.fact(Ref(Kind.CUSTOMER, job))
    assert isinstance(customer, Customer)
    assert customer.payer_ref == payer
    assert Ref(Kind.CUSTOMER, payer) in fresh.records


def test_the_address_on_an_invoice_is_a_contact_that_the_invoice_names(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    client = client_of(played)
    row = client.get(f"invoice/{ref}")["Invoice"]
    address = {"Address": "Chantier@client.example, autre@client.example"}
    client.post("invoice", {"Id": ref, "SyncToken": row["SyncToken"], "sparse": True, "BillEmail": address})
    played.pull()
    invoice = played.invoice(ref)
    contacts = {contact.ref: contact for contact in played.customer(invoice.customer_ref).contacts}
    contact = contacts[invoice.contact_ref or ""]
    assert (contact.email, contact.roles) == ("chantier@client.example", frozenset())
    assert played.billed <= 2  # the customer is read for it, once, where the feed does not bring him
    played.act.note(Ref(Kind.INVOICE, ref), "vu")
    played.pull()
    assert played.billed == 1


def test_a_customers_own_address_on_an_invoice_costs_nothing(played: Played) -> None:
    invoice = played.ledger.open_invoice()
    own = played.customer(invoice.customer_ref).email
    client = client_of(played)
    row = client.get(f"invoice/{invoice.ref}")["Invoice"]
    change = {"Id": invoice.ref, "SyncToken": row["SyncToken"], "sparse": True, "BillEmail": {"Address": own}}
    client.post("invoice", change)
    played.pull()
    assert played.billed == 1


def test_a_customer_whose_page_was_never_saved_is_read_again(played: Played) -> None:
    """As when the process is killed between reading and saving."""
    on = played.on
    customer = Ref(Kind.CUSTOMER, played.invoice(on.id).customer_ref)
    del played.memo[next(name for name in played.memo if name.endswith(".known"))]
    played.act.note(on, "vu")
    host = played.host()
    for _ in range(2):
        pulling = host.pull(played.ledger.cursor)
        assert customer in {record.ref for record in next(pulling).records}
        pulling.close()  # type: ignore[attr-defined]
    pulling = played.host().pull(played.ledger.cursor)
    assert customer in {record.ref for record in next(pulling).records}


def test_customers_who_are_not_there_are_asked_for_once(played: Played) -> None:
    host = played.host()
    lost = {"Id": "1", "CustomerRef": {"value": "990001"}, "Balance": 1}
    job = {"Id": "990002", "ParentRef": {"value": "990003"}, "BillWithParent": True}
    host._reader.add_missing({"Invoice": {"1": lost}, "Customer": {"990002": job}})
    assert host.usage.billed <= 2


# money ------------------------------------------------------------------------------------------------------
def test_a_credit_memo_set_against_an_invoice_is_no_payment(played: Played) -> None:
    ref = played.ledger.open_invoice().ref
    document = played.act.document(ref)
    note = played.books.credit(document, Decimal("1.00"))
    played.pull()
    (allocation,) = played.invoice(ref).allocations
    assert (allocation.source, allocation.amount) == (AllocationSource.CREDIT_NOTE, Decimal("1.00"))
    credit = played.invoice(f"creditmemo/{note.serial}")
    assert (credit.kind, credit.residual) == (InvoiceKind.CREDIT_NOTE, Decimal(0))


def test_money_that_nobody_matched_is_seen(played: Played) -> None:
    customer = played.act.document(played.on.id).customer.payer
    payment = played.books.receive(customer, Decimal("77.00"))
    played.pull()
    fact = played.ledger.fact(Ref(Kind.PAYMENT, str(payment.serial)))
    assert isinstance(fact, Payment)
    assert (fact.unapplied, fact.customer_ref) == (Decimal("77.00"), str(customer.serial))
    assert Ref(Kind.PAYMENT, fact.ref) in played.host().open_refs()


def test_a_credit_memo_that_nobody_has_used_is_seen_by_every_look(played: Played) -> None:
    """A customer to whom the whole was credited a moment ago is not to be reminded of it."""
    document = played.act.document(played.on.id)
    credit = played.books.credit_customer(document.customer.payer, Decimal("77.00"))
    ref = Ref(Kind.INVOICE, f"creditmemo/{credit.serial}")
    assert ref in {r.ref for r in played.host().read([played.on], [str(document.customer.payer.serial)])}
    assert ref in played.host().open_refs()
    assert ref in played.pulled_anew().records
    played.pull()
    assert (played.invoice(ref.id).kind, played.invoice(ref.id).residual) == ("credit_note", Decimal("77.00"))


@pytest.mark.parametrize("months", [4, 11])
def test_money_that_nobody_matched_for_months_is_seen_too(played: Played, months: int) -> None:
    """Who paid in spring and was not matched is not to be chased in autumn."""
    customer = played.act.document(played.on.id).customer.payer
    on = TODAY - timedelta(days=30 * months)
    payment = played.books.receive(customer, Decimal("77.00"), on=on)
    ref = Ref(Kind.PAYMENT, str(payment.serial))
    assert ref in played.pulled_anew().records
    assert ref in played.host().open_refs()
    assert ref in {record.ref for record in played.host().read([played.on], [str(customer.serial)])}


# links ------------------------------------------------------------------------------------------------------
def test_links_cost_a_billed_call_for_each_open_invoice_once() -> None:
    answers = QuickBooksOptions(per_minute=PLENTY, per_second=PLENTY, batches=PLENTY, online_payments=True)
    with playing(answers) as played:
        played.settings = replace(played.settings, invoice_links=True)
        before = played.billed
        fresh = Ledger(load_mapping("quickbooks"))
        fresh.take(played.host().pull(None))
        asked = played.billed - before
        linked = [f for f in fresh.facts(Kind.INVOICE) if isinstance(f, Invoice) and f.link]
        assert linked
        assert all(
            invoice.is_open and str(invoice.link).startswith(played.settings.base_url) for invoice in linked
        )
        list(played.host().pull(None))
        assert asked >= len(linked)
        assert played.billed == before


def client_of(played: Played) -> Client:
    """A person's way in."""
    settings = played.settings
    http = Http(pace=Pace(sleep=lambda _seconds: None))
    keys = CompanyToken(settings.token or "", settings.realm or "")
    return Client(settings, http, keys, lambda _seconds: None)


def a_job(played: Played, *, with_parent: bool, parent: str = "") -> tuple[str, str, str]:
    """A customer, a job of his, and an open invoice to that; their ids."""
    client, parent = client_of(played), parent or played.invoice(played.open_refs()[0]).customer_ref
    body = {"DisplayName": "Chantier Exemple", "Job": True, "ParentRef": {"value": parent}}
    job = client.post("customer", {**body, "BillWithParent": with_parent})["Customer"]
    detail = {"ItemRef": {"value": "1"}}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 120, "SalesItemLineDetail": detail}
    asked = {"CustomerRef": {"value": job["Id"]}, "Line": [line], "CurrencyRef": job["CurrencyRef"]}
    return parent, job["Id"], client.post("invoice", asked)["Invoice"]["Id"]
