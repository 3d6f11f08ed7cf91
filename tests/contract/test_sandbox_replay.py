"""The sandbox answers recorded requests in the shape in which real Odoo 16, 17, 18 and 19 answered them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.sandbox.odoo.chatter import MODEL_IDS
from connector.sandbox.server import Sandbox, SandboxOptions, build, serving

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
FILES = {16: "odoo-16.0-jsonrpc", 17: "odoo-17.0-jsonrpc", 18: "odoo-18.0-jsonrpc", 19: "odoo-19.0-json2"}
NOT_FOR_A_CONNECTOR = {
    "aging by group": "read_group: ages are computed from the installments",
    "fields of ir.model.data": "only check_object_reference is offered",
    "todo activity type id": "read as an administrator; an invoicing user may not read ir.model.data",
    "model id": "read as an administrator; an invoicing user may not read ir.model",
    "user with no accounting rights": "the sandbox has its reader already",
}
ONLY_IN = {
    "a write the ledger refuses": (18, 19)
}  # 16 and 17 accepted it; the sandbox never writes on a move
DIFFERENT_TEXT = {"a write the ledger refuses", "wrong database", "wrong content type"}


def rows(version: int) -> list[dict[str, Any]]:
    path = RECORDINGS / f"{FILES[version]}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def replayed(version: int) -> list[dict[str, Any]]:
    return [
        row for row in rows(version)
        if row["name"] not in NOT_FOR_A_CONNECTOR and version in ONLY_IN.get(row["name"], FILES)
    ]  # fmt: skip


CASES = [(version, row) for version in FILES for row in replayed(version)]


class Replay:
    """Sends the rows of one version in their order, recorded ids exchanged for those of the sandbox."""

    def __init__(self, sandbox: Sandbox, url: str, version: int) -> None:
        self.sandbox, self.url, self.version = sandbox, url, version
        ledger = sandbox.ledger
        invoice = next(one for one in ledger.documents() if one.state == "posted" and one.kind == "invoice"
                       and one.open_amount == one.total and one.company.serial == 1)  # fmt: skip
        self.ids: dict[str, dict[int, int]] = {
            "account.payment.register": {},
            "account.move": {3: 0, 4: 0, 15: 0},
            "mail.message": {},
            "mail.activity": {},
        }
        self.ids["account.move"] = dict.fromkeys((3, 4, 15), invoice.serial)
        if version != 19:
            ledger.user("reader").password = "reader-pw"
        ledger.user("admin").language, ledger.user("admin").timezone = "en_US", ""
        self.session = requests.Session()
        self.answers = {row["name"]: self._send(row) for row in replayed(version)}
        self.session.close()

    # -------------------------------------------------------------- requests

    def _send(self, row: dict[str, Any]) -> requests.Response:
        request = row["request"]
        if self.version == 19:
            return self._json2(row, request)
        params = request["params"]
        args = [self._secret(value) for value in params["args"]]
        if params["service"] == "common" and len(args) == 3:
            args[1] = "admin" if args[1] == "<password>" or args[1] == self._key("admin") else args[1]
        if params["service"] == "object":
            args[1] = {2: 2, 6: 9}[args[1]]
            args[5:] = [self._adapt(args[3], value) for value in args[5:]]
        sent = {**request, "params": {**params, "args": args}}
        response = self.session.post(f"{self.url}/jsonrpc", json=sent, timeout=30)
        self._learn(
            args[3] if len(args) > 4 else "", row["response"].get("result"), response.json().get("result")
        )
        return response

    def _json2(self, row: dict[str, Any], request: dict[str, Any]) -> requests.Response:
        headers = {name: self._secret(value) for name, value in request["headers"].items()}
        model = request["path"].split("/")[3]
        body = request["body"]
        data = body if isinstance(body, str) else json.dumps(self._adapt(model, body))
        response = self.session.request(
            request["method"], self.url + request["path"], data=data, headers=headers, timeout=30
        )
        if row["status"] == 200 and response.ok:
            self._learn(model, row["response"], response.json())
        return response

    def _key(self, login: str) -> str:
        return self.sandbox.ledger.user(login).key

    def _secret(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"^relance1[6-9]$", "sandbox", value)
            return value.replace("<password>", self._key("admin")).replace("<key>", self._key("admin"))
        return value

    def _adapt(self, model: str, value: Any, field: str = "") -> Any:
        """Exchange ids: lists of ids and ``id`` leaves of the called model, ``res_id`` of moves, ids of
        models.
        """
        if isinstance(value, dict):
            return {name: self._adapt(model, one, name) for name, one in value.items()}
        if isinstance(value, list):
            if len(value) == 3 and value[0] in ("id", "res_id") and isinstance(value[2], int):
                return [value[0], value[1], self._adapt(model, value[2], value[0])]
            if value and all(isinstance(one, int) and not isinstance(one, bool) for one in value):
                return [self.ids.get(model, {}).get(one, one) for one in value]
            return [self._adapt(model, one, field) for one in value]
        if field == "active_ids":
            return self.ids["account.move"].get(value, value)
        if field == "res_model_id":
            return MODEL_IDS["account.move"]
        if field in ("id", "res_id"):
            where = "account.move" if field == "res_id" else model
            return self.ids.get(where, {}).get(value, value)
        return value

    def _learn(self, model: str, recorded: Any, ours: Any) -> None:
        """Remember which of our new ids stands for which recorded one."""
        model = "mail.message" if model == "account.move" else model
        if model not in self.ids:
            return
        for old, new in zip(_as_ids(recorded), _as_ids(ours), strict=False):
            self.ids[model][old] = new


def _as_ids(value: Any) -> list[int]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, int) and not isinstance(one, bool)]


@pytest.fixture(scope="module")
def replays() -> dict[int, Replay]:
    done: dict[int, Replay] = {}
    for version in FILES:
        sandbox = build(
            SandboxOptions(today=date(2026, 11, 21), version=version, customers=60, documents=300)
        )
        with serving(sandbox) as url:
            done[version] = Replay(sandbox, url, version)
    return done


# ------------------------------------------------------------------ shapes


def shape(value: Any) -> Any:
    """What a value is, without what it says. False says nothing: it is Odoo's way to be empty."""
    if isinstance(value, bool):
        return "flag" if value else None
    if isinstance(value, str):
        for kind, pattern in (("moment", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), ("date", r"\d{4}-\d\d-\d\d")):
            if re.fullmatch(pattern, value):
                return kind
        return "text" if value else None
    if isinstance(value, int | float) or value is None:
        return type(value).__name__
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
        return "named id"
    if len({type(one) for one in value}) > 1:
        return "a tuple of " + ", ".join(type(one).__name__ for one in value)
    return [shape(one) for one in value]


