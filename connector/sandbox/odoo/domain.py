"""Odoo search domains, compiled to a predicate over the ledger's records.

Prefix notation: ``["|", leaf, leaf, leaf]``. A leaf is ``[path, operator, value]``; a dotted path follows
relations.
Values are compared as they are on the wire: ids, ISO dates, UTC datetimes with the microseconds that reads
cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from connector.sandbox.odoo import errors
from connector.sandbox.odoo.schema import Field, Model, View

Predicate = Callable[[Any], bool]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
PATTERNS = ("like", "ilike", "=like", "=ilike", "not like", "not ilike")
OPERATORS = {"=", "!=", "<>", "==", "in", "not in", *COMPARISONS, *PATTERNS}
ARITY = {"&": 2, "|": 2, "!": 1}


class Leaf(NamedTuple):
    path: str
    operator: str
    value: Any


class Schema(NamedTuple):
    """Every model of one version, with its fields."""

    models: Mapping[str, Model]
    fields: Mapping[str, Mapping[str, Field]]
    version: int


def leaves(domain: Any) -> list[Leaf] | None:
    """The leaves if all of them must hold, else None (an ``|`` or ``!`` is in it)."""
    found = []
    for term in domain:
        if isinstance(term, str):
            if term != "&":
                return None
        elif isinstance(term, list | tuple) and len(term) == 3:
            found.append(Leaf(*term))
    return found


def named_fields(domain: Any) -> set[str]:
    return {str(term[0]) for term in domain if isinstance(term, list | tuple) and term}


def compile_domain(domain: Any, model: str, schema: Schema, view: View) -> Predicate:
    """Raises ``OdooError`` with Odoo's own text for what Odoo refuses."""
    terms = list(domain or [])
    stack: list[Predicate] = []
    for term in reversed(terms):
        if isinstance(term, str) and term in ARITY:
            if len(stack) < ARITY[term]:
                raise _malformed(terms, schema.version)
            stack.append(_combine(term, [stack.pop() for _ in range(ARITY[term])]))
        else:
            stack.append(_leaf(term, model, schema, view))
    stack.reverse()
    if len(stack) == 1:
        return stack[0]
    return lambda record: all(holds(record) for holds in stack)


def _combine(operator: str, parts: list[Predicate]) -> Predicate:
    if operator == "!":
        return lambda record: not parts[0](record)
    first, second = parts
    if operator == "&":
        return lambda record: first(record) and second(record)
    return lambda record: first(record) or second(record)


def _leaf(term: Any, model: str, schema: Schema, view: View) -> Predicate:
    if not isinstance(term, list | tuple) or len(term) != 3:
        raise _malformed([term], schema.version)
    path, operator, value = term
    if (path, operator, value) in ((1, "=", 1), (0, "=", 1)):
        return lambda _record: bool(path)
    if operator not in OPERATORS:
        refused = "Invalid operator in condition" if schema.version >= 19 else "Invalid leaf"
        raise errors.value(f"{refused} {(path, operator, value)!r}")
    chain = _follow(str(path).split("."), model, Leaf(path, operator, value), schema)
    last = chain[-1]
    if not last.searchable:
        if schema.version >= 19:
            raise errors.value(f"Cannot convert {model}.{path} to SQL because it is not stored")
        return lambda _record: True  # up to 18 Odoo only logs that it cannot search there
    test = _test(last, operator, value, schema, view)
    if len(chain) == 1:
        return _direct(last, test, view)
    negative = operator in ("!=", "<>", "not in", "not like", "not ilike")
    quantifier = all if negative else any
    return lambda record: quantifier(test(found) for found in _values(record, chain, view))


def _direct(field: Field, test: Predicate, view: View) -> Predicate:
    get = field.get
    if field.type.endswith("2many"):
        return lambda record: test(list(get(record, view)))
    return lambda record: test(get(record, view))


def _follow(names: list[str], model: str, leaf: Leaf, schema: Schema) -> list[Field]:
    chain: list[Field] = []
    where = model
    for name in names:
        field = schema.fields.get(where, {}).get(name)
        if field is None:
            noun = "condition" if schema.version >= 19 else "leaf"
            rest = (".".join(names[len(chain) :]), leaf.operator, leaf.value)
            raise errors.value(f"Invalid field {where}.{name} in {noun} {rest!r}")
        chain.append(field)
        where = field.relation
    return chain


