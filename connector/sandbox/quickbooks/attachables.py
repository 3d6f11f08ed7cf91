"""Attachables: notes and files on transactions and customers. Never in webhooks; the target does not show
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.sandbox.nouns import Entry, Party
from connector.sandbox.quickbooks.entities import (
    ENTITIES,
    Body,
    Entity,
    Field,
    Shown,
    Writing,
    offer,
    stamped,
)
from connector.sandbox.quickbooks.errors import invalid_choice, missing, not_found
from connector.sandbox.quickbooks.stage import Attached, Realm
from connector.sandbox.quickbooks.values import filled, moment, realm_id

ATTACHABLE = "Attachable"
FIRST_ID = 200_900_000_000_000_000_000
FACTS = ("Note", "FileName", "Category", "ContentType", "Lat", "Long", "PlaceName", "PlaceUrl", "Tag",
         "PrivateNote")  # fmt: skip
READ_ONLY = ("Size", "FileAccessUri", "TempDownloadUri", "ThumbnailFileAccessUri", "ThumbnailTempDownloadUri")
LIMITS = {"Note": 2000, "FileName": 1000, "Tag": 2000, "PlaceName": 2000}
CATEGORIES = ("Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other")
TARGETS = {"invoice": "Invoice", "customer": "Customer", "payment": "Payment", "creditmemo": "CreditMemo"}
LINK_LIFE = timedelta(minutes=15)


def id_of(attached: Attached) -> str:
    return attached.number


def find(realm: Realm, wanted: str) -> Attached | None:
    found = realm.extras.attached.get(wanted)
    return found if found is not None and found.company == realm.company.serial else None


def everything(realm: Realm) -> list[Attached]:
    return [one for one in realm.extras.attached.values() if one.company == realm.company.serial]


def updated_at(realm: Realm, attached: Attached) -> datetime:
    return realm.watch.stamp(ATTACHABLE, attached.number).updated_at


def show(realm: Realm, attached: Attached) -> Shown:
    stamp = realm.watch.stamp(ATTACHABLE, attached.number)
    meta = {"CreateTime": moment(stamp.created_at), "LastUpdatedTime": moment(stamp.updated_at)}
    file = {}
    if attached.content is not None:
        company, number = realm_id(realm.company.serial), attached.number
        file = {"FileAccessUri": f"/v3/company/{company}/download/{number}", "Size": len(attached.content),
                "TempDownloadUri": download_link(realm, attached)}  # fmt: skip
    return filled({
        **attached.facts, **file, "AttachableRef": attached.refs or None, "domain": "QBO", "sparse": False,
        "Id": attached.number, "SyncToken": str(stamp.token), "MetaData": meta,
    })  # fmt: skip


def download_link(realm: Realm, attached: Attached) -> str:
    """Opens the file for a quarter of an hour, without a token."""
    until = int((realm.now + LINK_LIFE).timestamp())
    return f"{realm.base_url}/files/{attached.number}?until={until}"


# ---------------------------------------------------------------------- writing


def create(realm: Realm, body: Body) -> Attached:
    if not body.get("Note") and not body.get("FileName"):
        raise missing("Note")
    refs = _refs(realm, body)
    number = str(FIRST_ID + len(realm.extras.attached) + realm.extras.removed + 1)
    made = Attached(number, realm.company.serial, _facts(body), refs)
    realm.extras.attached[number] = made
    _link(realm, made)
    _touch(realm, made)
    return made


def update(realm: Realm, attached: Attached, body: Body, _sparse: bool) -> None:
    """Always a full one: what the body does not name is lost, whatever ``sparse`` says."""
    refs, facts = _refs(realm, body), _facts(body)
    _unlink(realm, attached)
    attached.refs, attached.facts = refs, facts
    _link(realm, attached)
    _touch(realm, attached)


def delete(realm: Realm, attached: Attached, body: Body) -> None:
    """The full object is wanted."""
    for name in ("Note", "FileName", "AttachableRef"):
        if (attached.refs if name == "AttachableRef" else attached.facts.get(name)) and name not in body:
            raise missing(name)
    _unlink(realm, attached)
    del realm.extras.attached[attached.number]
    realm.extras.removed += 1
    realm.watch.remove(realm.company.serial, ATTACHABLE, attached.number, realm.ledger.clock.tick())
    realm.watch.rest()


def _facts(body: Body) -> dict[str, Any]:
    if body.get("Category") not in (None, *CATEGORIES):
        raise invalid_choice("Category", body["Category"])
    return {name: body[name] for name in FACTS if body.get(name)}


def _refs(realm: Realm, body: Body) -> list[dict[str, Any]]:
    """Raises ApiError: 2170 for a kind that takes none, 610 for a record that is not there."""
    shown = []
    for given in body.get("AttachableRef") or ():
        target = given.get("EntityRef")
        if target is None:
            shown.append(filled({"IncludeOnSend": _flag(given), "LineInfo": given.get("LineInfo")}))
            continue
        kind = TARGETS.get(str(target.get("type", "")).lower())
        if kind is None:
            raise invalid_choice("EntityRef.type", target.get("type"))
        number = str(target.get("value", ""))
        if ENTITIES[kind.lower()].find(realm, number) is None:
            raise not_found(deleted=realm.watch.was_deleted(realm.company, kind, number))
        shown.append({"EntityRef": {"value": number, "type": kind}, "IncludeOnSend": _flag(given)})
    return shown


def _flag(given: Mapping[str, Any]) -> bool:
    """Samples have it as text too."""
    return str(given.get("IncludeOnSend", "")).lower() == "true"


def _targets(attached: Attached) -> list[tuple[str, str]]:
    refs = (one["EntityRef"] for one in attached.refs if "EntityRef" in one)
    return [(one["type"], one["value"]) for one in refs]


def _link(realm: Realm, attached: Attached) -> None:
    for target in _targets(attached):
        realm.extras.attached_to[target][attached.number] = attached


def _unlink(realm: Realm, attached: Attached) -> None:
    for target in _targets(attached):
        realm.extras.attached_to[target].pop(attached.number, None)


def _touch(realm: Realm, attached: Attached) -> None:
    realm.watch.touch(ATTACHABLE, attached.number)
    realm.watch.rest()
    if not realm.options.attachable_touches:
        return
    for kind, number in _targets(attached):
        record = ENTITIES[kind.lower()].find(realm, number)
        if isinstance(record, Entry | Party):
            realm.stage.write(record)


# ---------------------------------------------------------------------- asking


def _narrow(realm: Realm, asked: Mapping[str, list[str]]) -> Iterable[Attached] | None:
    """By the record that they are attached to: there is an index for it."""
    values = asked.get("attachableref.entityref.value")
    if values is None:
        return None
    kinds = asked.get("attachableref.entityref.type")
    wanted = [TARGETS.get(one.lower(), "") for one in kinds] if kinds else list(TARGETS.values())
    found = {
        number: one
        for kind in wanted
        for value in values
        for number, one in realm.extras.attached_to[kind, value].items()
        if one.company == realm.company.serial
    }
    return found.values()


def _fact(name: str) -> Field:
    return Field("text", lambda _realm, one: one.facts.get(name, ""))


FIELDS = {
    **stamped(ATTACHABLE, id_of),
    **{name.lower(): _fact(name) for name in FACTS if name != "PrivateNote"},
    "attachableref.entityref.type": Field(
        "ref", lambda _realm, one: [kind for kind, _ in _targets(one)], sorts=False
    ),
    "attachableref.entityref.value": Field(
        "ref", lambda _realm, one: [value for _, value in _targets(one)], sorts=False
    ),
    "attachableref.includeonsend": Field(
        "flag", lambda _realm, one: any(ref.get("IncludeOnSend") for ref in one.refs), sorts=False
    ),
    "attachableref.norefonly": Field("flag", lambda _realm, one: not _targets(one), sorts=False),
}
ATTACHABLES: Entity = offer(
    Entity(
        ATTACHABLE, everything, find, show, id_of, updated_at, FIELDS,
        Writing(frozenset((*FACTS, *READ_ONLY, "AttachableRef")), LIMITS, create, update, delete),
        narrow=_narrow,
    )
)  # fmt: skip


def still_open(link_until: str, now: datetime) -> bool:
    """Whether a link that says so is still good."""
    try:
        return now.timestamp() <= float(link_until)
    except ValueError:
        return False
