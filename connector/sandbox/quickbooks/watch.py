"""What QuickBooks knows of each record that no ledger has: its ``SyncToken``, when it was last updated, that
it was deleted. Told by comparing the ledger with how it stood before, like somebody who looks at the books.

The rules of what an act touches are the observed ones: a payment bumps its invoices; a customer and its
parents get the moment of each change of their balance, and keep their token.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, Document, Entry, Party, Payment

CUSTOMER, INVOICE, PAYMENT, CREDIT = "Customer", "Invoice", "Payment", "CreditMemo"
MOST_EVENTS = 10_000


@dataclass(slots=True)
class Stamp:
    token: int
    created_at: datetime
    updated_at: datetime


@dataclass(eq=False, slots=True)
class Application:
    """A credit note set against an invoice: over there a payment of nothing, with a line for each of them."""

    number: str
    credit: Document
    invoice: Document
    amount: Decimal
    on: date


class Event(NamedTuple):
    """Something to announce. ``deleted`` is the customer that was merged into this one."""

    company: int
    entity: str
    number: str
    operation: str
    at: datetime
    deleted: str = ""


class _Seen(NamedTuple):
    written_at: datetime
    state: str
    settled: tuple[Decimal, int]
    kind: str
    company: int


def kind_of(entry: Entry) -> str:
    if isinstance(entry, Document):
        return INVOICE if entry.kind == "invoice" else CREDIT
    return PAYMENT


def visible(entry: Entry) -> bool:
    """There are no drafts over there."""
    return entry.state != "draft" and bool(entry.number)


class Watch:
    """Hold the ledger's lock. ``refresh`` looks at everything, and at nothing while no act has happened."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.stamps: dict[tuple[str, str], Stamp] = {}
        self.listed: defaultdict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
        self.gone: defaultdict[tuple[int, str], dict[str, datetime]] = defaultdict(dict)
        self.events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self.voided: list[Entry] = []  # seen as void for the first time, for whoever keeps their notes
        self._seen: dict[int, _Seen] = {}
        self._parties: dict[int, datetime] = {}
        self._balances: dict[tuple[int, int], datetime] = {}
        self._applications: defaultdict[int, dict[int, Application]] = defaultdict(dict)
        self._loud = False
        self._at = self._before = datetime.min.replace(tzinfo=ledger.clock.now.tzinfo)
        self.refresh()
        self._loud = True

    # ------------------------------------------------------------------ reading

    def stamp(self, entity: str, number: str) -> Stamp:
        return self.stamps[entity, number]

    def customer_updated(self, party: Party, company: Company) -> datetime:
        """When the customer or a balance of it changed."""
        own = self.stamps[CUSTOMER, str(party.serial)].updated_at
        return max(own, self._balances.get((company.serial, party.serial), own))

    def applications(self, entry: Entry) -> list[Application]:
        """The payments of nothing in which a credit note or an invoice has a part."""
        if isinstance(entry, Document) and entry.kind == "credit_note":
            return list(self._applications[entry.serial].values())
        credits_ = {one.credit.entry.serial for one in entry.allocations}
        found = (self._applications[serial].get(entry.serial) for serial in sorted(credits_))
        return [one for one in found if one is not None]

    def was_deleted(self, company: Company, entity: str, number: str) -> bool:
        return number in self.gone[company.serial, entity]

    # ------------------------------------------------------------------ looking

    def refresh(self) -> None:
        """Take in what happened since the last time."""
        now = self._ledger.clock.now
        if now == self._at:
            return
        self._before, self._at = self._at, now
        self._look_at_parties(now)
        present = set()
        for entry in self._ledger.entries:
            present.add(entry.serial)
            self.look(entry)
        for serial in self._seen.keys() - present:
            self._vanish(serial, now)

    def rest(self) -> None:
        """Nothing else happened until now than what was looked at."""
        self._at = self._ledger.clock.now

    def look(self, entry: Entry) -> None:
        """Take in one entry."""
        before = self._seen.get(entry.serial)
        if before is not None and before.written_at == entry.written_at:
            return
        if not visible(entry):
            if before is not None:
                self._vanish(entry.serial, self._at)
            return
        now = self._sight(entry)
        self._seen[entry.serial] = now
        if before is None:
            self._appear(entry)
        else:
            self._change(entry, before, now)
        if isinstance(entry, Document) and entry.kind == "credit_note":
            self._look_at_applications(entry)
        if before is None or (before.state, before.settled) != (now.state, now.settled):
            self._touch_balances(entry, self.stamps[now.kind, str(entry.serial)].updated_at)

    def touch(self, entity: str, number: str) -> Stamp:
        """A record that the ledger does not know was written now."""
        now, found = self._ledger.clock.tick(), self.stamps.get((entity, number))
        if found is None:
            found = self.stamps[entity, number] = Stamp(-1, now, now)
        found.token, found.updated_at = found.token + 1, now
        return found

    def remove(self, company: int, entity: str, number: str, at: datetime) -> None:
        self.listed[company, entity].pop(number, None)
        self.stamps.pop((entity, number), None)
        self.gone[company, entity][number] = at

    def announce(self, company: int, entity: str, number: str, operation: str, deleted: str = "") -> None:
        if self._loud:
            self.events.append(Event(company, entity, number, operation, self._ledger.clock.now, deleted))

    # ------------------------------------------------------------------ entries

    @staticmethod
    def _sight(entry: Entry) -> _Seen:
        settled = (entry.open_amount, len(entry.allocations))
        return _Seen(entry.written_at, entry.state, settled, kind_of(entry), entry.company.serial)

    def _appear(self, entry: Entry) -> None:
        kind, number, company = kind_of(entry), str(entry.serial), entry.company.serial
        moments = {one.created_at for one in entry.allocations}
        token = 0 if self._loud else len(moments) + (entry.state == "cancelled")
        created = max(entry.created_at, self._before) if self._loud else entry.created_at
        self.stamps[kind, number] = Stamp(token, created, max(entry.written_at, created))
        self.listed[company, kind][number] = entry
        self.gone[company, kind].pop(number, None)
        self.announce(company, kind, number, "Create")
        if entry.state == "cancelled":
            self.voided.append(entry)

    def _change(self, entry: Entry, before: _Seen, now: _Seen) -> None:
        """A document whose balance alone changed is not announced: the payment is."""
        stamp = self.stamps[now.kind, str(entry.serial)]
        stamp.token, stamp.updated_at = stamp.token + 1, max(entry.written_at, self._before)
        if now.state == "cancelled" != before.state:
            self.voided.append(entry)
            self.announce(now.company, now.kind, str(entry.serial), "Void")
        elif isinstance(entry, Payment) or now.settled == before.settled:
            self.announce(now.company, now.kind, str(entry.serial), "Update")

    def _vanish(self, serial: int, at: datetime) -> None:
        seen = self._seen.pop(serial)
        entry = self.listed[seen.company, seen.kind][str(serial)]
        self.remove(seen.company, seen.kind, str(serial), at)
        self.announce(seen.company, seen.kind, str(serial), "Delete")
        for application in self._applications.pop(serial, {}).values():
            self._drop_application(application, at)
        self._touch_balances(entry, at)

    def _touch_balances(self, entry: Entry, at: datetime) -> None:
        for party in ancestry(entry.customer):
            key = (entry.company.serial, party.serial)
            self._balances[key] = max(at, self._balances.get(key, at))

    # ------------------------------------------------------------------ credits set against invoices

    def _look_at_applications(self, credit: Document) -> None:
        now: dict[int, Application] = {}
        known = self._applications[credit.serial]
        amounts: dict[Entry, Decimal] = defaultdict(Decimal)
        for one in credit.allocations:
            amounts[one.debit.entry] += one.amount
        for invoice, amount in amounts.items():
            if isinstance(invoice, Document):
                now[invoice.serial] = self._application(credit, invoice, amount, known.get(invoice.serial))
        for serial, application in known.items():
            if serial not in now:
                self._drop_application(application, self._at)
        self._applications[credit.serial] = now

    def _application(
        self, credit: Document, invoice: Document, amount: Decimal, known: Application | None
    ) -> Application:
        company, at = credit.company.serial, credit.written_at
        if known is None:
            made = [one for one in credit.allocations if one.debit.entry is invoice]
            created = max(one.created_at for one in made)
            on = max(one.on for one in made)
            known = Application(str(self._ledger.entries.next()), credit, invoice, amount, on)
            self.stamps[PAYMENT, known.number] = Stamp(0, created, created)
            self.listed[company, PAYMENT][known.number] = known
            self.announce(company, PAYMENT, known.number, "Create")
        elif known.amount != amount:
            known.amount, stamp = amount, self.stamps[PAYMENT, known.number]
            stamp.token, stamp.updated_at = stamp.token + 1, at
            self.announce(company, PAYMENT, known.number, "Update")
        return known

    def _drop_application(self, application: Application, at: datetime) -> None:
        company = application.credit.company.serial
        self.remove(company, PAYMENT, application.number, at)
        self.announce(company, PAYMENT, application.number, "Delete")

    # ------------------------------------------------------------------ customers

    def _look_at_parties(self, now: datetime) -> None:
        present = set()
        for party in self._ledger.parties:
            if party.is_customer:
                present.add(party.serial)
                self._look_at_party(party)
        for serial in self._parties.keys() - present:
            self._merged(serial, now)

    def _look_at_party(self, party: Party) -> None:
        number, before = str(party.serial), self._parties.get(party.serial)
        if before == party.written_at:
            return
        self._parties[party.serial] = party.written_at
        if before is None:
            created = self._at if self._loud else party.created_at
            self.stamps[CUSTOMER, number] = Stamp(0, created, max(created, party.written_at))
            self.listed[0, CUSTOMER][number] = party
            self._announce_customer(number, "Create")
            return
        stamp = self.stamps[CUSTOMER, number]
        stamp.token, stamp.updated_at = stamp.token + 1, max(party.written_at, self._before)
        self._announce_customer(number, "Update")

    def _merged(self, serial: int, at: datetime) -> None:
        """A customer is never deleted: what is gone was merged into another."""
        del self._parties[serial]
        self.remove(0, CUSTOMER, str(serial), at)
        into = self._ledger.merged.get(serial)
        self._announce_customer(str(into or serial), "Merge", str(serial))

    def _announce_customer(self, number: str, operation: str, deleted: str = "") -> None:
        for company in self._ledger.companies:
            self.announce(company.serial, CUSTOMER, number, operation, deleted)


def ancestry(party: Party) -> Iterator[Party]:
    """The customer and those above it."""
    found: Party | None = party
    while found is not None:
        yield found
        found = found.parent
