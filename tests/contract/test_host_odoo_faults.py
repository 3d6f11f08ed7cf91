"""The Odoo adapter when the connection fails or the ledger changes under it: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connector.errors import Unauthorized, Unavailable
from connector.hosts.odoo import OdooHost, OdooSettings
from connector.http import Http, Pace
from connector.mapping import load_mapping
from connector.model import Customer, Inbound, Invoice, Kind, Ref
from connector.ports import Note, ReceiptStatus, Task, TaskKind
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving
from connector.testing import Ledger, a_message

TODAY = date(2026, 11, 20)


@pytest.fixture(params=[18, 19])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return build(SandboxOptions(today=TODAY, version=request.param, customers=12, documents=60))


@pytest.fixture
def settings(sandbox: Sandbox) -> Iterator[OdooSettings]:
    with serving(sandbox) as url:
        at = sandbox.address(url)
        company = next(iter(sandbox.ledger.companies)).name
        yield OdooSettings(at.url, at.database, at.login, at.key, company=company)


@pytest.fixture
def host(settings: OdooSettings) -> Iterator[OdooHost]:
    host = OdooHost(settings, load_mapping("odoo"), {}, http=Http(pace=Pace(sleep=lambda _seconds: None)))
    yield host
    host.close()


@pytest.fixture
def ledger(host: OdooHost) -> Ledger:
    ledger = Ledger(load_mapping("odoo"))
    ledger.take(host.pull(None))
    return ledger


def on_invoice(ledger: Ledger) -> Ref:
    return Ref(Kind.INVOICE, ledger.open_invoice().ref)


def test_notes_whose_answer_was_lost_are_found_again_and_not_doubled(
    host: OdooHost, ledger: Ledger, sandbox: Sandbox
) -> None:
    notes = [Note(f"note/{n}", on_invoice(ledger), f"<p>Relance {n}</p>") for n in range(3)]
    before = len(sandbox.ledger.notes)
    sandbox.faults.arm("lost_after", "mail.message.create")
    with pytest.raises(Unavailable) as caught:
        list(host.write(notes))
    assert caught.value.maybe_done
    written = list(host.write(notes, again=[note.key for note in notes]))
    assert all(each.error is None for each in written)
    assert len(sandbox.ledger.notes) == before + 3


def test_notes_that_never_arrived_are_written_the_second_time(
    host: OdooHost, ledger: Ledger, sandbox: Sandbox
) -> None:
    notes = [Note("note/1", on_invoice(ledger), "<p>Relance</p>")]
    before = len(sandbox.ledger.notes)
    sandbox.faults.arm("lost_before", "mail.message.create")
    with pytest.raises(Unavailable):
        list(host.write(notes))
    assert len(sandbox.ledger.notes) == before
    list(host.write(notes, again=["note/1"]))
    assert len(sandbox.ledger.notes) == before + 1


def test_a_task_whose_answer_was_lost_is_found_again(
    host: OdooHost, ledger: Ledger, sandbox: Sandbox
) -> None:
    task = Task("task/1", on_invoice(ledger), TaskKind.CALL, "Appeler", "<p>Appeler</p>", TODAY)
    before = len(sandbox.ledger.activities)
    sandbox.faults.arm("lost_after", "mail.activity.create")
    with pytest.raises(Unavailable):
        list(host.write([task]))
    (written,) = host.write([task], again=[task.key])
    assert written.error is None
    assert len(sandbox.ledger.activities) == before + 1


def test_a_hundred_notes_take_one_call(host: OdooHost, ledger: Ledger) -> None:
    on, before = on_invoice(ledger), host.usage.by_method.get("mail.message.create", 0)
    written = list(host.write([Note(f"note/{n}", on, "<p>x</p>") for n in range(100)]))
    assert len(written) == 100
    assert host.usage.by_method["mail.message.create"] == before + 1


def test_a_message_whose_answer_was_lost_is_unknown_until_it_is_found(
    host: OdooHost, ledger: Ledger, sandbox: Sandbox
) -> None:
    invoice = ledger.open_invoice()
    message = a_message(customer_ref=invoice.customer_ref, invoice_refs=(invoice.ref,))
    sandbox.faults.arm("lost_after", "account.move.message_post")
    assert host.send(message).status is ReceiptStatus.UNKNOWN
    assert host.find(message).status is ReceiptStatus.SENT


@pytest.mark.parametrize("fault", ["rate_limited", "bad_gateway", "server_error", "torn_body", "lost_before"])
def test_a_pull_outlasts_a_passing_fault(fault: str, host: OdooHost, sandbox: Sandbox) -> None:
    sandbox.faults.arm(fault, "account.move.search_read")  # type: ignore[arg-type]
    records = [record for page in host.pull(None) for record in page.records]
    assert any(record.ref.kind is Kind.INVOICE for record in records)


def test_a_key_that_ends_stops_the_company(host: OdooHost, ledger: Ledger, sandbox: Sandbox) -> None:
    sandbox.faults.arm("wrong_key", times=None)
    with pytest.raises(Unauthorized):
        list(host.pull(ledger.cursor))


def test_an_invoice_committed_late_is_not_lost(host: OdooHost, ledger: Ledger, sandbox: Sandbox) -> None:
    customer = next(iter(sandbox.ledger.customers()))
    sandbox.ledger.invoice(customer, Decimal(10))
    ledger.take(host.pull(ledger.cursor))
    late = sandbox.ledger.post_late(customer, Decimal(120))
    assert Ref(Kind.INVOICE, str(late.serial)) in ledger.take(host.pull(ledger.cursor))


def test_an_invoice_paid_while_the_pages_are_read_is_not_lost(
    settings: OdooSettings, sandbox: Sandbox, ledger: Ledger
) -> None:
    invoice = ledger.open_invoice()
    host = OdooHost(replace(settings, page_size=7), load_mapping("odoo"), {})
    read = Ledger(load_mapping("odoo"))
    for page in host.pull(None):
        read.take([page])
        if Ref(Kind.INVOICE, invoice.ref) in read.records:
            break
    sandbox.ledger.pay(invoice.number)
    read.take(host.pull(read.cursor))
    read.take(host.pull(read.cursor))
    host.close()
    paid = read.fact(Ref(Kind.INVOICE, invoice.ref))
    assert isinstance(paid, Invoice)
    assert paid.residual == 0


def test_every_page_size_gives_the_same(settings: OdooSettings, ledger: Ledger) -> None:
    host = OdooHost(replace(settings, page_size=3), load_mapping("odoo"), {})
    small = Ledger(load_mapping("odoo"))
    small.take(host.pull(None))
    host.close()
    assert {r: x.digest for r, x in small.records.items()} == {r: x.digest for r, x in ledger.records.items()}


def test_a_changed_address_is_seen_by_the_next_pull(host: OdooHost, ledger: Ledger, sandbox: Sandbox) -> None:
    ref = ledger.open_invoice().customer_ref
    party = next(each for each in sandbox.ledger.customers() if str(each.serial) == ref)
    sandbox.ledger.change_email(party, "nouvelle@exemple.example")
    ledger.take(host.pull(ledger.cursor))
    customer = ledger.fact(Ref(Kind.CUSTOMER, ref))
    assert isinstance(customer, Customer)
    assert customer.email == "nouvelle@exemple.example"


def test_merged_customers_are_seen_by_the_sweep(host: OdooHost, ledger: Ledger, sandbox: Sandbox) -> None:
    """Odoo moves the invoices by SQL: no write date changes."""
    invoice = ledger.open_invoice()
    parties = {str(each.serial): each for each in sandbox.ledger.customers()}
    into = next(party for ref, party in parties.items() if ref != invoice.customer_ref)
    sandbox.ledger.merge_customer(parties[invoice.customer_ref], into)
    ref = Ref(Kind.INVOICE, invoice.ref)
    assert host.open_refs()[ref] != invoice.version
    (record,) = host.read([ref])
    assert record.customer_ref == str(into.serial)


def test_a_changed_mapping_reads_everything_again(settings: OdooSettings, ledger: Ledger) -> None:
    other = load_mapping("odoo", {"customer": {"phone": {"from": "email"}}})
    changed = OdooHost(settings, other, {})
    again = Ledger(other)
    again.take(changed.pull(ledger.cursor))
    changed.close()
    assert again.records.keys() == ledger.records.keys()
    assert not {x.digest for x in again.records.values()} & {x.digest for x in ledger.records.values()}


def test_a_field_that_vanished_is_learned_and_not_asked_for_again(settings: OdooSettings) -> None:
    """A module was taken away, or Odoo upgraded, since the fields were asked for."""
    memo: dict[str, str] = {}
    host = OdooHost(settings, load_mapping("odoo"), memo)
    cursor = [page.cursor for page in host.pull(None)][-1]
    host.close()
    key = next(key for key in memo if key.endswith("fields.account.move"))
    memo[key] = memo[key].replace('"payment_reference"', '"no_overdue_reminder"')
    host = OdooHost(settings, load_mapping("odoo"), memo)
    assert list(host.pull(cursor))
    host.close()
    assert "no_overdue_reminder" not in memo[key]
    assert "payment_reference" in memo[key]


def test_only_our_company_is_read(ledger: Ledger, sandbox: Sandbox) -> None:
    ours = next(iter(sandbox.ledger.companies))
    refs = {str(each.serial) for each in sandbox.ledger.documents() if each.company is ours}
    assert {fact.ref for fact in ledger.facts(Kind.INVOICE) if isinstance(fact, Invoice)} <= refs


def test_an_answer_by_e_mail_comes_with_its_customer_and_a_colleagues_note_does_not(
    host: OdooHost, ledger: Ledger, sandbox: Sandbox
) -> None:
    invoice = ledger.open_invoice()
    sandbox.ledger.customer_writes(invoice.number, "Le virement part vendredi.")
    sandbox.ledger.person_writes(invoice.number, "Vu avec la compta.")
    new = [ref for ref in ledger.take(host.pull(ledger.cursor)) if ref.kind is Kind.INBOUND]
    (ref,) = new
    fact = ledger.fact(ref)
    assert isinstance(fact, Inbound)
    assert "vendredi" in fact.text
    assert fact.on == Ref(Kind.INVOICE, invoice.ref)
    assert ledger.records[ref].customer_ref == invoice.customer_ref
