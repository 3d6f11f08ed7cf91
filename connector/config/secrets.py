"""Secrets by reference: the configuration says where a secret lies, and it is fetched when it is used.

No value is ever kept, shown, logged or put in an error.
"""

from __future__ import annotations

import importlib
import os
import re
import stat
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from connector.config.places import beside
from connector.config.unfit import Unfit, choice
from connector.errors import ConfigError, Problem

#: A password manager may ask its agent; it may not keep the whole pass waiting.
COMMAND_TIMEOUT = 30  # seconds
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REMEDY = (
    'give a reference instead: { env = "NAME" }, { file = "/run/secrets/name" }, '
    '{ command = ["pass", "show", "name"] } or { keyring = ["service", "user"] }'
)


class Source(StrEnum):
    """Where a secret can lie."""

    ENV = "env"
    FILE = "file"
    COMMAND = "command"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A reference to a secret. ``place`` holds the words of the reference, never the secret."""

    source: Source
    place: tuple[str, ...]

    def __repr__(self) -> str:
        return "Secret(...)"

    @property
    def label(self) -> str:
        """The reference in words that may be shown: variable, file, first word of the command, service."""
        return f"{_WORDS[self.source]} {self.place[0]}"

    def resolve(self) -> str:
        """Fetch the secret. Raises ConfigError that names the reference; the caller adds where it stands."""
        try:
            value = _READERS[self.source](self.place)
        except _Missing as missing:
            # "from None": a chained error could carry what a command printed.
            raise ConfigError([Problem("secret", self.label, missing.message, missing.remedy)]) from None
        value = value.removesuffix("\n").removesuffix("\r")
        if not value.strip():
            raise ConfigError([Problem("secret", self.label, "it is empty", "put the secret there")])
        return value

    def readable_by_others(self) -> bool:
        """True for a file that every user of this machine can read. False where there is nothing to see."""
        if self.source is not Source.FILE or os.name != "posix":
            return False
        try:
            return bool(Path(self.place[0]).stat().st_mode & stat.S_IROTH)
        except OSError:
            return False


class _Missing(Exception):
    """The secret could not be had; ``message`` holds nothing that came from the other side."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _from_env(place: tuple[str, ...]) -> str:
    value = os.environ.get(place[0])
    if value is None:
        raise _Missing("it is not set", f"set {place[0]} in the environment of the program")
    return value


def _from_file(place: tuple[str, ...]) -> str:
    try:
        return Path(place[0]).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _Missing("there is no such file", "create it, readable by this program's user alone") from None
    except UnicodeDecodeError:
        raise _Missing("it is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise _Missing(reason, "let this program's user read it") from None


def _from_command(place: tuple[str, ...]) -> str:
    remedy = "run it by hand as this program's user; it must print the secret alone"
    try:
        done = subprocess.run(
            place, capture_output=True, stdin=subprocess.DEVNULL, timeout=COMMAND_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise _Missing(f"it did not answer within {COMMAND_TIMEOUT} seconds", remedy) from None
    except (OSError, ValueError):
        raise _Missing("it cannot be started", f"install {place[0]}, or give its whole path") from None
    if done.returncode != 0:
        raise _Missing(f"it ended with code {done.returncode}", remedy)
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise _Missing("what it printed is not UTF-8 text", remedy) from None


def _from_keyring(place: tuple[str, ...]) -> str:
    try:
        keyring: Any = importlib.import_module("keyring")
        errors: Any = importlib.import_module("keyring.errors")
    except ImportError:
        raise _Missing(
            "keyrings need the package keyring", 'install it: pip install "relance[keyring]"'
        ) from None
    service, user = place
    try:
        value: str | None = keyring.get_password(service, user)
    except errors.KeyringError:
        raise _Missing("the keyring cannot be opened", "unlock it for this program's user") from None
    if value is None:
        raise _Missing(f"it holds nothing for {user}", f"store it: keyring set {service} {user}")
    return value


_READERS = {
    Source.ENV: _from_env,
    Source.FILE: _from_file,
    Source.COMMAND: _from_command,
    Source.KEYRING: _from_keyring,
}
_WORDS = {
    Source.ENV: "environment variable",
    Source.FILE: "file",
    Source.COMMAND: "command",
    Source.KEYRING: "keyring service",
}


def parse_secret(value: object, folder: Path) -> Secret:
    """Read a reference; a relative file lies in ``folder``. Raises Unfit, which never shows the value."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, dict):
        raise Unfit("a secret does not belong in this file", _REMEDY)
    if len(value) != 1:
        raise Unfit(f"a secret has one source, not {len(value)}", _REMEDY)
    [(name, place)] = value.items()
    if name not in list(Source):
        raise Unfit(f'"{name}" is not a source of secrets', choice(str(name), Source))
    source = Source(name)
    return Secret(source, _PLACES[source](place, folder))


def looks_like_reference(value: object) -> bool:
    """True for a table that can only be meant as a reference to a secret."""
    return isinstance(value, dict) and bool(value) and set(value) <= {str(source) for source in Source}


def _env_place(place: object, _folder: Path) -> tuple[str, ...]:
    if not isinstance(place, str) or not _ENV_NAME.fullmatch(place):
        raise Unfit(
            "this is not the name of an environment variable",
            'a name has letters, digits and _ only: { env = "ODOO_KEY" }; the secret itself stays outside',
        )
    return (place,)


def _file_place(place: object, folder: Path) -> tuple[str, ...]:
    return (str(beside(place, folder, "/run/secrets/odoo_key")),)


def _command_place(place: object, _folder: Path) -> tuple[str, ...]:
    words = tuple(place) if isinstance(place, list) else ()
    if not words or not all(isinstance(word, str) for word in words) or not words[0].strip():
        raise Unfit(
            "a command is a list of words, and no shell reads it",
            '{ command = ["pass", "show", "odoo"] }',
        )
    return words


def _keyring_place(place: object, _folder: Path) -> tuple[str, ...]:
    words = tuple(place) if isinstance(place, list) else ()
    if len(words) != 2 or not all(isinstance(word, str) and word.strip() for word in words):
        raise Unfit("a keyring entry is a service and a user", '{ keyring = ["relance", "odoo"] }')
    return words


_PLACES = {
    Source.ENV: _env_place,
    Source.FILE: _file_place,
    Source.COMMAND: _command_place,
    Source.KEYRING: _keyring_place,
}
