"""The claim in an Odoo: a note that people can read, that survives them, and that a second store finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connector.hosts.odoo import claiming
from connector.model import Kind
from connector.ports import Claim
from connector.sandbox.nouns import Note as Message
from connector.sandbox.odoo import errors
from connector.sandbox.odoo.calls import OFFERS, Call
from tests.contract.odoo_played import Played, playing

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
OURS, THEIRS = Claim("ours", 1, "ici", NOW), Claim("theirs", 7, "là-bas", NOW)


@pytest.fixture(params=[16, 19])
def odoo(request: pytest.FixtureRequest) -> Iterator[Played]:
    with playing(request.param) as played:
        yield played


def notes(odoo: Played) -> list[Message]:
    token = claiming.message_id(odoo.host.company_id)
    return [note for note in odoo.sandbox.ledger.notes if note.token == token]


def test_the_first_claim_is_a_note_on_the_oldest_posted_document_in_both_languages(odoo: Played) -> None:
    assert odoo.host.claim(OURS) == OURS
    (note,) = notes(odoo)
    company = next(iter(odoo.sandbox.ledger.companies))
    posted = [e for e in odoo.sandbox.ledger.documents() if e.company is company and e.state == "posted"]
    assert note.subject is min(posted, key=lambda each: each.serial)
    assert "Ne supprimez pas cette note" in note.body
    assert "Please keep this note" in note.body
    assert "20/11/2026" in note.body


def test_a_claim_that_grows_keeps_one_note_and_the_day_of_the_first(odoo: Played) -> None:
    odoo.host.claim(OURS)
    later = Claim("ours", 2, "ici", datetime(2027, 1, 5, tzinfo=UTC))
    assert odoo.host.claim(later) == later
    (note,) = notes(odoo)
    assert "20/11/2026" in note.body
    assert "05/01/2027" not in note.body


def test_a_claim_that_grows_takes_three_calls_and_one_that_is_refused_one(odoo: Played) -> None:
    odoo.host.claim(OURS)
    count = odoo.host.usage.calls
    odoo.host.claim(Claim("ours", 2, "ici", NOW))
    assert odoo.host.usage.calls - count == 3
    odoo.host.claim(THEIRS)
    assert odoo.host.usage.calls - count == 4


@pytest.mark.parametrize("left", ["", "<p>Note effacée par Camille</p>", "<p>relance:claim:AAAA</p>"])
def test_a_claim_that_somebody_emptied_is_written_anew_in_its_place(odoo: Played, left: str) -> None:
    odoo.host.claim(OURS)
    odoo.colleague.say_again(str(notes(odoo)[0].serial), "x")
    odoo.sandbox.ledger.rewrite_note(notes(odoo)[0], left)
    later = Claim("ours", 2, "ici", NOW)
    assert odoo.host.claim(later) == later
    assert len(notes(odoo)) == 1


def test_a_user_who_may_not_write_on_the_note_puts_a_new_one_beside_it(
    odoo: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    odoo.host.claim(OURS)
    other = odoo.as_user("hugo")
    hugo = odoo.sandbox.ledger.user("hugo")
    refused(odoo, monkeypatch)
    assert other.claim(THEIRS, take_over=True) == THEIRS
    assert [note.user for note in notes(odoo)] == [odoo.sandbox.ledger.user("relance"), hugo]
    assert odoo.host.claim(Claim("ours", 2, "ici", NOW)) == THEIRS
    back = Claim("ours", 3, "ici", NOW)
    assert odoo.host.claim(back, take_over=True) == back
    assert other.claim(Claim("theirs", 8, "là-bas", NOW)) == back
    other.close()


def refused(odoo: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may write on another's message."""
    (offer,) = OFFERS["mail.message", "write"]

    def write(call: Call, vals: dict[str, object]) -> bool:
        found = [odoo.sandbox.ledger.notes.get(serial) for serial in call.ids]
        if not all(note and note.user is call.view.user for note in found):
            raise errors.access("The requested operation cannot be completed due to security restrictions.")
        return bool(offer.function(call, vals))

    changed = type(offer)(write, offer.kind, offer.signature, offer.since, offer.until)
    monkeypatch.setitem(OFFERS, ("mail.message", "write"), [changed])


def test_the_claim_is_no_remark(odoo: Played) -> None:
    odoo.host.claim(Claim("ours", 1, "#exclure", NOW))
    assert not [ref for ref in odoo.pull() if ref.kind is Kind.REMARK]


def test_a_company_without_any_document_has_nothing_to_claim(odoo: Played) -> None:
    for document in list(odoo.sandbox.ledger.documents()):
        odoo.sandbox.ledger.drop_entry(document)
    assert odoo.host.claim(OURS) == OURS
    assert notes(odoo) == []


# which claim holds ----------------------------------------------------------------------------------------
def rows(*claims: tuple[int, Claim]) -> list[dict[str, object]]:
    """Messages of these claims, each with its term, in the order of their ids."""
    found: list[dict[str, object]] = []
    for ref, (term, claim) in enumerate(claims, 1):
        there = claiming.Standing(0, term - 1, NOW, Claim("before", 1, "", NOW))
        found.append({"id": ref, "body": claiming.body(claim, there)})
    return found


def held(*claims: tuple[int, Claim]) -> Claim | None:
    standing = claiming.holding(rows(*claims))
    return standing.claim if standing else None


def test_of_two_stores_that_began_at_the_same_moment_the_lower_id_holds() -> None:
    assert held((1, OURS), (1, THEIRS)) == OURS
    assert held((1, THEIRS), (1, OURS)) == THEIRS


def test_whoever_took_over_last_holds_with_his_latest_serial() -> None:
    later = Claim("theirs", 8, "là-bas", NOW)
    assert held((1, OURS), (2, THEIRS), (2, later)) == later
    assert held((2, THEIRS), (1, OURS)) == THEIRS


def test_a_place_can_hold_any_text() -> None:
    odd = Claim("ours", 1, '<b>"à & #{place}</b>', NOW)
    assert held((1, odd)) == odd
