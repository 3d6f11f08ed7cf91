"""res.*: customers and contacts, users, companies, tags, countries, currencies, languages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from connector.sandbox.books import COUNTRIES, CURRENCIES, LANGUAGES
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import ZERO, Party
from connector.sandbox.odoo.schema import INVOICING_GROUPS, Field, Model, View, fixed

TIMEZONES = ("Europe/Paris", "UTC")
LANGUAGE_CODES = tuple(one.code for one in LANGUAGES)
DATE_FORMATS = {"en_US": "%m/%d/%Y", "fr_FR": "%d/%m/%Y", "de_DE": "%d.%m.%Y"}


def partner_display(party: Party, _view: View) -> str:
    if party.parent is not None and not party.is_company:
        return f"{party.parent.name}, {party.name}"
    return party.name


def partner_credit(party: Party, view: View) -> Decimal:
    """What the customer owes the companies in view, in euros; credits subtracted."""
    total = ZERO
    for entry in view.ledger.entries_by_payer.get(party.payer.serial, ()):
        if entry.state == "posted" and entry.company in view.companies:
            total += sum((entry.currency.in_euros(line.residual) for line in entry.due_lines), ZERO)
    return total


def normalized(party: Party, _view: View) -> str:
    return party.email.strip().lower() if party.email.count("@") == 1 else ""


def language_code(party: Party, _view: View) -> str:
    return party.language.code if party.language else ""


def country_code(party: Party, _view: View) -> str:
    return party.country.code if party.country else ""


PARTNER_FIELDS = (
    Field("name", "char", lambda p, v: p.name),
    Field("display_name", "char", partner_display, readonly=True, until=16),
    Field("complete_name", "char", partner_display, since=17, readonly=True),
    Field("is_company", "boolean", lambda p, v: p.is_company),
    Field("company_type", "selection", lambda p, v: "company" if p.is_company else "person", store=False,
          choices=("person", "company"), until=18),
    Field("company_type", "selection", lambda p, v: "company" if p.is_company else "person", store=False,
          choices=("person", "company"), searchable=False, since=19),
    Field("type", "selection", lambda p, v: p.kind, choices=("contact", "invoice", "delivery", "private",
                                                             "other"),
          until=16),
    Field("type", "selection", lambda p, v: p.kind, choices=("contact", "invoice", "delivery", "other"),
          since=17),
    Field("parent_id", "many2one", lambda p, v: p.parent, "res.partner"),
    Field("child_ids", "one2many", lambda p, v: [one for one in p.contacts if one.active], "res.partner"),
    Field("commercial_partner_id", "many2one", lambda p, v: p.payer, "res.partner", readonly=True),
    Field("function", "char", lambda p, v: p.function),
    Field("email", "char", lambda p, v: p.email),
    Field("email_normalized", "char", normalized, readonly=True),
    Field("phone", "char", lambda p, v: p.phone),
    Field("mobile", "char", lambda p, v: p.mobile, until=18),
    Field("lang", "selection", language_code, choices=LANGUAGE_CODES),
    Field("country_id", "many2one", lambda p, v: p.country, "res.country"),
    Field("country_code", "char", country_code, store=False, readonly=True),
    Field("vat", "char", lambda p, v: p.vat),
    Field("company_registry", "char", lambda p, v: p.registry),
    Field("category_id", "many2many", lambda p, v: p.tags, "res.partner.category"),
    Field("user_id", "many2one", lambda p, v: p.salesperson, "res.users"),
    Field("ref", "char", lambda p, v: p.reference),
    Field("street", "char", lambda p, v: p.street),
    Field("street2", "char"),
    Field("zip", "char", lambda p, v: p.zip),
    Field("city", "char", lambda p, v: p.city),
    Field("state_id", "many2one", relation="res.country.state"),
    Field("title", "many2one", relation="res.partner.title", until=18),
    Field("company_id", "many2one", relation="res.company"),
    Field("customer_rank", "integer", lambda p, v: int(p.is_customer)),
    Field("supplier_rank", "integer", lambda p, v: 0),
    Field("credit", "monetary", partner_credit, store=False, readonly=True, groups=INVOICING_GROUPS),
    Field("trust", "selection", lambda p, v: "normal", choices=("good", "normal", "bad"), store=False,
          until=17),
    Field("trust", "selection", lambda p, v: "normal", choices=("good", "normal", "bad"), since=18),
    Field("property_payment_term_id", "many2one", lambda p, v: p.terms, "account.payment.term", store=False,
          until=17),
    Field("property_payment_term_id", "many2one", lambda p, v: p.terms, "account.payment.term", since=18),
    Field("invoice_sending_method", "selection", choices=("manual", "email", "snailmail"), since=18),
    Field("comment", "html"),
    Field("tz", "selection", choices=TIMEZONES),
    Field("active", "boolean", lambda p, v: p.active),
    Field("create_date", "datetime", lambda p, v: p.created_at, readonly=True),
    Field("write_date", "datetime", lambda p, v: p.written_at, readonly=True),
)  # fmt: skip

USER_FIELDS = (
    Field("name", "char", lambda u, v: u.party.name, store=False),
    Field("login", "char", lambda u, v: u.login, required=True),
    Field("email", "char", lambda u, v: u.party.email, store=False),
    Field("lang", "selection", lambda u, v: u.language, choices=LANGUAGE_CODES, store=False),
    Field("tz", "selection", lambda u, v: u.timezone, choices=TIMEZONES, store=False),
    Field("company_id", "many2one", lambda u, v: u.companies[0], "res.company", required=True),
    Field("company_ids", "many2many", lambda u, v: u.companies, "res.company"),
    Field("partner_id", "many2one", lambda u, v: u.party, "res.partner", required=True),
    Field("active", "boolean", lambda u, v: u.active),
    Field("share", "boolean", lambda u, v: False, readonly=True),
    Field("groups_id", "many2many", lambda u, v: (), "res.groups", until=18),
    Field("group_ids", "many2many", lambda u, v: (), "res.groups", since=19),
    Field("write_date", "datetime", lambda u, v: u.party.written_at, readonly=True),
)

COMPANY_FIELDS = (
    Field("name", "char", lambda c, v: c.name, required=True),
    Field("currency_id", "many2one", lambda c, v: c.currency, "res.currency", required=True),
    Field("partner_id", "many2one", lambda c, v: c.party, "res.partner", required=True),
    Field("parent_id", "many2one", relation="res.company"),
    Field("country_id", "many2one", lambda c, v: c.party.country, "res.country", store=False),
    Field("vat", "char", lambda c, v: c.party.vat, store=False),
    Field("company_registry", "char", lambda c, v: c.party.registry, store=False),
    Field("email", "char", lambda c, v: c.party.email),
    Field("phone", "char", lambda c, v: c.party.phone),
    Field("street", "char", lambda c, v: c.party.street, store=False),
    Field("zip", "char", lambda c, v: c.party.zip, store=False),
    Field("city", "char", lambda c, v: c.party.city, store=False),
    Field("active", "boolean", lambda c, v: True),
    Field("write_date", "datetime", lambda c, v: c.written_at, readonly=True),
)

CURRENCY_FIELDS = (
    Field("name", "char", lambda c, v: c.code, required=True),
    Field("full_name", "char", lambda c, v: c.name),
    Field("symbol", "char", lambda c, v: c.symbol, required=True),
    Field(
        "position", "selection", lambda c, v: "before" if c.before else "after", choices=("after", "before")
    ),
    Field("rounding", "float", lambda c, v: Decimal("0.01")),
    Field("decimal_places", "integer", lambda c, v: 2, readonly=True),
    Field("active", "boolean", lambda c, v: True),
)


def children(ledger: Ledger, serials: Iterable[Any]) -> list[Party]:
    found = [ledger.parties.get(serial) for serial in serials]
    return [contact for party in found if party for contact in party.contacts]


def tree(ledger: Ledger, serials: Iterable[Any]) -> list[Party]:
    """Everybody whose commercial partner is one of those."""
    waiting = [party for serial in serials if (party := ledger.parties.get(serial))]
    found: list[Party] = []
    while waiting:
        party = waiting.pop()
        found.append(party)
        waiting.extend(party.contacts)
    return found


MODELS = (
    Model("res.partner", "Contact", lambda b: b.parties, PARTNER_FIELDS, partner_display,
          order="name, id desc",
          active=lambda p: bool(p.active), index={"parent_id": children, "commercial_partner_id": tree}),
    Model("res.partner.category", "Partner Tags", lambda b: b.tags, (
        Field("name", "char", lambda t, v: t.name, required=True),
        Field("color", "integer", lambda t, v: 0),
        Field("parent_id", "many2one", relation="res.partner.category"),
        Field("active", "boolean", lambda t, v: True),
    ), order="name, id"),
    Model("res.users", "User", lambda b: b.users, USER_FIELDS, lambda u, v: u.party.name, order="name, login",
          active=lambda u: bool(u.active)),
    Model("res.company", "Companies", lambda b: b.companies, COMPANY_FIELDS, order="id", company=lambda c: c),
    Model("res.country", "Country", fixed(COUNTRIES), (
        Field("name", "char", lambda c, v: c.name, required=True),
        Field("code", "char", lambda c, v: c.code, required=True),
    ), order="name"),
    Model("res.currency", "Currency", fixed(CURRENCIES), CURRENCY_FIELDS, lambda c, v: c.code, order="name"),
    Model("res.lang", "Languages", fixed(LANGUAGES), (
        Field("name", "char", lambda n, v: n.name, required=True),
        Field("code", "char", lambda n, v: n.code, required=True),
        Field("iso_code", "char", lambda n, v: n.code[:2]),
        Field("date_format", "char", lambda n, v: DATE_FORMATS[n.code], required=True),
        Field("active", "boolean", lambda n, v: True),
    ), order="name"),
)  # fmt: skip
