"""Checks of request bodies: closed schemas, refused with the codes of the specification's own list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from connector.sandbox.pennylane.errors import ApiError, malformed

Check = Callable[[Any, str], None]  # the value, and where it stands; raises ApiError
KINDS = {str: "String", bool: "Boolean", int: "Integer", float: "Float", dict: "Hash", list: "Array"}
AMOUNT = re.compile(r"^(-?\d+(\.\d+)?)?$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def text(*, most: int = 0, pattern: str = "", nullable: bool = False) -> Check:
    """A string of at most ``most`` characters in which ``pattern`` is found."""

    def check(value: Any, where: str) -> None:
        if value is None and nullable:
            return
        _be(value, str, "string", where)
        if most and len(value) > most:
            raise malformed("MoreThanMaxLength", f'{where} "{value[:40]}…" is longer than max length')
        if pattern and not re.search(pattern, value):
            raise malformed("InvalidPattern", f'{where} pattern {pattern} does not match value: "{value}"')

    return check


def integer(*, nullable: bool = False) -> Check:
    def check(value: Any, where: str) -> None:
        if value is not None or not nullable:
            _be(value, int, "integer", where)

    return check


def number(value: Any, where: str) -> None:
    """A JSON number: quantities are, amounts are not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return
    _be(value, float, "number", where)


def flag(value: Any, where: str) -> None:
    _be(value, bool, "boolean", where)


def money(value: Any, where: str) -> None:
    """A string with a decimal number."""
    _be(value, str, "string", where)
    if not AMOUNT.match(value):
        raise malformed("InvalidPattern", f'{where} pattern {AMOUNT.pattern} does not match value: "{value}"')


def day(value: Any, where: str) -> None:
    _be(value, str, "string", where)
    try:
        date.fromisoformat(value)
    except ValueError:
        text_ = f'{where} Value: "{value}" is not conformant with date format'
        raise malformed("InvalidDateFormat", text_) from None


def email(value: Any, where: str) -> None:
    _be(value, str, "string", where)
    if not EMAIL.match(value):
        raise malformed("InvalidEmailFormat", f'{where} email address format does not match value: "{value}"')


def choice(*allowed: str) -> Check:
    def check(value: Any, where: str) -> None:
        _be(value, str, "string", where)
        if value not in allowed:
            raise malformed("NotEnumInclude", f'"{value}" isn\'t part of the enum in {where}')

    return check


def listing(of: Check) -> Check:
    def check(value: Any, where: str) -> None:
        _be(value, list, "array", where)
        for place, one in enumerate(value):
            of(one, f"{where}/{place}")

    return check


def shape(fields: Mapping[str, Check], *, required: tuple[str, ...] = ()) -> Check:
    """An object with these keys and no other."""

    def check(value: Any, where: str) -> None:
        _be(value, dict, "object", where)
        unknown = [name for name in value if name not in fields]
        if unknown:
            message = f"{where} does not define properties: {', '.join(unknown)}"
            raise malformed("NotExistPropertyDefinition", message)
        lacking = [name for name in required if name not in value]
        if lacking:
            message = f"{where} missing required parameters: {', '.join(lacking)}"
            raise malformed("NotExistRequiredKey", message)
        for name, one in value.items():
            fields[name](one, f"{where}/properties/{name}")

    return check


def any_of(*checks: Check, code: str = "NotAnyOf") -> Check:
    """One of them must accept. A key that none of them knows is named as such."""

    def check(value: Any, where: str) -> None:
        errors = []
        for one in checks:
            try:
                return one(value, where)
            except ApiError as error:
                errors.append(error)
        codes = {str(error.body["code"]) for error in errors}
        if len(codes) == 1:
            raise errors[0]
        raise malformed(code, f"{value!r} isn't {'one' if code == 'NotOneOf' else 'any'} of in {where}")

    return check


def _be(value: Any, kind: type, name: str, where: str) -> None:
    if value is None:
        raise malformed("NotNullError", f"{where} does not allow null values")
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        received = KINDS.get(type(value), type(value).__name__)
        message = f"{where} expected {name}, but received {received}: {value!r}"
        raise malformed("ValidateError", message)
