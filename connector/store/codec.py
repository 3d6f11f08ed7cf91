"""Values of the model to JSON text and back, without loss: decimals stay exact, bytes travel as base64."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from connector.errors import StoreError
from connector.model import (
    Activity,
    Customer,
    Fact,
    Inbound,
    Invoice,
    Kind,
    Message,
    Pause,
    Payment,
    PlanPart,
    Remark,
)
from connector.ports import CloseTask, MoveTask, Note, Task
from connector.store.columns import storable
from connector.store.ports import OutboxItem

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


class _Codec:
    """One type to JSON and back. The value travels in a list of one, since pydantic takes settings (for
    bytes) only from around a dataclass, not for it."""

    def __init__(self, type_: type[Any]) -> None:
        self._type = type_
        self._adapter: TypeAdapter[tuple[Any]] | None = None

    def _get(self) -> TypeAdapter[tuple[Any]]:
        if self._adapter is None:  # built when first needed: most commands need few of them
            self._adapter = TypeAdapter(tuple[self._type], config=_CONFIG)  # type: ignore[name-defined]
        return self._adapter

    def dump(self, value: object) -> str:
        adapter = self._get()
        try:
            return adapter.dump_json((value,)).decode()
        except PydanticSerializationError:  # a lone surrogate in the host's text
            return to_json(_cleaned(adapter.dump_python((value,), mode="json"))).decode()

    def load(self, text: str) -> Any:
        return self._get().validate_json(text)[0]


_FACTS: dict[str, _Codec] = {
    Kind.CUSTOMER: _Codec(Customer),
    Kind.INVOICE: _Codec(Invoice),
    Kind.PAYMENT: _Codec(Payment),
    Kind.ACTIVITY: _Codec(Activity),
    Kind.INBOUND: _Codec(Inbound),
    Kind.REMARK: _Codec(Remark),
}
MESSAGE = "message"
_ITEMS: dict[str, tuple[type[Any], _Codec]] = {
    name: (type_, _Codec(type_))
    for name, type_ in {
        MESSAGE: Message,
        "note": Note,
        "task": Task,
        "move_task": MoveTask,
        "close_task": CloseTask,
    }.items()
}
_PAUSE = _Codec(Pause)
_KIND_OF_ITEM = {type_: name for name, (type_, _) in _ITEMS.items()}
_SUMMARY: TypeAdapter[dict[str, int]] = TypeAdapter(dict[str, int])
_SUMMARIES: TypeAdapter[list[dict[str, int]]] = TypeAdapter(list[dict[str, int]])
_DATA: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
_NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
_PARTS: TypeAdapter[tuple[PlanPart, ...]] = TypeAdapter(tuple[PlanPart, ...])

# letters that Unicode does not take apart into a base letter and an accent
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'"})


def dump_fact(kind: Kind, fact: Fact) -> str:
    return _FACTS[kind].dump(fact)


def load_fact(kind: str, ref: str, text: str) -> Any:
    """Return the fact (its type follows from ``kind``). Raises StoreError when it cannot be read."""
    try:
        return _FACTS[kind].load(text)
    except ValidationError as error:
        raise StoreError(
            f"the store holds a damaged {kind} {ref} ({error.error_count()} problems). "
            "Restore the store from a backup, or upgrade the program."
        ) from None


def dump_item(item: OutboxItem) -> tuple[str, str]:
    """Return the kind of an outbox item and its text."""
    kind = _KIND_OF_ITEM[type(item)]
    return kind, _ITEMS[kind][1].dump(item)


def load_item(kind: str, key: str, text: str) -> OutboxItem:
    """Return the message or entry. Raises StoreError when it cannot be read."""
    try:
        item: OutboxItem = _ITEMS[kind][1].load(text)
    except ValidationError as error:
        raise StoreError(
            f"the outbox holds a damaged {kind} {key} ({error.error_count()} problems). "
            "Restore the store from a backup, or upgrade the program."
        ) from None
    return item


def dump_raw(record: Mapping[str, object]) -> str:
    """A raw record, for people to look at; what JSON does not know becomes text."""
    return _dump_any(dict(record))


def dump_data(data: Mapping[str, object]) -> str:
    """The data of an event; decimals and days become text."""
    return _dump_any(dict(data))


def load_data(text: str) -> dict[str, object]:
    return _DATA.validate_json(text)


def dump_summary(summary: Mapping[str, int]) -> str:
    """The same counts give the same text."""
    return _SUMMARY.dump_json({str(key): summary[key] for key in sorted(summary)}).decode()


def load_summaries(texts: Sequence[str]) -> list[dict[str, int]]:
    return _SUMMARIES.validate_json(f"[{','.join(texts)}]")


def dump_names(names: tuple[str, ...]) -> str:
    return _NAMES.dump_json(tuple(storable(name) for name in names)).decode()


def load_names(text: str) -> tuple[str, ...]:
    return _NAMES.validate_json(text)


def dump_parts(parts: Sequence[PlanPart]) -> str:
    return _PARTS.dump_json(tuple(parts)).decode()


def load_parts(text: str) -> tuple[PlanPart, ...]:
    return _PARTS.validate_json(text)


def dump_pause(pause: Pause) -> str:
    return _PAUSE.dump(pause)


def load_pause(text: str) -> Pause | None:
    """None when it cannot be read: the company stays paused all the same, until somebody ends it."""
    try:
        found: Pause = _PAUSE.load(text)
    except ValidationError:
        return None
    return found


def name_key(name: str) -> str:
    """Return a name as it is searched: lower case, no accents, single spaces, ``œ`` as ``oe``."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", bare.casefold()).strip()


def _dump_any(value: object) -> str:
    return to_json(_cleaned(value), fallback=str, inf_nan_mode="constants", bytes_mode="base64").decode()


def _cleaned(value: object) -> object:
    """The same value with text that no database takes replaced, at any depth."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
