"""From who asks what to the method that answers: rights, companies, ids, arguments, one call at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, User
from connector.sandbox.odoo import acting, activities, errors, reading, writing
from connector.sandbox.odoo.calls import Call, Offer, bind, find
from connector.sandbox.odoo.domain import Schema
from connector.sandbox.odoo.records import Records
from connector.sandbox.odoo.schema import View

OFFERING = (acting, activities, reading, writing)  # importing them fills the table of offered methods


class Asked(NamedTuple):
    """A call as it came in. JSON-RPC has positional ``args``, the ids first; JSON-2 ``ids`` and names."""

    user: User
    model: str
    method: str
    ids: Any
    args: list[Any]
    named: dict[str, Any]
    base_url: str
    json2: bool


def perform(asked: Asked, ledger: Ledger, schema: Schema) -> Any:
    """The method's result. Raises ``OdooError``."""
    user, named = asked.user, dict(asked.named)
    context = named.pop("context", None) or {}
    model, found = find(asked.model, asked.method, schema.version, is_admin=user.is_admin, json2=asked.json2)
    ids, args = _ids(asked, found)
    bound = bind(asked.method, found, args, named, json2=asked.json2)
    with ledger.lock:
        view = View(ledger, schema.version, user, companies(user, context))
        records = Records(view, schema, active_test=context.get("active_test", True) is not False)
        call = Call(view, records, model, asked.method, ids, context, asked.base_url, asked.json2)
        try:
            return found.function(call, *bound.args, **bound.kwargs)
        except (TypeError, ValueError, LookupError) as broke:  # nonsense in the values: Odoo stumbles too
            raise errors.OdooError(f"builtins.{type(broke).__name__}", str(broke)) from broke


def companies(user: User, context: dict[str, Any]) -> tuple[Company, ...]:
    """Those that the context allows, in its order; all of the user's when it says nothing."""
    asked = context.get("allowed_company_ids")
    if not asked:
        return tuple(user.companies)
    known = {company.serial: company for company in user.companies}
    if not set(asked) <= set(known):
        raise errors.access("Access to unauthorized or invalid companies.")
    return tuple(known[serial] for serial in asked)


def _ids(asked: Asked, found: Offer) -> tuple[tuple[int, ...], list[Any]]:
    """The ids and the arguments that are left."""
    args, ids = list(asked.args), asked.ids
    if found.kind == "model":
        if ids:
            text = f"cannot call {asked.model}.{asked.method} with ids"
            raise errors.http("UnprocessableEntity", text, 422)
        return (), args
    if not asked.json2:
        if not args:
            raise errors.OdooError("builtins.IndexError", "tuple index out of range")
        ids = args.pop(0)
    if isinstance(ids, int) and not isinstance(ids, bool):
        return (ids,), args
    return tuple(ids or ()), args
