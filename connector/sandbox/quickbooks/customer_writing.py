"""Customers that come in or change through the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.sandbox.nouns import Country, Party
from connector.sandbox.quickbooks.customers import currency, display_name, offer_customers
from connector.sandbox.quickbooks.entities import Body, Writing
from connector.sandbox.quickbooks.errors import business, duplicate_name, invalid_reference, missing
from connector.sandbox.quickbooks.stage import Realm

ECHOED = (
    "Title", "MiddleName", "Suffix", "AlternatePhone", "Fax", "WebAddr", "ShipAddr", "PaymentMethodRef",
    "Taxable", "DefaultTaxCodeRef", "ResaleNum", "PreferredDeliveryMethod", "TaxExemptionReasonId",
    "ARAccountRef", "OpenBalanceDate", "GSTIN", "GSTRegistrationType", "BusinessNumber", "OtherContactInfo",
)  # fmt: skip
READ_ONLY = (
    "FullyQualifiedName", "Level", "BalanceWithJobs", "Balance", "IsProject", "CustomerTypeRef",
    "PrintOnCheckName", "PrimaryTaxIdentifier", "SecondaryTaxIdentifier", "ClientEntityId", "V4IDPseudonym",
    "RootCustomerRef", "DefaultTaxCodeRef", "Source",
)  # fmt: skip
TYPED = (
    "DisplayName", "CompanyName", "GivenName", "FamilyName", "PrimaryEmailAddr", "PrimaryPhone", "Mobile",
    "BillAddr", "Notes", "Active", "Job", "ParentRef", "BillWithParent", "CurrencyRef", "SalesTermRef",
)  # fmt: skip
LIMITS = {
    "DisplayName": 500, "Notes": 2000, "Title": 16, "GivenName": 100, "MiddleName": 100, "FamilyName": 100,
    "Suffix": 16, "CompanyName": 100, "PrimaryEmailAddr.Address": 100, "PrimaryPhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30, "WebAddr.URI": 1000,
}  # fmt: skip


def create(realm: Realm, body: Body) -> Party:
    given = f"{body.get('GivenName') or ''} {body.get('FamilyName') or ''}".strip()
    name = body.get("DisplayName") or given or body.get("CompanyName")
    if not name:
        raise missing("DisplayName")
    demand_name(realm, str(name), None)
    parent = _party(realm, "ParentRef", body)
    is_company = not body.get("BillWithParent") if parent else not given or bool(body.get("CompanyName"))
    made = realm.ledger.add_party(str(name), is_company=is_company, is_customer=True, parent=parent)
    realm.stage.refresh()
    wanted = (body.get("CurrencyRef") or {}).get("value")
    if wanted:
        if wanted not in realm.ledger.currencies:
            raise invalid_reference("CurrencyRef", wanted)
        realm.stage.typed(made)["currency"] = wanted
    _take(realm, made, body)
    return made


def update(realm: Realm, party: Party, body: Body, sparse: bool) -> None:
    wanted = (body.get("CurrencyRef") or {}).get("value")
    if wanted and wanted != currency(realm, party).code:
        raise business("The currency of a customer cannot be changed", "CurrencyRef")
    if "DisplayName" in body:
        demand_name(realm, str(body["DisplayName"] or ""), party)
    elif not sparse:
        raise missing("DisplayName")
    if "BillWithParent" in body and party.parent is not None:
        _bill(realm, party, with_parent=bool(body["BillWithParent"]))
    if not sparse:
        body = {**dict.fromkeys(("Notes", "PrimaryEmailAddr", "PrimaryPhone", "Mobile", "BillAddr",
                                 "SalesTermRef", *ECHOED)), **body}  # fmt: skip
    _take(realm, party, body)
    realm.stage.write(party)


def demand_name(realm: Realm, name: str, of: Party | None) -> None:
    """Raises ApiError: 6000 for signs that no name may have, 6240 for a name that another has."""
    if not name.strip() or any(sign in name for sign in ":\t\n"):
        raise business("DisplayName has no text, a colon, a tab or a new line", "DisplayName")
    for party in realm.customers().values():
        if party is not of and display_name(party).casefold() == name.casefold():
            raise duplicate_name()


def _take(realm: Realm, party: Party, body: Body) -> None:
    """What the body names; what it does not name stays."""
    typed = realm.stage.typed(party)
    _take_texts(party, body)
    if "PrimaryEmailAddr" in body:
        party.email = _email(body["PrimaryEmailAddr"])
        typed["email_alone"] = True
    if "BillAddr" in body:
        _take_address(realm, party, body["BillAddr"] or {})
    if "GivenName" in body or "FamilyName" in body:
        names = str(body.get("GivenName") or ""), str(body.get("FamilyName") or "")
        realm.extras.first_names[party.serial] = names
    if "SalesTermRef" in body:
        wanted = (body["SalesTermRef"] or {}).get("value")
        party.terms = realm.ledger.terms.get(int(wanted)) if wanted else None
    for name in ECHOED:
        if name in body:
            typed[name] = body[name]


def _take_texts(party: Party, body: Body) -> None:
    if body.get("DisplayName") and body["DisplayName"] != display_name(party):
        party.name = str(body["DisplayName"])
    for name, fact in (("Notes", "notes"), ("PrimaryPhone", "phone"), ("Mobile", "mobile")):
        if name in body:
            setattr(party, fact, _text(body[name]))
    if "Active" in body:
        party.active = body["Active"] is not False


def _text(value: Any) -> str:
    return str(value.get("FreeFormNumber", "") if isinstance(value, Mapping) else value or "")


def _email(value: Any) -> str:
    """Raises ApiError (6000) without an at sign and a point."""
    address = str((value or {}).get("Address") or "")
    if address and ("@" not in address or "." not in address):
        raise business(f"Email address {address} is not valid", "PrimaryEmailAddr")
    return address


def _take_address(realm: Realm, party: Party, given: Mapping[str, Any]) -> None:
    for name, fact in (("Line1", "street"), ("City", "city"), ("PostalCode", "zip")):
        setattr(party, fact, str(given.get(name) or ""))
    party.country = country_called(realm, str(given.get("Country") or ""))


def country_called(realm: Realm, text: str) -> Country | None:
    for country in realm.ledger.countries.values():
        if text.casefold() in (country.name.casefold(), country.code.casefold()):
            return country
    return None


def _party(realm: Realm, name: str, body: Body) -> Party | None:
    """Raises ApiError (2500)."""
    wanted = (body.get(name) or {}).get("value")
    if wanted is None:
        return None
    found = realm.customers().get(str(wanted))
    if found is None:
        raise invalid_reference(name, wanted)
    return found


def _bill(realm: Realm, party: Party, *, with_parent: bool) -> None:
    """Somebody else owes from now on: the ledger keeps entries by who owes."""
    by_payer = realm.ledger.entries_by_payer
    before = party.payer
    party.is_company = not with_parent
    if party.payer is not before:
        moved = [one for one in by_payer[before.serial] if one.customer is party]
        by_payer[before.serial] = [one for one in by_payer[before.serial] if one.customer is not party]
        by_payer[party.payer.serial].extend(moved)


CUSTOMERS = offer_customers(
    Writing(frozenset((*ECHOED, *READ_ONLY, *TYPED)), LIMITS, create, update),
)
