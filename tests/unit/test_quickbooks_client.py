"""Calls to QuickBooks: what is billed, what is sent again, how amounts are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connector.errors import RateLimited, Refused, Unauthorized, Unavailable
from connector.hosts.quickbooks.client import Client, CompanyToken
from connector.hosts.quickbooks.query import select
from connector.hosts.quickbooks.refusals import Stale, WrongToken
from connector.hosts.quickbooks.settings import QuickBooksSettings
from connector.http import Http, Pace

SERVER = "https://books.example"
REALM = "9341452120600001"
BASE = f"{SERVER}/v3/company/{REALM}"
STALE = {"Fault": {"Error": [{"Message": "Stale Object Error", "code": "5010"}], "type": "ValidationFault"}}
EXPIRED = {
    "fault": {"error": [{"message": "AuthenticationFailed", "code": "3200"}], "type": "AUTHENTICATION"}
}


class Keys(CompanyToken):
    """A token that can be renewed so many times."""

    def __init__(self, renewals: int = 0) -> None:
        super().__init__("token-0", REALM)
        self.renewals, self.made = renewals, 0

    def bearer(self) -> str:
        return f"token-{self.made}"

    def renewed(self, refused: str) -> bool:
        self.made += self.made < self.renewals
        return self.bearer() != refused


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as found:
        yield found


def client(slept: list[float], keys: CompanyToken | None = None, **settings: Any) -> Client:
    http = Http(pace=Pace(sleep=slept.append))
    told = QuickBooksSettings(token="t", realm=settings.pop("realm", REALM), base_url=SERVER, **settings)
    return Client(told, http, keys or Keys(), slept.append)


def test_amounts_are_decimals_and_the_minor_version_is_told(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    mock.get(
        f"{BASE}/invoice/1", body='{"Invoice": {"Id": "1", "Balance": 0.10}}', content_type="application/json"
    )
    found = client(slept).get("invoice/1")
    assert found["Invoice"]["Balance"] == Decimal("0.10")
    assert isinstance(found["Invoice"]["Balance"], Decimal)
    assert asked(mock) == {"minorversion": ["75"]}


def asked(mock: responses.RequestsMock, rank: int = 0) -> dict[str, list[str]]:
    return parse_qs(urlsplit(str(mock.calls[rank].request.url)).query)


def test_the_sign_of_an_offset_survives_the_address(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/query", json={"QueryResponse": {}})
    statement = "select * from Invoice where MetaData.LastUpdatedTime > '2026-01-01T00:00:00+01:00'"
    assert client(slept).query(statement) == []
    assert "+01" not in str(mock.calls[0].request.url)
    assert asked(mock)["query"] == [statement]


def test_reading_is_billed_and_writing_is_not(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/query", json={"QueryResponse": {"Term": [{"Id": "1"}], "startPosition": 1}})
    mock.post(f"{BASE}/batch", json={"BatchItemResponse": [{"bId": "1", "QueryResponse": {}}]})
    mock.post(f"{BASE}/attachable", json={"Attachable": {"Id": "9"}})
    ours = client(slept)
    assert ours.query("select * from Term") == [{"Id": "1"}]
    ours.batch([{"bId": "1", "Query": "select * from Term"}])
    ours.post("attachable", {"Note": "x"}, request_id="r1")
    assert (ours.http.usage.calls, ours.http.usage.billed) == (3, 2)


def test_a_refused_reading_is_not_billed(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/query", json=STALE, status=400)
    ours = client(slept)
    with pytest.raises(Stale):
        ours.query("select")
    mock.replace("GET", f"{BASE}/query", json=STALE, status=200)
    with pytest.raises(Stale):
        ours.query("select")
    assert ours.http.usage.billed == 0


def test_many_statements_are_one_billed_call_whatever_their_order(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    items = [{"bId": "1", "QueryResponse": {"Term": [{"Id": "b"}]}}, {"bId": "0", "QueryResponse": {}}]
    mock.post(f"{BASE}/batch", json={"BatchItemResponse": items})
    ours = client(slept)
    assert ours.queries(["one", "two"]) == [[], [{"Id": "b"}]]
    assert ours.http.usage.billed == 1


def test_more_statements_than_a_batch_takes_are_two(mock: responses.RequestsMock, slept: list[float]) -> None:
    def reply(request: Any) -> tuple[int, dict[str, str], str]:
        sent = json.loads(request.body)["BatchItemRequest"]
        assert len(sent) <= 25
        told = [{"bId": item["bId"], "QueryResponse": {"Term": [{"Id": item["Query"]}]}} for item in sent]
        return 200, {}, json.dumps({"BatchItemResponse": told})

    mock.add_callback("POST", f"{BASE}/batch", callback=reply, content_type="application/json")
    names = [f"s{n}" for n in range(30)]
    assert client(slept).queries(names) == [[{"Id": name}] for name in names]


def test_a_fault_of_one_statement_is_raised(mock: responses.RequestsMock, slept: list[float]) -> None:
    items = [{"bId": "0", "QueryResponse": {}}, {"bId": "1", **STALE}]
    mock.post(f"{BASE}/batch", json={"BatchItemResponse": items})
    with pytest.raises(Stale):
        client(slept).queries(["one", "two"])


def test_an_answer_that_lacks_items_is_none(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.post(f"{BASE}/batch", json={"BatchItemResponse": []})
    with pytest.raises(Unavailable, match="missing"):
        client(slept).queries(["one", "two"])


def test_company_and_preferences_may_come_bare(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/query", json={"CompanyInfo": {"Id": "1", "CompanyName": "Exemple"}, "time": "x"})
    assert client(slept).query("select * from CompanyInfo") == [{"Id": "1", "CompanyName": "Exemple"}]


def test_an_ended_token_is_renewed_once(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/companyinfo/1", json=EXPIRED, status=401)
    mock.get(f"{BASE}/companyinfo/1", json={"CompanyInfo": {}})
    client(slept, Keys(renewals=1)).get("companyinfo/1")
    assert [call.request.headers["Authorization"] for call in mock.calls] == [
        "Bearer token-0",
        "Bearer token-1",
    ]


def test_a_renewed_token_that_opens_nothing_either_ends_it(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    mock.get(f"{BASE}/companyinfo/1", json=EXPIRED, status=401)
    with pytest.raises(WrongToken, match="relance connect quickbooks"):
        client(slept, Keys(renewals=1)).get("companyinfo/1")
    assert len(mock.calls) == 2


def test_a_write_with_a_request_id_is_sent_again_with_the_same(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    mock.post(f"{BASE}/attachable", status=502, body="<html>")
    mock.post(f"{BASE}/attachable", json={"Attachable": {"Id": "9"}})
    client(slept).post("attachable", {"Note": "é"}, request_id="key-1")
    assert [asked(mock, n)["requestid"] for n in (0, 1)] == [["key-1"], ["key-1"]]
    assert slept


def test_a_write_without_one_is_sent_once(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.post(f"{BASE}/invoice", status=502, body="<html>")
    with pytest.raises(Unavailable) as caught:
        client(slept).post("invoice", {"Id": "1"})
    assert caught.value.maybe_done
    assert len(mock.calls) == 1


def test_a_write_that_was_not_let_in_is_sent_again_after_a_minute(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    mock.post(f"{BASE}/invoice", status=429, body="")
    mock.post(f"{BASE}/invoice", json={"Invoice": {"Id": "1"}})
    client(slept).post("invoice", {"Id": "1"})
    assert slept == [60.0]


def test_what_may_have_been_done_is_told_though_the_last_try_was_not_let_in(
    mock: responses.RequestsMock, slept: list[float]
) -> None:
    mock.post(f"{BASE}/attachable", status=502, body="")
    mock.post(f"{BASE}/attachable", status=429, body="")
    mock.post(f"{BASE}/attachable", status=429, body="")
    with pytest.raises(RateLimited) as caught:
        client(slept).post("attachable", {"Note": "x"}, request_id="r")
    assert caught.value.maybe_done


def test_a_stale_write_is_not_sent_again(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.post(f"{BASE}/invoice", json=STALE, status=400)
    with pytest.raises(Stale):
        client(slept).post("invoice", {"Id": "1"}, request_id="r")
    assert len(mock.calls) == 1


def test_decimals_are_written_as_numbers(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.post(f"{BASE}/payment", json={"Payment": {}})
    client(slept).post("payment", {"TotalAmt": Decimal("0.10"), "UnappliedAmt": Decimal("65")})
    assert json.loads(mock.calls[0].request.body or "") == {"TotalAmt": 0.1, "UnappliedAmt": 65}


def test_a_file_goes_with_what_it_is_attached_to(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.post(f"{BASE}/upload", json={"AttachableResponse": []})
    client(slept).upload({"Note": "x"}, "a.pdf", b"%PDF", "application/pdf", request_id="r")
    body = mock.calls[0].request.body
    assert isinstance(body, bytes)
    assert b'name="file_metadata_0"' in body
    assert b'filename="a.pdf"' in body


def test_a_download_is_bytes_and_billed(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/invoice/1/pdf", body=b"%PDF-1.4 {", content_type="application/pdf")
    ours = client(slept)
    assert ours.download("invoice/1/pdf") == b"%PDF-1.4 {"
    assert ours.http.usage.billed == 1


def test_a_page_of_a_proxy_is_no_answer(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/preferences", body="<html>", content_type="text/html")
    with pytest.raises(Unavailable, match=r"host\.base_url"):
        client(slept).get("preferences")


def test_without_a_company_nothing_is_called(slept: list[float]) -> None:
    ours = client(slept, CompanyToken("t", ""), realm=None)
    with pytest.raises(Unauthorized, match="connect quickbooks"):
        ours.get("preferences")
    assert ours.http.usage.calls == 0


def test_the_secret_is_in_no_error(mock: responses.RequestsMock, slept: list[float]) -> None:
    mock.get(f"{BASE}/preferences", json={}, status=404)
    with pytest.raises(Refused) as caught:
        client(slept).get("preferences")
    assert "token-0" not in repr(caught.value)
    assert "token" not in repr(QuickBooksSettings(token="abcdef")).replace("token_url", "")


def test_a_quote_in_a_value_does_not_end_it() -> None:
    assert select("Customer", ("DisplayName", "=", "O'Brien \\ Co")).count("'") == 3
    assert r"'O\'Brien \\ Co'" in select("Customer", ("DisplayName", "=", "O'Brien \\ Co"))
