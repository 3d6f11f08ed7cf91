"""Announcing what changed to one URL, signed, in order, again and again until it is acknowledged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from connector.sandbox.quickbooks.stage import Stage
from connector.sandbox.quickbooks.values import realm_id
from connector.sandbox.quickbooks.watch import Event

PATIENCE = 3.0  # seconds for an acknowledgement
LOOK = 0.2  # seconds between two looks at the ledger, in the thread
CLOUD_NAMES = {"Create": "created", "Update": "updated", "Delete": "deleted", "Merge": "merged",
               "Emailed": "emailed"}  # fmt: skip
ANNOUNCED = ("Customer", "Invoice", "Payment", "CreditMemo")


@dataclass(slots=True)
class Notification:
    """A body as it was signed, and how often it was tried."""

    body: bytes
    number: int
    created_at: datetime
    tries: int = 0


Post = Callable[[str, bytes, dict[str, str]], int]


@dataclass
class Webhooks:
    """``deliver`` tries what is due, now; ``start`` has a thread do it, on the ladder of the options.

    Nothing behind the first notification leaves before that one is acknowledged (200 within three seconds).
    """

    stage: Stage
    queue: deque[Notification] = field(default_factory=deque)
    delivered: list[bytes] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    post: Post | None = None
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _due_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _woken: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    # ------------------------------------------------------------------ when

    def start(self) -> None:
        """Announce by itself from now on, if there is a URL."""
        if self.stage.options.webhook_url and self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        if self._thread is not None:
            self._ended.set()
            self._woken.set()
            self._thread.join()
            self._thread = None

    def wake(self) -> None:
        """Something may have changed."""
        self._woken.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._woken.wait(LOOK)
            self._woken.clear()
            self.deliver(self.stage.options.wall())

    def deliver(self, now: float | None = None) -> int:
        """Try everything that is due; all of it without ``now``. Returns how many were acknowledged."""
        with self._lock:
            self._gather()
            done = 0
            while self.queue and (now is None or now >= self._due_at):
                if not self._try(self.queue[0]):
                    self._wait(self.queue[0], now)
                    break
                self.delivered.append(self.queue.popleft().body)
                done += 1
            return done

    def _wait(self, notification: Notification, now: float | None) -> None:
        ladder = self.stage.options.webhook_ladder
        step = ladder[min(notification.tries, len(ladder)) - 1]
        self._due_at = (self.stage.options.wall() if now is None else now) + step

    # ------------------------------------------------------------------ what

    def _gather(self) -> None:
        """Put what happened since the last time into one notification."""
        with self.stage.ledger.lock:
            self.stage.refresh()
            events = [one for one in self.stage.watch.events if one.entity in ANNOUNCED]
            self.stage.watch.events.clear()
        if not events:
            return
        options = self.stage.options
        if options.disorder:
            events.reverse()
        build = _cloud if options.webhook_format == "cloud" else _classic
        payload = build(events, options.void_name) if build is _cloud else _classic(events)
        for _ in range(1 + options.duplicates):
            body = json.dumps(payload, separators=(",", ":")).encode()
            self.queue.append(Notification(body, next(self._numbers), self.stage.ledger.clock.now))

    def _try(self, notification: Notification) -> bool:
        notification.tries += 1
        options = self.stage.options
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "intuit_notification_server/0.1",
            "intuit-signature": sign(options.verifier, notification.body),
            "intuit-created-time": notification.created_at.astimezone(UTC).isoformat(),
            "intuit-t-id": f"sandbox-{notification.number}",
            "intuit-notification-schema-version": "0.1",
        }
        try:
            status = (self.post or _post)(options.webhook_url, notification.body, headers)
        except requests.RequestException as error:
            self.refused.append(type(error).__name__)
            return False
        if status != 200:
            self.refused.append(str(status))
        return status == 200


def sign(verifier: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    if not url:
        raise requests.exceptions.MissingSchema("no webhook_url")
    return requests.post(url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False).status_code


def _classic(events: Sequence[Event]) -> dict[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for event in events:
        told = {"id": event.number, "operation": event.operation, "name": event.entity,
                "lastUpdated": _utc(event.at)}  # fmt: skip
        if event.deleted:
            told["deletedId"] = event.deleted
        by_realm.setdefault(realm_id(event.company), []).append(told)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}}
            for realm, entities in by_realm.items()
        ]
    }


def _cloud(events: Sequence[Event], void: str) -> list[dict[str, Any]]:
    return [_cloud_event(event, void) for event in events]


def _cloud_event(event: Event, void: str) -> dict[str, Any]:
    name = CLOUD_NAMES.get(event.operation, void)
    mark = f"{event.company} {event.entity} {event.number} {name} {event.at}"
    digest = hashlib.sha256(mark.encode()).hexdigest()
    return {
        "specversion": "1.0",
        "id": f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.{event.entity.lower()}.{name}.v1",
        "datacontenttype": "application/json",
        "time": f"{event.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z",
        "intuitentityid": event.number,
        "intuitaccountid": realm_id(event.company),
        "data": {"deletedid": event.deleted} if event.deleted else {},
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
