"""The QuickBooks sandbox answers in the shape of the samples of the documentation, where they are at hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.quickbooks_client import Played, played

REFERENCE = Path(__file__).parents[3] / "shared/reference/quickbooks.md"
TEXT = REFERENCE.read_text(encoding="utf-8") if REFERENCE.exists() else ""
ENTITIES = (
    "Invoice",
    "Payment",
    "CreditMemo",
    "Customer",
    "Term",
    "CompanyInfo",
    "Preferences",
    "Attachable",
)
pytestmark = pytest.mark.skipif(not TEXT, reason="the reference is not here")


def parsed() -> Iterator[Any]:
    """Every whole JSON document of the reference's fenced blocks and of its running text."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"```json\n(.*?)```|`(\{[^`\n]*\})`", TEXT, re.DOTALL):
        block, at = match[1] or match[2], 0
        while (
            start := min((n for n in (block.find("{", at), block.find("[{", at)) if n >= 0), default=-1)
        ) >= 0:
            try:
                found, at = decoder.raw_decode(block, start)
            except ValueError:
                at = block.find("\n", start) + 1 or len(block)
                continue
            yield found


SAMPLES = list(parsed())


def sample(*keys: str) -> Any:
    """The first document that has those keys, one in the other."""
    for found in SAMPLES:
        inner = found
        for key in keys:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if inner is not None:
            return found
    raise LookupError(keys)


def clashes(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where the same key holds another kind of value."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() & theirs.keys():
            yield from clashes(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        for one in ours[:3]:
            for other in theirs[:1]:
                yield from clashes(one, other, f"{path}[]")
    elif kind(ours) != kind(theirs):
        yield f"{path}: {ours!r} where the sample has {theirs!r}"


def kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys_in, value.values())) if value else set()
    return set().union(*map(keys_in, value)) if isinstance(value, list) else set()


@pytest.fixture
def host() -> Played:
    made = played(14, 80, online_payments=True)
    made.ledger.credit(made.open_invoice()["DocNumber"])
    note = {
        "Note": "x",
        "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": made.open_invoice()["Id"]}}],
    }
    made.post("attachable", note)
    return made


