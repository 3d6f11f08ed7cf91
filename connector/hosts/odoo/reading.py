"""Reads rows of Odoo, a page at a time, and joins them into records with as few calls as can be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from connector.hosts.odoo import domains, join, journal, meanings
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.domains import Domain
from connector.hosts.odoo.journal import OurTasks
from connector.hosts.odoo.knowledge import Knowledge
from connector.hosts.odoo.refusals import InvalidField
from connector.hosts.odoo.settings import OdooSettings
from connector.mapping import FieldMapping
from connector.model import Kind, Ref
from connector.ports import Record

Row = dict[str, Any]

MODELS: dict[Kind, str] = {
    Kind.CUSTOMER: "res.partner",
    Kind.INVOICE: "account.move",
    Kind.PAYMENT: "account.move.line",
    Kind.ACTIVITY: "mail.activity",
    Kind.INBOUND: "mail.message",
    Kind.REMARK: "mail.message",
}
#: Of these we read archived rows too: that they were archived is what we want to know.
_WITH_ARCHIVED = {"res.partner"}
_PARTIAL = ("debit_move_id", "credit_move_id", "debit_amount_currency", "credit_amount_currency", "max_date")
_OTHER_SIDE = ("date", "move_id", "move_type", "move_name", "payment_id", "statement_line_id")


@dataclass(frozen=True, slots=True)
class Reader:
    """One company's rows. All methods raise HostError."""

    client: OdooClient
    known: Knowledge
    mapping: FieldMapping
    settings: OdooSettings

    @property
    def company_id(self) -> int:
        return self.known.company_id

    # rows ----------------------------------------------------------------------------------------------
    def rows(self, kind: Kind, domain: Domain, *, limit: int | None = None) -> list[Row]:
        """Return the rows of a kind, by id, with the fields that are mapped or needed."""
        model = MODELS[kind]
        try:
            return self.ask(model, domain, self.known.sources(model).fields, limit=limit)
        except InvalidField:
            self.known.forget_fields()  # a module went, or Odoo was upgraded, since we asked
            return self.ask(model, domain, self.known.sources(model).fields, limit=limit)

    def ask(
        self,
        model: str,
        domain: Domain,
        fields: Iterable[str],
        *,
        limit: int | None = None,
        order: str = "id",
    ) -> list[Row]:
        """One ``search_read`` with plain ids."""
        context = dict(self.known.context)
        if model in _WITH_ARCHIVED:
            context["active_test"] = False
        named: dict[str, Any] = {"fields": list(fields), "order": order, "load": "", "context": context}
        if limit is not None:
            named["limit"] = limit
        found: list[Row] = self.client.call(model, "search_read", domain, **named)
        return found

    def count(self, kind: Kind, domain: Domain) -> int:
        """Return how many rows there are, for progress."""
        context = {**self.known.context, "active_test": MODELS[kind] not in _WITH_ARCHIVED}
        return int(self.client.call(MODELS[kind], "search_count", domain, context=context))

    # records -------------------------------------------------------------------------------------------
    def family(self, entities: Collection[int], *, known: Sequence[Row] = ()) -> tuple[list[Row], list[Row]]:
        """Return the rows of these commercial entities and the rows of their contacts. ``known`` rows are
        not asked for again."""
        ids = sorted(set(entities) - {row["id"] for row in known})
        if known and not ids:
            contacts = [["commercial_partner_id", "in", sorted(entities)], ["id", "not in", sorted(entities)]]
            return list(known), self.rows(Kind.CUSTOMER, contacts)
        rows = self.rows(Kind.CUSTOMER, [["commercial_partner_id", "in", sorted(entities)]])
        mine = [row for row in rows if row["id"] == row["commercial_partner_id"]]
        return mine, [row for row in rows if row["id"] != row["commercial_partner_id"]]

    def again(self, refs: Collection[Ref], customers: Collection[str]) -> list[Record]:
        """Return these records as they are now, and these customers with all that is open or unapplied."""
        ids: dict[Kind, list[int]] = {kind: [] for kind in Kind}
        for ref in refs:
            ids[ref.kind].append(int(ref.id))
        owners = sorted({int(ref) for ref in customers})
        found: list[Record] = []
        if ids[Kind.CUSTOMER] or owners:
            found += self.customers(*self.family({*ids[Kind.CUSTOMER], *owners}))
        if ids[Kind.INVOICE] or owners:
            rows = self.rows(
                Kind.INVOICE, domains.documents_again(self.company_id, ids[Kind.INVOICE], owners)
            )
            # a draft that was never posted is nothing that we could have read before
            found += self.invoices(
                [r for r in rows if r["state"] == "posted" or r["name"] not in {False, "/"}]
            )
        if ids[Kind.PAYMENT] or owners:
            domain = domains.credits_again(self.company_id, ids[Kind.PAYMENT], owners)
            found += self.payments(self.rows(Kind.PAYMENT, domain), {})
        if ids[Kind.ACTIVITY]:
            found += self.activities(self.rows(Kind.ACTIVITY, [["id", "in", ids[Kind.ACTIVITY]]]))
        if messages := [*ids[Kind.INBOUND], *ids[Kind.REMARK]]:
            found += self.messages(self.rows(Kind.INBOUND, [["id", "in", messages]]))
        return found

    def open_versions(self) -> dict[Ref, str]:
        """Return every open document and unapplied credit with the version that its record would have."""
        names = ("state", "payment_state", "amount_residual", "commercial_partner_id", "invoice_date_due")
        moves = self._pages("account.move", [*domains.documents(self.company_id), *domains.OPEN], names)
        lines = self._pages(
            "account.move.line",
            [*domains.credits(self.company_id), *domains.UNAPPLIED],
            ("amount_residual_currency", "partner_id"),
        )
        found = {Ref(Kind.INVOICE, str(row["id"])): join.version(row) for row in moves}
        for row in lines:
            if row["partner_id"] and row["amount_residual_currency"]:
                found[Ref(Kind.PAYMENT, str(row["id"]))] = join.payment_version(row)
        return found

    def _pages(self, model: str, domain: Domain, fields: Iterable[str]) -> Iterator[Row]:
        last, size = 0, self.settings.page_size
        while True:
            rows = self.ask(model, [*domain, ["id", ">", last]], fields, limit=size)
            yield from rows
            if len(rows) < size:
                return
            last = rows[-1]["id"]

    def customers(self, entities: Sequence[Row], contacts: Sequence[Row]) -> list[Record]:
        joined = join.customers([*self._plain("res.partner", self._marked(entities)), *contacts])
        return [join.record(Kind.CUSTOMER, row, self.mapping.version, row["id"]) for row in joined]

    def _marked(self, rows: Sequence[Row]) -> list[Row]:
        tags, methods = self.known.tag_meanings(), cache(self.known.methods)
        no_policy = self.known.no_policy()
        return [meanings.marked(row, tags, methods, no_policy) for row in rows]

    def invoices(self, moves: Sequence[Row]) -> list[Record]:
        """Join documents with their receivable lines and reconciliations: three calls whatever their number
        (two when nothing is reconciled)."""
        if not moves:
            return []
        lines = self._lines([move["id"] for move in moves])
        partials = self._partials(lines)
        mine = {line["id"]: line["move_id"] for line in lines}
        others = self._other_sides(partials, mine)
        lines_of, partials_of = _grouped(lines, "move_id"), _partials_of(partials, mine)
        records = []
        for move in self._plain("account.move", moves):
            at = move["id"]
            row = join.invoice(move, lines_of.get(at, ()), partials_of.get(at, ()), others)
            row["link"] = self._link(row)
            row.pop("access_token", None)
            records.append(
                join.record(Kind.INVOICE, row, self.mapping.version, move["commercial_partner_id"])
            )
        return records

    def payments(self, lines: Sequence[Row], entity: dict[int, int]) -> list[Record]:
        """Join credits with their customers. ``entity`` (partner -> customer) is completed where it lacks."""
        unknown = sorted({row["partner_id"] for row in lines if row["partner_id"]} - entity.keys())
        if unknown:
            fields = ("commercial_partner_id",)
            found = self.ask("res.partner", [["id", "in", unknown]], fields)
            entity.update((row["id"], row["commercial_partner_id"]) for row in found)
        rows = [
            join.payment(row, entity) for row in self._plain("account.move.line", lines) if row["partner_id"]
        ]
        return [join.record(Kind.PAYMENT, row, self.mapping.version, row["customer_id"]) for row in rows]

    def activities(self, rows: Sequence[Row], keys: Mapping[int, str] = MappingProxyType({})) -> list[Record]:
        """Tasks on our documents and on customers. ``keys`` are those of our tasks, by id."""
        owner, company = self._owners(rows, "res_model"), self.company_id
        joined = [join.activity(row, company, keys.get(row["id"])) for row in rows if row["id"] in owner]
        return [join.record(Kind.ACTIVITY, row, self.mapping.version, owner[row["id"]]) for row in joined]

    def messages(self, rows: Sequence[Row], ours: OurTasks | None = None) -> list[Record]:
        """What was said on our documents and on customers: messages from outside, and remarks. ``ours`` are
        the tasks of which a message may say that they are done."""
        users = self.known.lookup("res.users", {row["create_uid"] for row in rows}) if rows else {}
        colleagues = self.known.colleagues() if rows else set()
        tasks = ours or OurTasks(self.company_id, {})
        said: list[tuple[Kind, Row]] = []
        for row in rows:
            kind = journal.sort(row, colleagues)
            if kind is Kind.INBOUND:
                said.append((kind, join.inbound(row)))
            elif kind is Kind.REMARK:
                remark = journal.remark(row, journal.author(row, users), self.company_id, tasks)
                said += [(kind, remark)] if remark else []
        owner = self._owners([row for _, row in said], "model")
        version = self.mapping.version
        return [join.record(kind, row, version, owner[row["id"]]) for kind, row in said if row["id"] in owner]

    def _owners(self, rows: Sequence[Row], model: str) -> dict[int, object]:
        """Return whom each task or message concerns, by its id. Those on vendor bills, or on documents of
        another company (Odoo shows them all the same), concern nobody and are left out."""
        on = {row["res_id"] for row in rows if row[model] == "account.move"}
        domain = [["id", "in", sorted(on)], *domains.documents(self.company_id)]
        found = self.ask("account.move", domain, ["commercial_partner_id"]) if on else []
        documents = {move["id"]: move["commercial_partner_id"] for move in found}
        owner = {row["id"]: row["res_id"] for row in rows if row[model] == "res.partner"}
        for row in rows:
            if row[model] == "account.move" and row["res_id"] in documents:
                owner[row["id"]] = documents[row["res_id"]]
        return owner

    def bank_entry_on(self) -> date | None:
        """The date of the newest posted entry in a bank journal."""
        domain = domains.bank_entries(self.company_id)
        rows = self.ask("account.move", domain, ["date"], limit=1, order="date desc, id desc")
        return date.fromisoformat(rows[0]["date"]) if rows else None

    # joining -------------------------------------------------------------------------------------------
    def _lines(self, moves: list[int]) -> list[Row]:
        wanted = ("move_id", "date_maturity", "amount_currency", "amount_residual_currency")
        flags = {"no_followup", "blocked"} & set(self.known.sources("account.move.line").fields)
        domain = [["move_id", "in", moves], *domains.RECEIVABLE]
        return self.ask("account.move.line", domain, [*wanted, *sorted(flags)])

    def _partials(self, lines: Sequence[Row]) -> list[Row]:
        """The reconciliations of these lines. A debit is only ever on the debit side, a credit on the other:
        asking for each id on one side alone halves the work of a large page over there."""
        sides = (
            ("debit_move_id", [line["id"] for line in lines if line["amount_currency"] >= 0]),
            ("credit_move_id", [line["id"] for line in lines if line["amount_currency"] <= 0]),
        )
        clauses = [[side, "in", ids] for side, ids in sides if ids]
        if not clauses:
            return []
        domain = ["|", *clauses] if len(clauses) == 2 else clauses
        return self.ask("account.partial.reconcile", domain, [*_PARTIAL, "exchange_move_id"])

    def _other_sides(self, partials: Sequence[Row], mine: Collection[int]) -> dict[int, Row]:
        sides = {p[side] for p in partials for side in ("debit_move_id", "credit_move_id")}
        both = {
            p[side] for p in partials for side in ("debit_move_id", "credit_move_id") if _both_ours(p, mine)
        }
        ids = sorted((sides - set(mine)) | both)
        rows = self.ask("account.move.line", [["id", "in", ids]], _OTHER_SIDE) if ids else []
        return {row["id"]: row for row in rows}

    def _link(self, row: Row) -> str | None:
        token, public = row.get("access_token"), self.settings.public_url
        return (
            f"{public.rstrip('/')}/my/invoices/{row['id']}?access_token={token}" if public and token else None
        )

    def _plain(self, model: str, rows: Sequence[Row]) -> list[Row]:
        """Replace, in the rows themselves, ids that mean nothing outside: currencies and countries by their
        codes, tags by their names, users by persons."""
        for name, list_model in self.known.sources(model).lead.items():
            ids = {
                i for row in rows for i in (row[name] if isinstance(row[name], list) else [row[name]]) if i
            }
            known = self.known.lookup(list_model, ids) if ids else {}
            shown = {i: _shown(list_model, row) for i, row in known.items()}
            for row in rows:
                row[name] = _named(row[name], shown)
        return list(rows)


def _both_ours(partial: Row, mine: Collection[int]) -> bool:
    return partial["debit_move_id"] in mine and partial["credit_move_id"] in mine


def _partials_of(partials: Iterable[Row], mine: dict[int, int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for partial in partials:
        moves = {mine.get(partial["debit_move_id"]), mine.get(partial["credit_move_id"])} - {None}
        for move in moves:
            if move is not None:
                found.setdefault(move, []).append(partial)
    return found


def _grouped(rows: Iterable[Row], by: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row)
    return found


def _shown(model: str, row: Row) -> object:
    if model == "res.users":
        return {"id": row["id"], "name": row["name"], "email": row["email"]}
    return row["code"] if model == "res.country" else row["name"]


def _named(value: Any, shown: dict[int, object]) -> object:
    if isinstance(value, list):
        return [shown[i] for i in value if i in shown]
    return shown.get(value, False)
