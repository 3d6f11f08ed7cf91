"""What Odoo says when it says no, sorted by the *name* of its exception.

The name is the same over both protocols; the HTTP status and the code are not (JSON-RPC answers 200 to all).
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.errors import Conflict, HostError, Refused, Unauthorized, Unavailable


class InvalidField(Refused):
    """We named a field that this server does not (or no longer) have: what we know of it is out of date."""


class WrongKey(Unauthorized):
    """The login and the key do not fit, or the key has ended."""


_BY_NAME: Mapping[str, type[HostError]] = {
    "odoo.exceptions.AccessDenied": WrongKey,
    "werkzeug.exceptions.Unauthorized": WrongKey,
    "werkzeug.exceptions.Forbidden": WrongKey,
    "odoo.exceptions.MissingError": Conflict,
    "odoo.exceptions.LockError": Unavailable,
    "werkzeug.exceptions.TooManyRequests": Unavailable,
    "werkzeug.exceptions.ServiceUnavailable": Unavailable,
    "builtins.MemoryError": Unavailable,
}
#: Of psycopg2: the server was short of a connection or lost a race, and has rolled back.
_PASSING = "psycopg2."
#: But these say that our data is wrong, and will say so again.
_LASTING = ("IntegrityError", "NotNullViolation", "ForeignKeyViolation", "UniqueViolation", "DataError")


def refusal(name: str, message: str, label: str, *, safe: bool) -> HostError:
    """Return the error for Odoo's exception ``name``. Its message is the host's text: cut, never the
    traceback. ``safe``: the call was a read, so that a missing right is one for the whole company."""
    said = " ".join(message.split())[:300]
    text = f"{label}: {said} ({name.rpartition('.')[2]})"
    if name == "odoo.exceptions.AccessError":
        return Unauthorized(text) if safe else Refused(text)
    if name == "builtins.ValueError" and said.startswith("Invalid field"):
        return InvalidField(text)
    if name == "builtins.KeyError" and safe:
        return InvalidField(text)  # up to 18 a field unknown to a search
    if "database" in said and "does not exist" in said:
        return Unauthorized(f"{label}: there is no such database; set host.database")
    if name.startswith(_PASSING):
        return (Refused if name.endswith(_LASTING) else Unavailable)(text)
    return _BY_NAME.get(name, Refused)(text)
