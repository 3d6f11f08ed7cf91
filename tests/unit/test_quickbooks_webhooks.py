"""Announcements of QuickBooks: who signed them, and which companies they are about. Nothing else is read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from connector.hosts.quickbooks.webhooks import realms, signed

KEY = "verifier-of-the-example"


def sign(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def classic(*found: object) -> bytes:
    change = {
        "entities": [{"id": "1", "operation": "Create", "name": "Payment", "lastUpdated": "2026-11-21"}]
    }
    return json.dumps(
        {"eventNotifications": [{"realmId": realm, "dataChangeEvent": change} for realm in found]}
    ).encode()


def cloud(*found: object, type_: str = "qbo.invoice.voided.v1") -> bytes:
    return json.dumps(
        [
            {
                "specversion": "1.0",
                "id": f"event-{n}",
                "source": "intuit.example",
                "type": type_,
                "time": "2026-11-21T21:31:25.179851517Z",
                "intuitentityid": "1234",
                "intuitaccountid": realm,
            }
            for n, realm in enumerate(found)
        ]
    ).encode()


def test_a_known_signature_is_recognised() -> None:
    # printf '[]' | openssl dgst -sha256 -hmac verifier-of-the-example -binary | base64
    assert signed(b"[]", "JCkRakvtJ/vhscv6t83tePOOXRDuMNGQI693HpMUER4=", KEY)


@pytest.mark.parametrize(
    "signature", ["", "x", "é\udcff", sign(b"[] "), sign(b"[]", "another"), sign(b"[]")[:-1]]
)
def test_any_other_signature_is_not(signature: str) -> None:
    assert signed(b"[]", sign(b"[]"), KEY)
    assert not signed(b"[]", signature, KEY)


def test_the_raw_bytes_are_signed_not_what_they_mean() -> None:
    body = classic("310687")
    assert not signed(body.replace(b": ", b":"), sign(body), KEY)
    for other in (body + b"\n", b" " + body, b"\xef\xbb\xbf" + body):
        assert signed(other, sign(other), KEY)
        assert not signed(other, sign(body), KEY)


def test_both_formats_name_their_companies_each_once() -> None:
    assert realms(classic("310687", "310688", "310687")) == ("310687", "310688")
    assert realms(cloud("310687", "310688", "310687")) == ("310687", "310688")


@pytest.mark.parametrize(
    "type_", ["qbo.invoice.void.v1", "QBO.Invoice.Voided.v1", "qbo.something.new.v9", ""]
)
def test_the_kind_of_event_does_not_matter(type_: str) -> None:
    assert realms(cloud("310687", type_=type_)) == ("310687",)


def test_a_number_is_a_realm_like_its_text() -> None:
    assert realms(classic(310687)) == realms(cloud(310687)) == ("310687",)


def test_events_without_a_company_are_passed_over() -> None:
    assert realms(classic(None, "", [], {}, "310687")) == ("310687",)
    assert realms(b'[1, "x", null, [], {"intuitaccountid": "310687"}]') == ("310687",)
    assert realms(b"[]") == ()


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"{}", b'"x"', b"1", b'{"eventNotifications": 1}', b"[" * 100_000, b"not json"]
)
def test_what_is_in_neither_format_cannot_be_read(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        realms(body)
