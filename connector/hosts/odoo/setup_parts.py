"""What ``relance setup odoo`` makes in an Odoo, as data: activity types, tags, one group and its rights.

Each part has an external id in the module namespace ``relance``. What a part is called in Odoo may be changed
there: it is known by its external id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The module part of our external ids. No module of that name is installed: nothing updates or removes them.
MODULE = "relance"

TYPE, TAG, GROUP = "mail.activity.type", "res.partner.category", "res.groups"
ACCESS, RULE = "ir.model.access", "ir.rule"
#: The kinds of part, in the order in which they are made, in words.
KINDS: Mapping[str, str] = {
    TYPE: "activity type",
    TAG: "tag",
    GROUP: "group",
    ACCESS: "right",
    RULE: "limit",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One record to make. ``names`` by language (``en``, ``fr``); ``values`` as Odoo's own import reads them,
    each a text; ``optional`` ones are left out where this Odoo has no such field or choice. ``about`` is the
    model that a right or a limit concerns."""

    name: str
    model: str
    names: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    about: str | None = None

    @property
    def xml_id(self) -> str:
        return f"{MODULE}.{self.name}"


def _type(name: str, icon: str, en: str, fr: str, **optional: str) -> Part:
    """No model of its own, so that it serves on invoices and on customers. 17 and 18 keep what was marked
    done only when told to (19 always does, 16 never)."""
    return Part(
        f"activity_type_{name}",
        TYPE,
        {"en": en, "fr": fr},
        {"icon": icon, "sequence": "90"},
        {"keep_done": "True", **optional},
    )


TYPES = (
    _type("call", "fa-phone", "Reminder call", "Appel de relance", category="phonecall"),
    _type("promise", "fa-handshake-o", "Promise to pay", "Promesse de paiement"),
    _type("dispute", "fa-gavel", "Dispute", "Litige", decoration_type="warning"),
    _type("approve", "fa-check-square-o", "Approve reminder", "Relance à approuver"),
    _type("match_payment", "fa-link", "Match payment", "Paiement à rapprocher"),
    _type("fix_contact", "fa-address-card-o", "Fix contact", "Contact à corriger"),
)


def _tag(name: str, en: str, fr: str) -> Part:
    return Part(f"tag_{name}", TAG, {"en": en, "fr": fr})


#: What they mean is in ``meanings``.
TAGS = (
    _tag("do_not_chase", "Do not chase", "Ne pas relancer"),
    _tag("insolvent", "Insolvency proceedings", "Procédure collective"),
    _tag("direct_debit", "Direct debit", "Prélèvement"),
    _tag("key_account", "Key account", "Grand compte"),
    _tag("public", "Public sector", "Secteur public"),
    _tag("multi_site", "Multi-site", "Multi-sites"),
    _tag("sme", "SME", "PME"),
    _tag("consumer", "Consumer", "Particulier"),
)

THE_GROUP = Part(
    "group_relance",
    GROUP,
    {"en": "Relance", "fr": "Relance"},
    {"implied_ids/id": "base.group_user"},
)


def _may(model: str, *, write: bool = False) -> Part:
    """The right of our group to read a model, and to change it; never to create or delete."""
    name = f"access_{model.replace('.', '_')}"
    rights = {"perm_read": "True", "perm_write": str(write), "perm_create": "False", "perm_unlink": "False"}
    return Part(
        name, ACCESS, {"en": f"relance {model}"}, {"group_id/id": THE_GROUP.xml_id, **rights}, {}, model
    )


#: Less than Invoicing and Contact Creation give: nothing can be created, posted, paid or deleted with these.
#: To change an invoice or a customer is what Odoo asks of whoever gives a task on one to somebody else, or
#: writes in the journal of a customer.
RIGHTS = (
    _may("account.move", write=True),
    _may("account.move.line"),
    _may("account.partial.reconcile"),
    _may("account.journal"),
    _may("res.partner", write=True),
)


def _limit(model: str, en: str, domain: str) -> Part:
    """Which records of a model our group may change; what it may read is not limited."""
    perms = {"perm_read": "False", "perm_write": "True", "perm_create": "False", "perm_unlink": "False"}
    values = {"groups/id": THE_GROUP.xml_id, "domain_force": domain, **perms}
    return Part(f"rule_{model.replace('.', '_')}", RULE, {"en": en}, values, {}, model)


LIMITS = (
    _limit(
        "account.move",
        "Relance: customer invoices and credit notes only",
        "[('move_type', 'in', ('out_invoice', 'out_receipt', 'out_refund'))]",
    ),
    _limit("res.partner", "Relance: nobody who works in this Odoo", "[('partner_share', '=', True)]"),
)

#: Groups that give more than our user needs, once it is in ours.
WIDER = (
    "base.group_system",
    "base.group_erp_manager",
    "base.group_partner_manager",
    "account.group_account_manager",
    "account.group_account_user",
    "account.group_account_invoice",
)

PARTS = (*TYPES, *TAGS, THE_GROUP, *RIGHTS, *LIMITS)
