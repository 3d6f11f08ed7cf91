"""What a person orders at the command line, and what then stands in the host."""

from __future__ import annotations

from datetime import timedelta

from tests.system.desk import TODAY, Desk, Result

NEXT_WEEK = TODAY + timedelta(days=7)


def sent_about(desk: Desk, number: str) -> int:
    return sum(number in mail.get_body(("plain",)).get_content() for mail in desk.mails())  # type: ignore[union-attr]


def reason(desk: Desk, number: str) -> tuple[str, str]:
    explained = desk.relance("explain", number, "--json").object
    return explained["action"], explained["reason"]


def test_a_promise_stands_in_the_host_and_holds_the_chase(desk: Desk) -> None:
    number = desk.reminded_number()
    result = desk.relance(
        "promise", number, "--on", NEXT_WEEK.isoformat(), "--note", "par téléphone", "--json"
    )
    assert result.code == 0, result.err
    assert (result.object["on"], result.object["written_back"]) == (NEXT_WEEK.isoformat(), 2)
    (activity,) = desk.activities_on(number)
    assert activity.due_on == NEXT_WEEK
    (note,) = [n for n in desk.our_notes() if n.subject is desk.document(number)]
    assert "par téléphone" in note.body
    desk.relance("run", "--once")
    assert sent_about(desk, number) == 0
    assert reason(desk, number) == ("wait", "promised")


