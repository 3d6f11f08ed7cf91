"""The query language: ``SELECT * FROM Invoice WHERE Balance > '0' ORDERBY Id STARTPOSITION 1 MAXRESULTS 9``.

Only ANDs; no joins, groups or projections. Words in any case, text in single quotes with ``\\'`` for a quote.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from connector.sandbox.quickbooks.errors import ApiError, parse_error

OPERATORS = ("=", "<", ">", "<=", ">=")
DEFAULT_MOST, MOST = 100, 1000
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:\\.|[^'\\])*')|(?P<word>[A-Za-z_][\w.]*)|(?P<whole>-?\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|[=<>(),*]))",
    re.DOTALL,
)


class Value(NamedTuple):
    """``kind`` is ``text``, ``flag`` or ``today``."""

    text: str
    kind: str


class Condition(NamedTuple):
    """``name`` and ``operator`` in lower case; several values for ``in`` alone."""

    name: str
    operator: str
    values: tuple[Value, ...]
    spelled: str


class Statement(NamedTuple):
    """``columns``: ``*``, ``count`` or the names asked for. ``start`` counts from 1."""

    entity: str
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    order: str = ""
    descending: bool = False
    start: int = 1
    most: int = DEFAULT_MOST


class _Token(NamedTuple):
    kind: str
    text: str
    column: int


def read(text: str) -> Statement:
    """Raises ApiError (4000)."""
    return _Parser(_tokens(text)).statement()


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            column = len(text) - len(text[at:].lstrip()) + 1
            raise parse_error(f"Lexical error at line 1, column {column}. Encountered: {text[column - 1]!r}")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, _Token("end", "<EOF>", len(text) + 1)]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    # ------------------------------------------------------------------ the statement

    def statement(self) -> Statement:
        self._demand("select")
        columns = self._columns()
        self._demand("from")
        entity = self._word()
        conditions = self._conditions() if self._skip("where") else ()
        order, descending = self._order()
        start = self._whole() if self._skip("startposition") else 1
        most = self._whole() if self._skip("maxresults") else DEFAULT_MOST
        if self._now.kind != "end":
            raise self._unexpected("<EOF>")
        if start < 1 or most < 0:
            raise parse_error("STARTPOSITION begins at 1, MAXRESULTS at 0")
        return Statement(entity, columns, conditions, order, descending, start, min(most, MOST))

    def _columns(self) -> tuple[str, ...]:
        if self._skip("*"):
            return ("*",)
        if self._peek("count"):
            for part in ("count", "(", "*", ")"):
                self._demand(part)
            return ("count",)
        names = [self._word()]
        while self._skip(","):
            names.append(self._word())
        return tuple(names)

    def _conditions(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._skip("and"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        spelled = self._word()
        token = self._next()
        operator = token.text.lower()
        if operator == "in":
            return Condition(spelled.lower(), operator, self._values(), spelled)
        if operator not in (*OPERATORS, "like"):
            raise self._unexpected("an operator", token)
        return Condition(spelled.lower(), operator, (self._value(),), spelled)

    def _values(self) -> tuple[Value, ...]:
        self._demand("(")
        found = [self._value()]
        while self._skip(","):
            found.append(self._value())
        self._demand(")")
        return tuple(found)

    def _value(self) -> Value:
        token = self._next()
        if token.kind == "text":
            return Value(re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL), "text")
        if token.text.lower() in ("true", "false"):
            return Value(token.text.lower(), "flag")
        if token.text.lower() == "current_date":
            return Value("", "today")
        raise self._unexpected("a value in single quotes, true or false", token)

    def _order(self) -> tuple[str, bool]:
        if self._skip("order"):
            self._demand("by")
        elif not self._skip("orderby"):
            return "", False
        name = self._word()
        if self._skip("desc"):
            return name, True
        self._skip("asc")
        return name, False

    # ------------------------------------------------------------------ tokens

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._now
        if token.kind != "end":
            self._at += 1
        return token

    def _peek(self, word: str) -> bool:
        return self._now.kind in ("word", "sign") and self._now.text.lower() == word

    def _skip(self, word: str) -> bool:
        if not self._peek(word):
            return False
        self._at += 1
        return True

    def _demand(self, word: str) -> None:
        if not self._skip(word):
            raise self._unexpected(word.upper())

    def _word(self) -> str:
        token = self._next()
        if token.kind != "word":
            raise self._unexpected("a name", token)
        return token.text

    def _whole(self) -> int:
        token = self._next()
        if token.kind != "whole" or not token.text.isdigit():
            raise self._unexpected("a whole number", token)
        return int(token.text)

    def _unexpected(self, wanted: str, token: _Token | None = None) -> ApiError:
        met = token or self._now
        return parse_error(
            f'Encountered "{met.text[:40]}" at line 1, column {met.column}. Was expecting: {wanted}'
        )
