"""Calls to the Accounting API v3 of one company: bearer token, JSON with decimals, statements, batches.

What reads is billed (GET, query, cdc, batch) and counted in ``usage.billed`` when it succeeds; writing one
object is free. A write carries a ``requestid``: sent again with the same, QuickBooks answers as it did the
first time and does nothing twice.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Protocol

import requests

from connector.errors import RateLimited, Unauthorized, Unavailable
from connector.hosts.oauth import Keys
from connector.hosts.quickbooks.refusals import WrongToken, error_of, fault_of, raise_refusal, tid_of
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.http import PATIENCE, Gate, Http

Row = dict[str, Any]

MINOR_VERSION: Final = "75"
#: Items of a batch: Intuit's own libraries stop here, its pages say 30 and 10.
BATCH: Final = 25
#: Characters of a ``requestid``, and of one of a batch.
LONGEST_REQUEST_ID: Final = 50
LONGEST_BATCH_ID: Final = 36
#: How often a write is tried.
_TRIES = 3
_JSON = "application/json"


class CompanyKeys(Keys, Protocol):
    """Keys that know which company they open."""

    @property
    def realm(self) -> str:
        """The company's number; empty when none is connected."""
        ...


class CompanyToken:
    """An access token that somebody else keeps fresh."""

    def __init__(self, token: str, realm: str) -> None:
        self._token, self._realm = token, realm

    def bearer(self) -> str:
        return self._token

    def renewed(self, refused: str) -> bool:
        return False

    @property
    def realm(self) -> str:
        return self._realm


class Client:
    """All methods raise HostError. Paths stand below ``/v3/company/{realm}/``."""

    def __init__(
        self,
        settings: QuickBooksSettings,
        http: Http,
        keys: CompanyKeys,
        sleep: Callable[[float], None] = time.sleep,
        batches: Gate | None = None,
    ) -> None:
        """``batches`` holds batches back, which have a limit of their own."""
        self.http = http
        self._settings, self._keys, self._sleep, self._batches = settings, keys, sleep, batches
        self._counting = threading.Lock()
        self._opened = ""

    @property
    def realm(self) -> str:
        """The company's number. Raises Unauthorized before a company was connected, and when it is another
        than the one of the settings, or than the one with which this client began."""
        connected, told = self._keys.realm, self._settings.realm
        if told and connected and told != connected:
            raise Unauthorized(
                f"company {connected} is connected, and host.realm is {told}: run"
                " `relance connect quickbooks` and choose the right company, or mend host.realm"
            )
        found = told or connected
        if not found:
            raise Unauthorized("no company is connected yet: run `relance connect quickbooks`")
        if found != (self._opened or found):
            raise Unauthorized(f"company {found} was connected while {self._opened} was read: run again")
        self._opened = found
        return found

    # reading, billed -----------------------------------------------------------------------------------
    def get(self, path: str, **params: object) -> Row:
        """One GET. ``params`` that are None are left out. Raises Missing for an object that is not there."""
        found: Row = self._call("GET", path, params=_asked(params))
        return found

    def query(self, statement: str) -> list[Row]:
        """The rows of one statement, one page of them."""
        return rows_of(self.get("query", query=statement))

    def queries(self, statements: Sequence[str]) -> list[list[Row]]:
        """The rows of each of these statements: one billed call for up to 25 of them."""
        if len(statements) == 1 and len(statements[0]) <= _SHORT:
            return [self.query(statements[0])]
        found: list[list[Row]] = []
        for start in range(0, len(statements), BATCH):
            part = statements[start : start + BATCH]
            items = [{"bId": str(n), "Query": statement} for n, statement in enumerate(part)]
            for item in self.batch(items):
                fault = fault_of(item)
                if fault is not None:
                    raise error_of(fault, "POST batch", 200, str(item.get("_tid") or ""))
                found.append(rows_of(item))
        return found

    def batch(self, items: Sequence[Mapping[str, object]], *, request_id: str | None = None) -> list[Row]:
        """The answer to each item, in their order; one that failed has a ``Fault`` (``refusals.fault_of``).
        Billed once, whatever it holds. Safe to repeat only if it reads, or has a ``request_id``."""
        body = _dump({"BatchItemRequest": list(items)})
        if self._batches is not None:
            self._batches.before()
        answer = self._call(
            "POST",
            "batch",
            params=_asked({"requestid": request_id}),
            body=body,
            safe=request_id is not None or all("Query" in item for item in items),
            billed=True,
        )
        by_id = {str(item.get("bId")): item for item in answer.get("BatchItemResponse") or ()}
        lost = [str(item["bId"]) for item in items if str(item["bId"]) not in by_id]
        if lost:
            raise Unavailable(f"POST batch: {len(lost)} of {len(items)} answers are missing", maybe_done=True)
        return [{**by_id[str(item["bId"])], "_tid": answer.get("_tid")} for item in items]

    def download(self, path: str, accept: str = "application/pdf") -> bytes:
        """A file, such as ``invoice/130/pdf``."""
        found: bytes = self._call("GET", path, accept=accept)
        return found

    # writing, free -------------------------------------------------------------------------------------
    def post(
        self, path: str, body: Mapping[str, object], *, request_id: str | None = None, **params: object
    ) -> Row:
        """POST one object and return the answer. With a ``request_id`` (50 characters, derived from the key
        of what is written) it is sent again when its end was not seen; without one only when it was not let
        in.

        Raises Stale for an old SyncToken, Missing, Closed, Refused; Unavailable with ``maybe_done`` when
        nobody knows whether it was carried out.
        """
        asked = _asked({"requestid": request_id, **params})
        return self._persist(path, _dump(body), _JSON, asked, known=request_id is not None)

    def upload(
        self, about: Mapping[str, object], name: str, content: bytes, media_type: str, *, request_id: str
    ) -> Row:
        """POST a file with its Attachable."""
        parts = [
            ("file_metadata_0", ("attachment.json", _dump(about), _JSON)),
            ("file_content_0", (name, content, media_type)),
        ]
        made = requests.Request("POST", "http://localhost/", files=parts).prepare()
        body = made.body if isinstance(made.body, bytes) else b""
        kind = made.headers["Content-Type"]
        return self._persist("upload", body, kind, _asked({"requestid": request_id}), known=True)

    def wait(self, seconds: float) -> None:
        """Let the server have its pause."""
        self._sleep(seconds)

    def _persist(
        self, path: str, body: bytes, content_type: str, params: Mapping[str, str], *, known: bool
    ) -> Row:
        """Try a write until an answer was seen; ``known`` says that the server knows a repeated one."""
        unseen = False
        for last in (*(False,) * (_TRIES - 1), True):
            try:
                found: Row = self._call(
                    "POST", path, params=params, body=body, content_type=content_type, safe=False
                )
            except Unavailable as error:
                unseen = unseen or error.maybe_done
                error.maybe_done = unseen
                let_in_later = isinstance(error, RateLimited) and error.after <= PATIENCE
                if last or not (let_in_later or (known and error.maybe_done)):
                    raise
                self._sleep(error.after if isinstance(error, RateLimited) else _PAUSE)
            else:
                return found
        raise Unavailable(f"POST {path} was not carried out")  # pragma: no cover - the last try raises

    # the wire ------------------------------------------------------------------------------------------
    def _call(self, method: str, path: str, *, billed: bool | None = None, **how: Any) -> Any:
        count = method == "GET" if billed is None else billed
        token = self._keys.bearer()
        try:
            return self._send(method, path, token, count, **how)
        except WrongToken:  # nothing was done
            if not self._keys.renewed(token):
                raise
        return self._send(method, path, self._keys.bearer(), count, **how)

    def _send(
        self,
        method: str,
        path: str,
        token: str,
        billed: bool,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = _JSON,
        safe: bool = True,
        accept: str = _JSON,
    ) -> Any:
        label = _label(method, path)

        def read(answer: requests.Response) -> Any:
            raise_refusal(answer, label, safe=safe)
            found = answer.content if accept != _JSON else _json(answer, label)
            if billed:
                with self._counting:
                    self.http.usage.billed += 1
            return found

        headers = {"Authorization": f"Bearer {token}", "Accept": accept}
        if body is not None:
            headers["Content-Type"] = content_type
        url = f"{self._settings.api_url}/{self.realm}/{path}"
        asked = {**(params or {}), "minorversion": MINOR_VERSION}
        return self.http.request(
            method, url, label=label, read=read, safe=safe, headers=headers, body=body, params=asked
        )