def test_a_broken_promise_lets_the_chase_go_on_and_closes_its_task(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.relance("promise", number, "--on", TODAY.isoformat())
    later = TODAY + timedelta(days=15)
    desk.ledger.advance(later)
    desk.relance("run", "--once", today=later)
    assert TODAY not in {activity.due_on for activity in desk.activities_on(number)}
    events = [o["event"] for o in desk.relance("show", number, "--json", today=later).objects]
    assert "promise_broken" in events


def test_a_second_promise_replaces_the_first(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.relance("promise", number, "--on", TODAY.isoformat())
    desk.relance("promise", number, "--on", NEXT_WEEK.isoformat())
    assert [a.due_on for a in desk.activities_on(number)] == [NEXT_WEEK]


def test_a_promise_that_cannot_be_is_refused_with_what_is_possible(desk: Desk) -> None:
    number = desk.reminded_number()
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    for words in (
        (number, "--on", yesterday),
        (number, "--on", "demain"),
        (number, "--on", NEXT_WEEK.isoformat(), "--amount", "9999999"),
        (number, "--on", NEXT_WEEK.isoformat(), "--amount", "beaucoup"),
        (number, "--on", NEXT_WEEK.isoformat(), "--amount", "nan"),
        ("INV/1999/00001", "--on", NEXT_WEEK.isoformat()),
    ):
        result = desk.relance("promise", *words)
        assert result.code == 2, words
        assert result.err
    assert desk.activities_on(number) == []


def test_a_promise_made_while_the_host_is_away_is_written_with_the_next_pass(desk: Desk) -> None:
    number = desk.reminded_number()
    desk.sandbox.faults.arm("wrong_key", times=None)
    result = desk.relance("promise", number, "--on", NEXT_WEEK.isoformat())
    assert result.code == 0
    assert "next pass" in result.err
    desk.sandbox.faults.clear()
    desk.relance("run", "--once", today=TODAY + timedelta(days=1))
    assert [a.due_on for a in desk.activities_on(number)] == [NEXT_WEEK]
    assert sent_about(desk, number) == 0


def test_hold_and_resume_an_invoice(desk: Desk) -> None:
    number = desk.reminded_number()
    assert desk.relance("hold", number, "--reason", "litige").code == 0
    desk.relance("run", "--once")
    assert sent_about(desk, number) == 0
    assert reason(desk, number) == ("hold", "held")
    resumed = desk.relance("resume", number, "--json").object
    assert resumed["holds_released"] == 1
    assert reason(desk, number)[1] != "held"


def test_a_hold_of_a_customer_holds_all_he_owes_until_its_day(desk: Desk) -> None:
    number = desk.reminded_number()
    ref = desk.relance("explain", number, "--json").object["customer"]
    assert desk.relance("hold", ref, "--until", NEXT_WEEK.isoformat()).code == 0
    reasons = {o["reason"] for o in desk.relance("explain", ref, "--json").objects}
    assert reasons == {"held"}
    after = NEXT_WEEK + timedelta(days=1)
    assert "held" not in {o["reason"] for o in desk.relance("explain", ref, "--json", today=after).objects}


# the outbox -------------------------------------------------------------------------------------------------


def waiting_for_approval(desk: Desk) -> str:
    """Let reminders wait for a person, run, and return the key of one."""
    desk.edit('name = "reminder_1"\n', 'name = "reminder_1"\napproval = 1\n')
    assert desk.relance("run", "--once").code == 0
    waiting = listed(desk, "approval")
    assert waiting
    return str(waiting[0]["key"])


def listed(desk: Desk, state: str) -> list[dict[str, object]]:
    return [o for o in desk.relance("outbox", "list", "--json").objects if o["state"] == state]


def one(result: Result) -> dict[str, object]:
    assert result.code == 0, result.err
    return result.object


def test_what_waits_for_approval_leaves_once_a_person_agreed(desk: Desk) -> None:
    key = waiting_for_approval(desk)
    before = len(desk.mails())
    shown = one(desk.relance("outbox", "show", key[:12], "--json"))
    assert shown["text"]
    approved = one(desk.relance("outbox", "approve", key[:12], "--by", "Camille", "--json"))
    assert (approved["state"], approved["approved_by"]) == ("ready", ["Camille"])
    desk.relance("run", "--once")
    desk.relance("run", "--once")
    assert len(desk.mails()) == before + 1


def test_two_people_are_two_people(desk: Desk) -> None:
    desk.edit("approval = 1 ", "approval = 2 ")
    desk.edit('name = "reminder_1"\n', 'name = "reminder_1"\napproval = 2\n')
    desk.relance("run", "--once")
    key = str(listed(desk, "approval")[0]["key"])
    assert one(desk.relance("outbox", "approve", key, "--by", "Camille", "--json"))["state"] == "approval"
    assert one(desk.relance("outbox", "approve", key, "--by", "camille ", "--json"))["state"] == "approval"
    assert one(desk.relance("outbox", "approve", key, "--by", "Dominique", "--json"))["state"] == "ready"


def test_what_is_cancelled_never_leaves(desk: Desk) -> None:
    key = waiting_for_approval(desk)
    before = len(desk.mails())
    assert one(desk.relance("outbox", "cancel", key, "--json"))["state"] == "cancelled"
    desk.relance("run", "--once")
    assert len(desk.mails()) == before
    assert key not in {o["key"] for o in listed(desk, "approval")}


def test_approved_but_paid_meanwhile_does_not_leave(desk: Desk) -> None:
    key = waiting_for_approval(desk)
    before = len(desk.mails())
    with_number = one(desk.relance("outbox", "show", key, "--json"))["text"]
    owed = [d for d in desk.ledger.documents() if d.kind == "invoice" and d.open_amount > 0]
    numbers = [d.number for d in owed if d.number and d.number in str(with_number)]
    for number in numbers:
        desk.ledger.pay(number)
    desk.relance("outbox", "approve", key)
    desk.relance("run", "--once")
    assert len(desk.mails()) == before
    everything = desk.relance("outbox", "list", "--all", "--json").objects
    assert next(o["state"] for o in everything if o["key"] == key) == "dropped"


def test_an_order_that_does_not_fit_the_state_says_what_would(desk: Desk) -> None:
    key = waiting_for_approval(desk)
    for words in (("settle", key, "--sent"), ("retry", key), ("cancel", "no-such-key"), ("show", "")):
        result = desk.relance("outbox", *words)
        assert result.code == 2, words
        assert "outbox" in result.err or "can be done" in result.err


def test_what_could_not_leave_is_tried_again_at_a_word(desk: Desk) -> None:
    (desk.folder / "mails").write_text("a file where the folder should be")
    failed = desk.relance("run", "--once", "--json")
    assert failed.code == 1
    assert failed.object["delivered"]["failed"] > 0
    assert failed.object["delivered"]["sent"] == 0
    (desk.folder / "mails").unlink()
    waiting = [o for o in listed(desk, "ready") if o["attempts"]]
    assert waiting
    key = str(waiting[0]["key"])
    assert desk.relance("outbox", "retry", key).code == 0
    desk.relance("run", "--once")
    assert any(key in path.name for path in (desk.folder / "mails").iterdir())
