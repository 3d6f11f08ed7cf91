"""What every adapter must do, as tests. Subclass and give the fixtures:

    class TestMyHost(HostTests):
        @pytest.fixture
        def opened(self):            # makes a host on the same ledger and memo, as a new process would
            ...
            return lambda: MyHost(settings, mapping, memo)

        @pytest.fixture
        def mapping(self): ...       # the FieldMapping of its records

        @pytest.fixture
        def act(self): ...           # what people do over there (``Acts``); None when it cannot be done

        @pytest.fixture
        def intruder(self): ...      # a host with a wrong key; None where there are no keys

Needs pytest, which the program itself does not.
"""
# ruff: noqa: S101 - these are tests

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar

import pytest

from connector.errors import MappingError, Unauthorized
from connector.mapping import FieldMapping
from connector.model import Activity, Customer, Fact, Inbound, Invoice, Kind, Message, Party, Ref, Remark
from connector.ports import (
    Ability,
    Channel,
    Claim,
    CloseTask,
    Host,
    MoveTask,
    Note,
    Page,
    ReceiptStatus,
    Record,
    Task,
    TaskKind,
)

T = TypeVar("T")
Opened = Callable[[], Host]
_NOW = datetime(2026, 11, 20, 8, 30, 0, 123456, tzinfo=UTC)


class Acts(Protocol):
    """What people do in their ledger."""

    def pay(self, invoice_ref: str) -> None:
        """Register a payment of all that is left of an invoice."""
        ...

    def unreconcile(self, invoice_ref: str) -> None:
        """Take back the allocations of an invoice."""
        ...

    def withdraw(self, invoice_ref: str) -> None:
        """Delete or cancel an open invoice."""
        ...

    def print(self, invoice_ref: str) -> None:
        """Have the PDF of an invoice made, where that is not done by itself."""
        ...

    def say(self, on: Ref, text: str) -> str:
        """Write a note in the journal of an invoice or a customer; return the ref of it."""
        ...

    def say_again(self, ref: str, text: str) -> None:
        """Write other words into that note."""
        ...

    def answer(self, on: Ref, text: str) -> str:
        """A message of the customer comes in on an invoice; return the ref of it."""
        ...

    def mark_done(self, task_key: str, feedback: str = "") -> None:
        """Mark the task that we wrote under that key done, with a word on it or without."""
        ...

    def move_task(self, task_key: str, due_on: date) -> None:
        """Give that task another day."""
        ...

    def delete_task(self, task_key: str) -> None:
        """Delete that task: nobody has done it."""
        ...


class Ledger:
    """What a test has pulled, as a store would hold it."""

    def __init__(self, mapping: FieldMapping) -> None:
        self.records: dict[Ref, Record] = {}
        self.cursor: str | None = None
        self._mapping = mapping

    def take(self, pages: Iterable[Page]) -> list[Ref]:
        """Save pages and return the refs whose digest was new."""
        changed = []
        for page in pages:
            for record in page.records:
                if record.ref not in self.records or self.records[record.ref].digest != record.digest:
                    changed.append(record.ref)
                self.records[record.ref] = record
            for ref in page.gone:
                self.records.pop(ref, None)
            self.cursor = page.cursor or self.cursor
        return changed

    def fact(self, ref: Ref) -> Fact:
        return self._mapping.to_fact(self.records[ref])

    def facts(self, kind: Kind) -> list[Fact]:
        return [fact for ref in self.records if ref.kind is kind and (fact := self._read(ref)) is not None]

    def _read(self, ref: Ref) -> Fact | None:
        try:
            return self.fact(ref)
        except MappingError:
            return None

    def open_invoice(self) -> Invoice:
        """Return an open invoice on which nothing was paid yet."""
        return next(
            fact
            for fact in self.facts(Kind.INVOICE)
            if isinstance(fact, Invoice) and fact.is_open and fact.kind == "invoice" and not fact.allocations
        )


