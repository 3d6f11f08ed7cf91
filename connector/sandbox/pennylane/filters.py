"""``filter``: a JSON array of field, operator and value, all of which must hold."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from connector.sandbox.pennylane.errors import ApiError, bad_request

Test = Callable[[Any], bool]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "not_eq": operator.ne, "lt": operator.lt, "lteq": operator.le, "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda mine, given: mine in given,
    "not_in": lambda mine, given: mine not in given,
    "start_with": lambda mine, given: mine.casefold().startswith(given.casefold()),
}  # fmt: skip
RANGE = ("lt", "lteq", "gt", "gteq", "eq", "not_eq", "in", "not_in")
SAME = ("eq", "not_eq")
SET = ("eq", "not_eq", "in", "not_in")


class Field(NamedTuple):
    """What may be asked of a field. ``read`` turns the given text into what ``get`` gives."""

    get: Callable[[Any], Any]
    operators: tuple[str, ...]
    read: Callable[[Any], Any]


Fields = Mapping[str, Field]


def whole(given: Any) -> int:
    if isinstance(given, bool):
        raise ValueError("a flag is no number")
    return int(given)


def day(given: Any) -> date:
    return date.fromisoformat(str(given))


def flag(given: Any) -> bool:
    if given in (True, "true"):
        return True
    if given in (False, "false"):
        return False
    raise ValueError("neither true nor false")


def words(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError("not a string")
    return given


def predicates(text: str, fields: Fields) -> list[Test]:
    """One test per condition. Raises ApiError (400) for anything that the endpoint does not declare."""
    if not text:
        return []
    try:
        conditions = json.loads(text)
    except ValueError:
        raise bad_request("Invalid filter: it is not valid JSON") from None
    if not isinstance(conditions, list):
        raise bad_request("Invalid filter: it must be an array of objects")
    return [_test(one, fields) for one in conditions]


def _test(condition: Any, fields: Fields) -> Test:
    if not isinstance(condition, dict) or set(condition) != {"field", "operator", "value"}:
        raise bad_request("Invalid filter: each one must have exactly field, operator and value")
    name, sign = condition["field"], condition["operator"]
    field = fields.get(name) if isinstance(name, str) else None
    if field is None:
        raise bad_request(f"Invalid filter field: {name}. Available fields: {', '.join(fields) or 'none'}")
    if sign not in field.operators:
        allowed = ", ".join(field.operators)
        raise bad_request(f"Invalid filter operator: {sign} for {name}. Available operators: {allowed}")
    compare, get, wanted = OPERATORS[sign], field.get, _value(name, sign, condition["value"], field)

    def test(record: Any) -> bool:
        mine = get(record)
        if isinstance(mine, list):  # a record has several e-mails, several categories
            return any(compare(one, wanted) for one in mine)
        return mine is not None and bool(compare(mine, wanted))

    return test


def _value(name: str, sign: str, given: Any, field: Field) -> Any:
    several = sign in ("in", "not_in")
    if several and not isinstance(given, list):
        raise _bad_value(name, given)
    try:
        return frozenset(map(field.read, given)) if several else field.read(given)
    except (ValueError, TypeError):
        raise _bad_value(name, given) from None


def _bad_value(name: str, given: Any) -> ApiError:
    return bad_request(f"Invalid filter value for {name}: {json.dumps(given)[:200]}")
