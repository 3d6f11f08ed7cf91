"""Pennylane's errors as it puts them on the wire: ``{"status", "error"}``, and for a request that its
specification refuses ``{"message", "code"}``.

The codes and texts of the latter are those of the library that checks requests over there.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than success: ``status`` and the JSON ``body``."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def plain(status: int, text: str) -> ApiError:
    return ApiError(status, {"status": status, "error": text})


def malformed(code: str, message: str) -> ApiError:
    """400: the request is not what the specification says. ``code`` is one of its closed list."""
    return ApiError(400, {"message": message, "code": code})


def bad_request(text: str) -> ApiError:
    return plain(400, text)


def unauthorized() -> ApiError:
    return plain(401, "The access token is invalid")


def forbidden_scope(scope: str) -> ApiError:
    return plain(403, f'Access to this resource requires scope "{scope}".')


def forbidden(text: str) -> ApiError:
    return plain(403, text)


def no_route() -> ApiError:
    return plain(404, "Not Found")


def missing(kind: str, number: object) -> ApiError:
    return plain(404, f"Couldn't find {kind} with 'id'={number}")


def conflict(text: str) -> ApiError:
    return plain(409, text)


def refused(text: str) -> ApiError:
    return plain(422, text)


def too_long() -> ApiError:
    return plain(414, "URI Too Long")
