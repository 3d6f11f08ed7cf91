"""How a remote call becomes a Python call: the table of offered methods, binding of arguments, refusals."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connector.sandbox.odoo import errors
from connector.sandbox.odoo.records import MODELS, Records
from connector.sandbox.odoo.schema import LAST, Model, View, fixed

Method = Callable[..., Any]
Kind = Literal["model", "records"]

CLOSED_MODELS = {"ir.model": "Models", "ir.model.data": "Model Data",
                 "ir.config_parameter": "System Parameter",
                 "mail.mail": "Outgoing Mails", "ir.model.fields": "Fields"}  # fmt: skip
ELSEWHERE = {
    "account.payment.register", "account.move.reversal", "account.bank.statement.line", "account.account",
    "account.full.reconcile", "mail.template", "mail.compose.message", "payment.link.wizard", "res.groups",
    "res.country.state", "res.partner.bank", "account.move.send", "account.move.send.wizard",
    "product.product",
}  # fmt: skip
REAL_METHODS = {
    "create", "write", "unlink", "copy", "read_group", "formatted_read_group", "name_search", "name_get",
    "name_create",
    "default_get", "search_fetch", "onchange", "export_data", "load", "web_save", "web_read_group",
    "activity_schedule",
    "action_cancel", "action_draft", "reconcile",
    "js_remove_outstanding_partial", "action_toggle_block_payment", "message_subscribe",
    "message_update_content", "get_view", "get_views",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way: who, on what, with which context. ``json2``: recordsets come back as lists of
    ids.
    """

    view: View
    records: Records
    model: Model
    method: str
    ids: tuple[int, ...]
    context: Mapping[str, Any]
    base_url: str
    json2: bool

    @property
    def version(self) -> int:
        return self.view.version

    @property
    def uid(self) -> int:
        return self.view.user.serial


@dataclass(frozen=True, slots=True)
class Offer:
    function: Method
    kind: Kind
    signature: inspect.Signature
    since: int
    until: int


OFFERS: dict[tuple[str, str], list[Offer]] = {}


def offer(
    model: str, kind: Kind, *, since: int = 16, until: int = LAST, name: str = ""
) -> Callable[[Method], Method]:
    """Offer the function as ``model.method`` (``*`` is every model) in those versions; its first parameter
    is the call.
    """

    def keep(function: Method) -> Method:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        made = Offer(function, kind, inspect.Signature(parameters), since, until)
        OFFERS.setdefault((model, name or function.__name__), []).append(made)
        return function

    return keep


def find(model: str, method: str, version: int, *, is_admin: bool, json2: bool) -> tuple[Model, Offer]:
    """The model and what it offers under that name. Raises Odoo's own error when Odoo would, else a
    refusal.
    """
    special = OFFERS.get((model, method), [])
    if model not in MODELS and not special:
        raise _no_model(model, is_admin=is_admin, json2=json2)
    if method.startswith("_"):
        shown = f"'{model}.{method}'" if version >= 18 else method
        raise errors.access(f"Private methods (such as {shown}) cannot be called remotely.")
    for found in (*special, *OFFERS.get(("*", method), [])):
        if found.since <= version <= found.until:
            return MODELS.get(model) or Model(model, model, fixed(()), ()), found
    if method in REAL_METHODS:
        raise errors.not_offered(f"{model}.{method}")
    raise _no_method(model, method, version, json2=json2)


def bind(
    call_name: str, found: Offer, args: list[Any], kwargs: dict[str, Any], *, json2: bool
) -> inspect.BoundArguments:
    """Raises what Python would say about the wrong arguments, in the protocol's dress."""
    try:
        return found.signature.bind(*args, **kwargs)
    except TypeError as wrong:
        if json2:
            raise errors.http("UnprocessableEntity", str(wrong), 422) from None
        text = str(wrong).replace("missing a required argument", "missing 1 required positional argument")
        raise errors.kind(f"BaseModel.{call_name}() {text}") from None


def _no_model(model: str, *, is_admin: bool, json2: bool) -> errors.OdooError:
    if model in CLOSED_MODELS and not is_admin:
        return errors.access(
            f"You are not allowed to access '{CLOSED_MODELS[model]}' ({model}) records.\n\n"
            "This operation is allowed for the following groups:\n\t- Administration/Access Rights\n\n"
            "Contact your administrator to request access if necessary."
        )
    if model in ELSEWHERE or model in CLOSED_MODELS:
        return errors.not_offered(model)
    if json2:
        return errors.http("NotFound", f"the model '{model}' does not exist", 404)
    return errors.user(f"Object {model} doesn't exist")


def _no_method(model: str, method: str, version: int, *, json2: bool) -> errors.OdooError:
    text = f"The method '{model}.{method}' does not exist"
    if version <= 17:
        text = f"The method '{method}' does not exist on the model '{model}'"
    if json2:
        return errors.http("NotFound", text, 404)
    return errors.OdooError("builtins.AttributeError", text)
