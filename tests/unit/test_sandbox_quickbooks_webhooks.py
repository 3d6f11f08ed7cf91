"""What the QuickBooks sandbox announces, to whom, signed how, and how often it tries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from wsgiref.types import StartResponse

from connector.sandbox.quickbooks.webhooks import Webhooks
from connector.sandbox.server import serving
from tests.contract.quickbooks_client import Played, Wall, played


@dataclass
class Listener:
    """Answers as it is told, and keeps what came."""

    statuses: list[int] = field(default_factory=list)
    came: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, _url: str, body: bytes, headers: dict[str, str]) -> int:
        self.came.append((body, headers))
        return self.statuses.pop(0) if self.statuses else 200

    @property
    def entities(self) -> list[tuple[str, str]]:
        """Name and operation of everything that was told in the classic way."""
        told = [json.loads(body)["eventNotifications"] for body, _ in self.came]
        return [(one["name"], one["operation"]) for notes in told for note in notes
                for one in note["dataChangeEvent"]["entities"]]  # fmt: skip


def announcing(**options: Any) -> tuple[Played, Listener]:
    host = played(8, 40, webhook_url="http://listener.example/", **options)
    listener = Listener()
    host.app.webhooks.post = listener
    return host, listener


def test_a_payment_is_announced_and_not_the_invoice_that_it_settles() -> None:
    host, listener = announcing()
    payment = host.ledger.pay(host.open_invoice()["DocNumber"])
    assert host.app.webhooks.deliver() == 1
    (note,) = json.loads(listener.came[0][0])["eventNotifications"]
    (event,) = note["dataChangeEvent"]["entities"]
    assert note["realmId"] == host.realm
    assert (event["name"], event["operation"], event["id"]) == ("Payment", "Create", str(payment.serial))
    assert event["lastUpdated"].endswith("Z")


def test_what_people_do_is_announced_as_what_it_is() -> None:
    host, listener = announcing()
    first, second, third = host.ask("select * from Invoice where Balance > '0' orderby Id maxresults 3")
    acts = [
        lambda: host.ledger.cancel(first["DocNumber"]),
        lambda: host.app.people.delete(second["DocNumber"]),
        lambda: host.app.people.write_memo(third["DocNumber"], "x"),
        lambda: host.ledger.note_customer(host.ledger.customers()[0], "x"),
        lambda: host.ledger.invoice(host.ledger.customers()[0], Decimal("5")),
        lambda: host.call("POST", f"invoice/{third['Id']}/send", sendTo="a@exemple.example"),
    ]
    told = []
    for act in acts:
        listener.came.clear()
        act()
        host.app.webhooks.deliver()
        told.append(set(listener.entities))
    assert told[0] == {("Invoice", "Void")}
    assert told[1] == {("Invoice", "Delete")}
    assert told[2] == {("Invoice", "Update")}
    assert told[3] == {("Customer", "Update")}
    assert told[4] == {("Invoice", "Create")}
    assert ("Invoice", "Emailed") in told[5]


def test_a_merge_names_the_one_that_is_gone() -> None:
    host, listener = announcing()
    gone, kept = host.ledger.customers()[:2]
    host.ledger.merge_customer(gone, kept)
    host.app.webhooks.deliver()
    events = [one for body, _ in listener.came for note in json.loads(body)["eventNotifications"]
              for one in note["dataChangeEvent"]["entities"] if one["operation"] == "Merge"]  # fmt: skip
    assert {(one["id"], one["deletedId"]) for one in events} == {(str(kept.serial), str(gone.serial))}


def test_notes_are_never_announced_and_quiet_is_quiet() -> None:
    host, listener = announcing()
    host.post("attachable", {"Note": "x"})
    assert host.app.webhooks.deliver() == 0
    assert listener.came == []


def test_the_signature_is_that_of_the_bytes_sent() -> None:
    host, listener = announcing(verifier="secret-verifier")
    host.ledger.pay(host.open_invoice()["DocNumber"])
    host.app.webhooks.deliver()
    ((body, headers),) = listener.came
    wanted = base64.b64encode(hmac.new(b"secret-verifier", body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == wanted
    assert headers["intuit-notification-schema-version"] == "0.1"


def test_cloud_events_are_a_list_with_the_company_in_each() -> None:
    for name in ("void", "voided"):
        host, listener = announcing(webhook_format="cloud", void_name=name)
        row = host.open_invoice()
        host.ledger.cancel(row["DocNumber"])
        host.app.webhooks.deliver()
        (event,) = json.loads(listener.came[0][0])
        assert event["type"] == f"qbo.invoice.{name}.v1"
        assert (event["intuitentityid"], event["intuitaccountid"]) == (row["Id"], host.realm)
        assert (event["specversion"], len(event["time"].partition(".")[2])) == ("1.0", 10)


def test_nothing_behind_what_was_not_acknowledged_leaves_before_it() -> None:
    wall = Wall()
    host, listener = announcing(wall=wall, webhook_ladder=(10, 20))
    listener.statuses = [500, 202, 503]
    webhooks: Webhooks = host.app.webhooks
    first = host.open_invoice()
    host.ledger.pay(first["DocNumber"])
    assert webhooks.deliver(wall.now) == 0
    host.ledger.pay(host.open_invoice()["DocNumber"])
    for later, tried in ((9, 1), (10, 2), (29, 2), (30, 3), (49, 3)):
        webhooks.deliver(1_795_000_000.0 + later)
        assert len(listener.came) == tried, later
    assert webhooks.deliver(1_795_000_000.0 + 50) == 2
    bodies = [body for body, _ in listener.came]
    assert bodies[0] == bodies[1] == bodies[2] == bodies[3] != bodies[4]
    assert webhooks.refused == ["500", "202", "503"]


def test_notifications_may_come_twice_and_their_events_in_another_order() -> None:
    host, listener = announcing(duplicates=True, disorder=True)
    rows = host.ask("select * from Invoice where Balance > '0' orderby Id maxresults 2")
    for row in rows:
        host.app.people.write_memo(row["DocNumber"], "x")
    host.app.webhooks.deliver()
    first, second = (body for body, _ in listener.came)
    assert first == second
    (note,) = json.loads(first)["eventNotifications"]
    assert [one["id"] for one in note["dataChangeEvent"]["entities"]] == [rows[1]["Id"], rows[0]["Id"]]


def test_a_served_sandbox_announces_by_itself_over_http() -> None:
    came: list[bytes] = []
    arrived = threading.Event()

    def listener(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        came.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", [("Content-Length", "0")])
        arrived.set()
        return [b""]

    with serving(listener) as url:
        host = played(6, 20, webhook_url=f"{url}/hook")
        with serving(host.sandbox):
            host.ledger.pay(host.open_invoice()["DocNumber"])
            assert arrived.wait(10)
    assert json.loads(came[0])["eventNotifications"][0]["realmId"] == host.realm