#: Seconds between two tries of a write whose end was not seen.
_PAUSE = 2.0
#: A statement that is longer goes in a body: nobody says how long an address may be.
_SHORT = 1_500


def rows_of(answer: Mapping[str, Any]) -> list[Row]:
    """The rows in an answer to a statement; CompanyInfo and Preferences also come bare."""
    found = answer.get("QueryResponse")
    if found is None:
        return [row for name, row in answer.items() if name[:1].isupper() and isinstance(row, dict)]
    return list(_first_list(found))


def _first_list(table: Mapping[str, Any]) -> Iterator[Row]:
    for value in table.values():
        if isinstance(value, list):
            yield from value
            return


def _asked(params: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items() if value is not None}


def _dump(body: object) -> bytes:
    """JSON in UTF-8; decimals are written as numbers."""
    return json.dumps(body, ensure_ascii=False, default=_number, separators=(",", ":")).encode()


def _number(value: object) -> float | int:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def _label(method: str, path: str) -> str:
    """A name for the call that holds no id: ``GET invoice/{id}``."""
    return f"{method} {'/'.join('{id}' if part.isdigit() else part for part in path.split('/'))}"


def _json(answer: requests.Response, label: str) -> Any:
    if not answer.content:
        return {}
    if "json" not in answer.headers.get("Content-Type", ""):
        raise Unavailable(
            f"{label}: the answer is no JSON; is host.base_url the address of QuickBooks' API?",
            maybe_done=True,
        )
    found = json.loads(answer.content, parse_float=Decimal)
    if isinstance(found, dict):
        found["_tid"] = tid_of(answer)
    return found