def _values(record: Any, chain: list[Field], view: View) -> Iterator[Any]:
    """What the path leads to; an empty relation gives one None, as an outer join does."""
    head, rest = chain[0], chain[1:]
    found = head.get(record, view)
    if not rest:
        yield list(found) if head.type.endswith("2many") else found
        return
    related = list(found) if head.type.endswith("2many") else [found]
    for one in related or [None]:
        if one is None:
            yield None
        else:
            yield from _values(one, rest, view)


def _test(field: Field, operator: str, value: Any, schema: Schema, view: View) -> Predicate:
    """A predicate over the field's raw value."""
    if field.relation:
        return _relation_test(field, operator, value, schema, view)
    if operator in PATTERNS:
        return _pattern_test(operator, value)
    if operator in COMPARISONS:
        return _comparison_test(field, operator, value)
    known, empty, negative = _wanted(field, operator, value, schema.version)

    def holds(raw: Any) -> bool:
        plain = _wire(raw)
        found = empty if plain is None or plain is False or plain == "" else plain in known
        return found != negative

    return holds


def _relation_test(field: Field, operator: str, value: Any, schema: Schema, view: View) -> Predicate:
    model = schema.models.get(field.relation)
    serial = model.serial if model else lambda record: record.serial
    names = isinstance(value, str) or operator in PATTERNS
    if names:
        display = model.display if model else lambda record, _view: record.name
        matches = _pattern_test(operator, value) if operator in PATTERNS else _test(
            Field("display_name", "char"), operator, value, schema, view)  # fmt: skip
        return lambda raw: (
            any(matches(display(one, view)) for one in _many(raw)) or (raw is None and matches(None))
        )
    known, empty, negative = _wanted(field, operator, value, schema.version)

    def holds(raw: Any) -> bool:
        related = _many(raw)
        found = any(serial(one) in known for one in related) if related else empty
        return found != negative

    return holds


def _many(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return raw if isinstance(raw, list) else [raw]


def _wanted(field: Field, operator: str, value: Any, version: int) -> tuple[set[Any], bool, bool]:
    """The accepted values, whether empty is one, whether the leaf is negated. 0 is a value, False is not."""
    negative = operator in ("!=", "<>", "not in")
    if operator in ("in", "not in") and not isinstance(value, list | tuple | bool) and version < 19:
        raise errors.value(f"Invalid domain term {(field.name, operator, value)!r}")
    several = value if isinstance(value, list | tuple) else [value]
    known = {_wire(one) for one in several if one is not False and one is not None}
    if field.type == "datetime":
        known = {_moment(one, "=") for one in known}
    return known, any(one is False or one is None for one in several), negative


def _comparison_test(field: Field, operator: str, value: Any) -> Predicate:
    compare = COMPARISONS[operator]
    limit = _moment(value, operator) if field.type == "datetime" and isinstance(value, str) else value

    def holds(raw: Any) -> bool:
        plain = _wire(raw)
        if plain is None or plain == "" or (limit is False and not isinstance(plain, bool)):
            return False
        try:
            return compare(plain, limit)
        except TypeError:
            raise errors.value(f"Invalid leaf {(field.name, operator, value)!r}") from None

    return holds


def _pattern_test(operator: str, value: Any) -> Predicate:
    negative, fold = operator.startswith("not"), "ilike" in operator
    text = str(value) if value else ""
    pattern = re.escape(text).replace("%", ".*").replace("_", ".")
    found = re.compile(
        pattern if operator.startswith("=") else f".*{pattern}.*", re.S | (re.I if fold else 0)
    )
    return lambda raw: bool(raw and found.fullmatch(str(raw))) != negative if text else not negative


def _moment(text: str, operator: str) -> str:
    """A bare date is that day's start, or its last second after ``>`` and ``<=``; ISO forms are accepted."""
    if len(text) == len("2026-11-21"):
        return f"{text} 23:59:59" if operator in (">", "<=") else f"{text} 00:00:00"
    return text.replace("T", " ").removesuffix("Z")


def _wire(value: Any) -> Any:
    """A value that compares like the wire's, but with all its microseconds."""
    if isinstance(value, datetime):
        return str(value)[:26].removesuffix("+00:00")
    if isinstance(value, date):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    return value


def _malformed(domain: Iterable[Any], version: int) -> errors.OdooError:
    if version >= 19:
        return errors.value(f"Domain() malformed domain {domain!r}")
    return errors.value(f"Domain {domain!r} is syntactically not correct.")
