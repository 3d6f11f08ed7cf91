"""Ctrl-C and SIGTERM: end between two steps, with everything in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from connector.errors import Interrupted
from connector.http import ending as requested
from connector.pipeline.report import Progress

__all__ = ["on_signals", "requested", "watching"]


@contextmanager
def on_signals() -> Iterator[threading.Event]:
    """While the block runs, a signal sets ``requested``, on which whoever waits waits; a second Ctrl-C is not
    held back."""
    requested.clear()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, _frame: FrameType | None) -> None:
        requested.set()
        if number == signal.SIGINT:  # a person who presses Ctrl-C again means it
            signal.signal(number, before[signal.SIGINT] or signal.SIG_DFL)

    for number in before:
        signal.signal(number, ask)
    try:
        yield requested
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        requested.clear()


def watching(progress: Progress) -> Progress:
    """The same progress, ending the work at the next step once a signal came."""

    def step(what: str, done: int, total: int | None) -> None:
        if requested.is_set():
            raise Interrupted("ended on request; the next run goes on from here")
        progress(what, done, total)

    return step
