"""Several operations in one call: each on its own, with its own fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.quickbooks import query, writing
from connector.sandbox.quickbooks.entities import ENTITIES
from connector.sandbox.quickbooks.errors import ApiError, business, missing, too_long, unsupported
from connector.sandbox.quickbooks.stage import Realm

MOST, LONGEST = 30, 10
NO_ENTITY = ("bId", "operation", "Query", "optionsData")


def run(realm: Realm, body: Any, request_id: str) -> dict[str, Any]:
    """``{"BatchItemResponse": […]}``. Raises ApiError for the batch as a whole."""
    items = body.get("BatchItemRequest") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > MOST:
        raise business(f"The batch has {len(items)} items; the maximum is {MOST}", "BatchItemRequest")
    names = [str(item.get("bId", "")) for item in items]
    if len(set(names)) < len(names) or "" in names:
        raise business("Each item of a batch needs a bId of its own", "bId")
    if request_id and any(len(name) > LONGEST for name in names):
        raise too_long("bId", max(map(len, names)), LONGEST)
    return {"BatchItemResponse": [_item(realm, item) for item in items]}


def _item(realm: Realm, item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {**_done(realm, item), "bId": str(item["bId"])}
    except ApiError as error:
        return {"bId": str(item["bId"]), "Fault": error.fault}


def _done(realm: Realm, item: Mapping[str, Any]) -> dict[str, Any]:
    if "Query" in item:
        return {"QueryResponse": query.run(realm, str(item["Query"]))}
    named = [name for name in item if name not in NO_ENTITY]
    if len(named) != 1 or named[0].lower() not in ENTITIES:
        raise unsupported(", ".join(named) or "operation")
    operation, more = str(item.get("operation", "")), str(item.get("optionsData", ""))
    if not operation:
        raise missing("operation")
    entity = ENTITIES[named[0].lower()]
    return writing.write(realm, entity, item[named[0]], operation, more)
