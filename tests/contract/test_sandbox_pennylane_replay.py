"""The sandbox answers recorded requests in the shape in which the real Pennylane answered them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.nouns import Document
from connector.sandbox.pennylane import BASE
from connector.sandbox.pennylane.invoice_acts import is_imported
from connector.sandbox.pennylane.values import BANK_ACCOUNTS, CATEGORIES
from tests.contract.pennylane_client import Reply, played

RECORDINGS = Path(__file__).parents[3] / "shared/reference/pennylane/recordings-2026-07.jsonl"
SUPPLIERS = "suppliers owe nothing"
BOOKS = "the double-entry side is the ledger's own"
NEITHER = "there are no quotes, templates or groups of categories"
#: What is not played, how often it was recorded, and why.
NOT_SERVED = {
    "PUT supplier_invoices/{id}/categories": (1, SUPPLIERS),
    "PUT suppliers/{id}/categories": (1, SUPPLIERS),
    "GET suppliers/{id}/categories": (1, SUPPLIERS),
    "GET supplier_invoices/{id}/categories": (1, SUPPLIERS),
    "GET supplier_invoices/{id}/matched_transactions": (1, SUPPLIERS),
    "POST supplier_invoices/{id}/matched_transactions": (1, SUPPLIERS),
    "DELETE supplier_invoices/{id}/matched_transactions/{id}": (1, SUPPLIERS),
    "PUT ledger_entry_lines/{id}/categories": (1, BOOKS),
    "GET ledger_entry_lines/{id}/categories": (1, BOOKS),
    "POST customer_invoices/create_from_quote": (1, NEITHER),
    "GET customer_invoice_templates": (2, NEITHER),
    "GET category_groups/{id}/categories": (1, NEITHER),
}
NEWER_THAN_THE_RECORDINGS = {"schematron_validation_status", "substance"}
STATUS_BEFORE_THE_PROXY = {
    "POST": 201,
    "PUT": 200,
    "GET": 200,
    "DELETE": 204,
}  # the proxy turned 201 into 200
PROXIED_HEADERS = {"server", "etag", "x-request-id"}  # some of another server on the way
GIVES_THE_INVOICE = ("link_credit_note",)


def call(row: dict[str, Any]) -> str:
    return f"{row['method']} {re.sub(r'[0-9]+', '{id}', row['path'].removeprefix(BASE).strip('/'))}"


RECORDED = [json.loads(line) for line in RECORDINGS.read_text().splitlines()] if RECORDINGS.exists() else []
ROWS = [row for row in RECORDED if call(row) not in NOT_SERVED]


def name(row: dict[str, Any]) -> str:
    return f"{row['method']} {row['path'].removeprefix(BASE)} {json.dumps(row['request'])[:60]}"


class Stand:
    """A sandbox with a record for each that was recorded, in the same condition."""

    def __init__(self) -> None:
        self.host = played(12, 40, newest=False, today=date(2026, 7, 20))
        ledger = self.host.ledger
        party = next(one for one in ledger.customers() if one.is_company)
        self.company = party
        self.person = next(one for one in ledger.customers() if not one.is_company)
        made = [ledger.invoice(party, Decimal("600.00")) for _ in range(20)]
        self.draft = ledger.invoice(party, Decimal("600.00"), post=False)
        self.open, second = [one for one in made if not is_imported(one)][:2]
        self.imported = next(one for one in made if is_imported(one))
        self.note = ledger.reset_to_draft(ledger.credit(second, Decimal("120.00"), apply=False))
        self.note.corrects = None
        self.money = ledger.receive(party, Decimal("600.00"))
        self.matched = ledger.receive(party, Decimal("10.00"))

    def send(self, row: dict[str, Any]) -> Reply:
        path = self._path(row)
        asked = row["request"]
        body = asked.get("data")
        if row["method"] == "DELETE" and "matched_transactions" in path:
            self.host.ledger.apply(self.matched, self.open)
        return self.host.call(row["method"], path, None if body is None else self._adapt(body),
                              **asked.get("params", {}))  # fmt: skip

    def _path(self, row: dict[str, Any]) -> str:
        parts = row["path"].removeprefix(BASE).strip("/").split("/")
        for place, part in enumerate(parts):
            if part.isdigit():
                parts[place] = str(self._id(parts[place - 1], int(part), row))
        return "/".join(parts)

    def _id(self, kind: str, recorded: int, row: dict[str, Any]) -> int:
        people = self.host.app.people
        if kind == "customer_invoices":
            return people.id_of(self._invoice(row, recorded))
        if kind in ("transactions", "matched_transactions"):
            return people.id_of(self.matched if kind.startswith("matched") else self.money)
        if kind in ("customers", "company_customers", "individual_customers"):
            return people.id_of(self.person if kind.startswith("individual") else self.company)
        return {"bank_accounts": BANK_ACCOUNTS, "categories": CATEGORIES}[kind].of(1)

    def _invoice(self, row: dict[str, Any], recorded: int) -> Document:
        answer = row["response"] if isinstance(row["response"], dict) else {}
        if "update_imported" in row["path"] or answer.get("status") == "incomplete":
            return self.imported
        if answer.get("status") == "credit_note":
            return self.note
        deleted = row["method"] == "DELETE" and row["path"].endswith(f"customer_invoices/{recorded}")
        return self.draft if deleted or answer.get("draft") else self.open

    def _adapt(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._adapt(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self._adapt(one, key) for one in value]
        people = self.host.app.people
        known = {
            "customer_id": people.id_of(self.company), "transaction_id": people.id_of(self.money),
            "credit_note_id": people.id_of(self.note), "bank_account_id": BANK_ACCOUNTS.of(1),
            "id": CATEGORIES.of(1),
        }  # fmt: skip
        return known.get(key, value)


@pytest.fixture
def stand() -> Iterator[Stand]:
    return Stand()


def shape(value: Any) -> Any:
    """What a value is, without what it says."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    if isinstance(value, str):
        kinds = {"moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "date": r"\d{4}-\d\d-\d\d",
                 "amount": r"-?\d+\.\d+", "link": r"https?://.*/api/external/v2/.*"}  # fmt: skip
        return next((kind for kind, form in kinds.items() if re.fullmatch(form, value)), "text")
    return type(value).__name__


