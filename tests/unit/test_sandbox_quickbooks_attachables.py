"""Notes and files in the QuickBooks sandbox: made, found, rewritten, deleted, uploaded, fetched."""
# ruff: noqa: S608 - statements of the query language, for a sandbox

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.quickbooks_client import Played, Reply, played


@pytest.fixture
def host() -> Played:
    return played(12, 60)


def on(kind: str, number: str) -> list[dict[str, Any]]:
    return [{"EntityRef": {"type": kind, "value": number}}]


def note(host: Played, text: str, kind: str = "Invoice", number: str = "") -> Any:
    target = number or host.open_invoice()["Id"]
    return host.post("attachable", {"Note": text, "AttachableRef": on(kind, target)})


def found_on(host: Played, kind: str, number: str) -> list[Any]:
    return host.ask(
        f"select * from Attachable where AttachableRef.EntityRef.Type = '{kind}' "
        f"and AttachableRef.EntityRef.value = '{number}'"
    )


def test_a_note_is_found_on_what_it_was_attached_to_and_nowhere_else(host: Played) -> None:
    row = host.open_invoice()
    customer = row["CustomerRef"]["value"]
    on_invoice, on_customer = note(host, "Relance 1"), note(host, "Appel", "customer", customer)
    assert found_on(host, "invoice", row["Id"]) == [on_invoice]
    assert found_on(host, "Customer", customer) == [on_customer]
    assert found_on(host, "customer", row["Id"]) == []
    assert on_customer["AttachableRef"][0]["EntityRef"]["type"] == "Customer"
    assert host.app.people.notes(host.app.people.document_of(row["Id"])) == ["Relance 1"]


def test_ids_have_twenty_one_figures_and_never_come_again(host: Played) -> None:
    first = note(host, "one")
    host.post("attachable", first, operation="delete")
    second = note(host, "two")
    assert {len(first["Id"]), len(second["Id"])} == {21}
    assert first["Id"] != second["Id"]


def test_a_note_leaves_the_invoice_as_it_was_unless_the_options_say_otherwise() -> None:
    for touches in (False, True):
        host = played(12, 60, attachable_touches=touches)
        row = host.open_invoice()
        note(host, "x", number=row["Id"])
        after = host.get(f"invoice/{row['Id']}")["Invoice"]
        assert (after != row) is touches


def test_an_update_is_always_a_full_one(host: Played) -> None:
    made = note(host, "one")
    bare = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Tag": "x"}
    after = host.post("attachable", bare)
    assert "Note" not in after
    assert "AttachableRef" not in after
    assert found_on(host, "invoice", made["AttachableRef"][0]["EntityRef"]["value"]) == []


def test_an_old_version_of_a_note_is_refused(host: Played) -> None:
    made = note(host, "one")
    second = host.post("attachable", {**made, "Note": "two"})
    assert second["SyncToken"] == "1"
    assert host.refused("attachable", {**made, "Note": "three"}) == (400, "5010")


def test_a_note_is_deleted_with_the_whole_of_it(host: Played) -> None:
    made = note(host, "one")
    bare = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    assert host.refused("attachable", bare, operation="delete") == (400, "2020")
    gone = host.post("attachable", made, operation="delete")
    assert gone == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
    assert host.call("GET", f"attachable/{made['Id']}").code == "610"


def test_a_note_may_be_attached_to_nothing(host: Played) -> None:
    made = host.post("attachable", {"Note": "relance : marque"})
    assert "AttachableRef" not in made
    assert host.ids("select * from Attachable where Note like 'relance%'") == [made["Id"]]
    assert host.app.people.attached(None) == [{"Note": "relance : marque"}]


def test_the_ids_alone_may_be_asked_for(host: Played) -> None:
    made = note(host, "one")
    assert host.ask("select Id from attachable where Note = 'one'") == [{"Id": made["Id"], "sparse": True}]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Note": "x" * 2001}, "2050"),
        ({}, "2020"),
        ({"Note": "x", "AttachableRef": on("Invoice", "987654321")}, "610"),
        ({"Note": "x", "AttachableRef": on("Nothing", "1")}, "2170"),
        ({"Note": "x", "Category": "Nothing"}, "2170"),
        ({"Note": "x", "Text": "y"}, "2010"),
    ],
)
def test_what_the_real_one_refuses_is_refused(host: Played, body: dict[str, Any], code: str) -> None:
    assert host.refused("attachable", body) == (400, code)
    assert host.ids("select * from Attachable") == []


# -------------------------------------------------------------------- files


def upload(host: Played, name: str, content: bytes, facts: dict[str, Any] | None, place: str = "0") -> Reply:
    parts = []
    if facts is not None:
        said = json.dumps(facts).encode()
        parts.append((f'name="file_metadata_{place}"', "application/json", said))
    parts.append((f'name="file_content_{place}"; filename="{name}"', "application/pdf", content))
    body = b"".join(
        f"--edge\r\nContent-Disposition: form-data; {what}\r\nContent-Type: {kind}\r\n\r\n".encode()
        + sent + b"\r\n" for what, kind, sent in parts
    )  # fmt: skip
    return host.call("POST", "upload", raw=body + b"--edge--\r\n", kind="multipart/form-data; boundary=edge")


def test_a_file_is_uploaded_attached_and_fetched_by_a_link_that_dies(host: Played) -> None:
    number = host.open_invoice()["Id"]
    content = b"%PDF-1.4 \x00\xff"
    facts = {"AttachableRef": on("Invoice", number), "Note": "Courrier"}
    (item,) = upload(host, "lettre.pdf", content, facts).json()["AttachableResponse"]
    made = item["Attachable"]
    assert (made["FileName"], made["Size"], made["Note"]) == ("lettre.pdf", len(content), "Courrier")
    assert [one["Id"] for one in found_on(host, "invoice", number)] == [made["Id"]]
    link = host.call("GET", f"download/{made['Id']}").body.decode()
    path, _, query = link.removeprefix("http://127.0.0.1").partition("?")
    until = query.removeprefix("until=")
    assert host.call("GET", path, until=until).body == content
    host.ledger.advance(host.ledger.clock.today + timedelta(days=1))
    assert host.call("GET", path, until=until).status == 403


def test_a_file_of_another_kind_is_refused_alone(host: Played) -> None:
    (item,) = upload(host, "virus.exe", b"MZ", None).json()["AttachableResponse"]
    assert item["Fault"]["Error"][0]["code"] == "6041"
    assert host.ids("select * from Attachable") == []


def test_an_upload_without_a_file_is_refused(host: Played) -> None:
    assert host.call("POST", "upload", raw=b"{}", kind="application/json").code == "2020"