def test_the_samples_were_found() -> None:
    assert len(SAMPLES) > 20
    assert all(sample(entity) for entity in ("Invoice", "Payment", "Customer", "Fault", "CDCResponse"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_record_has_only_keys_that_are_documented_with_values_of_their_kind(
    host: Played, entity: str
) -> None:
    rows = host.ask(f"select * from {entity} maxresults 1000")  # noqa: S608 - another language
    assert rows
    unknown = {key for row in rows for key in keys_in(row) if not re.search(rf"\b{re.escape(key)}\b", TEXT)}
    assert unknown == set()
    theirs = sample(entity, "Id")[entity]
    assert [clash for row in rows for clash in clashes(row, theirs)] == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_reading_one_gives_it_under_its_name_with_the_time(host: Played, entity: str) -> None:
    row = host.ask(f"select * from {entity} orderby MetaData.CreateTime maxresults 1")[0]  # noqa: S608
    number = {"CompanyInfo": f"/{host.realm}", "Preferences": ""}.get(entity, f"/{row['Id']}")
    answer = host.get(f"{entity.lower()}{number}")
    assert answer.keys() == {entity, "time"}
    assert answer[entity] == row
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}-0[78]:00", answer["time"])


def test_each_statement_of_the_reference_is_answered(host: Played) -> None:
    (block,) = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
    statements = block.strip().splitlines()
    assert len(statements) >= 7
    for statement in statements:
        reply = host.call("GET", "query", query=statement)
        assert (reply.status, list(reply.json())) == (200, ["QueryResponse", "time"]), statement


def test_the_note_of_the_sample_is_made_as_in_the_sample(host: Played) -> None:
    asked = next(one for one in SAMPLES if isinstance(one, dict) and one.keys() == {"Note", "AttachableRef"})
    asked["AttachableRef"][0]["EntityRef"]["value"] = host.open_invoice()["Id"]
    theirs = next(
        one["Attachable"] for one in SAMPLES if isinstance(one, dict) and one.keys() == {"Attachable", "time"}
    )
    made = host.post("attachable", asked)
    assert made.keys() == theirs.keys()
    assert (made["SyncToken"], made["sparse"], len(made["Id"])) == ("0", False, len(theirs["Id"]))
    assert made["AttachableRef"][0]["IncludeOnSend"] is False


def test_the_smallest_invoice_of_the_sample_is_made(host: Played) -> None:
    asked = next(one for one in SAMPLES if isinstance(one, dict) and one.keys() == {"Line", "CustomerRef"})
    asked["CustomerRef"] = host.open_invoice()["CustomerRef"]
    made = host.post("invoice", asked)
    assert (made["TotalAmt"], made["SyncToken"]) == (100, "0")


def test_a_stale_object_is_refused_in_the_words_of_the_sample(host: Played) -> None:
    row = host.open_invoice()
    reply = host.call(
        "POST", "invoice", {"Id": row["Id"], "SyncToken": "99", "sparse": True, "DueDate": "2026-12-31"}
    )
    whole = [one for one in SAMPLES if isinstance(one, dict) and one.keys() == {"Fault", "time"}]
    theirs = next(one for one in whole if one["Fault"]["Error"][0]["code"] == "5010")
    assert reply.status == 400
    assert reply.json()["Fault"] == theirs["Fault"]
    assert reply.json().keys() == theirs.keys()


def test_the_gateway_refuses_a_token_in_the_envelope_of_the_sample(host: Played) -> None:
    host.token = "short"
    reply = host.call("GET", "preferences")
    theirs = sample("fault")
    assert reply.status == 401
    assert {**reply.json(), "time": 0} == {**theirs, "time": 0}


def test_over_the_rate_the_xml_is_that_of_the_sample(host: Played) -> None:
    host.sandbox.faults.arm("rate_limited")
    reply = host.call("GET", "preferences")
    (theirs,) = re.findall(r'<Fault type="SERVICE">.*?</Fault>', TEXT)
    assert theirs in reply.body.decode()


def test_a_batch_answers_its_items_as_in_the_sample(host: Played) -> None:
    row = host.open_invoice()
    taken = host.ask("select * from Customer")[0]["DisplayName"]
    items = [
        {"bId": "bid1", "operation": "create", "Customer": {"DisplayName": taken}},
        {"bId": "bid2", "operation": "delete", "Invoice": {"Id": "987654321", "SyncToken": "0"}},
        {
            "bId": "bid3",
            "operation": "update",
            "Invoice": {"sparse": True, "Id": row["Id"], "SyncToken": "99"},
        },
        {"bId": "bid4", "Query": "select * from Invoice where TotalAmt > '300.00'"},
    ]
    answer = host.call("POST", "batch", {"BatchItemRequest": items}).json()
    assert answer.keys() == {"BatchItemResponse", "time"}
    codes = [one["Fault"]["Error"][0]["code"] for one in answer["BatchItemResponse"][:3]]
    assert codes == ["6240", "610", "5010"]
    for code, said in zip(codes, answer["BatchItemResponse"], strict=False):
        detail = json.dumps(said["Fault"]["Error"][0]["Detail"])
        assert detail.strip('"') in TEXT, code
    assert answer["BatchItemResponse"][3]["QueryResponse"].keys() >= {
        "Invoice",
        "startPosition",
        "maxResults",
    }


def test_changes_are_captured_in_the_shape_of_the_samples(host: Played) -> None:
    quiet = next(
        one for one in SAMPLES if "CDCResponse" in one and one["CDCResponse"][0]["QueryResponse"] == [{}]
    )
    busy = next(
        one for one in SAMPLES if "CDCResponse" in one and one["CDCResponse"][0]["QueryResponse"] != [{}]
    )
    now = host.get("preferences")["time"]
    host.ledger.advance(host.ledger.clock.today.replace(day=21))
    later = host.get("preferences")["time"]
    answer = host.get("cdc", entities="Customer,Invoice", changedSince=later)
    assert {**answer, "time": ""} == {**quiet, "time": ""}
    host.app.people.delete(host.open_invoice()["DocNumber"])
    answer = host.get("cdc", entities="Invoice", changedSince=now)
    stubs = [row for block in busy["CDCResponse"][0]["QueryResponse"] for row in block.get("Estimate", [])]
    theirs = next(row for row in stubs if "status" in row)
    (ours,) = [row for row in answer["CDCResponse"][0]["QueryResponse"][0]["Invoice"] if "status" in row]
    assert ours.keys() == theirs.keys()
    assert list(clashes(ours, theirs)) == []


def test_tokens_come_in_the_shape_of_the_sample(host: Played) -> None:
    theirs = sample("access_token")
    first = host.app.tokens.connect()
    made = host.token_call(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert made.keys() == theirs.keys()
    assert list(clashes(made, theirs)) == []


@pytest.mark.parametrize("chosen", ["classic", "cloud"])
def test_webhooks_have_the_shape_of_the_samples(chosen: str) -> None:
    host = played(6, 20, webhook_url="http://listener.example/", webhook_format=chosen)
    came: list[bytes] = []
    host.app.webhooks.post = lambda _url, body, _headers: came.append(body) or 200  # type: ignore[func-returns-value]
    host.ledger.pay(host.open_invoice()["DocNumber"])
    host.app.webhooks.deliver()
    ours = json.loads(came[0])
    theirs = (
        sample("eventNotifications")
        if chosen == "classic"
        else next(x for x in SAMPLES if isinstance(x, list))
    )
    assert keys_in(ours) == keys_in(theirs)
    assert list(clashes(ours, theirs)) == []
