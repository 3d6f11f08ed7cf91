"""What people write and do in Odoo's journals, as the adapter hears it: nothing lost, nothing taken for
another's word. On every version, since each builds its messages otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from connector.hosts.odoo import OdooHost
from connector.mapping import load_mapping
from connector.model import Activity, Kind, Ref
from connector.ports import CloseTask, MoveTask, Note
from connector.testing import Ledger
from tests.contract.odoo_played import Played, playing


@pytest.fixture(params=[16, 17, 18, 19])
def odoo(request: pytest.FixtureRequest) -> Iterator[Played]:
    with playing(request.param) as played:
        yield played


def test_the_words_are_the_same_in_every_language_and_by_every_way_to_mark_a_task_done(odoo: Played) -> None:
    english = odoo.act("camille", "en_US")
    for n, act in enumerate((odoo.colleague, english)):
        odoo.write_task(f"promise/{n}")
        act.call(
            "mail.activity", "action_feedback_schedule_next", act.task(f"promise/{n}"), feedback="le 15/12"
        )
    assert [(said.task, said.text) for said in odoo.heard()] == [
        ("promise/0", "le 15/12"),
        ("promise/1", "le 15/12"),
    ]


def test_two_people_are_told_apart(odoo: Played) -> None:
    odoo.colleague.say(odoo.on, "#reprise")
    odoo.act("hugo").say(odoo.on, "#reprise")
    assert len({said.author.ref for said in odoo.heard()}) == 2


def test_a_person_whose_login_runs_us_is_heard_and_our_own_writes_are_not(odoo: Played) -> None:
    task = odoo.write_task()
    odoo.write_task("promise/2")
    odoo.pull()
    own = odoo.act("relance")
    list(odoo.host.write([Note("note/1", odoo.on, "<p>#reprise</p>")]))
    list(odoo.host.write([CloseTask("close/2", "promise/2", "Tenue #1")]))
    own.say(odoo.on, "#attente 31/12")
    own.mark_done(task.key, "promis le 15/12")
    assert [(said.task, said.text) for said in odoo.heard()] == [
        (None, "#attente 31/12"),
        ("promise/1", "promis le 15/12"),
    ]


def test_what_odoo_writes_around_the_word_on_a_task_we_close_is_in_our_users_language(odoo: Played) -> None:
    ours = odoo.sandbox.ledger.user("relance")
    for ours.language, title in (("fr_FR", "Note originale"), ("en_US", "Original note")):
        odoo.write_task(f"promise/{ours.language}")
        host = odoo.as_user("relance")
        list(host.write([CloseTask(f"close/{ours.language}", f"promise/{ours.language}", "Tenue")]))
        host.close()
        said = odoo.colleague.call(
            "mail.message", "search_read", [["body", "like", "Tenue"]], fields=["body"]
        )
        assert title in max(said, key=lambda row: row["id"])["body"]


def test_a_note_without_an_order_is_no_remark_whatever_its_colours(odoo: Played) -> None:
    values = {"model": "account.move", "res_id": int(odoo.on.id), "message_type": "comment"}
    body = '<p style="color:#123456">Vu avec l&#39;acheteur.</p>'
    odoo.colleague.call("mail.message", "create", [{**values, "body": body}])
    odoo.colleague.say(odoo.on, "Rien à signaler")
    assert odoo.heard() == []


def test_a_mail_that_claims_to_be_a_colleagues_gives_no_order(odoo: Played) -> None:
    party = odoo.sandbox.ledger.user("camille").party
    values = {"model": "account.move", "res_id": int(odoo.on.id), "message_type": "email"}
    forged = {**values, "body": "<p>#exclure</p>", "author_id": party.serial, "email_from": party.email}
    odoo.colleague.call("mail.message", "create", [forged])
    assert odoo.heard() == []


def test_a_customer_on_the_portal_is_heard_as_from_outside(odoo: Played) -> None:
    invoice = odoo.ledger.open_invoice()
    values = {"model": "account.move", "res_id": int(invoice.ref), "message_type": "comment"}
    written = {**values, "body": "<p>#exclure déjà payée</p>", "author_id": int(invoice.customer_ref)}
    odoo.colleague.call("mail.message", "create", [written])
    assert odoo.heard() == []
    assert "déjà payée" in odoo.answers()[-1].text


def test_a_note_of_somebody_who_came_today_is_heard(odoo: Played) -> None:
    """The list of users is a day old: whom it does not know is asked for."""
    key = next(key for key in odoo.memo if key.endswith("list.res.users"))
    person = odoo.sandbox.ledger.user("hugo")
    odoo.act("hugo").say(odoo.on, "#reprise")
    names = f'[{person.serial}, "{person.party.name}"'
    assert names in odoo.memo[key]
    start = odoo.memo[key].index(names)
    odoo.memo[key] = odoo.memo[key][:start] + odoo.memo[key][odoo.memo[key].index("]", start) + 3 :]
    odoo.host = OdooHost(odoo.settings, load_mapping("odoo"), odoo.memo)
    assert [said.text for said in odoo.heard()] == ["#reprise"]
    assert odoo.answers() == [fact for fact in odoo.answers() if "#reprise" not in fact.text]


def test_what_is_said_in_the_books_of_another_company_concerns_nobody(odoo: Played) -> None:
    other = list(odoo.sandbox.ledger.companies)[1]
    invoice = next(each for each in odoo.sandbox.ledger.documents() if each.company is other)
    person = odoo.act("camille")
    person.call(
        "account.move",
        "message_post",
        [invoice.serial],
        body="#exclure",
        message_type="comment",
        context={"allowed_company_ids": [other.serial]},
    )
    assert odoo.heard() == []


def test_an_order_in_the_feedback_of_a_persons_own_task_is_heard_and_the_rest_is_not(odoo: Played) -> None:
    values = {"res_id": int(odoo.on.id), "summary": "Voir", "date_deadline": "2026-12-01", "user_id": 7}
    context = {"allowed_company_ids": [odoo.host.company_id], "default_res_model": "account.move"}
    notes = ["<p>#pas un ordre</p>", "<p>rien</p>"]
    made = [
        odoo.colleague.call("mail.activity", "create", [{**values, "note": note}], context=context)[0]
        for note in notes
    ]
    for ref, words in zip(made, ["fait", "#attente 31/12"], strict=True):
        odoo.colleague.call("mail.activity", "action_feedback", [ref], feedback=words)
    assert [(said.task, said.text) for said in odoo.heard()] == [(None, "#attente 31/12")]


# a note that lost our mark --------------------------------------------------------------------------------
def rewrite(odoo: Played, key: str, note: str = "<p>Voir mon classeur</p>") -> list[int]:
    ids = odoo.colleague.task(key)
    odoo.colleague.call("mail.activity", "write", ids, {"note": note})
    return ids


def test_a_task_whose_note_was_rewritten_is_still_ours(odoo: Played) -> None:
    odoo.write_task()
    odoo.pull()
    (ref,) = rewrite(odoo, "promise/1")
    odoo.pull()
    odoo.colleague.call("mail.activity", "write", [ref], {"date_deadline": "2027-01-04"})
    odoo.pull()
    task = odoo.ledger.fact(Ref(Kind.ACTIVITY, str(ref)))
    assert isinstance(task, Activity)
    assert (task.marker, task.due_on) == ("promise/1", date(2027, 1, 4))


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("note", ["<p>Voir mon classeur</p>", ""])
def test_a_task_whose_note_was_rewritten_is_known_when_it_is_done(
    odoo: Played, note: str, seen: bool
) -> None:
    odoo.write_task()
    odoo.write_task("promise/2", summary="Autre promesse")
    odoo.pull()
    ids = rewrite(odoo, "promise/1", note)
    if seen:
        odoo.pull()
    odoo.colleague.call("mail.activity", "action_feedback", ids, feedback="promis le 15/12")
    assert [(said.task, said.text) for said in odoo.heard()] == [("promise/1", "promis le 15/12")]


def test_a_rewritten_task_done_before_a_pull_that_was_cut_is_known_by_the_next(odoo: Played) -> None:
    odoo.write_task()
    odoo.pull()
    ids = rewrite(odoo, "promise/1")
    odoo.colleague.call("mail.activity", "action_feedback", ids, feedback="promis le 15/12")
    for page in odoo.host.pull(odoo.ledger.cursor):
        odoo.ledger.take([page])
        if page.gone:
            break
    assert Ref(Kind.ACTIVITY, str(ids[0])) not in odoo.ledger.records
    assert [(said.task, said.text) for said in odoo.heard()] == [("promise/1", "promis le 15/12")]


def test_of_two_tasks_alike_that_lost_our_mark_none_is_guessed(odoo: Played) -> None:
    for key in ("promise/1", "promise/2"):
        odoo.write_task(key)
    odoo.pull()
    ids = [rewrite(odoo, key) for key in ("promise/1", "promise/2")]
    odoo.pull()
    odoo.colleague.call("mail.activity", "action_feedback", ids[0], feedback="fait")
    assert odoo.heard() == []


# the order of what is read ----------------------------------------------------------------------------------
def test_a_task_done_while_a_pull_reads_is_never_gone_before_its_words(odoo: Played) -> None:
    task = odoo.write_task()
    odoo.pull()
    odoo.write_task("promise/2")
    for page in odoo.host.pull(odoo.ledger.cursor):
        odoo.ledger.take([page])
        if page.kind is Kind.ACTIVITY:
            odoo.colleague.mark_done(task.key, "fait")
    tasks = {fact.marker for fact in odoo.ledger.facts(Kind.ACTIVITY) if isinstance(fact, Activity)}
    assert any(ref.kind is Kind.REMARK for ref in odoo.ledger.records)
    assert task.key in tasks
    assert odoo.heard() == []
    tasks = {fact.marker for fact in odoo.ledger.facts(Kind.ACTIVITY) if isinstance(fact, Activity)}
    assert task.key not in tasks


def test_an_answer_and_a_remark_of_the_same_moment_are_both_heard(odoo: Played) -> None:
    odoo.colleague.say(odoo.on, "#attente 31/12")
    odoo.sandbox.ledger.customer_writes(odoo.ledger.open_invoice().number, "Merci")
    odoo.colleague.say(odoo.on, "#reprise")
    assert [ref.kind for ref in odoo.pull()] == [Kind.REMARK, Kind.INBOUND, Kind.REMARK]
    assert odoo.pull() == []


def test_each_page_size_hears_the_same(odoo: Played) -> None:
    for n in range(5):
        odoo.colleague.say(odoo.on, f"#attente {n + 1}/12")
        odoo.colleague.say(odoo.on, "rien")
        odoo.sandbox.ledger.customer_writes(odoo.ledger.open_invoice().number, f"Merci {n}")
    odoo.pull()
    small = OdooHost(odoo.settings.__class__(**{**_fields(odoo), "page_size": 3}), load_mapping("odoo"), {})
    again = Ledger(load_mapping("odoo"))
    again.take(small.pull(None))
    small.close()
    assert again.records.keys() == odoo.ledger.records.keys()
    assert sum(ref.kind is Kind.REMARK for ref in again.records) == 5


def _fields(odoo: Played) -> dict[str, object]:
    return {name: getattr(odoo.settings, name) for name in odoo.settings.__slots__}


# calls ----------------------------------------------------------------------------------------------------
def test_a_quiet_pull_takes_six_calls_when_people_have_spoken_before(odoo: Played) -> None:
    odoo.write_task()
    odoo.colleague.say(odoo.on, "#attente 31/12")
    odoo.sandbox.ledger.customer_writes(odoo.ledger.open_invoice().number, "Merci")
    odoo.pull()
    before = odoo.host.usage.calls
    assert odoo.pull() == []
    assert odoo.host.usage.calls - before == 6


def test_moves_and_closes_go_in_one_call_a_day_and_one_a_word(odoo: Played) -> None:
    keys = [f"promise/{n}" for n in range(8)]
    refs = [ref for ref in odoo.ledger.records if ref.kind is Kind.INVOICE]
    for key, ref in zip(keys, refs, strict=False):
        odoo.write_task(key, on=ref)
    days = [date(2026, 12, 10), date(2026, 12, 11)]
    moves = [MoveTask(f"move/{n}", keys[n], days[n % 2]) for n in range(4)]
    closes = [CloseTask(f"close/{n}", keys[n], ("tenue", "rompue")[n % 2]) for n in range(4, 8)]
    count = odoo.host.usage.calls
    written = list(odoo.host.write([*moves, *closes]))
    assert odoo.host.usage.calls - count <= 6  # what fields there are, who they are, two days, two words
    assert [each.error for each in written] == [None] * 8
    odoo.pull()
    tasks = {f.marker: f.due_on for f in odoo.ledger.facts(Kind.ACTIVITY) if isinstance(f, Activity)}
    assert {key: tasks.get(key) for key in keys} == {
        **dict.fromkeys(keys),
        **dict(zip(keys, days * 2, strict=False)),
    }
