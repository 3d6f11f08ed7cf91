"""Customers of both kinds: lists, reading, creating, changing."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import quote

from connector.sandbox.nouns import Party
from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.errors import missing, refused
from connector.sandbox.pennylane.filters import RANGE, SAME, SET, Field, whole, words
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.values import CUSTOMERS, LEDGER_ACCOUNTS, moment

CONDITIONS: dict[tuple[tuple[int, int], ...], str] = {
    ((100, 30),): "30_days",
    ((100, 45),): "45_days",
    ((100, 60),): "60_days",
}
LANGUAGES = {"fr_FR": "fr_FR", "de_DE": "de_DE", "en_US": "en_GB"}
SPOKEN = {"fr_FR": "fr_FR", "de_DE": "de_DE", "en_GB": "en_US"}
NO_ADDRESS = dict.fromkeys(schemas.ADDRESS_KEYS, "")
NAMESPACE = uuid.UUID("00000000-0000-7000-8000-000000000000")


def customer(call: Call, number: int, kind: str = "Customer") -> Party:
    """Raises ApiError (404)."""
    party = call.stage.ledger.parties.get(CUSTOMERS.serial(number))
    wrong = {"CompanyCustomer": False, "IndividualCustomer": True}.get(kind)
    if party is None or not party.is_customer or party.payer is not party or party.is_company is wrong:
        raise missing(kind, number)
    return party


def kind_of(party: Party) -> str:
    return "company" if party.is_company else "individual"


def external_reference(stage: Stage, party: Party) -> str:
    typed = stage.extras.customer[party.serial].get("external_reference")
    return str(typed if typed is not None else uuid.uuid5(NAMESPACE, str(party.serial)))


def emails(stage: Stage, party: Party) -> list[str]:
    """Who receives invoices. The ledger knows the first one."""
    more: list[str] = stage.extras.customer[party.serial].get("more_emails", [])
    return [party.email, *more] if party.email else []


def split_name(stage: Stage, party: Party) -> tuple[str, str]:
    """First and last name, as typed or as the first word and the others."""
    typed = stage.extras.names.get(party.serial)
    if typed and " ".join(typed).strip() == party.name:
        return typed
    first, _, last = party.name.partition(" ")
    return first, last


def show(call: Call, party: Party) -> dict[str, Any]:
    """As the typed endpoints give it."""
    stage, number = call.stage, CUSTOMERS.of(party.serial)
    typed = stage.extras.customer[party.serial]
    first, last = split_name(stage, party)
    of_kind = (
        {"vat_number": party.vat, "reg_no": party.registry[:9]}
        if party.is_company
        else {"first_name": first, "last_name": last}
    )
    mandates = quote(json.dumps([{"field": "customer_id", "operator": "eq", "value": str(number)}],
                                separators=(",", ":")), safe="")  # fmt: skip
    return {
        "id": number,
        "name": party.name,
        "billing_iban": typed.get("billing_iban"),
        "payment_conditions": typed.get("payment_conditions") or _conditions(party),
        "recipient": typed.get("recipient", ""),
        "phone": party.phone or party.mobile,
        "reference": party.reference,
        "notes": party.notes or None,
        **of_kind,
        "ledger_account": {"id": LEDGER_ACCOUNTS.of(party.serial)},
        "emails": emails(stage, party),
        "billing_address": _address(party),
        "delivery_address": typed.get("delivery_address", NO_ADDRESS),
        "created_at": moment(party.created_at),
        "updated_at": moment(party.written_at),
        "external_reference": external_reference(stage, party),
        "billing_language": LANGUAGES[party.language.code]
        if party.language
        else typed.get("billing_language", "fr_FR"),
        "mandates": {"url": call.link(f"gocardless_mandates?filter={mandates}")},
        "pro_account_mandates": {"url": call.link(f"pro_account/mandates?filter={mandates}")},
        "contacts": {"url": call.link(f"customers/{number}/contacts")},
    }


def show_either(call: Call, party: Party) -> dict[str, Any]:
    """As the common endpoints give it."""
    return {**show(call, party), "customer_type": kind_of(party)}


def _conditions(party: Party) -> str:
    return CONDITIONS.get(party.terms.parts, "custom") if party.terms else "30_days"


def _address(party: Party) -> dict[str, str]:
    country = party.country.code if party.country else ""
    return {"address": party.street, "postal_code": party.zip, "city": party.city, "country_alpha2": country}


# ---------------------------------------------------------------------- reading


@route("GET", "customers", "customers")
def list_customers(call: Call) -> dict[str, Any]:
    stage = call.stage
    fields = {
        "id": Field(lambda one: CUSTOMERS.of(one.serial), RANGE, whole),
        "customer_type": Field(kind_of, SAME, words),
        "ledger_account_id": Field(lambda one: LEDGER_ACCOUNTS.of(one.serial), SAME, whole),
        "name": Field(lambda one: one.name, ("start_with", "eq"), words),
        "external_reference": Field(
            lambda one: external_reference(stage, one), ("start_with", *SET), words
        ),
        "reg_no": Field(lambda one: one.registry[:9], SET, words),
        "emails": Field(lambda one: emails(stage, one), ("in",), words),
    }  # fmt: skip
    return page(
        call, stage.customers(), lambda one: show_either(call, one), fields=fields,
        sorts={"id": lambda one: (CUSTOMERS.of(one.serial),)},
    )  # fmt: skip


@route("GET", "customers/{id}", "customers")
def read_customer(call: Call) -> dict[str, Any]:
    return show_either(call, customer(call, call.args[0]))


@route("GET", "company_customers/{id}", "customers")
def read_company(call: Call) -> dict[str, Any]:
    return show(call, customer(call, call.args[0], "CompanyCustomer"))


@route("GET", "individual_customers/{id}", "customers")
def read_individual(call: Call) -> dict[str, Any]:
    return show(call, customer(call, call.args[0], "IndividualCustomer"))


# ---------------------------------------------------------------------- writing


@route("PUT", "company_customers/{id}", "customers", body=schemas.COMPANY_UPDATE)
def change_company(call: Call) -> dict[str, Any]:
    return _change(call, customer(call, call.args[0], "CompanyCustomer"))


@route("PUT", "individual_customers/{id}", "customers", body=schemas.INDIVIDUAL_UPDATE)
def change_individual(call: Call) -> dict[str, Any]:
    return _change(call, customer(call, call.args[0], "IndividualCustomer"))


@route("POST", "company_customers", "customers", body=schemas.COMPANY_NEW, status=201)
def make_company(call: Call) -> dict[str, Any]:
    _demand_free_reference(call, None)
    made = call.stage.ledger.add_party(call.body["name"], is_company=True, is_customer=True)
    return _change(call, made)


@route("POST", "individual_customers", "customers", body=schemas.INDIVIDUAL_NEW, status=201)
def make_individual(call: Call) -> dict[str, Any]:
    _demand_free_reference(call, None)
    name = f"{call.body['first_name']} {call.body['last_name']}".strip()
    return _change(call, call.stage.ledger.add_party(name, is_customer=True))


def _change(call: Call, party: Party) -> dict[str, Any]:
    """Partial: what the body does not name stays."""
    _demand_free_reference(call, party)
    stage, body = call.stage, call.body
    for key, fact in (("name", "name"), ("vat_number", "vat"), ("reg_no", "registry"), ("phone", "phone"),
                      ("reference", "reference"), ("notes", "notes")):  # fmt: skip
        if key in body:
            setattr(party, fact, body[key] or "")
    party.notes = (party.notes or "")[: stage.options.notes_max]
    if "first_name" in body or "last_name" in body:
        first, last = split_name(stage, party)
        typed = body.get("first_name", first), body.get("last_name", last)
        stage.extras.names[party.serial] = typed
        party.name = " ".join(typed).strip()
    if "emails" in body:
        party.email = next(iter(body["emails"]), "")
        stage.extras.customer[party.serial]["more_emails"] = body["emails"][1:]
    if "billing_address" in body:
        _change_address(stage, party, body["billing_address"])
    if "billing_language" in body:
        party.language = stage.ledger.languages.get(SPOKEN.get(body["billing_language"], ""))
    for key in ("billing_iban", "payment_conditions", "recipient", "external_reference", "billing_language"):
        if key in body:
            stage.extras.customer[party.serial][key] = body[key]
    if "delivery_address" in body:
        stage.extras.customer[party.serial]["delivery_address"] = {**NO_ADDRESS, **body["delivery_address"]}
    stage.write(party)
    return show(call, party)


def _change_address(stage: Stage, party: Party, given: dict[str, str]) -> None:
    for key, fact in (("address", "street"), ("postal_code", "zip"), ("city", "city")):
        if key in given:
            setattr(party, fact, given[key])
    if "country_alpha2" in given:
        party.country = stage.ledger.countries.get(given["country_alpha2"])


def _demand_free_reference(call: Call, party: Party | None) -> None:
    wanted = call.body.get("external_reference")
    if wanted is None:
        return
    for other in call.stage.customers():
        if other is not party and external_reference(call.stage, other) == wanted:
            raise refused("External reference has already been taken")
