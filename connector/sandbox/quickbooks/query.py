"""Running a statement of the query language over an entity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.sandbox.quickbooks.entities import ENTITIES, Entity, Field
from connector.sandbox.quickbooks.errors import not_queryable
from connector.sandbox.quickbooks.grammar import Condition, Statement, Value, read
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import parsed_day, parsed_moment, stored

Test = Callable[[Any], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "<": lambda one, other: bool(one < other),
    ">": lambda one, other: bool(one > other),
    "<=": lambda one, other: bool(one <= other),
    ">=": lambda one, other: bool(one >= other),
}
LEAST: dict[str, Any] = {"text": "", "ref": "", "number": Decimal("-Infinity"), "day": date.min,
                         "moment": datetime.min.replace(tzinfo=UTC), "flag": False}  # fmt: skip


def run(realm: Realm, text: str) -> dict[str, Any]:
    """What stands under ``QueryResponse``. Raises ApiError: 4000 for the words, 4001 for the names."""
    asked = read(text)
    entity = ENTITIES.get(asked.entity.lower())
    if entity is None:
        raise not_queryable(f"Entity {asked.entity} not found")
    found = _matching(realm, entity, asked)
    if asked.columns == ("count",):
        return {"totalCount": len(found)}
    _demand_columns(entity, asked)
    _sort(realm, entity, asked, found)
    page = found[asked.start - 1 : asked.start - 1 + asked.most]
    if not page:
        return {}
    answer = {entity.name: _rows(realm, entity, asked, page), "startPosition": asked.start,
              "maxResults": len(page)}  # fmt: skip
    return {**answer, "totalCount": len(page)} if entity.counts else answer


def _demand_columns(entity: Entity, asked: Statement) -> None:
    """Projections are not supported; the one of an official sample is."""
    if asked.columns != ("*",) and (entity.name, asked.columns[0].lower()) != ("Attachable", "id"):
        raise not_queryable(f"Projections are not supported: {', '.join(asked.columns)}")


def _rows(realm: Realm, entity: Entity, asked: Statement, page: Sequence[Any]) -> list[dict[str, Any]]:
    if asked.columns != ("*",):
        return [{"Id": entity.id_of(one), "sparse": True} for one in page]
    return [entity.show(realm, one) for one in page]


# ---------------------------------------------------------------------- which


def _matching(realm: Realm, entity: Entity, asked: Statement) -> list[Any]:
    """Narrowed by an index where a condition names ids, then tested one by one."""
    tests = [_test(realm, entity, one) for one in asked.conditions]
    if entity.name_list and not any(one.name == "active" for one in asked.conditions):
        tests.append(lambda one: bool(entity.fields["active"].get(realm, one)))
    return [one for one in _candidates(realm, entity, asked) if all(test(one) for test in tests)]


def _candidates(realm: Realm, entity: Entity, asked: Statement) -> Iterable[Any]:
    named: dict[str, list[str]] = {}
    for condition in asked.conditions:
        if condition.operator in ("=", "in"):
            named[condition.name] = [value.text for value in condition.values]
    if "id" in named:
        found = (entity.find(realm, number) for number in dict.fromkeys(named["id"]))
        return [one for one in found if one is not None]
    narrowed = entity.narrow(realm, named) if entity.narrow else None
    return entity.all(realm) if narrowed is None else narrowed


def _test(realm: Realm, entity: Entity, condition: Condition) -> Test:
    field = entity.fields.get(condition.name)
    if field is None:
        raise not_queryable(f"Property {condition.spelled} not found for Entity {entity.name}")
    if not field.filters:
        raise not_queryable(f"property '{condition.spelled}' is not queryable")
    if field.kind == "id" and condition.operator not in ("=", "in"):
        raise not_queryable(f"Operator {condition.operator} is not supported for property Id")
    if condition.operator == "like":
        return _like(realm, field, condition)
    wanted = [_converted(realm, field, value, condition.spelled) for value in condition.values]
    if condition.operator == "in":
        return lambda one: any(part in wanted for part in _parts(realm, field, one))
    compare, first = COMPARE[condition.operator], wanted[0]
    return lambda one: any(compare(part, first) for part in _parts(realm, field, one))


def _like(realm: Realm, field: Field, condition: Condition) -> Test:
    if field.kind not in ("text", "ref"):
        raise not_queryable(f"Operator LIKE is not supported for property {condition.spelled}")
    words = [re.escape(part) for part in condition.values[0].text.casefold().split("%")]
    pattern = re.compile(".*".join(words), re.DOTALL)
    return lambda one: any(pattern.fullmatch(part) for part in _parts(realm, field, one))


def _parts(realm: Realm, field: Field, record: Any) -> Iterable[Any]:
    """The record's value as it is compared; several for a list, none for what has no value."""
    found = field.get(realm, record)
    if isinstance(found, list):
        return [_plain(field, one) for one in found]
    if found is None:
        return () if field.kind not in ("text", "ref") else ("",)
    return (_plain(field, found),)


def _plain(field: Field, value: Any) -> Any:
    if field.kind in ("text", "ref"):
        return str(value).casefold()
    return stored(value) if field.kind == "moment" else value


def _converted(realm: Realm, field: Field, value: Value, name: str) -> Any:
    """Raises ApiError (4001)."""
    try:
        if field.kind == "flag":
            return {"true": True, "false": False}[value.text.lower()]
        if field.kind in ("day", "moment"):
            return _time(realm, field, value)
        if value.kind != "text":
            raise ValueError(value.kind)
        if field.kind == "number":
            return Decimal(value.text.strip())
    except (ValueError, KeyError, InvalidOperation):
        raise not_queryable(f"value {value.text!r} is not valid for property {name}") from None
    return value.text if field.kind == "id" else value.text.strip(" ").casefold()


def _time(realm: Realm, field: Field, value: Value) -> Any:
    if value.kind == "today":
        today = realm.ledger.clock.today
        return today if field.kind == "day" else parsed_moment(today.isoformat())
    return parsed_day(value.text) if field.kind == "day" else parsed_moment(value.text)


# ---------------------------------------------------------------------- in which order


def _sort(realm: Realm, entity: Entity, asked: Statement, found: list[Any]) -> None:
    """As asked; else the last updated first, which moves while somebody pages."""
    if not asked.order:
        found.sort(key=lambda one: (entity.updated_at(realm, one), _as_id(entity.id_of(one))), reverse=True)
        return
    field = entity.fields.get(asked.order.lower())
    if field is None or not field.sorts:
        raise not_queryable(f"property '{asked.order}' is not sortable for Entity {entity.name}")
    if field.kind == "id":
        found.sort(key=lambda one: _as_id(entity.id_of(one)), reverse=asked.descending)
        return

    def key(one: Any) -> Any:
        value = field.get(realm, one)
        return LEAST[field.kind] if value is None else _plain(field, value)

    found.sort(key=key, reverse=asked.descending)


def _as_id(number: str) -> int:
    return int(number) if number.isdigit() else 0
