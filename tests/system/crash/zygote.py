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
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]


class Zygote:
    """``run`` forks, lets the child run the command and returns its exit code; -9 when it was killed."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.system.crash.zygote"]
        self._process = subprocess.Popen(
            command, cwd=_ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._pid = 0
        self._born = threading.Event()

    def run(
        self, words: Sequence[str], log: Path, environment: dict[str, str], after: float | None = None
    ) -> int:
        """``after``: kill it after so many seconds, if it still runs."""
        self._born.clear()
        self._tell({"words": list(words), "log": str(log), "environment": environment, "after": after})
        self._pid = int(self._hear()["pid"])
        self._born.set()
        return int(self._hear()["code"])

    def warm(self, words: Sequence[str], environment: dict[str, str]) -> int:
        """Run a command in the parent itself: what it has read and compiled, its children have for free."""
        self._tell({"words": list(words), "environment": environment, "here": True})
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
            time.sleep(asked["after"])
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201


def _become(asked: dict[str, Any]) -> None:
    from connector import cli  # noqa: PLC0415

    out = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(asked["environment"])
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
    _serve()
