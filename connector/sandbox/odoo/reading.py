"""The reading methods that a connector may call."""

from __future__ import annotations

from typing import Any

from connector.sandbox.odoo import errors
from connector.sandbox.odoo.calls import CLOSED_MODELS, Call, offer
from connector.sandbox.odoo.chatter import EXTERNAL_IDS

CREATABLE = ("mail.message", "mail.activity", "res.partner.category", "ir.attachment")
INVOICING = ("account.group_account_invoice", "account.group_account_readonly", "base.group_partner_manager")


@offer("*", "model")
def search(
    call: Call, domain: list[Any], offset: int = 0, limit: int | None = None, order: str | None = None
) -> list[int]:
    found = call.records.search(call.model, domain, offset or 0, limit, order)
    return [call.model.serial(record) for record in found]


@offer("*", "model")
def search_count(call: Call, domain: list[Any], limit: int | None = None) -> int:
    found = call.records.count(call.model, domain)
    return min(found, limit) if limit else found


@offer("*", "model")
def search_read(
    call: Call, domain: list[Any] | None = None, fields: list[str] | None = None, offset: int = 0,
    limit: int | None = None, order: str | None = None, **read_kwargs: Any,
) -> list[dict[str, Any]]:  # fmt: skip
    load = read_kwargs.pop("load", "_classic_read")
    for name in read_kwargs:
        raise errors.kind(f"BaseModel._read_format() got an unexpected keyword argument '{name}'")
    found = call.records.search(call.model, domain, offset or 0, limit, order)
    if not found and call.version <= 18 and call.model.name in ("mail.message", "mail.activity"):
        for name in fields or ():
            if name not in call.records.schema.fields[call.model.name]:
                raise errors.OdooError("builtins.KeyError", name)  # an oddity of these two models up to 18
    return call.records.read(call.model, found, fields, load=load)


@offer("*", "records")
def read(
    call: Call, fields: list[str] | None = None, load: str | None = "_classic_read"
) -> list[dict[str, Any]]:
    return call.records.read(call.model, call.records.find(call.model, call.ids), fields, load=load)


@offer("*", "model", since=17)
def web_search_read(
    call: Call, domain: list[Any], specification: dict[str, Any], offset: int = 0, limit: int | None = None,
    order: str | None = None, count_limit: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    found = call.records.search(call.model, domain, offset or 0, limit, order)
    records = call.records.read_nested(call.model, found, specification)
    return {"length": _length(call, domain, len(found), offset, limit, count_limit), "records": records}


@offer("*", "model", until=16, name="web_search_read")
def web_search_read_flat(
    call: Call, domain: list[Any] | None = None, fields: Any = None, offset: int = 0,
    limit: int | None = None,
    order: str | None = None, count_limit: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """16 takes a list of names; a specification works because its keys are names, and stays flat."""
    found = call.records.search(call.model, domain, offset or 0, limit, order)
    records = call.records.read(call.model, found, list(fields or ()), load="_classic_read")
    return {"length": _length(call, domain, len(found), offset, limit, count_limit), "records": records}


def _length(
    call: Call, domain: Any, shown: int, offset: int, limit: int | None, count_limit: int | None
) -> int:
    if limit and shown == limit:
        total = call.records.count(call.model, domain)
        return min(total, count_limit) if count_limit else total
    return shown + (offset or 0)


@offer("*", "records", since=17)
def web_read(call: Call, specification: dict[str, Any]) -> list[dict[str, Any]]:
    return call.records.read_nested(call.model, call.records.find(call.model, call.ids), specification)


@offer("*", "model")
def fields_get(
    call: Call, allfields: list[str] | None = None, attributes: list[str] | None = None
) -> dict[str, dict[str, Any]]:
    call.records.demand(call.model)
    shown = {}
    for name, field in call.records.schema.fields[call.model.name].items():
        if (allfields and name not in allfields) or (field.groups and not call.view.user.may_invoice):
            continue
        described = field.describe()
        shown[name] = (
            {key: described[key] for key in attributes if key in described} if attributes else described
        )
    return shown


@offer("*", "records", since=18)
def has_access(call: Call, operation: str) -> bool:
    return _allowed(call, operation)


@offer("*", "model")
def check_access_rights(call: Call, operation: str, raise_exception: bool = True) -> bool | None:
    """18 and later answer nothing when all is well and an exception was wanted."""
    if _allowed(call, operation):
        return None if raise_exception and call.version >= 18 else True
    if raise_exception:
        call.records.demand(call.model)
        raise errors.access(
            f"You are not allowed to {operation} '{call.model.label}' ({call.model.name}) records."
        )
    return False


def _allowed(call: Call, operation: str) -> bool:
    if call.model.name in CLOSED_MODELS:
        return call.view.user.is_admin
    if operation == "read":
        return call.records.may_read(call.model)
    return call.view.user.may_invoice


@offer("res.users", "model")
def context_get(call: Call) -> dict[str, Any]:
    user = call.view.user
    return {"lang": user.language, "tz": user.timezone, "uid": user.serial}


@offer("res.users", "model", until=17, name="has_group")
def has_group_of_caller(call: Call, group_ext_id: str) -> bool:
    return _in_group(call, call.uid, group_ext_id)


@offer("res.users", "records", since=18)
def has_group(call: Call, group_ext_id: str) -> bool:
    if len(call.ids) != 1:
        raise errors.value(f"Expected singleton: res.users({', '.join(map(str, call.ids))})")
    return _in_group(call, call.ids[0], group_ext_id)


def _in_group(call: Call, uid: int, group: str) -> bool:
    user = call.view.ledger.users.get(uid)
    if user is None:
        return False
    if group == "base.group_user":
        return True
    return (group in INVOICING and user.may_invoice) or (group == "base.group_system" and user.is_admin)


@offer("ir.model.data", "model")
def check_object_reference(
    call: Call, module: str, xml_id: str, raise_on_access_error: bool = False
) -> tuple[str, int]:
    found = EXTERNAL_IDS.get((module, xml_id))
    if found is None:
        raise errors.value(f"External ID not found in the system: {module}.{xml_id}")
    return found
