"""Where our entries go in Pennylane, what happens to what people wrote there, and what `check` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from connector.errors import Unavailable
from connector.hosts.pennylane import Place, block
from connector.model import Kind, Ref
from connector.ports import Claim, CloseTask, HostReport, MoveTask, Note, Task, TaskKind
from connector.sandbox.pennylane import PennylaneOptions
from tests.contract.pennylane_played import PLENTY, Played, playing

NO_COMMENTS = PennylaneOptions(rate=PLENTY, comments=False)


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def said(report: HostReport, start: str) -> str:
    return next(finding.what for finding in report.findings if finding.what.startswith(start))


def test_a_note_is_a_comment_in_plain_text(played: Played) -> None:
    list(
        played.host().write(
            [played.note(html="<p>Relance <b>1</b> : 1&nbsp;200 €</p><p>à Léa &amp; Max</p>")]
        )
    )
    (comment,) = played.comments()
    assert comment.split() == ["Relance", "1", ":", "1", "200", "€", "à", "Léa", "&", "Max"]


def test_the_key_of_a_comment_is_found_out_once() -> None:
    with playing(PennylaneOptions(rate=PLENTY, comment_key="message")) as played:
        first, second = played.host(), played.host()
        list(first.write([played.note("a", "<p>a</p>")]))
        list(second.write([played.note("b", "<p>b</p>")]))
        assert played.comments() == ["a", "b"]
        assert second.usage.calls == 1


def test_without_comments_a_note_goes_to_the_customer_and_check_says_so() -> None:
    with playing(NO_COMMENTS) as played:
        (written,) = played.host().write([played.note()])
        number = played.act.people.document_of(played.on.id).number
        assert written.error is None
        assert f"{number} · Relance 1 envoyée" in played.notes()
        report = played.host().check()
        assert report.ok
        assert "our entries go there" in said(report, "the notes of customers")
        assert "does not take them" in said(report, "comments on invoices")


def test_a_comment_that_pennylane_does_not_take_goes_to_the_customer(played: Played) -> None:
    list(played.host().write([played.note("first", "<p>avant</p>")]))
    (written,) = played.host().write([played.note(html="<p> </p>")])  # blank: refused
    assert written.error is None
    assert played.comments() == ["avant"]
    assert "⟨" in played.notes()


def test_a_comment_whose_end_was_not_seen_is_remembered_among_a_thousand_others(played: Played) -> None:
    lost = played.note("lost", "<p>perdu</p>")
    list(played.host().write([played.note("first", "<p>avant</p>")]))
    played.sandbox.faults.arm("lost_after", "write customer_invoices/{id}/comments")
    with pytest.raises(Unavailable):
        list(played.host().write([lost]))
    list(played.host().write([played.note(f"n/{n}", f"<p>Relance {n}</p>") for n in range(520)]))
    list(played.host().write([lost], again=[lost.key]))
    assert played.comments().count("perdu") == 1


def test_a_token_of_nobody_cannot_comment_and_check_says_why(played: Played) -> None:
    host = played.host(token="firm-sandbox-key")
    (written,) = host.write([played.note()])
    assert written.error is None
    assert "Relance 1 envoyée" in played.notes()
    assert "issued to nobody" in said(host.check(), "comments on invoices")


def test_a_token_that_only_reads_writes_nothing_and_says_so(played: Played) -> None:
    scopes = ("customer_invoices:readonly", "customers:readonly", "transactions:readonly")
    host = played.host(token=played.sandbox.pennylane.tokens.issue("relance", scopes=scopes).value)
    (written,) = host.write([played.note()])
    assert written.error is not None
    report = host.check()
    assert report.ok  # it can be read, and reminders leave
    assert said(report, "nothing can be written back")
    assert said(report, "no claim")


def test_an_appendix_is_a_pdf_with_the_words(played: Played) -> None:
    host = played.host(write_to=(Place.APPENDIX,))
    (written,) = host.write([played.note()])
    assert written.error is None
    (made,) = played.act.people.appendices(played.act.people.document_of(played.on.id))
    assert made.content.startswith(b"%PDF")
    assert played.comments() == []


def test_a_task_is_a_line_with_its_day_and_needs_neither_moving_nor_closing(played: Played) -> None:
    task = Task("promise/7", played.on, TaskKind.PROMISE, "Promesse", "<p>…</p>", date(2026, 12, 15))
    later = [MoveTask("m", task.key, date(2026, 12, 18)), CloseTask("c", task.key, "tenue")]
    written = [*played.host().write([task]), *played.host().write(later)]
    assert [(each.error, each.ref) for each in written] == [(None, None)] * 3
    assert played.comments() == ["2026-12-15 : Promesse"]


# what people wrote stays ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "theirs",
    [
        "Payeur lent.\r\n\tAppeler Mme Exemple\u00a0!  \r\n",
        "sans fin de ligne",
        "\n\n  \n",
        "=== Relance === n'est pas un bloc\n=== fin Relance ===\n",
    ],
)
def test_no_byte_of_a_persons_text_changes(theirs: str) -> None:
    with playing(NO_COMMENTS) as played:
        played.act.note(played.act.customer(played.on), theirs)
        for n in range(3):
            list(played.host().write([played.note(f"note/{n}", f"<p>Relance {n}</p>")]))
        assert played.notes().startswith(theirs)
        assert played.notes()[len(theirs) :].strip().startswith(block.BEGIN)


def test_what_a_person_writes_below_and_inside_our_block_stays_where_it_is() -> None:
    with playing(NO_COMMENTS) as played:
        list(played.host().write([played.note("note/1", "<p>Relance 1</p>")]))
        inside = played.notes().replace(block.END, "Vu avec lui le 3\n" + block.END)
        played.act.note(played.act.customer(played.on), f"avant\n{inside}\naprès, sans rien changer  ")
        list(played.host().write([played.note("note/2", "<p>Relance 2</p>")]))
        lines = played.notes().splitlines()
        assert (lines[0], lines[-1]) == ("avant", "après, sans rien changer  ")
        assert lines.index("Vu avec lui le 3") < lines.index(block.END)
        assert sum("Relance 1 ⟨" in line or "Relance 2 ⟨" in line for line in lines) == 2


def test_the_claim_and_the_entries_share_the_block() -> None:
    with playing(NO_COMMENTS) as played:
        oldest = min(played.sandbox.pennylane.stage.customers(), key=lambda party: party.serial)
        on = Ref(Kind.CUSTOMER, str(played.act.people.id_of(oldest)))
        mine = Claim("ours", 1, "poste <1>\n=== fin Relance ===", played.sandbox.ledger.clock.now)
        assert played.host().claim(mine) == mine
        list(played.host().write([Note("n", on, "<p>Relance 1</p>")]))
        assert played.host().claim(mine) == mine
        assert (oldest.notes or "").count(block.BEGIN) == 1
        assert "Relance 1" in (oldest.notes or "")


# orders in the notes ----------------------------------------------------------------------------------------
def test_an_order_stays_one_order_however_the_notes_around_it_change(played: Played) -> None:
    customer = played.act.customer(played.on)
    ref = played.act.say(Ref(Kind.CUSTOMER, str(played.act.people.id_of(customer))), "#attente 31/12")
    assert [found.id for found in played.pull()] == [ref]
    played.act.note(customer, f"Nouveau contact\n\n{customer.notes}\n\nmerci")
    assert [found for found in played.pull() if found.kind is Kind.REMARK] == []
    played.act.note(customer, customer.notes.replace("#attente 31/12", ""))
    played.pull()
    played.act.note(customer, f"{customer.notes}\n#attente 31/12")  # taken out, and put back at once
    assert [found for found in played.pull() if found.kind is Kind.REMARK] == []


def test_an_order_before_which_no_number_of_his_stands_is_the_customers(played: Played) -> None:
    customer = played.act.customer(played.on)
    ref = played.act.say(Ref(Kind.CUSTOMER, str(played.act.people.id_of(customer))), "FA-999 #litige prix")
    played.pull()
    remark = played.ledger.fact(next(found for found in played.ledger.records if found.id == ref))
    assert (remark.on.kind, remark.text) == (Kind.CUSTOMER, "FA-999 #litige prix")  # type: ignore[union-attr]
