"""What QuickBooks' refusals mean, in every spelling that was seen."""

from __future__ import annotations

import json

import pytest
import requests

from connector.errors import HostError, RateLimited, Refused, Unauthorized, Unavailable
from connector.hosts.quickbooks.refusals import (
    Closed,
    Lapsed,
    Missing,
    Stale,
    WrongToken,
    fault_in,
    raise_refusal,
)

STALE = "Stale Object Error : You and root were working on this at the same time."
XML_429 = (
    '<?xml version="1.0"?><IntuitResponse time="x"><Fault type="SERVICE"><Error code="3001"><Message>'
    "message=ThrottleExceeded; errorCode=003001; statusCode=429</Message><Detail>The request limit was "
    "reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
)
XML_401 = (
    '<Fault type="AuthenticationFault"><Error code="100"><Message>General Authentication Error</Message>'
    "<Detail>AuthenticationErrorGeneral: SRV-110-Authentication Failure , statusCode: 401</Detail></Error>"
    "</Fault>"
)


def answer(status: int, body: str, kind: str = "application/json", tid: str = "1-abc") -> requests.Response:
    made = requests.Response()
    made.status_code, made._content = status, body.encode()
    made.headers["Content-Type"] = kind
    made.headers["intuit_tid"] = tid
    return made


def fault(code: str, message: str = "No", detail: str = "", *, lower: bool = False) -> str:
    if lower:
        error = {"message": message, "detail": detail or None, "code": code, "element": None}
        return json.dumps(
            {"warnings": None, "fault": {"error": [error], "type": "AUTHENTICATION"}, "time": 1633}
        )
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return json.dumps({"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026"})


def raised(found: requests.Response, *, safe: bool = True) -> HostError:
    with pytest.raises(HostError) as caught:
        raise_refusal(found, "GET invoice/{id}", safe=safe)
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, fault("5010", "Stale Object Error", STALE), Stale),
        (400, fault("610", "Object Not Found"), Missing),
        (400, fault("6210", "Account Period Closed"), Closed),
        (400, fault("6190", "Invalid Company Status"), Lapsed),
        (400, fault("", "errorCode=007001; statusCode=400"), Lapsed),
        (400, fault("2010", "Request has invalid or unsupported property"), Refused),
        (400, fault("4001", "Invalid query"), Refused),
        (401, fault("3200", "message=AuthenticationFailed; errorCode=003200", lower=True), WrongToken),
        (401, fault("003200", lower=True), WrongToken),
        (401, fault("120", "Authorization Failure", "-11014-You do not have access"), Unauthorized),
        (401, "<html>", WrongToken),
        (403, fault("3100", "message=ApplicationAuthorizationFailed", lower=True), Unauthorized),
        (500, fault("3100", lower=True), Unauthorized),
        (403, fault("3001", lower=True), RateLimited),
        (500, fault("10000", "An application error has occurred"), Unavailable),
        (503, "", Unavailable),
        (504, "<html>Gateway</html>", Unavailable),
        (200, fault("5010", "Stale Object Error", STALE), Stale),
        (302, "", Refused),
    ],
)  # fmt: skip
def test_a_refusal_is_sorted_by_what_to_do_next(status: int, body: str, kind: type[HostError]) -> None:
    error = raised(answer(status, body))
    assert type(error) is kind or (kind is WrongToken and isinstance(error, Unauthorized))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [(429, XML_429, RateLimited), (403, XML_429, RateLimited), (401, XML_401, WrongToken)],
)
def test_xml_is_read_though_json_was_asked_for(status: int, body: str, kind: type[HostError]) -> None:
    assert type(raised(answer(status, body, "application/xml;charset=UTF-8"))) is kind


def test_too_many_calls_want_a_minute() -> None:
    error = raised(answer(429, XML_429, "application/xml"))
    assert isinstance(error, RateLimited)
    assert error.after == 60


def test_every_message_names_the_call_at_intuit() -> None:
    for status, code in [(400, "5010"), (401, "120"), (403, "3100"), (429, "3001"), (500, "10000")]:
        assert "intuit_tid 1-abc" in str(raised(answer(status, fault(code))))


def test_a_tid_that_could_be_something_else_is_left_out() -> None:
    error = raised(answer(400, fault("5010"), tid="x y <script>"))
    assert "script" not in str(error)


def test_a_success_that_speaks_of_defaults_is_none_of_a_fault() -> None:
    raise_refusal(
        answer(200, json.dumps({"Customer": {"DefaultTaxCodeRef": {"value": "1"}}})), "GET x", safe=True
    )
    raise_refusal(answer(200, json.dumps({"fault": None, "QueryResponse": {}})), "GET x", safe=True)


def test_a_write_that_failed_inside_may_have_been_done() -> None:
    error = raised(answer(500, fault("10000")), safe=False)
    assert isinstance(error, Unavailable)
    assert error.maybe_done


def test_hostile_words_stay_on_one_line() -> None:
    error = raised(answer(400, fault("6000", "a\n\x1b[31mb" + "c" * 900)))
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 500


def test_a_list_is_no_fault() -> None:
    assert fault_in(answer(400, "[1]")) is None
    assert fault_in(answer(400, "{")) is None