def assert_alike(theirs: Any, ours: Any, where: str = "answer") -> None:
    if theirs is None or ours is None:
        return  # one of them is empty: nothing to compare
    if isinstance(theirs, dict):
        assert isinstance(ours, dict), where
        assert list(ours) == list(theirs), where
        for name in theirs:
            assert_alike(theirs[name], ours[name], f"{where}.{name}")
    elif isinstance(theirs, list):
        assert isinstance(ours, list), where
        assert ours or not theirs or where != "answer", "no row at all"
        for one in ours[:50]:
            if theirs:
                assert_alike(merged(theirs), one, f"{where}[]")
    else:
        assert ours == theirs, where


def merged(shapes: list[Any]) -> Any:
    """One shape for the rows of a list: for each key the first that is not empty."""
    if not all(isinstance(one, dict) for one in shapes):
        return next((one for one in shapes if one is not None), None)
    return {name: merged([one.get(name) for one in shapes]) for name in shapes[0]}


def assert_same_fields(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """The sandbox offers fewer fields, never another: same type, relation, store, rights to write."""
    assert set(ours) <= set(theirs)
    assert "id" in ours
    for name, described in ours.items():
        real = theirs[name]
        selection = dict(described.pop("selection", ()))
        if isinstance(real.get("selection"), list) and real["type"] == "selection":
            assert set(selection) <= {key for key, _ in real["selection"]}, name
        for attribute, value in described.items():
            assert real.get(attribute) == value, f"{name}: {attribute}"


@pytest.mark.skipif(not CASES, reason="the recordings are not beside this checkout")
@pytest.mark.parametrize(
    ("version", "row"), CASES, ids=[f"{version} {row['name']}" for version, row in CASES]
)
def test_a_recorded_request_gets_an_answer_of_the_recorded_shape(
    version: int, row: dict[str, Any], replays: dict[int, Replay]
) -> None:
    response = replays[version].answers[row["name"]]
    assert response.status_code == row.get("status", 200)
    assert response.headers["Content-Type"] == row.get("content_type", "application/json; charset=utf-8")
    theirs = row["response"]
    if isinstance(theirs, dict) and "<not json>" in theirs:
        assert "<title>" in response.text
        return
    ours = response.json()
    if version != 19:
        assert set(ours) == set(theirs)
        assert ours["id"] == theirs["id"]
        theirs_error, ours_error = theirs.get("error"), ours.get("error")
    else:
        failed = row["status"] != 200
        theirs_error, ours_error = ({"data": theirs}, {"data": ours}) if failed else (None, None)
    if theirs_error:
        assert_same_error(row["name"], theirs_error, ours_error)
    else:
        theirs, ours = (theirs, ours) if version == 19 else (theirs["result"], ours["result"])
        if row["name"].startswith("fields of"):
            assert_same_fields(theirs, ours)
        else:
            assert_alike(shape(theirs), shape(ours))


def assert_same_error(name: str, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    assert ours.get("code") == theirs.get("code")
    assert set(ours["data"]) == set(theirs["data"])
    assert ours["data"]["name"] == theirs["data"]["name"]
    assert [type(one) for one in ours["data"]["arguments"]] == [
        type(one) for one in theirs["data"]["arguments"]
    ]
    if name not in DIFFERENT_TEXT:
        assert without_ids(ours["data"]["message"]) == without_ids(theirs["data"]["message"])


def without_ids(text: str) -> str:
    return re.sub(r"\d+", "#", text)


@pytest.mark.skipif(not CASES, reason="the recordings are not beside this checkout")
def test_every_excluded_recording_still_exists() -> None:
    names = {row["name"] for version in FILES for row in rows(version)}
    assert set(NOT_FOR_A_CONNECTOR) | set(ONLY_IN) | DIFFERENT_TEXT <= names
