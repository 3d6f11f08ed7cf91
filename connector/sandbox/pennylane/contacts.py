"""Contacts of a customer. They are records of their own: no changelog tells of them."""

from __future__ import annotations

from typing import Any

from connector.sandbox.nouns import Party
from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.customers import customer, split_name
from connector.sandbox.pennylane.errors import missing
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.values import CONTACTS, moment

FACTS = {"email": "email", "role": "function", "telephone_number": "phone", "mobile_number": "mobile"}


def contacts_of(party: Party) -> list[Party]:
    """People; a delivery address is none."""
    return [
        one for one in party.contacts if one.kind != "delivery" and one.payer is party and one.active
    ]  # fmt: skip


def show(call: Call, contact: Party) -> dict[str, Any]:
    first, last = split_name(call.stage, contact)
    return {
        "id": CONTACTS.of(contact.serial), "first_name": first, "last_name": last, "role": contact.function,
        "email": contact.email, "telephone_number": contact.phone, "mobile_number": contact.mobile,
        "created_at": moment(contact.created_at), "updated_at": moment(contact.written_at),
    }  # fmt: skip


def _contact(call: Call) -> tuple[Party, Party]:
    """The customer and its contact. Raises ApiError (404)."""
    party = customer(call, call.args[0])
    for found in contacts_of(party):
        if CONTACTS.of(found.serial) == call.args[1]:
            return party, found
    raise missing("Contact", call.args[1])


@route("GET", "customers/{id}/contacts", "customers")
def list_contacts(call: Call) -> dict[str, Any]:
    found = contacts_of(customer(call, call.args[0]))
    by_id = {"id": lambda one: (CONTACTS.of(one.serial),)}
    return page(call, found, lambda one: show(call, one), sorts=by_id)


@route("GET", "customers/{id}/contacts/{id}", "customers")
def read_contact(call: Call) -> dict[str, Any]:
    return show(call, _contact(call)[1])


@route("POST", "customers/{id}/contacts", "customers", body=schemas.CONTACT_NEW, status=201)
def make_contact(call: Call) -> dict[str, Any]:
    party = customer(call, call.args[0])
    return _change(call, call.stage.ledger.add_party("", parent=party, language=party.language))


@route("PUT", "customers/{id}/contacts/{id}", "customers", body=schemas.CONTACT_UPDATE)
def change_contact(call: Call) -> dict[str, Any]:
    return _change(call, _contact(call)[1])


@route("DELETE", "customers/{id}/contacts/{id}", "customers", status=204)
def delete_contact(call: Call) -> None:
    party, contact = _contact(call)
    party.contacts.remove(contact)
    call.stage.ledger.parties.remove(contact.serial)


def _change(call: Call, contact: Party) -> dict[str, Any]:
    first, last = split_name(call.stage, contact)
    typed = call.body.get("first_name", first), call.body.get("last_name", last)
    call.stage.extras.names[contact.serial] = typed
    contact.name = " ".join(typed).strip()
    for key, fact in FACTS.items():
        if key in call.body:
            setattr(contact, fact, call.body[key])
    call.stage.write(contact)
    return show(call, contact)
