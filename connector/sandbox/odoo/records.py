"""Searching and reading: candidates from an index, the domain's predicate, order and page, then rows for the
wire.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from connector.sandbox.odoo import accounting, chatter, errors, people
from connector.sandbox.odoo.domain import Leaf, Schema, compile_domain, leaves, named_fields
from connector.sandbox.odoo.schema import Field, Model, View

MODELS: dict[str, Model] = {one.name: one for one in (*accounting.MODELS, *people.MODELS, *chatter.MODELS)}
GROUPS = {
    16: ("Invoicing/Billing", "Invoicing/Billing Administrator"),
    17: ("Invoicing/Billing", "Invoicing/Billing Administrator"),
    18: ("Invoicing/Administrator", "Invoicing/Invoicing"),
    19: ("Administrator", "Invoicing"),
}
Format = Callable[[Any], Any]


def schema_of(version: int) -> Schema:
    return Schema(MODELS, {name: model.fields_of(version) for name, model in MODELS.items()}, version)


class Records:
    """One caller's window on the records: his rights, his companies, the version's fields. Made for each
    call.
    """

    def __init__(self, view: View, schema: Schema, *, active_test: bool = True) -> None:
        self.view = view
        self.schema = schema
        self._active_test = active_test

    # ------------------------------------------------------------------ rights

    def may_read(self, model: Model) -> bool:
        return self.view.user.may_invoice or not model.accounting

    def demand(self, model: Model) -> None:
        """Raises AccessError as Odoo words it."""
        if self.may_read(model):
            return
        groups = "\n".join(
            f"\t- {group}" for group in (*GROUPS[self.view.version],
                                         "Technical/Show Accounting Features - Readonly",
                                         "User types/Portal")
        )  # fmt: skip
        raise errors.access(
            f"You are not allowed to access '{model.label}' ({model.name}) records.\n\n"
            f"This operation is allowed for the following groups:\n{groups}\n\n"
            "Contact your administrator to request access if necessary."
        )

    def visible(self, model: Model) -> Callable[[Any], bool]:
        """The record rules: companies in view; messages and tasks only on what the user may read."""
        companies, user, company = self.view.companies, self.view.user, model.company
        if company is not None:
            return lambda record: company(record) in companies
        if model.name in ("mail.message", "mail.activity") and not user.may_invoice:
            return lambda record: chatter.model_of(record.subject) != "account.move"
        return lambda _record: True

    def field(self, model: Model, name: str) -> Field:
        found = self.schema.fields[model.name].get(name)
        if found is None:
            raise errors.unknown_field(self.view.version, model.name, name)
        if found.groups and not self.view.user.may_invoice:
            where = f"{model.label} ({model.name})"
            raise errors.access(f'You do not have enough rights to access the field "{name}" on {where}.')
        return found

    # ------------------------------------------------------------------ search

    def search(
        self, model: Model, domain: Any, offset: int = 0, limit: int | None = None, order: str | None = None
    ) -> list[Any]:
        self.demand(model)
        keys = self._order(model, order or model.order)
        found = self._matching(model, domain)
        stop = offset + limit if limit else None
        if keys and keys[0][0].name == "id" and not keys[0][1]:
            return list(islice(found, offset, stop))
        rows = list(found)
        for field, descending in reversed(keys):
            rows.sort(key=self._sort_key(field), reverse=descending)
        return rows[offset:stop]

    def count(self, model: Model, domain: Any) -> int:
        self.demand(model)
        return sum(1 for _ in self._matching(model, domain))

    def _matching(self, model: Model, domain: Any) -> Iterable[Any]:
        domain = domain or []
        holds = compile_domain(domain, model.name, self.schema, self.view)
        visible, active = self.visible(model), model.active
        if active is None or not self._active_test or "active" in named_fields(domain):
            active = lambda _record: True  # noqa: E731
        held = model.held
        if held is None or named_fields(domain) & {"id", "res_field"}:
            held = lambda _record: False  # noqa: E731
        for record in self._candidates(model, leaves(domain) or []):
            if holds(record) and visible(record) and active(record) and not held(record):
                yield record

    def _candidates(self, model: Model, known: list[Leaf]) -> Iterable[Any]:
        """As few records as an index allows, in the order of their ids; never too few."""
        rows = model.rows(self.view.ledger)
        for path, operator, value in known:
            wanted = value if isinstance(value, list | tuple) else [value]
            if operator not in ("=", "in") or not all(wanted):
                continue
            if path == "id":
                return [found for one in sorted(set(wanted)) if (found := rows.get(one)) is not None]
            if path in model.index and all(isinstance(one, int) or path == "message_id" for one in wanted):
                found = {model.serial(one): one for one in model.index[path](self.view.ledger, set(wanted))}
                return [found[serial] for serial in sorted(found)]
        for path, operator, value in known:
            if path == "id" and operator == ">" and isinstance(value, int):
                return rows.after(value)
        return rows

    def _order(self, model: Model, order: str) -> list[tuple[Field, bool]]:
        keys = []
        for part in order.split(","):
            found = re.fullmatch(
                r"\s*([a-z_0-9]+)(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*", part, re.I
            )
            if found is None:
                raise errors.user(
                    f'Invalid "order" specified ({order}). A valid "order" specification is a '
                    "comma-separated list of valid field names "
                    "(optionally followed by asc/desc for the direction)"
                )
            name = found[1]
            if name not in self.schema.fields[model.name]:
                raise errors.value(f"Invalid field '{name}' on model '{model.name}'")
            field = self.schema.fields[model.name][name]
            if not field.store and order != model.order:
                raise errors.value(f"Cannot convert {model.name}.{name} to SQL because it is not stored")
            keys.append((field, (found[2] or "").lower() == "desc"))
        return keys

    def _sort_key(self, field: Field) -> Callable[[Any], Any]:
        """Empty values last when ascending, as PostgreSQL does."""
        get, view = field.get, self.view
        display = self._display(field.relation) if field.relation else None

        def key(record: Any) -> tuple[bool, Any]:
            raw = get(record, view)
            if raw is None or raw == "":
                return (True, 0)
            return (False, display(raw) if display else raw)

        return key

    # ------------------------------------------------------------------ read

    def find(self, model: Model, serials: Iterable[int], operation: str = "read") -> list[Any]:
        """Existing records of those ids, in that order. Raises AccessError for one outside the caller's
        scope.
        """
        self.demand(model)
        rows, visible = model.rows(self.view.ledger), self.visible(model)
        found = [record for serial in serials if (record := rows.get(serial)) is not None]
        if not all(visible(record) for record in found):
            user = self.view.user
            raise errors.access(
                f"Sorry, {user.party.name} (id={user.serial}) doesn't have '{operation}' access to:\n"
                f"- {model.label} ({model.name})"
            )
        return found

    def one(self, model: Model, serial: int) -> Any:
        """Raises MissingError, AccessError."""
        found = self.find(model, [serial])
        if not found:
            raise errors.missing(model.name, serial, self.view.user.serial)
        return found[0]

    def read(
        self, model: Model, records: Iterable[Any], names: list[str] | None, *, load: str | None
    ) -> list[dict[str, Any]]:
        """Rows with ``id`` and the asked fields: all of them when none is named."""
        wanted = list(names) if names else list(self.schema.fields[model.name])
        view = self.view
        columns = [
            (field.name, field.get, self._format(field, named=load == "_classic_read"))
            for field in (self.field(model, name) for name in dict.fromkeys(wanted))
        ]
        serial = model.serial
        return [
            {"id": serial(record), **{name: show(get(record, view)) for name, get, show in columns}}
            for record in records
        ]

    def read_nested(
        self, model: Model, records: Iterable[Any], specification: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The rows of ``web_read``: relations open as far as their specification has ``fields``."""
        columns = []
        for name, inner in specification.items():
            field = self.field(model, name)
            columns.append((name, field.get, self._nested_format(field, inner or {})))
        return [
            {
                "id": model.serial(record),
                **{name: show(get(record, self.view)) for name, get, show in columns},
            }
            for record in records
        ]

    def _nested_format(self, field: Field, inner: dict[str, Any]) -> Format:
        if not field.relation or "fields" not in inner or field.relation not in MODELS:
            return self._format(field, named=False)
        model, asked, limit = MODELS[field.relation], inner["fields"], inner.get("limit")
        self.read_nested(model, [], asked)  # an unknown nested field is refused even when there is no row
        if field.type == "many2one":
            return lambda raw: self.read_nested(model, [raw], asked)[0] if raw is not None else False

        def several(raw: Any) -> list[dict[str, Any]]:
            related = list(raw)
            shown = related[: limit or len(related)]
            rest = [{"id": model.serial(one)} for one in related[len(shown) :]]
            return self.read_nested(model, shown, asked) + rest

        return several

    def _format(self, field: Field, *, named: bool) -> Format:
        if field.relation:
            return self._relation_format(field, named=named)
        if field.type in ("monetary", "float"):
            return float
        if field.type == "datetime":
            return lambda raw: str(raw)[:19] if raw is not None else False
        if field.type == "date":
            return lambda raw: str(raw) if raw is not None else False
        if field.type in ("integer", "boolean"):
            return _plain
        return lambda raw: raw or False

    def _relation_format(self, field: Field, *, named: bool) -> Format:
        model = MODELS.get(field.relation)
        serial = model.serial if model else _serial
        if field.type != "many2one":
            return lambda raw: [serial(one) for one in raw] if raw else []
        if not named:
            return lambda raw: serial(raw) if raw is not None else False
        display = self._display(field.relation)
        return lambda raw: [serial(raw), display(raw)] if raw is not None else False

    def _display(self, relation: str) -> Callable[[Any], str]:
        model, view = MODELS.get(relation), self.view
        return (lambda record: model.display(record, view)) if model else (lambda record: str(record.name))


def _serial(record: Any) -> int:
    return int(record.serial)


def _plain(raw: Any) -> Any:
    if isinstance(raw, Decimal | date):
        raise TypeError(f"{raw!r} is not an integer or boolean")
    return raw if raw is not None else False
