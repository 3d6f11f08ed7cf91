"""Lists: the envelope, ``limit``, ``sort``, ``filter`` and cursors that know neither of the latter two."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from connector.sandbox.pennylane.calls import Call
from connector.sandbox.pennylane.errors import bad_request, malformed
from connector.sandbox.pennylane.filters import Fields, predicates

R = TypeVar("R")
Key = Callable[[Any], tuple[Any, ...]]  # what a list is sorted by; ends with the id
DEFAULT_LIMIT, MOST = 20, 100


def limit_of(query: Mapping[str, str], most: int = MOST) -> int:
    """Raises ApiError (400) for what is no number, or out of range."""
    text = query.get("limit", "")
    if not text:
        return DEFAULT_LIMIT
    try:
        limit = int(text)
    except ValueError:
        message = f"query parameter limit expected integer, but received String: {text!r}"
        raise malformed("ValidateError", message) from None
    if limit < 1:
        raise malformed("LessThanMinimum", f"query parameter limit {limit} is less than minimum value")
    if limit > most:
        raise malformed("MoreThanMaximum", f"query parameter limit {limit} is more than maximum value")
    return limit


def envelope(items: list[Any], next_cursor: str | None) -> dict[str, Any]:
    return {"items": items, "has_more": next_cursor is not None, "next_cursor": next_cursor}


def page(
    call: Call,
    records: Iterable[R],
    show: Callable[[R], dict[str, Any]],
    *,
    sorts: Mapping[str, Key],
    fields: Fields | None = None,
    default: str = "-id",
) -> dict[str, Any]:
    """One page of ``records`` in the asked order, after the cursor.

    A cursor holds a position and nothing else: asked without the filter and the sort of the page before, it
    goes on through other records, as the real one does. Raises ApiError (400).
    """
    limit = limit_of(call.query)
    sort = call.query.get("sort") or default
    key = sorts.get(sort.removeprefix("-"))
    if key is None:
        raise bad_request(f"Invalid sort field: {sort}. Available fields: {', '.join(sorts)}")
    tests = predicates(call.query.get("filter", ""), fields or {})
    after = _position(call.query.get("cursor", ""))
    down = sort.startswith("-")
    ordered = sorted((one for one in records if all(test(one) for test in tests)), key=key, reverse=down)
    if after is not None:
        ordered = [one for one in ordered if _beyond(key(one), after, down=down)]
    shown = ordered[:limit]
    more = len(ordered) > limit
    return envelope([show(one) for one in shown], _cursor(key(shown[-1]), sort) if more else None)


def _beyond(position: tuple[Any, ...], after: list[Any], *, down: bool) -> bool:
    mine = list(position)
    if [type(one) for one in mine] != [type(one) for one in after]:
        mine, after = mine[-1:], after[-1:]  # a cursor of another order: only the id can be compared
    return mine < after if down else mine > after


def _cursor(position: tuple[Any, ...], sort: str) -> str:
    made = json.dumps({"cursor_attributes": list(position), "sort": sort}, separators=(",", ":"))
    return base64.b64encode(made.encode()).decode()


def _position(cursor: str) -> list[Any] | None:
    if not cursor:
        return None
    try:
        found = json.loads(base64.b64decode(cursor, validate=True))["cursor_attributes"]
    except (ValueError, LookupError, TypeError, binascii.Error):
        raise bad_request("Invalid cursor") from None
    if not isinstance(found, list) or not found or not isinstance(found[-1], int):
        raise bad_request("Invalid cursor")
    return found
