"""Change data capture: what was updated or deleted since a moment, at most a thousand records in all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.quickbooks.entities import ENTITIES, Entity
from connector.sandbox.quickbooks.errors import ApiError, missing, not_queryable
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import moment, parsed_moment, stored

LOOK_BACK = timedelta(days=30)
MOST = 1000
OFFERED = ("customer", "invoice", "payment", "creditmemo", "term", "item", "attachable")


def since(realm: Realm, entities: str, changed_since: str) -> dict[str, Any]:
    """What stands under ``CDCResponse``. Raises ApiError."""
    begin = _begin(realm, changed_since)
    blocks: list[dict[str, Any]] = []
    room = MOST
    for name in entities.split(","):
        entity = ENTITIES.get(name.strip().lower())
        if entity is None or entity.name.lower() not in OFFERED:
            raise not_queryable(f"Entity {name.strip()} is not supported by change data capture")
        shown, deleted = _changed(realm, entity, begin, room)
        room -= len(shown) + len(deleted)
        if shown or deleted:
            blocks.append(_block(entity, shown, deleted))
    return {"CDCResponse": [{"QueryResponse": blocks or [{}]}]}


def _begin(realm: Realm, text: str) -> datetime:
    if not text:
        raise missing("changedSince")
    try:
        begin = parsed_moment(text)
    except ValueError:
        raise not_queryable(f"changedSince {text!r} is neither a date nor a date-time") from None
    oldest = realm.now - LOOK_BACK
    if begin < oldest and realm.options.cdc_too_old == "refuse":
        raise ApiError("4001", "Invalid query", "changedSince must be within the last 30 days")
    return max(begin, oldest)


def _changed(
    realm: Realm, entity: Entity, begin: datetime, room: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Those that are there, in the order of their update; then stubs of those that are not."""
    found = [(entity.updated_at(realm, one), one) for one in entity.all(realm)]
    fresh = sorted((pair for pair in found if stored(pair[0]) >= begin), key=lambda pair: pair[0])[:room]
    shown = [entity.show(realm, one) for _, one in fresh]
    gone = realm.watch.gone[0 if entity.shared else realm.company.serial, entity.name]
    dead = sorted((at, number) for number, at in gone.items() if stored(at) >= begin)
    return shown, [_stub(number, at) for at, number in dead[: room - len(shown)]]


def _stub(number: str, at: datetime) -> dict[str, Any]:
    meta = {"LastUpdatedTime": moment(at)}
    return {"domain": "QBO", "status": "Deleted", "Id": number, "MetaData": meta}


def _block(entity: Entity, shown: list[dict[str, Any]], deleted: list[dict[str, Any]]) -> dict[str, Any]:
    """The counters of a block of deleted ones alone have no ``startPosition``."""
    counted = len(shown) + len(deleted)
    block: dict[str, Any] = {entity.name: [*shown, *deleted]}
    if shown:
        block["startPosition"] = 1
    return {**block, "maxResults": counted, "totalCount": counted}
