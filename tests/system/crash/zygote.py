"""A process that has imported the program once and forks a child for each command: a kill costs little, and
what is killed is a process of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import time_machine

_sleep = time.sleep
_ROOT = Path(__file__).parents[3]


class Zygote:
    """``run`` forks, lets the child run the command and returns its exit code; -9 when it was killed. Its
    children wait so many times shorter as ``hurry`` says: pauses that a host asks for cost a test nothing."""

    def __init__(self, hurry: float = 1.0) -> None:
        command = [sys.executable, "-m", "tests.system.crash.zygote", str(hurry)]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._pid = 0
        self._born = threading.Event()

    def run(
        self,
        words: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        after: float | None = None,
        now: datetime | None = None,
    ) -> int:
        """``after``: kill it after so many seconds, if it still runs. ``now``: it begins at that moment."""
        self._born.clear()
        at = now.timestamp() if now else None
        told = {"words": list(words), "log": str(log), "environment": dict(environment)}
        self._tell({**told, "after": after, "now": at})
        self._pid = int(self._hear()["pid"])
        self._born.set()
        return int(self._hear()["code"])

    def warm(self, words: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run a command in the parent itself: what it has read and compiled, its children have for free."""
        self._tell({"words": list(words), "environment": dict(environment), "here": True})
        return int(self._hear()["code"])

    def kill(self) -> None:
        """End the child now, as the power cut would."""
        self._born.wait(30)
        os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the zygote is gone"
        heard: dict[str, Any] = json.loads(line)
        return heard


def _hurry(times: float) -> None:
    """Let pauses be shorter, and the clock by which they are measured faster: before anybody has taken hold
    of either."""
    monotonic, wait = time.monotonic, threading.Event.wait

    def shorter(event: threading.Event, seconds: float | None = None) -> bool:
        return wait(event, None if seconds is None else seconds / times)

    time.sleep = lambda seconds: _sleep(seconds / times)
    time.monotonic = lambda: monotonic() * times
    threading.Event.wait = shorter  # type: ignore[method-assign]


def _serve() -> None:
    from connector import cli  # noqa: PLC0415 - imported here, once for all children

    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("here"):
            os.environ.update(asked["environment"])
            with redirect_stdout(StringIO()):
                code = cli.run(asked["words"])
            gc.freeze()
            print(json.dumps({"code": code}), flush=True)  # noqa: T201
            continue
        pid = os.fork()
        if pid == 0:
            _become(asked)
        print(json.dumps({"pid": pid}), flush=True)  # noqa: T201 - the answer
        if asked["after"] is not None:  # not yet waited for, its number is nobody else's
            _sleep(asked["after"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201


def _become(asked: dict[str, Any]) -> None:
    from connector import cli  # noqa: PLC0415

    out = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(asked["environment"])
    if asked["now"] is not None:
        time_machine.travel(asked["now"]).start()
    code = 70
    try:
        code = cli.run(asked["words"])
    except BaseException as error:  # noqa: BLE001 - whatever it was, the parent sees the code
        os.write(2, repr(error).encode())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    if float(sys.argv[1]) != 1:
        _hurry(float(sys.argv[1]))
    _serve()
