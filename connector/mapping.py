"""From a host's record to our model, as the tables of ``mappings/<host>.toml`` say. Pure.

Each table names the fields of one noun (customer, contact, invoice, installment, allocation, payment,
activity, inbound, remark), each field where it comes from and what it is:

    due_on = { from = ["date_maturity", "date"], as = "date", required = true }

``from`` is a name or several, of which the first that the record has is used (a field renamed between two
versions of the host). ``as`` is one of ``CONVERTERS``; ``values`` belongs to choice, ``of`` to list (the
table of its sub-records). There are no expressions: what a host does oddly, its adapter puts right.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from connector.convert import CONVERTERS, Converter, Unreadable, converter
from connector.errors import ConfigError, MappingError, Problem
from connector.model import (
    Activity,
    Allocation,
    AllocationSource,
    Contact,
    Customer,
    Fact,
    Inbound,
    Installment,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Kind,
    PayerType,
    Payment,
    Ref,
    Remark,
    Role,
    Segment,
)
from connector.ports import Record
from connector.resources import shipped
from connector.spelling import suggestion

#: One table of the mapping file: our field -> its entry.
Table = Mapping[str, Mapping[str, object]]

NOUNS: dict[str, type] = {
    "customer": Customer,
    "contact": Contact,
    "invoice": Invoice,
    "installment": Installment,
    "allocation": Allocation,
    "payment": Payment,
    "activity": Activity,
    "inbound": Inbound,
    "remark": Remark,
}
#: Fields that one entry of a mapping cannot give: a reference is made of a kind and an id.
_SPLIT = {(noun, "on"): ("on_kind", "on_id") for noun in ("activity", "inbound", "remark")}
#: Fields that every record must have, and that may be empty all the same: a mail of one picture, a task that
#: was marked done without a word.
_EMPTY = {("inbound", "text"): "", ("remark", "text"): ""}
#: What a converted value becomes on its way into the model.
_ENUMS: dict[tuple[str, str], Callable[[Any], object]] = {
    ("invoice", "kind"): InvoiceKind,
    ("invoice", "state"): InvoiceState,
    ("allocation", "source"): AllocationSource,
    ("activity", "on_kind"): Kind,
    ("inbound", "on_kind"): Kind,
    ("remark", "on_kind"): Kind,
    ("contact", "roles"): lambda words: frozenset(map(Role, words)),
    ("customer", "tags"): frozenset,
    ("customer", "segment"): Segment,
    ("customer", "payer_type"): PayerType,
}
#: The converters that give what a field of ours holds, by the field's type; other types take what they get.
_FITTING: Mapping[str, tuple[str, ...]] = {
    "str": ("text", "language", "choice"),
    "bool": ("flag", "choice"),
    "int": ("number",),
    "Decimal": ("money",),
    "date": ("date",),
    "datetime": ("datetime",),
    "Person": ("person",),
    "tuple[str, ...]": ("list",),
}
_ENTRY_KEYS = ("from", "as", "values", "of", "required", "default")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    sources: tuple[str, ...]
    convert: Converter
    of: str | None
    required: bool
    default: object
    shape: Callable[[Any], object] | None
    is_amount: bool


class FieldMapping:
    """A mapping file with a company's overrides, checked and ready. Made by ``load_mapping``."""

    def __init__(self, tables: Mapping[str, Table], own: Collection[tuple[str, str]] = ()) -> None:
        """``tables`` must have been checked; ``own`` are the (table, field) that a company laid over them.
        ``version`` changes when any of it does."""
        self._own = frozenset(own)
        text = json.dumps(tables, sort_keys=True, default=str)
        self.version = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._fields = {noun: _compile(noun, table) for noun, table in tables.items()}

    def fields(self, kind: str, available: Collection[str]) -> list[str]:
        """Return the host fields to ask for, sorted: for each of ours the first that is ``available``."""
        chosen = (next((s for s in f.sources if s in available), None) for f in self._fields.get(kind, ()))
        return sorted({name for name in chosen if name})

    def names(self, kinds: Collection[str]) -> set[str]:
        """Return every host field that the tables of these kinds may come from."""
        return {source for kind in kinds for field in self._fields.get(kind, ()) for source in field.sources}

    def gives(self, noun: str, field: str) -> bool:
        """Whether the table of ``noun`` has an entry for this field of ours."""
        return any(each.name == field for each in self._fields.get(noun, ()))

    def absent(self, kind: str, available: Collection[str]) -> list[str]:
        """Return the host fields that a company's own entries name and that are not ``available``."""
        mine = (f for f in self._fields.get(kind, ()) if (kind, f.name) in self._own)
        return [source for f in mine for source in f.sources if not any(s in available for s in f.sources)]

    def to_fact(self, record: Record) -> Fact:
        """Return what ``record`` says in our words. Raises MappingError for the first field that does not
        fit; amounts are in the record's currency, dates are its own, moments are aware and in UTC."""
        kind, ref = record.ref
        fact: Fact = self._build(kind.value, record.data, str(record.data.get("currency") or ""), ref)
        return fact

    def _build(self, noun: str, data: Mapping[str, object], currency: str, ref: str) -> Any:
        values: dict[str, Any] = {}
        for field in self._fields[noun]:
            value = self._value(noun, field, data, currency, ref)
            if value is not None:
                values[field.name] = value
                if field.name == "currency":
                    currency = str(value)
        if "on_id" in values:
            values["on"] = Ref(values.pop("on_kind"), values.pop("on_id"))
        return NOUNS[noun](**values)

    def _value(
        self, noun: str, field: _Field, data: Mapping[str, object], currency: str, ref: str
    ) -> object | None:
        raw: object = None
        for source in field.sources:
            if source in data:
                raw = data[source]
                break
        try:
            if field.of is not None:
                return tuple(self._build(field.of, item, currency, ref) for item in _rows(raw))
            value: Any = field.convert(raw, currency)
            if value is None:
                value = field.default
            if value is None:
                if field.required:
                    raise Unreadable("is empty")
                return None
            if field.is_amount and value < 0:
                raise Unreadable(f"is negative ({value})")
            return value if field.shape is None else field.shape(value)
        except ValueError as error:
            raise MappingError(noun, ref, field.name, str(error)) from error