class HostTests:
    """The contract of ``ports.Host``."""

    @pytest.fixture
    def opened(self) -> Opened:
        raise NotImplementedError

    @pytest.fixture
    def mapping(self) -> FieldMapping:
        raise NotImplementedError

    @pytest.fixture
    def act(self) -> Acts | None:
        return None

    @pytest.fixture
    def intruder(self) -> Host | None:
        return None

    @pytest.fixture
    def ledger(self, opened: Opened, mapping: FieldMapping) -> Ledger:
        ledger = Ledger(mapping)
        ledger.take(opened().pull(None))
        return ledger

    # pull ----------------------------------------------------------------------------------------------
    def test_each_pulled_record_can_be_mapped(self, ledger: Ledger) -> None:
        unreadable = []
        for ref in ledger.records:
            try:
                ledger.fact(ref)
            except MappingError as error:
                unreadable.append(str(error))
        assert unreadable == []
        assert ledger.facts(Kind.INVOICE)

    def test_every_pulled_invoice_comes_with_its_customer(self, ledger: Ledger) -> None:
        customers = {fact.ref for fact in ledger.facts(Kind.CUSTOMER) if isinstance(fact, Customer)}
        owners = {fact.customer_ref for fact in ledger.facts(Kind.INVOICE) if isinstance(fact, Invoice)}
        assert owners <= customers

    def test_what_is_open_on_an_invoice_is_what_is_open_on_its_installments(self, ledger: Ledger) -> None:
        for fact in ledger.facts(Kind.INVOICE):
            if isinstance(fact, Invoice) and fact.is_open:
                assert sum(part.residual for part in fact.installments) == fact.residual
                assert [part.position for part in fact.installments] == list(range(len(fact.installments)))

    def test_a_second_pull_brings_nothing_new(self, ledger: Ledger, opened: Opened) -> None:
        assert ledger.take(opened().pull(ledger.cursor)) == []

    def test_a_second_pull_from_the_start_brings_the_same(
        self, ledger: Ledger, opened: Opened, mapping: FieldMapping
    ) -> None:
        again = Ledger(mapping)
        again.take(opened().pull(None))
        assert {r: x.digest for r, x in again.records.items()} == {
            r: x.digest for r, x in ledger.records.items()
        }

    def test_a_pull_cut_after_any_page_goes_on_where_it_stopped(
        self, ledger: Ledger, opened: Opened, mapping: FieldMapping
    ) -> None:
        pages = len(list(opened().pull(None)))
        for cut in range(1, pages):
            resumed = Ledger(mapping)
            resumed.take(page for page, _ in zip(opened().pull(None), range(cut), strict=False))
            resumed.take(opened().pull(resumed.cursor))
            assert resumed.records.keys() == ledger.records.keys(), f"cut after page {cut}"

    def test_a_payment_is_seen_by_the_next_pull(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        invoice, act = ledger.open_invoice(), _needs(act)
        act.pay(invoice.ref)
        changed = ledger.take(opened().pull(ledger.cursor))
        ref = Ref(Kind.INVOICE, invoice.ref)
        paid = ledger.fact(ref)
        assert ref in changed
        assert isinstance(paid, Invoice)
        assert paid.residual == 0
        assert not paid.is_open
        assert sum(each.amount for each in paid.allocations) == invoice.total

    def test_an_allocation_taken_back_is_seen_by_the_next_pull(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        invoice, act = ledger.open_invoice(), _needs(act)
        act.pay(invoice.ref)
        ledger.take(opened().pull(ledger.cursor))
        act.unreconcile(invoice.ref)
        ledger.take(opened().pull(ledger.cursor))
        back = ledger.fact(Ref(Kind.INVOICE, invoice.ref))
        assert isinstance(back, Invoice)
        assert (back.residual, back.allocations) == (invoice.total, ())

    # the sweep and the fresh look ------------------------------------------------------------------------
    def test_the_open_refs_are_those_pulled_with_the_same_versions(
        self, ledger: Ledger, opened: Opened
    ) -> None:
        pulled = {
            Ref(Kind.INVOICE, fact.ref): fact.version
            for fact in ledger.facts(Kind.INVOICE)
            if isinstance(fact, Invoice) and fact.is_open
        }
        theirs = opened().open_refs()
        assert {ref: v for ref, v in theirs.items() if ref.kind is Kind.INVOICE} == pulled
        assert set(theirs) <= set(ledger.records)

    def test_a_read_gives_the_same_record_as_the_pull(self, ledger: Ledger, opened: Opened) -> None:
        ref = Ref(Kind.INVOICE, ledger.open_invoice().ref)
        (record,) = opened().read([ref])
        assert (record.ref, record.digest) == (ref, ledger.records[ref].digest)

    def test_a_read_of_a_customer_gives_all_that_is_open(self, ledger: Ledger, opened: Opened) -> None:
        customer = ledger.open_invoice().customer_ref
        read = {record.ref for record in opened().read([], [customer])}
        mine = {
            Ref(Kind.INVOICE, fact.ref)
            for fact in ledger.facts(Kind.INVOICE)
            if isinstance(fact, Invoice) and fact.is_open and fact.customer_ref == customer
        }
        assert mine | {Ref(Kind.CUSTOMER, customer)} <= read

    def test_a_read_of_an_unknown_ref_gives_nothing(self, opened: Opened) -> None:
        assert list(opened().read([Ref(Kind.INVOICE, "987654321")])) == []

    def test_an_invoice_withdrawn_is_open_no_more(
        self, ledger: Ledger, opened: Opened, act: Acts | None, mapping: FieldMapping
    ) -> None:
        invoice = ledger.open_invoice()
        ref = Ref(Kind.INVOICE, invoice.ref)
        _needs(act).withdraw(invoice.ref)
        assert ref not in opened().open_refs()
        facts = [mapping.to_fact(record) for record in opened().read([ref])]
        assert not any(isinstance(fact, Invoice) and fact.is_open for fact in facts)

    # write back ------------------------------------------------------------------------------------------
    def test_the_same_note_twice_is_one_note(self, ledger: Ledger, opened: Opened) -> None:
        _able(opened(), Ability.NOTE)
        note = Note(_key("note"), Ref(Kind.INVOICE, ledger.open_invoice().ref), "<p>Relance <b>1</b></p>")
        (first,) = opened().write([note])
        (second,) = opened().write([note], again=[note.key])
        assert first.error is None
        assert first.ref == second.ref

    def test_a_note_that_is_refused_leaves_the_others_alone(self, ledger: Ledger, opened: Opened) -> None:
        _able(opened(), Ability.NOTE)
        good = Ref(Kind.INVOICE, ledger.open_invoice().ref)
        ons = [good, Ref(Kind.INVOICE, "987654321"), good]
        notes = [Note(_key(f"note{n}"), on, "<p>Relance</p>") for n, on in enumerate(ons)]
        written = {each.key: each for each in opened().write(notes)}
        assert [written[note.key].error is None for note in notes] == [True, False, True]

    def test_a_task_is_pulled_with_its_key_and_moves_and_closes(self, ledger: Ledger, opened: Opened) -> None:
        _able(opened(), Ability.ACTIVITY)
        on = Ref(Kind.INVOICE, ledger.open_invoice().ref)
        task = Task(_key("task"), on, TaskKind.CALL, "Appeler", "<p>Appeler</p>", date(2026, 12, 1))
        (first,) = opened().write([task])
        (second,) = opened().write([task], again=[task.key])
        assert first.error is None
        assert first.ref == second.ref
        assert _tasks(ledger, opened)[task.key].due_on == date(2026, 12, 1)
        (moved,) = opened().write([MoveTask(_key("move"), task.key, date(2026, 12, 24))])
        assert moved.error is None
        assert _tasks(ledger, opened)[task.key].due_on == date(2026, 12, 24)
        for _ in range(2):  # already done is fine
            (closed,) = opened().write([CloseTask(_key("close"), task.key, "fait")])
            assert closed.error is None
        assert task.key not in _tasks(ledger, opened)

    # what people say and do over there -------------------------------------------------------------------
    def test_a_colleagues_note_comes_once_as_a_remark(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        on, act = _journal(ledger, opened), _needs(act)
        ref = Ref(Kind.REMARK, act.say(on, "#promesse 15/12/2026 1 200,50 € & <rien>"))
        assert ledger.take(opened().pull(ledger.cursor)) == [ref]
        said = ledger.fact(ref)
        assert isinstance(said, Remark)
        assert (said.on, said.text, said.task) == (on, "#promesse 15/12/2026 1 200,50 € & <rien>", None)
        assert said.author.ref
        assert ledger.take(opened().pull(ledger.cursor)) == []

    def test_a_remark_in_other_words_comes_again(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        on, act = _journal(ledger, opened), _needs(act)
        ref = Ref(Kind.REMARK, act.say(on, "#attente 31/12"))
        ledger.take(opened().pull(ledger.cursor))
        act.say_again(ref.id, "#litige prix facturé")
        assert ref in ledger.take(opened().pull(ledger.cursor))
        said = ledger.fact(ref)
        assert isinstance(said, Remark)
        assert said.text == "#litige prix facturé"

    def test_what_we_write_ourselves_is_no_remark(self, ledger: Ledger, opened: Opened) -> None:
        on = _journal(ledger, opened)
        host = opened()
        written = list(host.write([Note(_key("note"), on, "<p>#attente 31/12 veut dire : attendre</p>")]))
        host.claim(Claim(_key("store"), 1, "#ici", _NOW), take_over=True)
        if Ability.MAIL in host.supports:
            invoice = ledger.fact(on)
            assert isinstance(invoice, Invoice)
            assert host.send(a_message(customer_ref=invoice.customer_ref, invoice_refs=(on.id,))).accepted
        assert all(each.error is None for each in written)
        assert _heard(ledger, opened) == []

    def test_a_message_from_outside_is_no_remark(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        on, act = _journal(ledger, opened), _needs(act)
        ref = act.answer(on, "#reprise merci, le virement part vendredi")
        assert _heard(ledger, opened) == []
        answer = ledger.fact(Ref(Kind.INBOUND, ref))
        assert isinstance(answer, Inbound)
        assert answer.on == on
        assert "vendredi" in answer.text

    def test_a_task_that_is_done_is_gone_and_leaves_its_words(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        task, act = _a_task(ledger, opened), _needs(act)
        act.mark_done(task.key, "promis le 15/12/2026\n1 200 € #rien <b>")
        (said,) = _heard(ledger, opened)
        assert task.key not in _tasks(ledger, opened)
        assert (said.on, said.task, said.text) == (
            task.on,
            task.key,
            "promis le 15/12/2026\n1 200 € #rien <b>",
        )
        assert said.author.ref
        assert _heard(ledger, opened) == []

    def test_a_task_done_without_a_word_leaves_an_empty_remark(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        task, act = _a_task(ledger, opened), _needs(act)
        act.mark_done(task.key)
        assert [(said.task, said.text) for said in _heard(ledger, opened)] == [(task.key, "")]

    def test_a_task_that_is_deleted_leaves_nothing(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        task, act = _a_task(ledger, opened), _needs(act)
        act.delete_task(task.key)
        assert _heard(ledger, opened) == []
        assert task.key not in _tasks(ledger, opened)

    def test_a_task_that_somebody_moved_comes_with_its_new_day(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        task, act = _a_task(ledger, opened), _needs(act)
        act.move_task(task.key, date(2027, 1, 4))
        moved = _tasks(ledger, opened)[task.key]
        assert (moved.due_on, moved.on) == (date(2027, 1, 4), task.on)

    def test_a_task_that_we_close_is_gone_without_a_remark(self, ledger: Ledger, opened: Opened) -> None:
        task = _a_task(ledger, opened)
        (closed,) = opened().write([CloseTask(_key("close"), task.key, "Promesse tenue")])
        assert closed.error is None
        assert _heard(ledger, opened) == []
        assert task.key not in _tasks(ledger, opened)

    # documents -------------------------------------------------------------------------------------------
    def test_an_invoice_comes_as_the_pdf_that_the_host_made(
        self, ledger: Ledger, opened: Opened, act: Acts | None
    ) -> None:
        _able(opened(), Ability.PDF)
        invoice = ledger.open_invoice()
        _needs(act).print(invoice.ref)
        ref = Ref(Kind.INVOICE, invoice.ref)
        found = opened().documents([ref, Ref(Kind.INVOICE, "987654321"), Ref(Kind.CUSTOMER, "1")])
        assert list(found) == [ref]
        assert found[ref].media_type == "application/pdf"
        assert found[ref].content.startswith(b"%PDF")

    def test_asking_for_no_document_asks_nothing(self, opened: Opened) -> None:
        _able(opened(), Ability.PDF)
        host = opened()
        before = host.usage.calls
        assert host.documents([]) == {}
        assert host.usage.calls == before

    # the claim -------------------------------------------------------------------------------------------
    def test_a_claim_of_ours_grows_and_stands(self, ledger: Ledger, opened: Opened) -> None:
        first, second = (Claim("ours", n, "poste de l'exemple", _NOW) for n in (1, 2))
        _journal(ledger, opened)
        assert opened().claim(first, take_over=True) == first
        assert opened().claim(second) == second
        assert opened().claim(second) == second

    def test_an_earlier_claim_of_ours_meets_the_later_one(self, ledger: Ledger, opened: Opened) -> None:
        old, new = (Claim("ours", n, "ici", _NOW) for n in (4, 5))
        _journal(ledger, opened)
        opened().claim(new, take_over=True)
        assert opened().claim(old) == new
        assert opened().claim(old, take_over=True) == old

    def test_the_claim_of_another_store_stands_until_it_is_taken_over(
        self, ledger: Ledger, opened: Opened
    ) -> None:
        ours, theirs = Claim("ours", 9, "ici", _NOW), Claim("theirs", 1, "là-bas <&>", _NOW)
        _journal(ledger, opened)
        opened().claim(ours, take_over=True)
        assert opened().claim(theirs) == ours
        assert opened().claim(theirs, take_over=True) == theirs
        assert opened().claim(ours) == theirs

    # the rest --------------------------------------------------------------------------------------------
    def test_a_wrong_key_stops_the_company(self, intruder: Host | None) -> None:
        with pytest.raises(Unauthorized):
            list(_needs(intruder).pull(None))

    def test_the_check_says_who_we_are(self, opened: Opened) -> None:
        report = opened().check()
        assert report.ok
        assert report.user
        assert report.company

    def test_a_message_sent_through_the_host_is_found_again(self, ledger: Ledger, opened: Opened) -> None:
        _able(opened(), Ability.MAIL)
        invoice = ledger.open_invoice()
        message = a_message(customer_ref=invoice.customer_ref, invoice_refs=(invoice.ref,))
        assert opened().find(message).status is ReceiptStatus.FAILED
        assert opened().send(message).accepted
        assert opened().find(message).accepted


class ChannelTests:
    """The contract of ``ports.Channel``. Give the fixture ``channel``; ``received`` returns what arrived on
    the other side so far, one entry per message."""

    @pytest.fixture
    def channel(self) -> Channel:
        raise NotImplementedError

    @pytest.fixture
    def received(self) -> Callable[[], list[object]]:
        raise NotImplementedError

    def test_a_message_arrives_once(self, channel: Channel, received: Callable[[], list[object]]) -> None:
        assert channel.send(a_message()).accepted
        assert len(received()) == 1

    def test_a_message_sent_again_is_found_or_cannot_be_told(self, channel: Channel) -> None:
        message = a_message()
        channel.send(message)
        assert channel.find(message).status in {
            ReceiptStatus.SENT,
            ReceiptStatus.QUEUED,
            ReceiptStatus.UNKNOWN,
        }

    def test_a_message_never_sent_is_not_found(self, channel: Channel) -> None:
        assert not channel.find(a_message()).accepted


def a_message(
    *,
    recipient: str = "compta@exemple.example",
    customer_ref: str = "1",
    invoice_refs: tuple[str, ...] = (),
) -> Message:
    """Return a message unlike any other."""
    key = _key("message")
    return Message(
        key=key,
        message_id=f"<relance.{key}@relance.invalid>",
        company="Exemple SARL",
        customer_ref=customer_ref,
        channel="email",
        sender=Party("Exemple SARL", "compta@example.com"),
        recipient=Party("Exemple SAS", recipient),
        language="fr",
        subject="Relance – facture échue",
        text="Bonjour,\n\nvotre facture est échue.\n",
        html="<p>Bonjour,</p><p>votre facture est <b>échue</b>.</p>",
        note_html="<p>Relance</p>",
        invoice_refs=invoice_refs,
    )


def _tasks(ledger: Ledger, opened: Opened) -> dict[str | None, Activity]:
    ledger.take(opened().pull(ledger.cursor))
    return {fact.marker: fact for fact in ledger.facts(Kind.ACTIVITY) if isinstance(fact, Activity)}


def _journal(ledger: Ledger, opened: Opened) -> Ref:
    """An open invoice of a host that has journals."""
    _able(opened(), Ability.NOTE)
    return Ref(Kind.INVOICE, ledger.open_invoice().ref)


def _a_task(ledger: Ledger, opened: Opened) -> Task:
    """A task of ours, written and pulled."""
    _able(opened(), Ability.ACTIVITY)
    on = Ref(Kind.INVOICE, ledger.open_invoice().ref)
    note = "<p>Réclamer 4 800,00 € avant le <b>03/12/2026</b> #1</p>"
    task = Task(_key("task"), on, TaskKind.CALL, "Appeler la comptabilité", note, date(2026, 12, 1))
    (written,) = opened().write([task])
    assert written.error is None
    assert task.key in _tasks(ledger, opened)
    return task


def _heard(ledger: Ledger, opened: Opened) -> list[Remark]:
    """Pull, and return the remarks that are new."""
    facts = [ledger.fact(ref) for ref in ledger.take(opened().pull(ledger.cursor)) if ref.kind is Kind.REMARK]
    return [fact for fact in facts if isinstance(fact, Remark)]


def _key(what: str) -> str:
    return f"{what}-{uuid.uuid4().hex[:12]}"


def _able(host: Host, ability: Ability) -> None:
    if ability not in host.supports:
        pytest.skip(f"{host.name} has no {ability}")


def _needs(thing: T | None) -> T:
    if thing is None:
        pytest.skip("this host cannot do that here")
    return thing
