"""What people said, in the judge's own book: what certainly stands in the way of a reminder.

Nothing here asks the program. Where what was said may have come to its end (money came, an invoice went
away), the judge strikes it out: he then says too little, never too much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from connector.model import Kind, PaymentPlan
from tests.system.machine.days import working_days_after
from tests.system.machine.host import Row, UnreliableHost

GRACE = 2  # working days after a promised date
UNREAD = 5  # working days for which an answer holds the chase

#: A customer, or one of his invoices.
Place = tuple[str, str | None]


@dataclass(frozen=True)
class Promised:
    """What was promised for a place: all of it, or an amount."""

    place: Place
    on: date
    made_on: date
    amount: Decimal | None

    def last_day(self) -> date:
        return working_days_after(self.on, GRACE)


@dataclass
class Said:
    """Everything that people said and that may still count."""

    host: UnreliableHost
    promises: dict[Place, Promised] = field(default_factory=dict)
    disputes: set[str] = field(default_factory=set)
    plans: dict[int, PaymentPlan] = field(default_factory=dict)
    holds: dict[Place, date | None] = field(default_factory=dict)  # last day; None: until resumed
    replies: dict[str, tuple[str, datetime]] = field(default_factory=dict)  # ref -> customer, when
    read_at: dict[str, datetime] = field(default_factory=dict)
    marks: dict[tuple[Place, str], str] = field(default_factory=dict)
    approvals: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    # people speak --------------------------------------------------------------------------------------
    def hold(self, place: Place, until: date | None) -> None:
        earlier = self.holds.get(place, date.min)
        self.holds[place] = None if until is None or earlier is None else max(until, earlier)

    def resume(self, place: Place) -> None:
        self.holds.pop(place, None)

    def read(self, customer: str, now: datetime) -> None:
        """Who orders something about a customer has read what he wrote."""
        self.read_at[customer] = now

    def mark(self, place: Place, name: str, value: str | None) -> None:
        if value is None:
            self.marks.pop((place, name), None)
        else:
            self.marks[place, name] = value

    # time passes, money comes --------------------------------------------------------------------------
    def settle(self, today: date) -> None:
        """Strike out what may have come to its end by now."""
        self.promises = {p: said for p, said in self.promises.items() if not self._perhaps_kept(said)}
        self.disputes = {ref for ref in self.disputes if not self._is_over(ref)}
        self.plans = {n: plan for n, plan in self.plans.items() if self._runs(plan, today)}

    def _perhaps_kept(self, said: Promised) -> bool:
        customer, invoice = said.place
        rows = [self.host.truth(Kind.INVOICE, invoice)] if invoice else self._all_of(customer)
        found = [row for row in rows if row is not None]
        received = [
            a for row in found for a in row["allocations"] if date.fromisoformat(a["on"]) >= said.made_on
        ]
        if said.amount is not None and sum(Decimal(a["amount"]) for a in received) >= said.amount:
            return True
        parts = [part for row in found if row["state"] != "in_payment" for part in row["installments"]]
        due = [part for part in parts if date.fromisoformat(part["due_on"]) <= said.on]
        return not any(Decimal(part["residual"]) for part in due or parts)

    def _all_of(self, customer: str) -> list[Row]:
        rows = self.host.of_kind(Kind.INVOICE)
        return [r for r in rows if r["customer_ref"] == customer and r["kind"] == "invoice"]

    def _is_over(self, invoice: str) -> bool:
        row = self.host.truth(Kind.INVOICE, invoice)
        return row is None or (row["state"] != "draft" and not Decimal(row["residual"]))

    def _runs(self, plan: PaymentPlan, today: date) -> bool:
        rows = [self.host.truth(Kind.INVOICE, ref) for ref in plan.invoice_refs]
        owed = sum(Decimal(r["residual"]) for r in rows if r and r["state"] != "in_payment")
        left = plan.total - owed
        for part in plan.parts:
            if left < part.amount:
                return today <= working_days_after(part.due_on, GRACE)
            left -= part.amount
        return False

    # the judge asks ------------------------------------------------------------------------------------
    def against(self, invoice: Row, today: date) -> Iterator[str]:
        """Say what stands in the way of asking for this invoice today."""
        ref, customer = invoice["ref"], invoice["customer_ref"]
        for place in ((customer, None), (customer, ref)):
            promised = self.promises.get(place)
            if promised and today <= promised.last_day():
                yield f"{place} is promised for {promised.on}"
        if ref in self.disputes:
            yield f"{ref} is disputed"
        for plan in self.plans.values():
            if ref in plan.invoice_refs:
                yield f"{ref} has a payment plan of {plan.made_on}"

    def silenced(self, invoice: Row, today: date) -> Iterator[str]:
        """Say what stands in the way of any word about this invoice today, be it of thanks."""
        customer = invoice["customer_ref"]
        for place in ((customer, None), (customer, invoice["ref"])):
            until = self.holds.get(place, date.min)
            if until is None or until >= today:
                yield f"{place} is held until {until}"
            if self.marks.get((place, "excluded")) == "yes":
                yield f"{place} is excluded"
        if self.marks.get(((customer, None), "insolvent")) == "yes":
            yield f"{customer} is insolvent"
        yield from self._unread(customer, today)

    def _unread(self, customer: str, today: date) -> Iterator[str]:
        for ref, (who, at) in self.replies.items():
            read = who in self.read_at and self.read_at[who] >= at
            if who == customer and not read and today <= working_days_after(at.date(), UNREAD):
                yield f"nobody has read the answer {ref} of {who}"
