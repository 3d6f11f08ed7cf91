"""What pydantic refuses, in our words: where, what is expected, and the remedy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from connector.config.hosts import OdooSettings, OtherHostSettings, PennylaneSettings
from connector.config.lines import Path
from connector.config.plugins import HOSTS, third_party_hosts
from connector.config.quickbooks import QuickBooksSettings
from connector.config.serve import ServeSettings
from connector.config.settings import (
    CompanySettings,
    LogSettings,
    ScheduleSettings,
    StoreSettings,
)
from connector.config.unfit import Unfit, choice, kind
from connector.spelling import nearest

Model: TypeAlias = type[BaseModel]
Refusal: TypeAlias = tuple[Path, str, str]

HOST_MODELS: Mapping[str, Model] = {
    "odoo": OdooSettings,
    "pennylane": PennylaneSettings,
    "quickbooks": QuickBooksSettings,
    "other": OtherHostSettings,
}
TOP: Mapping[str, Model] = {
    "store": StoreSettings,
    "schedule": ScheduleSettings,
    "serve": ServeSettings,
    "log": LogSettings,
}

_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def toml(value: object) -> str:
    """Write a small value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    # JSON's strings are TOML's, but for one character that TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def refusals(error: ValidationError, model: Model) -> Iterator[Refusal]:
    """Yield every refusal of a validation of ``model``, with its path as written in the file.

    A missing option is passed over when it stands there misspelt: one mistake, one line.
    """
    details = error.errors(include_url=False)
    misspelt = {meant for detail in details if (meant := _meant(detail, model))}
    for detail in details:
        path, *_ = _locate(detail["loc"], model)
        # Elements that were refused do not count for pydantic: a full list can look empty to it.
        echo = detail["type"] == "too_short" and bool(detail["input"])
        if not echo and not (detail["type"] == "missing" and path in misspelt):
            yield _refusal(detail, model)


def _meant(detail: ErrorDetails, model: Model) -> Path | None:
    """Return the path of the option that an unknown one was probably meant to be."""
    if detail["type"] != "extra_forbidden":
        return None
    path, owner, _ = _locate(detail["loc"], model)
    near = nearest(str(path[-1]), owner.model_fields)
    return (*path[:-1], near) if near else None


def _refusal(detail: ErrorDetails, model: Model) -> Refusal:
    path, owner, field = _locate(detail["loc"], model)
    handler = _HANDLERS.get(detail["type"], _wrong_kind if detail["type"] in _EXPECTED else _other)
    message, remedy = handler(detail, path, owner, field)
    return path, message, remedy


def _locate(loc: Path, model: Model) -> tuple[Path, Model, FieldInfo | None]:
    """Return the path in the file, the model of the innermost table and the field, for an error's place."""
    path: list[str | int] = []
    owner, field, inside = model, None, False
    for part in loc:
        if part == "[key]":  # pydantic's sign that the name itself was refused, not what stands behind it
            continue
        if field is not None and not inside and path[-1] == "host" and part in HOST_MODELS:
            owner, inside = HOST_MODELS[str(part)], True  # pydantic names the class of the union here
            continue
        path.append(part)
        if isinstance(part, str) and (field is None or inside or submodel(field)):
            owner = owner if inside or field is None else submodel(field) or owner
            field, inside = owner.model_fields.get(part), False
    return tuple(path), owner, field


def submodel(field: FieldInfo) -> Model | None:
    """Return the model of a field that is a table or a list of tables."""
    todo: list[Any] = [field.annotation]
    while todo:
        annotation = todo.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
        todo.extend(reversed(get_args(annotation)))
    return None