def assert_alike(theirs: Any, ours: Any, where: str = "answer") -> None:
    if "NoneType" in (theirs, ours):
        return  # one of them is empty: nothing to compare
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), where
        assert set(ours) - NEWER_THAN_THE_RECORDINGS == set(theirs) - NEWER_THAN_THE_RECORDINGS, where
        for key in theirs:
            if key in ours:
                assert_alike(theirs[key], ours[key], f"{where}.{key}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list), where
        for one in ours:
            if theirs:
                assert_alike(merged(theirs), one, f"{where}[]")
    else:
        assert ours == theirs, where


def merged(shapes: list[Any]) -> Any:
    """One shape for the items of a list: for each key the first that is not empty."""
    if not all(isinstance(one, dict) for one in shapes):
        return shapes[0]
    seen: defaultdict[str, list[Any]] = defaultdict(list)
    for one in shapes:
        for key, value in one.items():
            seen[key].append(value)
    return {
        key: next((one for one in values if one != "NoneType"), "NoneType") for key, values in seen.items()
    }


def by_kind(answer: Any, kind: str) -> Any:
    """The customers of one kind alone: both stand in one list, each with keys of its own."""
    if not isinstance(answer, dict) or not any("customer_type" in one for one in _items(answer)):
        return answer
    return {**answer, "items": [one for one in answer["items"] if one["customer_type"] == kind]}


def _items(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found = answer.get("items", [])
    return found if all(isinstance(one, dict) for one in found) else []


@pytest.mark.skipif(not ROWS, reason="the recordings are not beside this checkout")
@pytest.mark.parametrize("row", ROWS, ids=map(name, ROWS))
def test_a_recorded_request_gets_an_answer_of_the_recorded_shape(row: dict[str, Any], stand: Stand) -> None:
    reply = stand.send(row)
    path = row["path"]
    expected = STATUS_BEFORE_THE_PROXY[row["method"]] if row["status"] != 204 else 204
    if any(path.endswith(one) for one in GIVES_THE_INVOICE):
        expected = 200
    assert reply.status == expected, reply.body
    assert set(row["headers"]) - PROXIED_HEADERS - ({"content-type"} if expected == 204 else set()) <= set(
        reply.headers
    )
    if expected == 204:
        assert reply.body == b""
        return
    assert reply.headers["content-type"] == row["headers"]["content-type"]
    for kind in ("company", "individual"):
        assert_alike(shape(by_kind(row["response"], kind)), shape(by_kind(reply.json(), kind)))


@pytest.mark.skipif(not ROWS, reason="the recordings are not beside this checkout")
def test_every_recording_is_replayed_or_named_with_its_reason() -> None:
    left_out = Counter(call(row) for row in RECORDED if row not in ROWS)
    assert left_out == {what: times for what, (times, _) in NOT_SERVED.items()}
    assert (len(RECORDED), len(ROWS)) == (92, 79)
