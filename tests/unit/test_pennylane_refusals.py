"""Every error body that Pennylane is known to send, and what it means to us."""

from __future__ import annotations

import json

import pytest
import requests

from connector.errors import Conflict, RateLimited, Refused, Unauthorized, Unavailable
from connector.hosts.pennylane.refusals import (
    Forbidden,
    Missing,
    Unprocessable,
    WrongKeys,
    WrongToken,
    raise_refusal,
)


def answer(status: int, body: object, kind: str = "application/json") -> requests.Response:
    made = requests.Response()
    made.status_code = status
    text = body if isinstance(body, str) else json.dumps(body)
    made._content = text.encode()
    made.headers["Content-Type"] = kind
    return made


SCOPE = 'Access to this resource requires scope "ledger".'
CASES = [
    (400, {"error": "Invalid cursor", "status": 400}, Refused),
    (400, {"message": "limit 500 is more than maximum value", "code": "MoreThanMaximum"}, Refused),
    (400, {"message": "…", "field": "date", "payload": {}, "code": "InvalidDateFormat"}, Refused),
    (400, {"message": "x does not define properties: body", "code": "NotExistPropertyDefinition"}, WrongKeys),
    (400, {"message": "x missing required parameters: text", "code": "NotExistRequiredKey"}, WrongKeys),
    (400, {"error": "x does not define properties: body", "status": 400}, WrongKeys),
    (401, {"error": "The access token is invalid", "status": 401}, WrongToken),
    (403, {"error": SCOPE, "status": 403}, Unauthorized),
    (403, {"error": "forbidden", "message": "Missing scope: customer_invoices:all"}, Unauthorized),
    (404, {"error": "Not Found", "status": 404}, Missing),
    (404, {"status": 404, "error": "Couldn't find Customer with 'id'=123"}, Missing),
    (409, {"status": 409, "error": "A document with ID 1 already exists with such attachment."}, Conflict),
    (414, "<html>", Refused),
    (422, {"status": 422, "error": "External reference has already been taken"}, Unprocessable),
    (422, {"error": "unprocessable_entity", "message": "…", "details": {"a": []}}, Unprocessable),
    (422, [], Unprocessable),
    (429, "Rate limit exceeded. Please retry in 2 seconds.", RateLimited),
    (500, "<html>", Unavailable),
    (503, {"error": {"odd": 1}}, Unavailable),
]


@pytest.mark.parametrize(("status", "body", "kind"), CASES)
def test_an_error_is_sorted_by_what_is_to_be_done(status: int, body: object, kind: type[Exception]) -> None:
    text = "text/plain" if status == 429 else "text/html" if body == "<html>" else "application/json"
    with pytest.raises(kind):
        raise_refusal(answer(status, body, text), "GET customers", safe=True)


def test_a_right_that_a_write_lacks_concerns_that_write_alone() -> None:
    with pytest.raises(Forbidden, match="scope ledger"):
        raise_refusal(answer(403, {"error": SCOPE, "status": 403}), "PUT x", safe=False)


def test_the_keys_that_an_answer_names_are_kept() -> None:
    with pytest.raises(WrongKeys) as caught:
        raise_refusal(answer(400, CASES[4][1]), "POST x", safe=False)
    assert caught.value.named == ("text",)


def test_a_hostile_text_is_cut_to_one_line() -> None:
    with pytest.raises(Refused) as caught:
        raise_refusal(answer(422, {"error": "a\n\x1b[31mb" + "c" * 5000}), "PUT x", safe=False)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 400
