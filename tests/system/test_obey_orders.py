"""Each order of a note, as it is carried out and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector import orders
from connector.errors import Refused
from connector.history import given_orders
from connector.model import DisputeReason, PlanState
from connector.ports import Entry, Note, Written
from connector.wording import event_sentence
from tests.builders import TODAY
from tests.system.people import C1, I1, I2, Office
from tests.system.world import World


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A customer with two invoices."""
    office = Office(World(tmp_path), started=False)
    office.host.invoice("i2", "c1", [(TODAY - timedelta(days=9), "600.00")])
    office.run()
    yield office
    office.world.close()


def reasons(office: Office) -> dict[str, int]:
    office.run()
    with office.world.unit() as unit:
        found = unit.summary()
    return {key.partition(":")[2]: n for key, n in found.items() if n and not key.startswith("next:")}


def test_wait_until_a_day_and_for_good(office: Office) -> None:
    office.say("#attente 31/12/2026", on=I1)
    office.say("#attente", on=I2)
    assert reasons(office) == {"held": 2}
    assert [h.until_on for h in office.account.holds] == [date(2026, 12, 31), None]
    first, second = office.answers()
    assert "31 décembre 2026" in first
    assert "#reprise" in second


def test_resume_ends_the_hold_of_what_it_stands_on_and_tells_of_the_customers(office: Office) -> None:
    office.say("#attente", on=I1)
    office.say("#attente", on=C1)
    office.run()
    office.say("#reprise", on=I1)
    office.run()
    assert [(h.invoice_ref, h.released_at is None) for h in office.account.holds] == [
        ("i1", False),
        (None, True),
    ]
    assert any("sur sa fiche" in answer for answer in office.answers())
    office.say("#reprise", on=C1)
    assert "held" not in reasons(office)


def test_exclude_and_include(office: Office) -> None:
    office.say("#exclure", on=C1)
    assert reasons(office) == {"excluded": 2}
    office.say("#inclure", on=C1)
    assert "excluded" not in reasons(office)


def test_a_dispute_is_opened_and_settled(office: Office) -> None:
    office.say("#litige prix facturé trop élevé", on=I1)
    assert reasons(office)["disputed"] == 1
    assert [d.reason for d in office.account.disputes] == [DisputeReason.PRICE]
    office.say("#litige quantité", on=I1)
    office.run()
    assert "déjà en litige" in office.answers()[-1]
    office.say("#litige réglé", on=I1)
    assert "disputed" not in reasons(office)


def test_a_dispute_on_the_customer_needs_its_invoice_unless_there_is_but_one(office: Office) -> None:
    office.say("#litige prix", on=C1)
    office.run()
    assert office.account.disputes == ()
    assert "quelle facture" in office.answers()[0]
    office.host.pay("i2", on=TODAY)
    office.say("#litige prix", on=C1)
    office.run()
    assert [d.invoice_ref for d in office.account.disputes] == ["i1"]


def test_a_plan_over_an_invoice(office: Office) -> None:
    office.say("#plan 3 x mensuel", on=I1)
    office.run()
    (plan,) = office.account.plans
    assert plan.invoice_refs == ("i1",)
    assert [part.due_on for part in plan.parts] == [date(2026, 12, 23), date(2027, 1, 23), date(2027, 2, 23)]
    assert office.answers() == []  # its own note tells it


def test_a_plan_over_all_that_the_customer_owes_by_the_week(office: Office) -> None:
    office.say("#plan 4 fois tous les 15 jours à partir du 01/12/2026", on=C1)
    office.run()
    (plan,) = office.account.plans
    assert plan.invoice_refs == ("i1", "i2")
    assert [part.due_on for part in plan.parts][:2] == [date(2026, 12, 1), date(2026, 12, 16)]
    assert plan.total == 1800


def test_the_task_of_a_plan_neither_moves_nor_ends_it(office: Office) -> None:
    office.say("#plan 3 x mensuel", on=I1)
    office.run()
    office.run()
    (plan,) = office.account.plans
    key = f"plan/{plan.id}"
    office.host.move_task(key, date(2027, 6, 1))
    office.run()
    assert office.host.tasks[key]["due_on"] == "2026-12-23"
    office.run()
    office.delete(key)
    office.run()
    assert [p.state for p in office.account.plans] == [PlanState.OPEN]
    assert "--withdraw" in office.answers()[-1]


def test_an_order_on_a_paid_invoice_is_answered(office: Office) -> None:
    office.host.pay("i1", on=TODAY)
    office.say("#promesse 15/12/2026", on=I1)
    office.run()
    assert office.account.promises == ()
    assert "F-i1" in office.answers()[0]


def test_the_history_says_who_ordered_what(office: Office) -> None:
    office.say("#attente 31/12/2026", on=I1, by="dominique")
    office.run()
    with office.world.unit() as unit:
        found = orders.find_one(office.world.company, unit, "F-i1")
        (line,) = given_orders(unit, found, ZoneInfo("Europe/Paris"))
    assert "Dominique" in event_sentence(line.name, line.data, "fr")
    assert "Dominique" in event_sentence(line.name, line.data, "en")


# what the host refuses ----------------------------------------------------------------------------------
class NoRights:
    """Our user may write on no customer."""

    def __init__(self, world: World) -> None:
        self._write = world.host.write

    def __call__(self, entries: list[Entry], again: set[str] = frozenset()):  # type: ignore[no-untyped-def, assignment]
        for entry in entries:
            if isinstance(entry, Note) and entry.on == C1:
                yield Written(entry.key, error=Refused("no right to write on a contact"))
            else:
                yield from self._write([entry], again)


def test_a_note_that_is_refused_is_told_once_and_not_at_every_pass(office: Office) -> None:
    office.host.write = NoRights(office.world)  # type: ignore[method-assign, assignment]
    told = []
    for payer_type in ("chronique", "étourdi", "bon payeur"):
        office.say(f"#type {payer_type}", on=C1)
        told.append(len(office.run().get("errors", ())))
    assert told == [1, 0, 0]
    assert office.answers() == []
    office.world.move(days=2)
    office.say("#type chronique !", on=C1)
    assert len(office.run()["errors"]) == 1
