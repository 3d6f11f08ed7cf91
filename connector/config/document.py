"""One TOML file: reading it, and cutting it into companies with their defaults."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, TypeAlias

from connector.config import lines
from connector.config.lines import Path
from connector.config.secrets import looks_like_reference
from connector.config.unfit import kind
from connector.errors import ConfigError, Problem

Table: TypeAlias = dict[str, Any]

#: Tables of the program as a whole; the others belong to companies.
SHARED = ("store", "schedule", "serve", "log")

#: What the parser says (its beginning) -> what we say, and the remedy.
_SYNTAX = {
    "Invalid value": ("this is not a value", 'texts stand between quotes: name = "Exemple SARL"'),
    "Expected '=' after a key": ("a sign = is missing after the name", 'write name = "value"'),
    "Cannot overwrite a value": ("a name is given twice in the same table", "remove one of the two"),
    "Illegal character '\\n'": ("the text is not closed at the end of the line", 'close it with "'),
    "Unescaped '\\' in a string": (
        "a backslash has a meaning of its own between double quotes",
        "use single quotes, or write it twice",
    ),
    "Expected \"'": ("a text is not closed", "close it with '"),
    "Unclosed array": ("a list is not closed", "close it with ]"),
    "Unclosed inline table": ("a table between braces is not closed", "close it with }, on the same line"),
    "Expected newline or end of document": (
        "something follows the value",
        "one option a line; texts stand between quotes",
    ),
    "Expected ']' at the end of a table": ("the head of the table is not closed", "close it with ]"),
    "Expected ']]' at the end": ("the head of the table is not closed", "close it with ]]"),
    "Invalid statement": ("this is not the start of an option", "names have a-z, 0-9, _ and -"),
    "Unterminated string": ("a text is not closed", 'close it with "'),
}
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = re.compile(r"Cannot declare \((.*?),?\) twice")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read: its tables, and in which lines they stand."""

    file: File
    tables: Table
    places: Mapping[Path, int]

    def problem(self, path: Path, message: str, remedy: str = "") -> Problem:
        line = lines.find(dict(self.places), path)
        return Problem(str(self.file), dotted(path), message, remedy, line)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One company as its file gives it: its table with the defaults of the file under it."""

    document: Document
    table: Table
    own: Table
    at: Path  # where its own table lies: () or ("company", 1)

    @property
    def id(self) -> str | None:
        id_ = self.table.get("id")
        return id_ if isinstance(id_, str) else None

    def place(self, path: Path) -> Path:
        """Return where in the file ``path`` of the merged table was written: company or defaults."""
        for length in range(len(path), 0, -1):
            if _has(self.own, path[:length]):
                return (*self.at, *path)
            if self.at and _has(self.document.tables, path[:length]):
                return path
        return (*self.at, *path)

    def problem(self, path: Path, message: str, remedy: str = "") -> Problem:
        return self.document.problem(self.place(path), message, remedy)


def dotted(path: Path) -> str:
    """Write a path for people: ``scenario[0].step[1].day``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _has(value: Any, path: Path) -> bool:
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return False
    return True


def read(file: File) -> Document:
    """Read one file. Raises ConfigError when it cannot be read, is not UTF-8 or not TOML."""
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise _unreadable(file, reason, "let this program's user read it") from None
    try:
        # Editors of Windows put a mark at the start, which TOML does not know.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = "save the file as UTF-8 in your editor"
        raise _unreadable(file, "it is not UTF-8 text", remedy, line) from None
    try:
        return Document(file, tomllib.loads(text), lines.index(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(file, text, str(error))]) from None


def _unreadable(file: File, message: str, remedy: str, line: int | None = None) -> ConfigError:
    return ConfigError([Problem(str(file), "", message, remedy, line)])


def _syntax(file: File, text: str, said: str) -> Problem:
    """Say in our words what the parser said; the line itself is never shown, it could hold a secret."""
    place = _PLACE.search(said)
    said = _PLACE.sub("", said)
    last = max(len(text.splitlines()), 1)
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (last, None)
    where = f"line {line}, column {column}" if column else "end of the file"
    if twice := _TWICE.match(said):
        name = ".".join(part.strip(" '\"") for part in twice[1].split(","))
        return Problem(str(file), where, f"the table [{name}] stands here twice", "join the two", line)
    known = (words for start, words in _SYNTAX.items() if said.startswith(start))
    message, remedy = next(known, (f"not TOML: {said}", "see https://toml.io"))
    return Problem(str(file), where, message, remedy, line)


def excerpts(document: Document) -> Iterator[Excerpt | Problem]:
    """Yield the companies of a file, none for a file of shared tables alone."""
    tables = document.tables
    defaults = {key: value for key, value in tables.items() if key not in (*SHARED, "company")}
    if "company" not in tables:
        if defaults:
            yield Excerpt(document, defaults, defaults, ())
        return
    companies = tables["company"]
    if not isinstance(companies, list) or not companies:
        found = kind(companies) if companies != [] else "an empty list"
        yield document.problem(
            ("company",), f"a list of tables is expected, not {found}", "write [[company]]"
        )
        return
    for name in {"id", "name"} & defaults.keys():
        yield document.problem((name,), "several companies cannot share it", "move it under [[company]]")
    for n, company in enumerate(companies):
        if isinstance(company, dict):
            yield Excerpt(document, merge(defaults, company), company, ("company", n))
        else:
            yield document.problem(("company", n), f"a table is expected, not {kind(company)}", "[[company]]")


def merge(default: Table, own: Table) -> Table:
    """Lay a company's table over its defaults: tables key by key, everything else whole.

    A reference to a secret and the table of another type of host count as whole.
    """
    merged = dict(default)
    for key, value in own.items():
        under = merged.get(key)
        if isinstance(under, dict) and isinstance(value, dict) and not _whole(under, value):
            merged[key] = merge(under, value)
        else:
            merged[key] = value
    return merged


def _whole(under: Table, own: Table) -> bool:
    types = {table["type"] for table in (under, own) if isinstance(table.get("type"), str)}
    return looks_like_reference(own) or looks_like_reference(under) or len(types) > 1