def load_mapping(host_name: str, overrides: Mapping[str, Mapping[str, object]] | None = None) -> FieldMapping:
    """Return the mapping shipped for ``host_name`` with a company's own entries laid over it, field by field
    and key by key. Raises ConfigError with every problem of either."""
    file = shipped("mappings") / f"{host_name}.toml"
    if not file.is_file():
        raise ConfigError([Problem(file.name, "", "there is no mapping for this host")])
    return make_mapping(tomllib.loads(file.read_text("utf-8")), overrides, file=file.name)


def make_mapping(
    tables: Mapping[str, Table],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    *,
    file: str = "mapping",
) -> FieldMapping:
    """As ``load_mapping``, for tables that do not come from a file of ours (a third party's adapter)."""
    problems: list[Problem] = []
    merged: dict[str, dict[str, Mapping[str, object]]] = {n: dict(t) for n, t in tables.items()}
    for noun, table in (overrides or {}).items():
        place = f"host.mapping.{noun}"
        if noun not in NOUNS:
            problems.append(Problem("", place, "no such table", suggestion(noun, NOUNS)))
            continue
        for name, entry in table.items():
            if not isinstance(entry, Mapping):
                problems.append(Problem("", f"{place}.{name}", "is not a table", 'write { from = "…" }'))
                continue
            merged.setdefault(noun, {})[name] = {**merged.get(noun, {}).get(name, {}), **entry}
    for noun, fields_of in merged.items():
        problems += _problems(noun, fields_of, merged, file, set((overrides or {}).get(noun, ())))
    if problems:
        raise ConfigError(problems)
    own = [(noun, name) for noun, table in (overrides or {}).items() for name in table]
    return FieldMapping(merged, own)


