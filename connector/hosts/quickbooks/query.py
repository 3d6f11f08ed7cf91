"""Statements of QuickBooks' query language: one entity, conditions joined by AND, pages. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

#: Rows of a page at most, and of a whole batch.
PAGE = 1000
#: Ids of one IN list: nobody says how long a statement may be.
IDS = 200
#: Statements of a batch.
STATEMENTS = 25

#: Property, operator, value; a list for IN.
Condition: TypeAlias = tuple[str, str, object]

ANY_ACTIVE: Condition = ("Active", "in", (True, False))  # else only active ones are given
CREATED, UPDATED = "MetaData.CreateTime", "MetaData.LastUpdatedTime"


def select(
    entity: str, *conditions: Condition, order: str = "Id", start: int | None = None, limit: int = PAGE
) -> str:
    """A statement; an empty ``order`` is any, as not every entity can be sorted by Id. Moments among the
    values carry their offset: one without has no known meaning there."""
    where = " and ".join(f"{name} {sign} {_value(value)}" for name, sign, value in conditions)
    parts = [whole(entity), f"where {where}" if where else "", f"orderby {order}" if order else ""]
    parts += [f"startposition {start}" if start else "", f"maxresults {limit}"]
    return " ".join(part for part in parts if part)


def whole(entity: str) -> str:
    """The statement for an entity of which there is one (CompanyInfo, Preferences)."""
    return f"select * from {entity}"  # noqa: S608 - the names are ours, and values are quoted


def entity_in(statement: str) -> str:
    """The entity that a statement of ours asks for."""
    return statement.split()[3]


def by_ids(wanted: Mapping[str, Collection[str]]) -> Iterator[list[str]]:
    """The statements that read these objects by id, in groups that a batch can answer: each of a thousand
    rows at most."""
    group: list[str] = []
    rows = 0
    for entity, ids in wanted.items():
        active = (ANY_ACTIVE,) if entity in ("Customer", "Term") else ()
        for part in chunks(ids, IDS):
            if rows + len(part) > PAGE or len(group) == STATEMENTS:
                yield group
                group, rows = [], 0
            group.append(select(entity, ("Id", "in", part), *active, order=""))
            rows += len(part)
    if group:
        yield group


def chunks(values: Collection[str], size: int) -> Iterator[list[str]]:
    """The values in order, in lists of that size."""
    ordered = sorted(set(values), key=lambda text: (len(text), text))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"({', '.join(_value(each) for each in value)})"
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
