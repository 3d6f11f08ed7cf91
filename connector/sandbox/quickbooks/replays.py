"""``requestid``: the answer of a write that succeeded is given again, without doing it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from connector.sandbox.quickbooks.errors import ApiError, too_long
from connector.sandbox.quickbooks.options import QuickBooksOptions
from connector.sandbox.quickbooks.requests import Answer, Request

LONGEST, LONGEST_OF_BATCH = 50, 36


class _Kept(NamedTuple):
    content: bytes
    answer: Answer


@dataclass
class Replays:
    """Also after the record was deleted. A refused write is not kept: its id may come again."""

    options: QuickBooksOptions
    kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)

    def answer(self, request: Request, realm: str, path: str, act: Callable[[], Answer]) -> Answer:
        """Raises ApiError: 2050 for a longer id, 600 for one that came with something else."""
        name = request.query.get("requestid", "")
        if not name or request.method != "POST":
            return act()
        most = LONGEST_OF_BATCH if path == "batch" else LONGEST
        if len(name) > most:
            raise too_long("requestid", len(name), most)
        kept, content = self.kept.get((realm, name)), _content(request, path)
        if kept is None:
            answer = act()
            self.kept[realm, name] = _Kept(content, answer)
            return answer
        if kept.content != content and self.options.other_content == "refuse":
            detail = f"Duplicate request id {name}: it came before with other content"
            raise ApiError("600", "Duplicate Request Id", detail)
        return kept.answer


def _content(request: Request, path: str) -> bytes:
    operation = request.query.get("operation", "") + request.query.get("include", "")
    return hashlib.sha256(f"{path}\n{operation}\n".encode() + request.body).digest()