def _problems(
    noun: str, table: Table, tables: Mapping[str, Table], file: str, overridden: Collection[str]
) -> list[Problem]:
    if noun not in NOUNS:
        return [Problem(file, noun, "no such table", suggestion(noun, NOUNS))]
    known = _names(noun)
    found = []
    for name, entry in table.items():
        where = ("", f"host.mapping.{noun}.{name}") if name in overridden else (file, f"{noun}.{name}")
        if name not in known:
            found.append(Problem(*where, "we have no such field", suggestion(name, known)))
        found += [Problem(*where, what, remedy) for what, remedy in _entry_problems(entry, tables)]
        found += [Problem(*where, what, remedy) for what, remedy in _misfits(noun, name, entry)]
    absent = [name for name, needed in known.items() if needed and name not in table]
    return found + [Problem(file, f"{noun}.{name}", "is missing", "every record needs it") for name in absent]


def _entry_problems(entry: Mapping[str, object], tables: Mapping[str, Table]) -> list[tuple[str, str]]:
    found = [
        (f"unknown key {key!r}", suggestion(key, _ENTRY_KEYS)) for key in entry if key not in _ENTRY_KEYS
    ]
    sources, kind = entry.get("from"), entry.get("as")
    names = sources if isinstance(sources, list) else [sources]
    if not names or not all(isinstance(name, str) and name for name in names):
        found.append(("'from' must be a field's name or a list of names", ""))
    if kind not in CONVERTERS:
        found.append((f"cannot convert to {kind!r}", suggestion(str(kind), CONVERTERS)))
    if kind == "choice" and not (isinstance(entry.get("values"), Mapping) and entry["values"]):
        found.append(("a choice needs 'values'", 'such as { out_invoice = "invoice" }'))
    if kind == "list" and entry.get("of") is not None and entry["of"] not in tables:
        found.append((f"no table {entry['of']!r}", suggestion(str(entry["of"]), tables)))
    return found


def _misfits(noun: str, name: str, entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield what would only show with the records: all of them would be set aside, and nobody chased."""
    kind, values = entry.get("as"), entry.get("values")
    ours = next((str(f.type).removesuffix(" | None") for f in fields(NOUNS[noun]) if f.name == name), "")
    fitting = _FITTING.get(ours, ())
    if fitting and kind in CONVERTERS and kind not in fitting:
        yield f"it cannot be read as {kind!r}", f"as = {' or '.join(map(repr, fitting))}"
    given = list(values.values()) if kind == "choice" and isinstance(values, Mapping) else []
    if ours == "bool" and not all(isinstance(value, bool) for value in given):
        yield "a value of 'values' is neither true nor false", "values = { … = true, … = false }"
    shape = _ENUMS.get((noun, name))
    if isinstance(shape, type) and issubclass(shape, StrEnum):
        words = [str(word) for word in shape]
        wrong = [str(value) for value in given if value not in words]
        yield from ((f"{value[:40]!r} is none of our words", suggestion(value, words)) for value in wrong)


def _names(noun: str) -> dict[str, bool]:
    """Return the fields of a noun and whether a mapping must give them."""
    names: dict[str, bool] = {}
    for field in fields(NOUNS[noun]):
        needed = field.default is MISSING and field.default_factory is MISSING
        names.update(dict.fromkeys(_SPLIT.get((noun, field.name), (field.name,)), needed))
    return names


def _compile(noun: str, table: Table) -> tuple[_Field, ...]:
    needed = _names(noun)
    # the currency first: the amounts beside it are rounded to it
    names = sorted(table, key=lambda name: name != "currency")
    return tuple(_compile_field(noun, name, table[name], needed=needed[name]) for name in names)


def _compile_field(noun: str, name: str, entry: Mapping[str, Any], *, needed: bool) -> _Field:
    sources = entry["from"] if isinstance(entry["from"], list) else [entry["from"]]
    default = entry.get("default", _EMPTY.get((noun, name)))
    convert = converter(entry["as"], entry.get("values"))
    return _Field(
        name=name,
        sources=tuple(sources),
        convert=convert,
        of=entry.get("of"),
        required=bool(entry.get("required", needed)),
        # an empty text is a default too: the converters take it for none
        default=default if default is None or default == "" else converter(entry["as"], None)(default, ""),
        shape=_ENUMS.get((noun, name)),
        is_amount=entry["as"] == "money",
    )


def _rows(raw: object) -> Collection[Mapping[str, object]]:
    if raw is None or raw is False:
        return ()
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise Unreadable("is not a list of records")
    return raw
