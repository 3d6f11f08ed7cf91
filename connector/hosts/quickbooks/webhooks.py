"""Announcements of QuickBooks (webhooks): whether they are from Intuit, and which companies they are about.

The signature is base64(HMAC-SHA256(verifier token, raw body)) for both formats: the classic one is an object
with ``eventNotifications``, the newer one (CloudEvents) a list. Either may be about several companies.
Nothing else is read: announcements come twice, late, in any order, and never of everything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator

PATH = "/webhooks/quickbooks"
HEADER = "intuit-signature"


def signed(body: bytes, signature: str, verifier: str) -> bool:
    """Whether whoever sent the raw ``body`` has the verifier token. Compares in constant time."""
    mac = hmac.new(verifier.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(mac), signature.encode("utf-8", "replace"))


def realms(body: bytes) -> tuple[str, ...]:
    """The companies that the announcement is about, each once. Raises ValueError when it is in neither of the
    two formats."""
    try:
        told = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if isinstance(told, dict) and isinstance(told.get("eventNotifications"), list):
        found = _named(told["eventNotifications"], "realmId")
    elif isinstance(told, list):
        found = _named(told, "intuitaccountid")
    else:
        raise ValueError("it is in neither of the two formats")
    return tuple(dict.fromkeys(found))


def _named(events: list[object], key: str) -> Iterator[str]:
    for event in events:
        realm = event.get(key) if isinstance(event, dict) else None
        if isinstance(realm, int | str) and str(realm).strip():
            yield str(realm).strip()
