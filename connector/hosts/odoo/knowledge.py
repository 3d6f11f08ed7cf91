"""What the adapter has learned of one Odoo and keeps in the memo: which fields it has, its currencies,
countries, tags and users, and which company we work for. Learned anew each day, and when it proves wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.errors import Refused, Unauthorized
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.meanings import METHODS, OPT_OUTS, POLICY, POLICY_NONE, TAGS
from connector.hosts.odoo.settings import OdooSettings
from connector.mapping import FieldMapping

Row = dict[str, Any]

#: What the adapter itself needs of each model to join the records (see ``join``), mapped or not.
OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "res.partner": (
        "commercial_partner_id",
        "name",
        "email",
        "active",
        "type",
        "function",
        "write_date",
        "customer_rank",
        "category_id",
        POLICY,
        *OPT_OUTS,
        *METHODS,
    ),
    "account.move": (
        "name",
        "move_type",
        "state",
        "payment_state",
        "amount_residual",
        "currency_id",
        "partner_id",
        "commercial_partner_id",
        "invoice_date",
        "invoice_date_due",
        "date",
        "write_date",
        "access_token",
        "no_overdue_reminder",
    ),
    "account.move.line": (
        "move_id",
        "date_maturity",
        "amount_currency",
        "amount_residual_currency",
        "currency_id",
        "write_date",
        "partner_id",
        "parent_state",
        "date",
        "no_followup",
        "blocked",
    ),
    "mail.activity": (
        "res_model",
        "res_id",
        "note",
        "activity_type_id",
        "summary",
        "user_id",
        "date_deadline",
        "active",
        "write_date",
    ),
    "mail.message": (
        "model",
        "res_id",
        "body",
        "date",
        "author_id",
        "create_uid",
        "message_type",
        "message_id",
        "mail_activity_type_id",
        "write_date",
    ),
}
#: The tables of the mapping that each model feeds.
TABLES: Mapping[str, tuple[str, ...]] = {
    "res.partner": ("customer", "contact"),
    "account.move": ("invoice",),
    "account.move.line": ("payment",),
    "mail.activity": ("activity",),
    "mail.message": ("inbound", "remark"),
}
#: Lists whose ids mean nothing outside: model -> the fields that say it.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "res.currency": ("name",),
    "res.country": ("code",),
    "res.partner.category": ("name",),
    "res.users": ("name", "email", "login", "partner_id", "share"),
}
#: Ways to pay: not every Odoo has them, and not every user may read them.
_METHODS: Mapping[str, tuple[str, ...]] = {
    "account.payment.method.line": ("name", "code"),
    "account.payment.mode": ("name",),
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What to ask of one model: its ``fields``, and which of them ``lead`` to a list (field -> model)."""

    fields: tuple[str, ...]
    lead: Mapping[str, str]


