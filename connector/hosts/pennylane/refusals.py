"""What Pennylane says when it says no, sorted by status; its words are in ``error`` or ``message``.

400, 414        Refused: our request, and asking again will not help
422             Unprocessable: the same, for what the request means
401             Unauthorized: the token is wrong, has ended or was taken back; it does not say which
403             Unauthorized for a read (a scope is missing), Refused for a write
404             Missing: there is no such record, or no such endpoint
409             Conflict
429             RateLimited; its body is plain text
5xx             Unavailable; its body may be a web page
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import requests

from connector.errors import Conflict, HostError, Refused, Unauthorized
from connector.http import raise_for

_SCOPE = re.compile(r'scope:?\s*"?([a-z_]+:[a-z]+|[a-z_]+)"?', re.IGNORECASE)
#: Codes of a 400 that say that the body has not the keys it should have, and their words where no code comes.
_WRONG_KEYS = ("NotExistPropertyDefinition", "NotExistRequiredKey")
_WRONG_KEYS_SAID = re.compile(r"does not define properties|missing required parameters", re.IGNORECASE)

_MAKE_ANOTHER = (
    "Pennylane does not accept our token: it is wrong, has ended or was taken back. Make a new one (Settings,"
    " Connectivity, Developers), or run `relance connect pennylane` again"
)


class Missing(Refused):
    """There is no such record, or no such endpoint."""


class Unprocessable(Refused):
    """Well formed, and not to be done: a changelog asked for more than it remembers, a blank comment."""


class WrongKeys(Refused):
    """The body lacks a key, or has one that is not known there. ``named`` are those that the answer names."""

    def __init__(self, message: str, named: tuple[str, ...]) -> None:
        super().__init__(message)
        self.named = named


class Forbidden(Refused):
    """A write for which the token has no right: a scope, or that it was issued to a user."""


class WrongToken(Unauthorized):
    """The token opens nothing."""


_BY_STATUS: Mapping[int, type[HostError]] = {404: Missing, 409: Conflict, 422: Unprocessable}


def raise_refusal(answer: requests.Response, label: str, *, safe: bool) -> None:
    """Raise what an answer other than success means. Raises HostError."""
    status = answer.status_code
    if status < 300:
        return
    if status == 429 or status >= 500 or status < 400:
        raise_for(answer, label, safe=safe)
    raise _refusal(status, answer, label, safe=safe)


def _refusal(status: int, answer: requests.Response, label: str, *, safe: bool) -> HostError:
    said, code = words(answer)
    text = f"{label}: {said or 'no reason given'} (HTTP {status}{f', {code}' if code else ''})"
    if status == 401:
        return WrongToken(f"{label}: {_MAKE_ANOTHER}")
    if status == 403:
        return (Unauthorized if safe else Forbidden)(text + _remedy(said))
    if code in _WRONG_KEYS or (status == 400 and not code and _WRONG_KEYS_SAID.search(said)):
        return WrongKeys(text, tuple(re.findall(r"\w+", said.rpartition(":")[2])))
    return _BY_STATUS.get(status, Refused)(text)


def words(answer: requests.Response) -> tuple[str, str]:
    """What the body says for people, cut and on one line, and its code; empty where it says nothing."""
    try:
        body = answer.json()
    except ValueError:
        kind = answer.headers.get("Content-Type", "")
        return (_line(answer.text) if kind.startswith("text/plain") else ""), ""
    if not isinstance(body, dict):
        return "", ""
    said = body.get("message") or body.get("error") or ""
    code = body.get("code")
    return _line(said if isinstance(said, str) else ""), code if isinstance(code, str) else ""


def _remedy(said: str) -> str:
    scope = _SCOPE.search(said)
    return f"; make a token with the scope {scope[1]}" if scope else ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
