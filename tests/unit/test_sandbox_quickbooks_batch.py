"""Several operations in one call, and the same call sent again, in the QuickBooks sandbox."""
# ruff: noqa: S608 - statements of the query language, for a sandbox

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.quickbooks_client import Played, played


@pytest.fixture
def host() -> Played:
    return played(12, 60)


def batch(host: Played, *items: dict[str, Any], **query: Any) -> list[Any]:
    answer = host.call("POST", "batch", {"BatchItemRequest": list(items)}, **query)
    assert answer.status == 200, answer
    found: list[Any] = answer.json()["BatchItemResponse"]
    return found


def note(text: str) -> dict[str, Any]:
    return {"Note": text}


# -------------------------------------------------------------------- batch


def test_each_item_has_its_own_answer_or_its_own_fault(host: Played) -> None:
    row = host.open_invoice()
    old = {"Id": row["Id"], "SyncToken": "999", "sparse": True, "PrivateNote": "x"}
    answers = batch(
        host,
        {"bId": "a", "operation": "create", "Attachable": note("made")},
        {"bId": "b", "operation": "update", "Invoice": old},
        {"bId": "c", "Query": f"select * from Invoice where Id = '{row['Id']}'"},
        {"bId": "d", "Query": "select * from Nothing"},
        {"bId": "e", "operation": "create", "Nothing": {}},
    )
    assert [one["bId"] for one in answers] == ["a", "b", "c", "d", "e"]
    assert answers[0]["Attachable"]["Note"] == "made"
    assert answers[1]["Fault"]["Error"][0]["code"] == "5010"
    assert answers[2]["QueryResponse"]["Invoice"] == [row]
    assert [answers[n]["Fault"]["Error"][0]["code"] for n in (3, 4)] == ["4001", "2010"]


def test_an_item_may_void(host: Played) -> None:
    row = host.open_invoice()
    item = {"bId": "1", "operation": "update", "optionsData": "void",
            "Invoice": {"Id": row["Id"], "SyncToken": row["SyncToken"]}}  # fmt: skip
    assert batch(host, item)[0]["Invoice"]["TotalAmt"] == 0


def test_thirty_items_are_taken_and_thirty_one_are_not(host: Played) -> None:
    items = [{"bId": str(n), "operation": "create", "Attachable": note(str(n))} for n in range(31)]
    assert len(batch(host, *items[:30])) == 30
    assert host.refused("batch", {"BatchItemRequest": items})[0] == 400
    assert len(host.ids("select * from Attachable maxresults 1000")) == 30


def test_two_items_of_one_name_are_refused(host: Played) -> None:
    item = {"bId": "1", "operation": "create", "Attachable": note("x")}
    assert host.refused("batch", {"BatchItemRequest": [item, item]})[0] == 400


def test_with_a_request_id_the_names_of_items_are_short(host: Played) -> None:
    item = {"bId": "x" * 11, "operation": "create", "Attachable": note("x")}
    assert host.refused("batch", {"BatchItemRequest": [item]}, requestid="r") == (400, "2050")
    assert host.refused("batch", {"BatchItemRequest": [{**item, "bId": "1"}]}, requestid="r" * 37) == (
        400,
        "2050",
    )
    assert batch(host, item)[0]["Attachable"]["Note"] == "x"


# -------------------------------------------------------------------- requestid


def test_the_same_write_sent_again_is_done_once_and_answered_the_same(host: Played) -> None:
    first = host.post("attachable", note("one"), requestid="r1")
    assert host.post("attachable", note("one"), requestid="r1") == first
    assert len(host.ids("select * from Attachable")) == 1
    assert host.post("attachable", note("one"), requestid="r2")["Id"] != first["Id"]


def test_it_is_answered_the_same_though_the_record_was_deleted_since(host: Played) -> None:
    first = host.post("attachable", note("one"), requestid="r1")
    host.post("attachable", first, operation="delete")
    assert host.post("attachable", note("one"), requestid="r1") == first
    assert host.ids("select * from Attachable") == []


def test_a_refused_write_may_come_again_under_its_id(host: Played) -> None:
    row = host.open_invoice()
    old = {"Id": row["Id"], "SyncToken": "999", "sparse": True, "PrivateNote": "x"}
    assert host.refused("invoice", old, requestid="r1") == (400, "5010")
    new = {**old, "SyncToken": row["SyncToken"]}
    assert host.post("invoice", new, requestid="r1")["PrivateNote"] == "x"


def test_an_id_with_other_content_is_refused_or_answered_as_before() -> None:
    for chosen in ("refuse", "replay"):
        host = played(8, 20, other_content=chosen)
        first = host.post("attachable", note("one"), requestid="r1")
        reply = host.call("POST", "attachable", note("two"), requestid="r1")
        if chosen == "refuse":
            assert (reply.status, reply.code) == (400, "600")
        else:
            assert reply.json()["Attachable"] == first
        assert len(host.ids("select * from Attachable")) == 1


def test_an_id_is_one_companys_alone_and_at_most_fifty_long(host: Played) -> None:
    first = host.post("attachable", note("one"), requestid="r" * 50)
    assert host.refused("attachable", note("one"), requestid="r" * 51) == (400, "2050")
    host.realm = host.app.people.realm("Exemple Deux SAS")
    host.token = host.app.tokens.connect("Exemple Deux SAS")["access_token"]
    assert host.post("attachable", note("one"), requestid="r" * 50)["Id"] != first["Id"]


def test_a_batch_sent_again_is_done_once(host: Played) -> None:
    item = {"bId": "1", "operation": "create", "Attachable": note("x")}
    assert batch(host, item, requestid="r1") == batch(host, item, requestid="r1")
    assert len(host.ids("select * from Attachable")) == 1
