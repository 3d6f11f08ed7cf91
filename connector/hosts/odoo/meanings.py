"""What people mark in Odoo, in our words: our tags (``relance setup odoo``) and fields of known modules.

A tag is known by its external id, so it may be renamed. What this Odoo does not have is not in the row. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Row = dict[str, Any]

DIRECT_DEBIT = "direct_debit"
DO_NOT_CHASE, INSOLVENT, DEBITED = (
    "relance.tag_do_not_chase",
    "relance.tag_insolvent",
    "relance.tag_direct_debit",
)
#: When a customer has several, the first counts.
SEGMENTS: Mapping[str, str] = {
    "relance.tag_key_account": "key_account",
    "relance.tag_public": "public",
    "relance.tag_multi_site": "multi_site",
    "relance.tag_consumer": "consumer",
    "relance.tag_sme": "sme",
}
TAGS = (DO_NOT_CHASE, INSOLVENT, DEBITED, *SEGMENTS)
#: True in one of these means that somebody took the customer out of automatic reminders: OCA's
#: account_invoice_overdue_reminder and account_credit_control. Enterprise's ``followup_reminder_type`` is not
#: among them: "manual" there says that Odoo shall not write by itself, which is how one makes room for us.
OPT_OUTS = ("no_overdue_reminder", "manual_followup")
#: OCA's account_credit_control also has a policy for a customer, and one of them is to do nothing.
POLICY, POLICY_NONE = "credit_policy_id", "account_credit_control.credit_control_no_follow"
#: How the customer pays: Odoo's own field (18 and later), OCA's account_payment_partner.
METHODS = ("property_inbound_payment_method_line_id", "customer_payment_mode_id")
#: What a method's code or name says when we fetch the money: Enterprise's and OCA's codes, people's words.
_DEBIT = re.compile(r"\bsdd\b|direct.?debit|pr[ée]l[èe]vement|domiciliation|lastschrift", re.IGNORECASE)


def marked(
    row: Row,
    meaning_of: Mapping[int, str],
    methods: Callable[[str], Mapping[int, Mapping[str, str]]],
    no_policy: int | None = None,
) -> Row:
    """Return the row of a customer (ids not yet resolved) with what its marks mean. ``meaning_of`` gives the
    external id of a tag, ``methods`` the ways to pay (``name``, ``code``) that a field may name."""
    carried = {meaning_of[tag] for tag in row.get("category_id") or () if tag in meaning_of}
    return {
        **row,
        "marked_no_reminders": DO_NOT_CHASE in carried
        or any(row.get(name) for name in OPT_OUTS)
        or (no_policy is not None and row.get(POLICY) == no_policy),
        "marked_insolvent": INSOLVENT in carried,
        "marked_segment": _segment(carried),
        "marked_payment_method": DIRECT_DEBIT if DEBITED in carried else _method(row, methods),
    }


def _segment(carried: Collection[str]) -> str | bool:
    return next((segment for tag, segment in SEGMENTS.items() if tag in carried), False)


def _method(row: Row, methods: Callable[[str], Mapping[int, Mapping[str, str]]]) -> str | bool:
    named = (methods(name).get(row[name]) for name in METHODS if row.get(name))
    found = next((method for method in named if method), None)
    if found is None:
        return False
    words = f"{found.get('code') or ''} {found.get('name') or ''}".replace("_", " ")
    return DIRECT_DEBIT if _DEBIT.search(words) else str(found.get("code") or found.get("name") or "")
