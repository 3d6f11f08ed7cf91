"""The played Odoo builds the message of a done task as the real ones were seen to."""

from __future__ import annotations

from datetime import date

import pytest

from connector.sandbox.generate import ledger as generated
from connector.sandbox.ledger import CALL, Ledger
from connector.sandbox.nouns import Activity
from connector.sandbox.odoo.done import done_body

TODAY = date(2026, 11, 21)
HEAD = '\n    <p>\n        <span class="fa fa-phone fa-fw"></span><span>{call}</span> {done}\n        '
HEAD += "<span>: </span><span>Relance telephonique</span>\n    </p>\n    "
SEEN = {
    (16, "en_US"): HEAD.format(call="Call", done="done")
    + "<div>\n            Promis le 15/12\n    </div>\n"
    + '\n        <div class="o_mail_note_title"><strong>Original note:</strong></div>'
    + "\n        <div><p>Appeler</p></div>\n    ",
    (18, "fr_FR"): HEAD.format(call="Appeler", done="terminée")
    + '\n        <div class="o_mail_note_title fw-bold">Note originale :</div>'
    + "\n        <div><p>Appeler</p></div>\n    "
    + '<div>\n        <div class="fw-bold">Feedback :</div>\n            Promis le 15/12\n    </div>\n',
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return generated(today=TODAY, customers=5, documents=20)


def task(ledger: Ledger, note: str = "<p>Appeler</p>") -> Activity:
    number = next(each.number for each in ledger.documents() if each.state == "posted")
    return ledger.schedule_activity(number, TODAY, summary="Relance telephonique", note=note, kind=CALL)


@pytest.mark.parametrize(("version", "language"), list(SEEN))
def test_the_message_is_the_one_that_was_seen(ledger: Ledger, version: int, language: str) -> None:
    body = done_body(task(ledger), "Promis le 15/12", ledger.user("camille"), version, language)
    assert body == SEEN[version, language]


def test_19_wraps_it_in_one_element(ledger: Ledger) -> None:
    activity, user = task(ledger), ledger.user("camille")
    older = done_body(activity, "a\nb", user, 18, "en_US")
    assert done_body(activity, "a\nb", user, 19, "en_US") == f"<div>{older}</div>"


def test_what_was_not_said_leaves_no_title(ledger: Ledger) -> None:
    body = done_body(task(ledger, note=""), "", ledger.user("hugo"), 18, "fr_FR")
    assert "Note originale" not in body
    assert "Feedback" not in body
    assert "initialement attribué" in body
