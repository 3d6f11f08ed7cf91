"""Odoo's errors as it puts them on the wire. Texts follow the recordings and the versions they were made
on.
"""

from __future__ import annotations

from typing import Any

STATUS_BY_NAME = {
    "odoo.exceptions.AccessError": 403,
    "odoo.exceptions.AccessDenied": 403,
    "odoo.exceptions.MissingError": 404,
    "odoo.exceptions.UserError": 422,
    "odoo.exceptions.ValidationError": 422,
}


class OdooError(Exception):
    """An error to be sent. ``name`` is the dotted Python name; ``status`` is what JSON-2 answers with."""

    def __init__(self, name: str, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.status = status or STATUS_BY_NAME.get(name, 500)
        self.arguments: list[Any] = [message]
        if name.startswith("werkzeug."):
            self.arguments.append(self.status)

    def data(self) -> dict[str, Any]:
        """The five keys that both protocols send. ``debug`` only pretends to be a traceback."""
        shown = self.name.removeprefix("builtins.")
        reason = f"{self.status} " if self.name.startswith("werkzeug.") else ""
        return {
            "name": self.name,
            "debug": f"Traceback (most recent call last):\n  ...\n{shown}: {reason}{self.message}",
            "message": self.message,
            "arguments": self.arguments,
            "context": {},
        }


def access(message: str) -> OdooError:
    return OdooError("odoo.exceptions.AccessError", message)


def denied() -> OdooError:
    return OdooError("odoo.exceptions.AccessDenied", "Access Denied")


def missing(model: str, serial: int, uid: int) -> OdooError:
    text = f"Record does not exist or has been deleted.\n(Record: {model}({serial},), User: {uid})"
    return OdooError("odoo.exceptions.MissingError", text)


def user(message: str) -> OdooError:
    return OdooError("odoo.exceptions.UserError", message)


def invalid(message: str) -> OdooError:
    return OdooError("odoo.exceptions.ValidationError", message)


def value(message: str) -> OdooError:
    return OdooError("builtins.ValueError", message)


def kind(message: str) -> OdooError:
    return OdooError("builtins.TypeError", message)


def http(name: str, message: str, status: int) -> OdooError:
    return OdooError(f"werkzeug.exceptions.{name}", message, status=status)


def unknown_field(version: int, model: str, name: str) -> OdooError:
    where = f"'{model}'" if version >= 19 else f"model '{model}'"
    return value(f"Invalid field '{name}' on {where}")


def not_offered(what: str) -> OdooError:
    """What Odoo has and the sandbox has not."""
    return user(f"The sandbox does not offer {what}: act on its ledger in Python, or use a real Odoo.")


def no_database(name: str) -> OdooError:
    text = (
        f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}" does not exist\n'
    )
    return OdooError("psycopg2.OperationalError", text)
