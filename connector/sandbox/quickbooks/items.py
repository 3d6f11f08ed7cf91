"""Products and services: one for each label of the ledger's lines."""

from __future__ import annotations

from typing import Any

from connector.sandbox.quickbooks.entities import Entity, Field, Shown, offer, stamped
from connector.sandbox.quickbooks.stage import Item, Realm, Stage
from connector.sandbox.quickbooks.values import moment, reference
from connector.sandbox.quickbooks.watch import Stamp

ITEM = "Item"
DEFAULT = "Services"


def item_named(stage: Stage, label: str) -> Item:
    """Made when there is none; names are without colons and breaks, and at most 100 long."""
    name = " ".join(label.replace(":", " ").split())[:100] or DEFAULT
    if not stage.extras.items:
        _make(stage, DEFAULT)
    for item in stage.extras.items.values():
        if item.name == name:
            return item
    return _make(stage, name)


def _make(stage: Stage, name: str) -> Item:
    item = Item(str(len(stage.extras.items) + 1), name)
    stage.extras.items[item.number] = item
    stage.watch.stamps[ITEM, item.number] = Stamp(0, stage.begun_at, stage.begun_at)
    return item


def everything(realm: Realm) -> list[Item]:
    """Those of all lines written so far."""
    labels = {line.label for line in realm.ledger.lines if line.role == "item"}
    for label in sorted(labels):
        item_named(realm.stage, label)
    return list(realm.extras.items.values())


def find(realm: Realm, wanted: str) -> Item | None:
    everything(realm)
    return realm.extras.items.get(wanted)


def show(realm: Realm, item: Item) -> Shown:
    stamp = realm.watch.stamp(ITEM, item.number)
    at = moment(stamp.updated_at)
    return {
        "Name": item.name, "Active": True, "FullyQualifiedName": item.name, "Taxable": False, "UnitPrice": 0,
        "Type": "Service", "IncomeAccountRef": reference("1", "Services"), "TrackQtyOnHand": False,
        "domain": "QBO", "sparse": False, "Id": item.number, "SyncToken": str(stamp.token),
        "MetaData": {"CreateTime": at, "LastUpdatedTime": at},
    }  # fmt: skip


def id_of(item: Item) -> str:
    return item.number


def _updated(realm: Realm, item: Item) -> Any:
    return realm.watch.stamp(ITEM, item.number).updated_at


offer(
    Entity(
        ITEM, everything, find, show, id_of, _updated,
        {
            **stamped(ITEM, id_of),
            "name": Field("text", lambda _realm, one: one.name),
            "active": Field("flag", lambda _realm, _one: True),
            "type": Field("text", lambda _realm, _one: "Service"),
        },
        name_list=True, shared=True,
    )
)  # fmt: skip
