"""Analytical categories, and which record carries which. Setting them tells no changelog."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.customers import customer
from connector.sandbox.pennylane.errors import missing, refused
from connector.sandbox.pennylane.filters import RANGE, SET, Field, whole, words
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.stage import Category
from connector.sandbox.pennylane.values import CATEGORIES, amount, moment

GROUPS = 14_148_000_000


def category(call: Call, number: int) -> Category:
    """Raises ApiError (404)."""
    found = call.stage.extras.categories.get(CATEGORIES.serial(number))
    if found is None:
        raise missing("Category", number)
    return found


def show(one: Category) -> dict[str, Any]:
    return {"created_at": moment(one.created_at), "direction": one.direction,
            "id": CATEGORIES.of(one.serial), "label": one.label, "updated_at": moment(one.created_at),
            "analytical_code": one.code, "category_group": {"id": GROUPS + one.group}}  # fmt: skip


def shown_weights(call: Call, kind: str, serial: int) -> list[dict[str, Any]]:
    """The categories of a record, as they are listed on it."""
    found = []
    for place, weight in call.stage.extras.weights.get((kind, serial), ()):
        one = call.stage.extras.categories[place]
        found.append({"weight": weight, "id": CATEGORIES.of(one.serial), "label": one.label,
                      "analytical_code": one.code, "created_at": moment(one.created_at),
                      "updated_at": moment(one.created_at),
                      "category_group": {"id": GROUPS + one.group}})  # fmt: skip
    return found


def set_weights(call: Call, kind: str, serial: int) -> list[dict[str, Any]]:
    """All of them at once. Raises ApiError (422) when the weights of a group do not make 1."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    chosen = []
    for one in call.body:
        found = category(call, one["id"])
        try:
            weight = Decimal(one["weight"])
        except InvalidOperation:
            raise refused("Weight is not a number") from None
        sums[found.group] += weight
        chosen.append((found.serial, amount(weight)))
    if any(total != 1 for total in sums.values()):
        raise refused("The sum of the weights of each category group must equal 100%")
    call.stage.extras.weights[kind, serial] = chosen
    return shown_weights(call, kind, serial)


@route("GET", "categories", "categories")
def list_categories(call: Call) -> dict[str, Any]:
    fields = {
        "id": Field(lambda one: CATEGORIES.of(one.serial), RANGE, whole),
        "category_group_id": Field(lambda one: GROUPS + one.group, RANGE, whole),
        "label": Field(lambda one: one.label, ("start_with", "eq", "in"), words),
        "analytical_code": Field(lambda one: one.code, SET, words),
    }
    by_id = {"id": lambda one: (CATEGORIES.of(one.serial),)}
    return page(call, call.stage.extras.categories.values(), show, sorts=by_id, fields=fields)


@route("GET", "categories/{id}", "categories")
def read_category(call: Call) -> dict[str, Any]:
    return show(category(call, call.args[0]))


@route("POST", "categories", "categories", body=schemas.CATEGORY_NEW, status=201)
def make_category(call: Call) -> dict[str, Any]:
    known, body = call.stage.extras.categories, call.body
    group = body["category_group_id"] - GROUPS
    if not any(one.group == group for one in known.values()):
        raise missing("CategoryGroup", body["category_group_id"])
    serial = max(known, default=0) + 1
    made = Category(serial, body["label"], call.stage.ledger.clock.tick(), body.get("direction", "cash_out"),
                    body.get("analytical_code"), group)  # fmt: skip
    known[serial] = made
    return show(made)


@route("GET", "customers/{id}/categories", "customers")
def list_of_customer(call: Call) -> dict[str, Any]:
    found = shown_weights(call, "customer", customer(call, call.args[0]).serial)
    return page(call, found, lambda one: one, sorts={"id": lambda one: (one["id"],)})


@route("PUT", "customers/{id}/categories", "customers", body=schemas.WEIGHTS)
def set_of_customer(call: Call) -> list[dict[str, Any]]:
    return set_weights(call, "customer", customer(call, call.args[0]).serial)
