"""Payment terms: those of the ledger, and those made here. One day each: there are no installments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector.sandbox.quickbooks.entities import Body, Entity, Field, Shown, Writing, offer, stamped
from connector.sandbox.quickbooks.errors import missing
from connector.sandbox.quickbooks.stage import Realm, Stage, Term
from connector.sandbox.quickbooks.values import moment
from connector.sandbox.quickbooks.watch import Stamp

TERM = "Term"
KNOWN = frozenset(
    ("Name", "Active", "Type", "DiscountPercent", "DiscountDays", "DueDays", "DayOfMonthDue",
     "DueNextMonthDays", "DiscountDayOfMonth")
)  # fmt: skip


def begin(stage: Stage) -> None:
    """The ledger's terms; of those with several parts the last day counts."""
    for terms in stage.ledger.terms.values():
        facts = {"Name": terms.name[:31], "Active": True, "Type": "STANDARD", "DiscountPercent": 0,
                 "DueDays": max(days for _, days in terms.parts), "DiscountDays": 0}  # fmt: skip
        keep(stage, Term(str(terms.serial), facts))


def keep(stage: Stage, term: Term) -> None:
    stage.extras.terms[term.number] = term
    stage.watch.stamps[TERM, term.number] = Stamp(0, stage.begun_at, stage.begun_at)


def everything(realm: Realm) -> list[Term]:
    return list(realm.extras.terms.values())


def find(realm: Realm, wanted: str) -> Term | None:
    return realm.extras.terms.get(wanted)


def id_of(term: Term) -> str:
    return term.number


def updated_at(realm: Realm, term: Term) -> datetime:
    return realm.watch.stamp(TERM, term.number).updated_at


def show(realm: Realm, term: Term) -> Shown:
    stamp = realm.watch.stamp(TERM, term.number)
    at = {"CreateTime": moment(stamp.created_at), "LastUpdatedTime": moment(stamp.updated_at)}
    return {**term.facts, "domain": "QBO", "sparse": False, "Id": term.number,
            "SyncToken": str(stamp.token), "MetaData": at}  # fmt: skip


def create(realm: Realm, body: Body) -> Term:
    if not body.get("Name"):
        raise missing("Name")
    term = Term(str(max(map(int, realm.extras.terms)) + 1), {"Active": True, "Type": "STANDARD"})
    realm.extras.terms[term.number] = term
    change(realm, term, body, True)
    return term


def change(realm: Realm, term: Term, body: Body, sparse: bool) -> None:
    given: dict[str, Any] = {key: value for key, value in body.items() if key in KNOWN}
    kept = term.facts if sparse else {"Active": True, "Type": "STANDARD"}
    term.facts = {**kept, **given}
    realm.watch.touch(TERM, term.number)


offer(
    Entity(
        TERM, everything, find, show, id_of, updated_at,
        {
            **stamped(TERM, id_of),
            "name": Field("text", lambda _realm, one: one.facts.get("Name", "")),
            "active": Field("flag", lambda _realm, one: one.facts["Active"]),
        },
        Writing(KNOWN, {"Name": 31}, create, change), name_list=True, shared=True,
    )
)  # fmt: skip
