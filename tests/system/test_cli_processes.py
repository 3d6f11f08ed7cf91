"""Processes that are ended, killed, or two at once: the next one goes on, and nothing leaves twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.system.desk import TODAY, Desk

PATIENCE = 60  # seconds after which a test gives up; none of them waits for it to pass


def wait_until(seen: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Let the process come to that point; it must not end before."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def calls(desk: Desk) -> int:
    return sum(desk.sandbox.meter.calls.values())


def steps_in_the_chatter(desk: Desk) -> Counter[tuple[str, str]]:
    """How often each title stands on each document, of what we wrote there."""
    return Counter((getattr(n.subject, "number", ""), n.body) for n in desk.our_notes())


def finish(desk: Desk) -> None:
    """Run on the next day, when what was under way has been given up, until nothing is left to do."""
    tomorrow = TODAY + timedelta(days=1)
    for _ in range(2):
        assert desk.relance("run", "--once", today=tomorrow).code == 0
    states = {o["state"] for o in desk.relance("outbox", "list", "--json").objects}
    assert states <= {"approval"}


def nothing_is_twice(desk: Desk) -> None:
    assert max(steps_in_the_chatter(desk).values()) == 1
    keys = [m["Message-ID"] for m in desk.mails()]
    assert len(keys) == len(set(keys))
    sent = [
        (o.get("number", ""), o.get("message_key"))
        for number in {n.subject.number for n in desk.our_notes() if hasattr(n.subject, "number")}
        for o in desk.relance("show", number, "--json").objects
        if o["event"] == "reminder_sent"
    ]
    assert len({key for _, key in sent}) == len(desk.mails())


@pytest.mark.parametrize("after", [3, 12])
def test_sigterm_during_a_pass_ends_it_cleanly_and_the_next_one_goes_on(desk: Desk, after: int) -> None:
    desk.sandbox.faults.arm("slow", times=None, seconds=0.2)
    process = desk.spawn("run", "--once", "--json")
    wait_until(lambda: calls(desk) >= after, process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "next run goes on" in json.loads(out)["errors"][0]
    desk.sandbox.faults.clear()
    finish(desk)
    nothing_is_twice(desk)


@pytest.mark.parametrize("mails", [0, 1, 3])
def test_a_killed_process_loses_nothing_and_sends_nothing_twice(desk: Desk, mails: int) -> None:
    process = desk.spawn("run", "--once")
    wait_until(lambda: len(list((desk.folder / "mails").glob("*.eml"))) >= mails and calls(desk) > 5, process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    finish(desk)
    nothing_is_twice(desk)


def test_a_process_killed_while_it_writes_notes_writes_none_twice(desk: Desk) -> None:
    # the first message is the one that says who writes for this company
    desk.sandbox.faults.arm("hang_after", "*mail.message.create*", times=1, after=1)
    process = desk.spawn("run", "--once")
    wait_until(lambda: bool(desk.our_notes()), process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    desk.sandbox.faults.clear()
    finish(desk)
    nothing_is_twice(desk)


def test_of_two_processes_at_once_one_works_and_the_other_names_it(desk: Desk) -> None:
    desk.relance("pull")
    desk.sandbox.faults.arm("slow", times=None, seconds=0.2)
    both = [desk.spawn("run", "--once", "--json") for _ in range(2)]
    reports = {}
    for process in both:
        out, err = process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err
        reports[process.returncode] = json.loads(out)
    desk.sandbox.faults.clear()
    assert reports[0]["delivered"]["sent"] == len(desk.mails()) > 0
    assert reports[1]["delivered"]["sent"] == 0
    assert "is under way, in process" in reports[1]["errors"][0]
    finish(desk)
    nothing_is_twice(desk)


def test_the_timer_runs_pass_after_pass_until_it_is_asked_to_end(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + '\n[schedule]\nevery = "1 second"\n')
    process = desk.spawn("run", "--json")
    assert process.stdout is not None
    first, second = (json.loads(process.stdout.readline()) for _ in range(2))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert first["delivered"]["sent"] > 0
    assert second["delivered"]["sent"] == 0
    assert "Traceback" not in err
