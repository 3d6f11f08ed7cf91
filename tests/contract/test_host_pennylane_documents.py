"""Invoices as Pennylane prints them: behind a link that dies, leads elsewhere, and may say anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import responses

from connector.errors import RateLimited, Unavailable
from connector.hosts.pennylane.documents import Documents
from connector.hosts.pennylane.reading import Reader
from connector.http import Http, Pace
from connector.sandbox.paper import pdf
from tests.contract.pennylane_played import Played, playing

HOME = "https://app.pennylane.com/api/external/v2"
LINK = "https://app.pennylane.com/public/invoice/pdf?encrypted_id=abc"


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def test_the_links_of_a_hundred_invoices_come_with_one_call(played: Played) -> None:
    host = played.host()
    refs = [ref for ref in played.ledger.records if ref.kind.value == "invoice"][:10]
    found = host.documents(refs)
    assert set(found) == set(refs)
    assert {ref: file.content for ref, file in found.items()} == {
        ref: pdf(played.invoice(ref.id).number) for ref in refs
    }
    assert host.usage.by_method == {"GET customer_invoices": 1, "GET a public file": 10}


def test_an_invoice_whose_pdf_is_not_made_yet_is_left_out(played: Played) -> None:
    played.act.people.hold_pdf(played.invoice(played.on.id).number)
    assert played.host().documents([played.on]) == {}


def test_a_link_that_has_died_is_no_refusal_of_our_access(played: Played) -> None:
    row = played.host()._reader.client.one(f"customer_invoices/{played.on.id}")
    assert row is not None
    clock = played.sandbox.ledger.clock
    clock.advance(clock.now.date() + timedelta(days=1))
    host = played.host()
    assert Documents(host._reader, host._files).content(row["public_file_url"]) is None


# where a link may lead -----------------------------------------------------------------------------------
def files(home: str = HOME) -> Documents:
    reader = cast("Reader", SimpleNamespace(settings=SimpleNamespace(api_url=home)))
    return Documents(reader, Http(pace=Pace(sleep=lambda _seconds: None), tries=1))


@responses.activate
def test_a_file_may_lie_on_another_server_and_our_token_does_not_go_there() -> None:
    responses.get(LINK, status=302, headers={"Location": "https://files.example/a.pdf?sign=1"})
    responses.get("https://files.example/a.pdf", body=b"%PDF-1.7")
    assert files().content(LINK) == b"%PDF-1.7"
    assert len(responses.calls) == 2
    assert not any("Authorization" in call.request.headers for call in cast("Any", responses.calls))


@responses.activate
@pytest.mark.parametrize(
    "link",
    [
        "http://files.example/a.pdf",
        "http://app.pennylane.com/public/invoice/pdf",
        "file:///etc/passwd",
        "ftp://files.example/a.pdf",
        "//files.example/a.pdf",
        "https://user:word@files.example/a.pdf",
        "https://",
        "https://[",
        "a.pdf",
    ],
)
def test_a_link_is_followed_over_https_alone(link: str) -> None:
    assert files().content(link) is None
    assert len(responses.calls) == 0


@responses.activate
@pytest.mark.parametrize("onward", ["http://169.254.169.254/latest", "https://[", "file:///etc/passwd"])
def test_a_link_that_leads_on_to_where_we_do_not_go_is_not_followed(onward: str) -> None:
    responses.get(LINK, status=302, headers={"Location": onward})
    assert files().content(LINK) is None
    assert len(responses.calls) == 1


@responses.activate
def test_the_server_of_the_api_itself_is_asked_as_the_api_is() -> None:
    responses.get("http://127.0.0.1:8070/public/x.pdf", body=b"%PDF")
    assert (
        files("http://127.0.0.1:8070/api/external/v2").content("http://127.0.0.1:8070/public/x.pdf")
        == b"%PDF"
    )


@responses.activate
def test_a_link_that_leads_round_in_a_circle_ends() -> None:
    responses.get(LINK, status=302, headers={"Location": LINK})
    assert files().content(LINK) is None
    assert len(responses.calls) == 3


@responses.activate
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_file_that_is_refused_is_none(status: int) -> None:
    responses.get(LINK, status=status)
    assert files().content(LINK) is None


@responses.activate
@pytest.mark.parametrize(("status", "error"), [(429, RateLimited), (500, Unavailable), (503, Unavailable)])
def test_a_server_that_cannot_now_means_later_and_the_link_is_not_told(
    status: int, error: type[Exception]
) -> None:
    responses.get(LINK, status=status)
    with pytest.raises(error) as caught:
        files().content(LINK)
    assert "abc" not in str(caught.value)