class Knowledge:
    """Reads through the memo; asks the server for what is missing or old."""

    def __init__(
        self,
        client: OdooClient,
        memo: MutableMapping[str, str],
        settings: OdooSettings,
        mapping: FieldMapping,
        now: Callable[[], datetime],
    ) -> None:
        self._client, self._memo, self._settings, self._mapping, self._now = (
            client,
            memo,
            settings,
            mapping,
            now,
        )
        self._read: dict[str, Any] = {}
        self._relearned: set[str] = set()

    @property
    def company_id(self) -> int:
        """The id of the company that ``host.company`` names. Raises Refused when it names none or several."""
        return int(self.company["id"])

    @property
    def company(self) -> Row:
        wanted = self._settings.company
        companies: list[Row] = self._get("companies", self._ask_companies)
        fits = [c for c in companies if wanted is None or wanted in {c["id"], c["name"]}]
        if len(fits) == 1:
            return fits[0]
        names = ", ".join(repr(c["name"]) for c in companies)
        what = f"no company {wanted!r}" if wanted is not None else "several companies"
        raise Refused(f"our user in Odoo sees {what}; set host.company to one of {names}")

    @property
    def context(self) -> Row:
        """What goes with every call: one company and no other."""
        return {"allowed_company_ids": [self.company_id]}

    @property
    def speaking(self) -> Row:
        """``context`` for a call for which Odoo puts words of its own around ours: in our user's language.
        Reads go without it, so that they answer the same whatever he speaks."""
        language = self._get(
            "language", lambda: self._client.call("res.users", "context_get").get("lang") or ""
        )
        return {**self.context, "lang": language} if language else self.context

    def described(self, model: str) -> dict[str, Row]:
        """Return the fields of ``model`` that we may need and that are there, with type and relation."""
        found: dict[str, Row] = self._get(f"fields.{model}", lambda: self._ask_fields(model))
        return found

    def sources(self, model: str) -> Sources:
        """Return what to ask ``model`` for: what is mapped and what the adapter needs, where it is there."""
        described = self.described(model)
        mapped = [n for table in TABLES[model] for n in self._mapping.fields(table, described)]
        wanted = sorted({*mapped, *(n for n in OWN_FIELDS[model] if n in described)} - {"id"})
        lead = {n: str(r) for n in wanted if (r := described[n].get("relation")) in _LISTS}
        return Sources(tuple(wanted), lead)

    def lookup(self, model: str, ids: Collection[int]) -> dict[int, Row]:
        """Return the rows of a list by id. An unknown id makes the list be read anew, once."""
        rows = self._list(model)
        if model not in self._relearned and any(i not in rows for i in ids):
            self._forget(f"list.{model}")
            rows = self._list(model)
        return rows

    def tag_meanings(self) -> dict[int, str]:
        """Return which tags mean something to us: id -> its external id (see ``meanings``)."""
        found: dict[str, str] = self._get("tags", self._ask_meanings)
        return {int(key): name for key, name in found.items()}

    def methods(self, field: str) -> dict[int, dict[str, str]]:
        """Return the ways to pay that a field of customers may name, by id; none where they are hidden."""
        model = str(self.described("res.partner").get(field, {}).get("relation") or "")
        if model not in _METHODS:
            return {}
        rows: dict[str, dict[str, str]] = self._get(f"methods.{model}", lambda: self._ask_methods(model))
        return {int(key): row for key, row in rows.items()}

    def no_policy(self) -> int | None:
        """Return the id of OCA's credit policy that means: do not chase."""
        return self.type_id(POLICY_NONE) if POLICY in self.described("res.partner") else None

    def users_by_login(self) -> dict[str, int]:
        return {str(row["login"]): key for key, row in self._list("res.users").items()}

    def colleagues(self) -> set[int]:
        """Return the partner ids of the people who work in this Odoo."""
        return {row["partner_id"] for row in self._list("res.users").values() if not row["share"]}

    def type_id(self, xml_id: str) -> int | None:
        """Return the id behind an external id such as ``mail.mt_note``, None when there is none."""
        return int(self._get(f"xml.{xml_id}", lambda: self._ask_xml_id(xml_id))) or None

    def forget_fields(self) -> None:
        """The server refused a field: all that we know of its fields is old."""
        for model in TABLES:
            self._forget(f"fields.{model}")

    def learn_anew(self) -> None:
        """Ask the server again for everything."""
        lists = (*(f"list.{m}" for m in _LISTS), *(f"methods.{m}" for m in _METHODS))
        for name in ("companies", "tags", "language", *lists, *(f"fields.{m}" for m in TABLES)):
            self._forget(name)
        for key in [key for key in self._memo if key.startswith(self._key("xml."))]:
            self._forget(key.removeprefix(self._key("")))
        self._client.forget()

    # asking the server ---------------------------------------------------------------------------------
    def _ask_companies(self) -> list[Row]:
        rows: list[Row] = self._client.call("res.company", "search_read", [], fields=["name"], order="id")
        return rows

    def _ask_fields(self, model: str) -> dict[str, Row]:
        names = sorted({*OWN_FIELDS[model], *self._mapping.names(TABLES[model])})
        described: dict[str, Row] = self._client.call(
            model, "fields_get", allfields=names, attributes=["type", "relation"], context=self.context
        )
        return described

    def _ask_list(self, model: str) -> list[list[Any]]:
        self._relearned.add(model)
        fields = list(_LISTS[model])
        context = {**self.context, "active_test": False}
        rows = self._client.call(
            model, "search_read", [], fields=fields, order="id", load="", context=context
        )
        return [[row["id"], *(row[name] for name in fields)] for row in rows]

    def _ask_xml_id(self, xml_id: str) -> int:
        module, _, name = xml_id.partition(".")
        try:
            found = self._client.call("ir.model.data", "check_object_reference", module, name)
        except (Refused, Unauthorized):
            return 0  # not there: made by an administrator, or of a module that is not installed, or hidden
        return int(found[1])

    def _ask_meanings(self) -> dict[int, str]:
        """One call for all tags where this Odoo tells their external ids, else one for each of ours."""
        tags = "res.partner.category"
        ids = self._client.call(tags, "search", [], context=self.context)  # active ones
        try:
            rows = self._client.call(tags, "get_metadata", ids, context=self.context) if ids else []
        except (Refused, Unauthorized):
            return {found: name for name in TAGS if (found := self._ask_xml_id(name))}
        named = {row["id"]: [each["xmlid"] for each in row.get("xmlids") or [row]] for row in rows}
        return {ref: name for ref, names in named.items() for name in names if name in TAGS}

    def _ask_methods(self, model: str) -> dict[int, Row]:
        fields = list(_METHODS[model])
        try:
            rows = self._client.call(model, "search_read", [], fields=fields, context=self.context)
        except (Refused, Unauthorized):
            return {}
        return {row["id"]: {name: row[name] or "" for name in fields} for row in rows}

    def _list(self, model: str) -> dict[int, Row]:
        cached = self._read.get(f"rows.{model}")
        if cached is None:
            names = ("id", *_LISTS[model])
            rows = self._get(f"list.{model}", lambda: self._ask_list(model))
            cached = self._read[f"rows.{model}"] = {r[0]: dict(zip(names, r, strict=True)) for r in rows}
        found: dict[int, Row] = cached
        return found

    # the memo ------------------------------------------------------------------------------------------
    def _get(self, name: str, ask: Callable[[], Any]) -> Any:
        if name not in self._read:
            key, day = self._key(name), self._now().date().isoformat()
            known = json.loads(self._memo.get(key, "{}"))
            if known.get("on") != day or known.get("mapping") != self._mapping.version:
                known = {"on": day, "mapping": self._mapping.version, "value": ask()}
                self._memo[key] = json.dumps(known)
            self._read[name] = known["value"]
        return self._read[name]

    def _forget(self, name: str) -> None:
        self._read.pop(name, None)
        self._read.pop(name.replace("list.", "rows."), None)
        self._memo.pop(self._key(name), None)

    def _key(self, name: str) -> str:
        return f"odoo.{self._settings.fingerprint}.{name}"
