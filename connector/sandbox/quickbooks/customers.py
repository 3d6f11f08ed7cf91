"""Customers and, below them, sub-customers: whoever is billed in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import ZERO, Currency, Document, Party
from connector.sandbox.quickbooks.entities import Entity, Field, Shown, offer, stamped
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import filled, moment, number, reference
from connector.sandbox.quickbooks.watch import CUSTOMER, ancestry

CURRENCIES = {"US": "USD", "GB": "GBP"}
LONGEST_EMAIL = 100


def id_of(party: Party) -> str:
    return str(party.serial)


def find(realm: Realm, wanted: str) -> Party | None:
    return realm.customers().get(wanted)


def everybody(realm: Realm) -> list[Party]:
    return list(realm.customers().values())


def updated_at(realm: Realm, party: Party) -> datetime:
    return realm.watch.customer_updated(party, realm.company)


# ---------------------------------------------------------------------- names


def display_name(party: Party) -> str:
    """Unique over there and free of colons and breaks: a sub-customer's ends in its number."""
    plain = re.sub(r"[:\t\r\n]+", " ", party.name).strip()[:480]
    return plain if party.parent is None else f"{plain} ({party.serial})"


def full_name(party: Party) -> str:
    return ":".join(reversed([display_name(one) for one in ancestry(party)]))


def split_name(realm: Realm, party: Party) -> tuple[str, str]:
    """Given and family name: as typed, or of a person the first word and the others."""
    if party.is_company:
        return "", ""
    typed = realm.extras.first_names.get(party.serial)
    if typed:
        return typed
    first, _, last = party.name.partition(" ")
    return first[:100], last[:100]


# ---------------------------------------------------------------------- facts


def bills_parent(party: Party) -> bool:
    """Somebody else owes for it: the ledger's payer is further up."""
    return party.payer is not party


def email(realm: Realm, party: Party) -> str:
    """The address, or several with commas between, as people type them into the one field."""
    alone = realm.stage.typed(party).get("email_alone") or not realm.options.email_lists
    billed = (
        []
        if alone
        else [one.email for one in party.contacts if one.kind == "invoice" and one.email and one.active]
    )
    known = list(dict.fromkeys(one for one in (party.email, *billed) if one))
    if len(", ".join(known)) > LONGEST_EMAIL:
        known = known[:1]
    return ", ".join(known)


def currency(realm: Realm, party: Party) -> Currency:
    """The one of its transactions; of its country while it has none. It never changes over there."""
    typed = realm.stage.typed(party).get("currency")
    if typed:
        return realm.ledger.currencies[typed]
    for entry in realm.ledger.entries_by_payer[party.payer.serial]:
        if entry.customer is party and isinstance(entry, Document):
            return entry.currency
    country = party.payer.country.code if party.payer.country else ""
    return realm.ledger.currencies[CURRENCIES.get(country, "EUR")]


def below(party: Party) -> Iterator[Party]:
    """The sub-customers at every depth."""
    for contact in party.contacts:
        if contact.is_customer:
            yield contact
        yield from below(contact)


def balance(realm: Realm, party: Party) -> Decimal:
    """What the customer itself owes, less what it has paid or was credited and nobody applied."""
    mine = currency(realm, party)
    total = ZERO
    for entry in realm.ledger.entries_by_payer[party.payer.serial]:
        if entry.customer is not party or entry.company is not realm.company or entry.state != "posted":
            continue
        if entry.currency is mine:
            total += sum((line.residual for line in entry.due_lines), ZERO)
    return total


def balance_with_jobs(realm: Realm, party: Party) -> Decimal:
    return sum((balance(realm, one) for one in below(party)), balance(realm, party))


# ---------------------------------------------------------------------- showing


