"""The messages in Odoo's journals are told apart, also when they are built otherwise than we know."""

from __future__ import annotations

from typing import Any

import pytest

from connector.hosts.odoo import journal
from connector.hosts.odoo.journal import OurTasks
from connector.model import Kind

US, CAMILLE, CUSTOMER = 8, 9, 30
COLLEAGUES = {US, CAMILLE}
NOTE = "<p>Promis le 03/12/2026</p><p>relance:1:promise/12</p>"
HEAD = "<p><span>Appel</span> fait<span>: </span><span>Appeler Exemple</span></p>"
TITLE = '<div class="o_mail_note_title">Note :</div>'


def message(body: str = "", **changes: Any) -> dict[str, Any]:
    row = {
        "id": 1,
        "model": "account.move",
        "res_id": 5,
        "date": "2026-11-21 08:00:00",
        "write_date": "2026-11-21 08:00:00",
        "message_type": "comment",
        "message_id": "<1@exemple.example>",
        "author_id": CAMILLE,
        "create_uid": 7,
        "mail_activity_type_id": False,
        "body": body,
    }
    return {**row, **changes}


def done(body: str, ours: OurTasks | None = None, **changes: Any) -> tuple[str | None, str] | None:
    """Return key and words of what a done task's message says; None when it says nothing to us."""
    row = message(body, **{"message_type": "notification", "mail_activity_type_id": 2, **changes})
    found = journal.remark(row, {"id": 7}, 1, ours or OurTasks(1, {}))
    return (found["task"], found["text"]) if found else None


def activity(ref: int, note: str = NOTE, **changes: Any) -> dict[str, Any]:
    row = {"id": ref, "res_model": "account.move", "res_id": 5, "activity_type_id": 2, "note": note}
    return {**row, "summary": "Appeler  Exemple", **changes}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, Kind.REMARK),
        ({"message_type": "notification"}, Kind.REMARK),
        ({"message_id": False}, Kind.REMARK),
        ({"message_id": "<relance.0a1b@example.com>"}, None),
        ({"message_type": "email"}, None),  # whoever says that he is a colleague
        ({"message_type": "email", "author_id": CUSTOMER}, Kind.INBOUND),
        ({"message_type": "email", "author_id": False}, Kind.INBOUND),
        # nobody outside can pass for us, and be overlooked
        ({"message_type": "email", "author_id": CUSTOMER, "message_id": "<relance.x@y>"}, Kind.INBOUND),
        ({"author_id": CUSTOMER}, Kind.INBOUND),
        ({"author_id": False}, None),
        ({"author_id": CUSTOMER, "message_type": "notification"}, None),
    ],
)
def test_a_message_is_known_by_its_kind_its_author_and_its_message_id(
    changes: dict[str, Any], kind: Kind | None
) -> None:
    assert journal.sort(message(**changes), COLLEAGUES) == kind


@pytest.mark.parametrize(
    "body",
    [
        f"{HEAD}<div>le 15/12</div>{TITLE}<div>{NOTE}</div>",
        f"{HEAD}{TITLE}<div>{NOTE}</div><div><div>Dit :</div>le 15/12</div>",
        f"<div>{HEAD}{TITLE}<div>{NOTE}</div><div><div>Dit :</div>le 15/12</div></div>",
    ],
)
def test_the_words_are_found_wherever_they_stand(body: str) -> None:
    assert done(body) == ("promise/12", "le 15/12")


def test_what_the_person_typed_is_never_taken_for_our_mark() -> None:
    body = f"{HEAD}{TITLE}<div>{NOTE}</div><div><div>Dit :</div>relance:1:promise/99 oui</div>"
    assert done(body) == ("promise/12", "relance:1:promise/99 oui")


def test_the_words_of_the_note_are_never_taken_for_the_persons() -> None:
    """A later Odoo builds the message otherwise: which task is done we know, what was said we do not."""
    assert done(f"{HEAD}<section>{NOTE}</section><section>le 15/12</section>") == ("promise/12", "")


def test_a_task_that_we_closed_says_nothing() -> None:
    said = journal.closing("Promesse tenue", 1).replace("\n", "<br>")
    assert done(f"{HEAD}{TITLE}<div>{NOTE}</div><div><div>Dit :</div>{said}</div>") is None


def test_a_task_of_another_company_says_nothing() -> None:
    note = NOTE.replace("relance:1:", "relance:12:")
    assert done(f"{HEAD}{TITLE}<div>{note}</div><div><div>Dit :</div>le 15/12</div>") is None


@pytest.mark.parametrize(
    "body", ["", False, "<?xml version='1.0' encoding='x'?>", "<!-- -->", "\x00", "texte"]
)
def test_a_body_that_cannot_be_taken_apart_says_nothing(body: Any) -> None:
    assert done(body) is None


def test_a_task_that_lost_our_mark_is_known_by_its_place_type_and_summary() -> None:
    ours = OurTasks(1, {}, open_={"3"})
    assert ours.saw(
        [activity(3), activity(4), activity(5, res_id=6), activity(6, summary="Autre")]
    ) == dict.fromkeys((3, 4, 5, 6), "promise/12")
    body = f"{HEAD}{TITLE}<div><p>Mon texte</p></div><div><div>Dit :</div>le 15/12</div>"
    assert done(body, ours) == ("promise/12", "le 15/12")
    assert done(body, ours, mail_activity_type_id=3) is None
    assert done(body, ours, res_id=7) is None


def test_a_task_that_is_still_open_with_its_mark_is_not_the_one_that_was_done() -> None:
    ours = OurTasks(1, {}, open_={"3"})
    ours.saw([activity(3)])
    assert done(f"{HEAD}<div>le 15/12</div>", ours) is None


def test_a_task_seen_without_its_mark_may_be_done_before_it_is_missed() -> None:
    ours = OurTasks(1, {}, open_={"3"})
    ours.saw([activity(3)])
    assert ours.saw([activity(3, note="<p>Mon texte</p>")]) == {3: "promise/12"}
    assert done(f"{HEAD}<div>le 15/12</div>", ours) == ("promise/12", "le 15/12")


def test_the_author_is_the_user_who_wrote_it_not_whom_he_names() -> None:
    users = {
        1: {"id": 1, "name": "OdooBot", "email": "", "partner_id": 2, "share": False},
        7: {
            "id": 7,
            "name": "Camille",
            "email": "camille@example.com",
            "partner_id": CAMILLE,
            "share": False,
        },
        6: {"id": 6, "name": "Relance", "email": "relance@example.com", "partner_id": US, "share": False},
    }
    assert journal.author(message(author_id=US), users)["id"] == 7
    assert journal.author(message(create_uid=1), users)["id"] == 7
    assert journal.author(message(create_uid=99, author_id=44), users)["id"] == "partner/44"
