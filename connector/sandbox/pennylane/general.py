"""Who I am, and the changelogs."""

from __future__ import annotations

from typing import Any

from connector.sandbox.nouns import User
from connector.sandbox.pennylane.calls import Call, Handler, route
from connector.sandbox.pennylane.changes import MOST, cursor_of
from connector.sandbox.pennylane.paging import envelope, limit_of
from connector.sandbox.pennylane.values import COMPANIES, USERS

SCOPE_OF_CHANGES = {
    "customer_invoices": "customer_invoices", "customers": "customers", "transactions": "transactions",
    "suppliers": "suppliers", "supplier_invoices": "supplier_invoices", "products": "products",
    "quotes": "quotes", "ledger_entry_lines": "ledger_entries",
    "ledger_entry_lines_categories": "ledger_entries", "ledger_entries_categories": "ledger_entries",
}  # fmt: skip


@route("GET", "me", "")
def me(call: Call) -> dict[str, Any]:
    company = call.token.company
    return {
        "user": _user(call.token.user) if call.token.user else None,
        "company": {"id": COMPANIES.of(company.serial), "name": company.name,
                    "reg_no": f"sandbox-{270_600 + company.serial}", "accounting_logic": "FR_PCG"},
        "scopes": list(call.token.scopes),
    }  # fmt: skip


def _user(user: User) -> dict[str, Any]:
    first, _, last = user.party.name.partition(" ")
    return {"id": USERS.of(user.serial), "first_name": first, "last_name": last, "email": user.party.email,
            "locale": user.language[:2]}  # fmt: skip


def _changes_of(name: str) -> Handler:
    def changes(call: Call) -> dict[str, Any]:
        limit = limit_of(call.query, MOST)
        events = call.feeds.since(
            call.feeds.visible(name, call.token.company),
            call.query.get("start_date", ""),
            call.query.get("cursor", ""),
        )
        shown = events[:limit]
        cursor = cursor_of(shown[-1]) if len(events) > limit else None
        return envelope([one.shown() for one in shown], cursor)

    return changes


for _name, _scope in SCOPE_OF_CHANGES.items():
    route("GET", f"changelogs/{_name}", _scope)(_changes_of(_name))