def _example(path: Path, field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return ""
    value = field.examples[0]
    if path and isinstance(path[-1], int) and isinstance(value, list):
        return toml(value[0])
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    return _table_example(path, name, value) or f"{name} = {toml(value)}"


def _table_example(path: Path, name: str, value: object) -> str:
    """Tables with a head of their own read better as such than between braces."""
    inline = name in ("when", "key", "password", "amount", "budget", "tolerance")
    if isinstance(value, dict) and not inline:
        return f"[{'.'.join(str(part) for part in path)}]"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[[" + ".".join(str(part) for part in path if isinstance(part, str)) + "]]"
    return ""


def _missing(_detail: ErrorDetails, path: Path, _owner: Model, field: FieldInfo | None) -> tuple[str, str]:
    what = f" ({field.description.rstrip('.').split(':')[0]})" if field and field.description else ""
    return f"it is missing{what}", f"add {_example(path, field)}"


def _unknown(_detail: ErrorDetails, path: Path, owner: Model, _field: FieldInfo | None) -> tuple[str, str]:
    key = str(path[-1])
    known = [*owner.model_fields, *(("company", *TOP) if owner is CompanySettings else ())]
    if near := nearest(key, known):
        return "there is no such option", f"did you mean {near}?"
    if homes := list(dict.fromkeys(home for home, model in _tables() if key in model.model_fields)):
        return "there is no such option here", f"it belongs {' or '.join(homes)}"
    return "there is no such option", f"known here: {', '.join(known)}"


def _tables() -> Iterator[tuple[str, Model]]:
    """Yield every table with the words for where it stands."""
    yield "at the top of the file, above the first [table]", CompanySettings
    yield from (("in [host]", model) for type_, model in HOST_MODELS.items() if type_ in HOSTS)
    for name, model in TOP.items():
        yield f"in [{name}]", model
    yield from _inner(CompanySettings, ())


def _inner(model: Model, above: tuple[str, ...]) -> Iterator[tuple[str, Model]]:
    for name, field in model.model_fields.items():
        inner = submodel(field)
        if inner and name != "host":
            path = ".".join((*above, name))
            yield f"in [[{path}]]" if "tuple" in str(field.annotation) else f"in [{path}]", inner
            yield from _inner(inner, (*above, name))


def _wrong_kind(detail: ErrorDetails, path: Path, _owner: Model, field: FieldInfo | None) -> tuple[str, str]:
    found, example = kind(detail["input"]), _example(path, field)
    return f"{_EXPECTED[detail['type']]} is expected, not {found}", f"write {example}" if example else ""


def _closed_set(detail: ErrorDetails, _path: Path, _owner: Model, field: FieldInfo | None) -> tuple[str, str]:
    value = detail["input"]
    allowed = _allowed(field)
    if not isinstance(value, str):
        return f"a text is expected, not {kind(value)}", choice("", allowed)
    return f'"{value[:40]}" is not allowed', choice(value, allowed)


def _allowed(field: FieldInfo | None) -> list[str]:
    """Return the words of a ``Literal`` or of an enumeration, also where a list or a table holds them."""
    todo: list[Any] = [field.annotation if field else None]
    while todo:
        annotation = todo.pop()
        if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            return list(annotation)
        if get_origin(annotation) is Literal:
            return [str(word) for word in get_args(annotation)]
        todo.extend(reversed(get_args(annotation)))
    return []


def _host_type(detail: ErrorDetails, _path: Path, _owner: Model, _field: FieldInfo | None) -> tuple[str, str]:
    table = detail["input"]
    if not isinstance(table, Mapping):
        return f"a table is expected, not {kind(table)}", "write [host]"
    known, type_ = HOSTS | third_party_hosts(), table.get("type")
    if type_ is None:
        return "its type is missing", f"add type; {choice('', known)}"
    if not isinstance(type_, str):
        return f"its type is a text, not {kind(type_)}", choice("", known)
    return f'its type "{type_[:40]}" is not known', choice(type_, known)


def _unfit(detail: ErrorDetails, _path: Path, _owner: Model, _field: FieldInfo | None) -> tuple[str, str]:
    error = detail.get("ctx", {}).get("error")
    return (error.message, error.remedy) if isinstance(error, Unfit) else ("it cannot be used", "")


def _too_short(_detail: ErrorDetails, path: Path, _owner: Model, field: FieldInfo | None) -> tuple[str, str]:
    return "at least one is needed", f"add {_example(path, field)}"


def _out_of_range(
    detail: ErrorDetails, path: Path, _owner: Model, field: FieldInfo | None
) -> tuple[str, str]:
    [(bound, limit)] = detail.get("ctx", {}).items()
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return (
        f"{detail['input']} is out of range: {words[bound]} {limit}",
        f"for example {_example(path, field)}",
    )


def _other(detail: ErrorDetails, path: Path, _owner: Model, field: FieldInfo | None) -> tuple[str, str]:
    example = _example(path, field)
    return "it cannot be used", f"for example {example}" if example else ""


_HANDLERS: Mapping[str, Callable[[ErrorDetails, Path, Model, FieldInfo | None], tuple[str, str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _closed_set,
    "enum": _closed_set,
    "union_tag_not_found": _host_type,
    "union_tag_invalid": _host_type,
    "value_error": _unfit,
    "too_short": _too_short,
    **dict.fromkeys(("greater_than_equal", "greater_than", "less_than_equal", "less_than"), _out_of_range),
}
