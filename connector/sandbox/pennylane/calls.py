"""The table of endpoints, and what a call is once it has been let in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from connector.sandbox.pennylane.bodies import Check
from connector.sandbox.pennylane.changes import Feeds
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.tokens import Token

BASE = "/api/external/v2"
JSON = "application/json; charset=utf-8"
Handler = Callable[["Call"], Any]


class Request(NamedTuple):
    method: str
    path: str
    query: Mapping[str, str]
    query_length: int
    content_type: str
    token: str
    body: bytes
    base_url: str
    wrong_key: bool


class Answer(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(payload: Any, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())


class Upload(NamedTuple):
    """The file of a multipart body."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks what. ``args`` are the ids of the path; ``body`` has passed the check of its endpoint."""

    stage: Stage
    feeds: Feeds
    token: Token
    base_url: str
    args: tuple[int, ...]
    query: Mapping[str, str]
    body: Any
    upload: Upload | None = None

    def link(self, path: str) -> str:
        return f"{self.base_url}{BASE}/{path}"

    def reference(self, path: str, number: int) -> dict[str, Any]:
        """``{"id", "url"}`` of another record."""
        return {"id": number, "url": self.link(f"{path}/{number}")}


@dataclass(frozen=True, slots=True)
class Route:
    """``resource`` names the scope that it needs, "" for none. ``upload``: the body is multipart."""

    method: str
    parts: tuple[str, ...]
    resource: str
    handler: Handler
    check: Check | None
    required: bool
    status: int
    upload: bool

    @property
    def writes(self) -> bool:
        return self.method != "GET"


ROUTES: dict[tuple[str, int], list[Route]] = {}


def route(
    method: str, path: str, resource: str, *, body: Check | None = None, required: bool = True,
    status: int = 200, upload: bool = False,
) -> Callable[[Handler], Handler]:  # fmt: skip
    """Serve the function under ``method path``; ``{id}`` stands for an id. With 204 its result is dropped."""

    def keep(handler: Handler) -> Handler:
        parts = tuple(path.strip("/").split("/"))
        made = Route(method, parts, resource, handler, body, required, status, upload)
        ROUTES.setdefault((method, len(parts)), []).append(made)
        return handler

    return keep


def find(method: str, path: str) -> tuple[Route, tuple[int, ...]] | None:
    """The endpoint of a path under ``BASE`` and the ids in it. Words come before ids."""
    parts = path.strip("/").split("/")
    for found in ROUTES.get((method, len(parts)), ()):
        if all(mine in ("{id}", theirs) for mine, theirs in zip(found.parts, parts, strict=True)):
            ids = [one for mine, one in zip(found.parts, parts, strict=True) if mine == "{id}"]
            if all(one.isascii() and one.isdigit() for one in ids):
                return found, tuple(map(int, ids))
    return None
