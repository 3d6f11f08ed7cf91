"""Creating, updating, deleting and voiding: what all entities demand alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.quickbooks.entities import Body, Entity, Shown, Writing
from connector.sandbox.quickbooks.errors import (
    ApiError,
    lapsed,
    missing,
    not_found,
    stale,
    too_long,
    unsupported,
)
from connector.sandbox.quickbooks.stage import Realm

COMMON = frozenset(("Id", "SyncToken", "sparse", "domain", "MetaData", "status"))
MAY_WRITE = ("SUBSCRIBED", "TRIAL", "TRIALOPTIN", "RESTRICTED", "PAID", "UNKNOWN")


def write(realm: Realm, entity: Entity, body: Any, operation: str, include: str = "") -> dict[str, Shown]:
    """``{"Invoice": …}`` as it is afterwards, or the stub of what was deleted. Raises ApiError."""
    demand_subscription(realm)
    writing = entity.writing
    if writing is None:
        raise _not_offered(entity, operation)
    if not isinstance(body, Mapping):
        raise missing(entity.name)
    _demand_known(writing, body)
    wanted = "void" if (operation, include) in (("void", ""), ("update", "void")) else operation
    if wanted in ("delete", "void"):
        return _end(realm, entity, writing, body, wanted)
    if wanted not in ("", "create", "update"):
        raise _not_offered(entity, operation)
    return {entity.name: _save(realm, entity, writing, body)}


def demand_subscription(realm: Realm) -> None:
    """Raises ApiError (6190) when the company may only read."""
    if realm.extras.subscription.get(realm.company.serial, "SUBSCRIBED") not in MAY_WRITE:
        raise lapsed()


def _save(realm: Realm, entity: Entity, writing: Writing, body: Body) -> Shown:
    if "Id" not in body:
        if writing.create is None:
            raise _not_offered(entity, "create")
        record = writing.create(realm, body)
    else:
        record = _current(realm, entity, body)
        if writing.update is None:
            raise _not_offered(entity, "update")
        writing.update(realm, record, body, body.get("sparse") is True)
    realm.stage.refresh()
    return entity.show(realm, record)


def _end(realm: Realm, entity: Entity, writing: Writing, body: Body, operation: str) -> dict[str, Shown]:
    record = _current(realm, entity, body)
    if operation == "delete":
        if writing.delete is None:
            raise _not_offered(entity, operation)
        number = entity.id_of(record)
        writing.delete(realm, record, body)
        realm.stage.refresh()
        return {entity.name: {"status": "Deleted", "domain": "QBO", "Id": number}}
    if writing.void is None:
        raise _not_offered(entity, operation)
    writing.void(realm, record, body)
    realm.stage.refresh()
    return {entity.name: entity.show(realm, record)}


def _current(realm: Realm, entity: Entity, body: Body) -> Any:
    """The record that is meant. Raises ApiError: 2020, 610, 5010."""
    for name in ("Id", "SyncToken"):
        if body.get(name) in (None, ""):
            raise missing(name)
    number = str(body["Id"])
    record = entity.find(realm, number)
    if record is None:
        raise gone(realm, entity, number)
    if str(body["SyncToken"]) != str(realm.watch.stamp(entity.name, number).token):
        raise stale()
    return record


def gone(realm: Realm, entity: Entity, number: str) -> ApiError:
    deleted = number in realm.watch.gone[0 if entity.shared else realm.company.serial, entity.name]
    return not_found(deleted=deleted)


def _not_offered(entity: Entity, operation: str) -> ApiError:
    detail = f"Operation {operation or 'create'} is not supported for {entity.name}"
    return ApiError("500", "Unsupported Operation", detail)


# ---------------------------------------------------------------------- properties


def _demand_known(writing: Writing, body: Body) -> None:
    """Raises ApiError: 2010 for a name that does not exist, 2050 for a text that is too long."""
    for name in body:
        if name not in writing.properties and name not in COMMON:
            raise unsupported(name)
    for path, most in writing.limits.items():
        found: Any = body
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is not None and not isinstance(found, str):
            raise unsupported(path)
        if found is not None and len(found) > most:
            raise too_long(path, len(found), most)
