"""What QuickBooks says when it says no: a fault with a code, in a body that comes in several spellings.

401                     WrongToken: the token ended, or opens nothing (3200, 100, 130)
120, 3201               Unauthorized: whoever connected us may no longer
403, 3100               Unauthorized: the app's keys are for other companies than the address
6190, 007001            Lapsed: the company's subscription has ended
429, 3001               RateLimited, for a minute
5010                    Stale: somebody else saved the object since it was read
600                     Repeated: this requestid came before, with something else to write
610                     Missing: there is no such object, or it is inactive
6210                    Closed: the books are closed for that date
500, 10000 and 5xx      Unavailable
any other               Refused

A fault may come inside a 200 too, and inside each item of a batch. Every message ends in the ``intuit_tid``
of the answer, by which Intuit's support finds the call.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from connector.errors import Conflict, HostError, RateLimited, Refused, Unauthorized, Unavailable
from connector.http import raise_for, retry_after

#: How long Intuit asks to wait after too many calls.
MINUTE = 60.0
_CONNECT = "run `relance connect quickbooks` again, as an administrator of the company"
_XML_PART = re.compile(r"<(Message|Detail)>(.*?)</\1>", re.DOTALL)
_XML_CODE = re.compile(r'<Error\b[^>]*\bcode="([^"]{1,20})"')
_IN_TEXT = re.compile(r"errorCode=0*(\d+)")
_LOOKS_FAULTY = re.compile(rb"""["<][Ff]ault["> ]""")
_TID = re.compile(r"[\w.:-]{1,80}")


class WrongToken(Unauthorized):
    """The access token opens nothing."""


class Lapsed(Unauthorized):
    """The company's subscription to QuickBooks has ended or was stopped."""


class Stale(Conflict):
    """Somebody else saved the object since its ``SyncToken`` was read."""


class Missing(Refused):
    """There is no such object, or it was made inactive."""


class Repeated(Refused):
    """A write with this ``requestid`` was carried out before, and what it wrote was something else."""


class Closed(Refused):
    """The books are closed for the date of the transaction."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What an answer says is wrong. ``code`` is empty where it has none."""

    code: str = ""
    message: str = ""
    detail: str = ""
    type: str = ""

    @property
    def words(self) -> str:
        """Message and detail on one line, cut."""
        more = "" if self.detail in ("", self.message) else f": {self.detail}"
        return _line(f"{self.message}{more}") or "no reason given"


def raise_refusal(answer: requests.Response, label: str, *, safe: bool) -> None:
    """Raise what an answer other than success means, also a fault inside a 200. Raises HostError."""
    status = answer.status_code
    if status < 300 and not _LOOKS_FAULTY.search(answer.content[:400]):
        return
    fault = fault_in(answer)
    if fault is None or (300 <= status < 400):
        raise_for(answer, label, safe=safe)  # returns for a success that only looked like a fault
        return
    raise error_of(fault, label, status, tid_of(answer), safe=safe, after=retry_after(answer))


def error_of(
    fault: Fault, label: str, status: int, tid: str = "", *, safe: bool = True, after: float | None = None
) -> HostError:
    """The error that a fault is; ``status`` 200 for one inside an answer or a batch."""
    code, place = fault.code, f" (intuit_tid {tid})" if tid else ""
    said = f"{label}: {fault.words} (HTTP {status}{f', code {code}' if code else ''})"
    if status == 429 or code == "3001":
        what = "too many calls in a minute, or in the month for the tier of the app's workspace"
        return RateLimited(f"{label}: {what}{place}", after=after or MINUTE)
    remedy = _REMEDIES.get(code, "")
    text = f"{said}{f'; {remedy}' if remedy else ''}{place}"
    if code in _BY_CODE:
        return _BY_CODE[code](text)
    if status == 401:
        return WrongToken(f"{said}; {_CONNECT}{place}")
    if status == 403:
        return Unauthorized(f"{said}; {_REMEDIES['3100']}{place}")
    if status >= 500 or code == "10000" or fault.type == "SystemFault":
        return Unavailable(text, maybe_done=not safe)
    return Refused(text)


_BY_CODE: Mapping[str, type[HostError]] = {
    "100": WrongToken,
    "130": WrongToken,
    "3200": WrongToken,
    "120": Unauthorized,
    "3201": Unauthorized,
    "3100": Unauthorized,
    "6190": Lapsed,
    "7001": Lapsed,
    "5010": Stale,
    "600": Repeated,
    "610": Missing,
    "6210": Closed,
}
_REMEDIES: Mapping[str, str] = {
    "100": _CONNECT,
    "130": _CONNECT,
    "3200": _CONNECT,
    "120": f"whoever connected Relance is no administrator any more: {_CONNECT}",
    "3201": f"the company has taken our access back: {_CONNECT}",
    "3100": (
        "the app's keys do not fit the address (development keys open test companies only, at"
        " https://sandbox-quickbooks.api.intuit.com), or another company was connected: see host.base_url and"
        " host.realm"
    ),
    "6190": "the company's subscription to QuickBooks has ended: renew it (Account and settings, Billing)",
    "7001": "the company's subscription to QuickBooks has ended: renew it (Account and settings, Billing)",
    "6210": "the books are closed for that date: an accountant moves the closing date (Advanced, Accounting)",
}


# where faults stand ------------------------------------------------------------------------------------
def fault_in(answer: requests.Response) -> Fault | None:
    """The fault in the body of an answer, JSON or XML; None where there is none that can be read."""
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind or answer.content[:1] in (b"{", b"["):
        try:
            body = json.loads(answer.content)
        except ValueError:
            return None
        return fault_of(body) if isinstance(body, dict) else None
    return _fault_in_xml(answer.text[:20_000]) if "<Fault" in answer.text[:20_000] else None


def fault_of(body: Mapping[str, Any]) -> Fault | None:
    """The fault in a JSON object, in either spelling; None for a sound one."""
    found = body.get("Fault") or body.get("fault")
    if not isinstance(found, Mapping):
        return None
    errors = found.get("Error") or found.get("error") or ()
    first = next((each for each in errors if isinstance(each, Mapping)), {})
    message, detail = (_text(first, name) for name in ("message", "detail"))
    return Fault(_code(_text(first, "code"), message), message, detail, _text(found, "type"))


def _fault_in_xml(text: str) -> Fault:
    parts = {name.lower(): html.unescape(said) for name, said in _XML_PART.findall(text)}
    code = found[1] if (found := _XML_CODE.search(text)) else ""
    message = parts.get("message", "")
    return Fault(_code(code, message), message, parts.get("detail", ""))


def _code(code: str, message: str) -> str:
    """The number alone: ``003001`` is 3001. Some gateways only say it in the message."""
    plain = code.strip().lstrip("0")
    if plain:
        return plain[:20]
    found = _IN_TEXT.search(message)
    return found[1] if found else ""


def tid_of(answer: requests.Response) -> str:
    """The name of the call at Intuit; empty where the answer has none that could be one."""
    found = answer.headers.get("intuit_tid", "").strip()
    return found if _TID.fullmatch(found) else ""


def _text(table: Mapping[str, Any], name: str) -> str:
    found = table.get(name) or table.get(name.capitalize())
    return str(found) if isinstance(found, str | int) else ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
