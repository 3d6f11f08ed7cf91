"""What an entity is: how its records are found, shown, asked for and written. Each has its own module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from connector.sandbox.quickbooks.stage import Realm

Kind = Literal["text", "number", "day", "moment", "flag", "id", "ref"]
Shown = dict[str, Any]
Body = Mapping[str, Any]


class Field(NamedTuple):
    """``get`` gives what is compared: str, Decimal, date, datetime, bool; a list is searched through."""

    kind: Kind
    get: Callable[[Realm, Any], Any]
    filters: bool = True
    sorts: bool = True


@dataclass(frozen=True, slots=True)
class Writing:
    """``text`` limits in characters, by dotted name. A missing act is not offered."""

    properties: frozenset[str]
    limits: Mapping[str, int]
    create: Callable[[Realm, Body], Any] | None = None
    update: Callable[[Realm, Any, Body, bool], None] | None = None
    delete: Callable[[Realm, Any, Body], None] | None = None
    void: Callable[[Realm, Any, Body], None] | None = None


@dataclass(frozen=True)
class Entity:
    """``fields`` by lower-case name. ``name_list``: only active ones are listed unless asked otherwise."""

    name: str
    all: Callable[[Realm], Iterable[Any]]
    find: Callable[[Realm, str], Any]
    show: Callable[[Realm, Any], Shown]
    id_of: Callable[[Any], str]
    updated_at: Callable[[Realm, Any], datetime]
    fields: Mapping[str, Field]
    writing: Writing | None = None
    name_list: bool = False
    counts: bool = False  # whether answers carry ``totalCount``
    shared: bool = False  # whether our companies share its records
    narrow: Callable[[Realm, Mapping[str, list[str]]], Iterable[Any] | None] | None = None


ENTITIES: dict[str, Entity] = {}


def offer(entity: Entity) -> Entity:
    ENTITIES[entity.name.lower()] = entity
    return entity


def stamped(name: str, id_of: Callable[[Any], str]) -> dict[str, Field]:
    """The fields that every entity has."""

    def own_id(_realm: Realm, record: Any) -> str:
        return id_of(record)

    def created(realm: Realm, record: Any) -> datetime:
        return realm.watch.stamp(name, id_of(record)).created_at

    def updated(realm: Realm, record: Any) -> datetime:
        return ENTITIES[name.lower()].updated_at(realm, record)

    return {
        "id": Field("id", own_id),
        "metadata.createtime": Field("moment", created),
        "metadata.lastupdatedtime": Field("moment", updated),
    }