def show(realm: Realm, party: Party) -> Shown:
    stamp, typed = realm.watch.stamp(CUSTOMER, id_of(party)), realm.stage.typed(party)
    updated = moment(updated_at(realm, party))
    return filled(
        {
            **{key: value for key, value in typed.items() if key[0].isupper()},
            **_names(realm, party),
            **_reach(realm, party),
            **_money(realm, party),
            "Taxable": typed.get("Taxable", False),
            "Notes": party.notes,
            "Active": party.active,
            "Job": party.parent is not None,
            "BillWithParent": bills_parent(party),
            "ParentRef": reference(party.parent.serial) if party.parent else None,
            "Level": _level(party),
            "PreferredDeliveryMethod": typed.get("PreferredDeliveryMethod", "Print"),
            "PrimaryTaxIdentifier": "X" * len(party.vat),
            "domain": "QBO",
            "sparse": False,
            "Id": id_of(party),
            "SyncToken": str(stamp.token),
            "MetaData": {"CreateTime": moment(stamp.created_at), "LastUpdatedTime": updated},
        }
    )


def _names(realm: Realm, party: Party) -> Shown:
    given, family = split_name(realm, party)
    return {
        "GivenName": given,
        "FamilyName": family,
        "FullyQualifiedName": full_name(party),
        "CompanyName": party.name.replace("\n", " ")[:100] if party.is_company else "",
        "DisplayName": display_name(party),
        "PrintOnCheckName": display_name(party)[:110],
    }


def _reach(realm: Realm, party: Party) -> Shown:
    address = email(realm, party)
    return {
        "BillAddr": bill_address(party),
        "PrimaryPhone": {"FreeFormNumber": party.phone[:30]} if party.phone else None,
        "Mobile": {"FreeFormNumber": party.mobile[:30]} if party.mobile else None,
        "PrimaryEmailAddr": {"Address": address} if address else None,
    }


def _money(realm: Realm, party: Party) -> Shown:
    kind, terms, mine = next(iter(party.tags), None), party.terms, currency(realm, party)
    return {
        "Balance": number(balance(realm, party)),
        "BalanceWithJobs": number(balance_with_jobs(realm, party)),
        "CurrencyRef": reference(mine.code, mine.name),
        "SalesTermRef": reference(terms.serial, terms.name[:31]) if terms else None,
        "CustomerTypeRef": reference(kind.serial, kind.name) if kind else None,
    }


def _level(party: Party) -> int | None:
    depth = len(list(ancestry(party))) - 1
    return depth or None


def bill_address(party: Party) -> dict[str, Any] | None:
    """Of the customer, or of the one above it: the country in words, as people type it."""
    for one in ancestry(party):
        if one.street or one.city:
            return filled({"Id": str(one.serial + 100_000), "Line1": one.street, "City": one.city,
                           "Country": one.country.name if one.country else "",
                           "PostalCode": one.zip})  # fmt: skip
    return None


# ---------------------------------------------------------------------- asking


def _name_field(get: Any) -> Field:
    return Field("text", get)


FIELDS = {
    **stamped(CUSTOMER, id_of),
    "displayname": _name_field(lambda _realm, one: display_name(one)),
    "fullyqualifiedname": _name_field(lambda _realm, one: full_name(one)),
    "givenname": _name_field(lambda realm, one: split_name(realm, one)[0]),
    "middlename": _name_field(lambda _realm, one: ""),
    "familyname": _name_field(lambda realm, one: split_name(realm, one)[1]),
    "companyname": _name_field(lambda _realm, one: one.name[:100] if one.is_company else ""),
    "printoncheckname": _name_field(lambda _realm, one: display_name(one)[:110]),
    "active": Field("flag", lambda _realm, one: one.active),
    "balance": Field("number", balance),
    "balancewithjobs": Field("number", balance_with_jobs, filters=False),
    "primaryemailaddr": Field("text", email, sorts=False),
    **{name: Field("text", lambda _realm, one: "", filters=False, sorts=False)
       for name in ("parentref", "job", "notes", "mobile")},
}  # fmt: skip


def offer_customers(writing: Any) -> Entity:
    return offer(
        Entity(CUSTOMER, everybody, find, show, id_of, updated_at, FIELDS, writing, name_list=True,
               shared=True)
    )  # fmt: skip
