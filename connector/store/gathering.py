"""Everything that is known of customers, read from all tables and put together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import Executable, RowMapping

from connector.model import Account
from connector.store import questions, rows
from connector.store.parts import Parts
from connector.store.scope import Scope, in_chunks

#: For so long after an invoice was closed its payment can still be thanked for.
THANKS_FOR = timedelta(days=60)

#: Who has what is whose: the parts of an account, by the ref of each customer in it.
Holders = dict[str, Parts]


class Gathering(Scope):
    """Reads the accounts of one company."""

    def accounts(self, customers: Sequence[str]) -> list[Account]:
        """The accounts of these customers (at most one chunk of them), in the order given."""
        found = {ref: Parts(ref) for ref in customers}
        holders = self._add_customers(found)
        for refs in in_chunks(holders):
            self._add_records(refs, holders)
            self._add_chase(refs, holders)
            self._add_plans(refs, holders)
        self._add_closed(found, holders)
        return [parts.account() for parts in found.values()]

    def _add_customers(self, found: dict[str, Parts]) -> Holders:
        """Add the customers themselves and whom they pay for. One who is paid for by another has nothing."""
        holders: Holders = {}
        himself = {row["ref"]: row for row in self._ask(questions.CUSTOMERS, list(found))}
        for ref, parts in found.items():
            row = himself.get(ref)
            if row is not None:  # gone or not: his name is still of use
                parts.add_customer(row)
            if row is None or row["paid_by"] is None:
                holders[ref] = parts
        for row in self._ask(questions.PAID_FOR, list(found)):
            found[row["paid_by"]].add_paid_for(row)
            holders[row["ref"]] = found[row["paid_by"]]
        return holders

    def _add_records(self, refs: list[str], holders: Holders) -> None:
        for row in self._ask(questions.OPEN_RECORDS, refs):
            holders[row["customer_ref"]].add(row)
        for row in self._ask(questions.NEWEST_INBOUND, refs):
            holders[row["customer_ref"]].add_inbound(row)
        for row in self._ask(questions.READ, refs):
            holders[row["customer_ref"]].read_at = row["read_at"]

    def _add_chase(self, refs: list[str], holders: Holders) -> None:
        for row in self._ask(questions.REMINDERS, refs):
            holders[row["holder"]].add_reminder(rows.reminder_of(row))
        for row in self._ask(questions.PROMISES, refs):
            holders[row["holder"]].promises[row["id"]] = rows.promise_of(row)
        for row in self._ask(questions.HOLDS, refs):
            holders[row["holder"]].holds[row["id"]] = rows.hold_of(row)
        for row in self._ask(questions.DISPUTES, refs):
            holders[row["holder"]].disputes[row["id"]] = rows.dispute_of(row)
        for row in self._ask(questions.MARKS, refs):
            holders[row["holder"]].marks[row["id"]] = rows.mark_of(row)
        for row in self._ask(questions.FOLLOW_UPS, refs):
            holders[row["customer_ref"]].follow_ups[row["id"]] = rows.follow_up_of(row)

    def _add_plans(self, refs: list[str], holders: Holders) -> None:
        found = self._ask(questions.PLANS, refs)
        invoices: dict[int, list[str]] = {}
        for ids in in_chunks([row["id"] for row in found]):
            for row in self._ask(questions.PLAN_INVOICES, ids):
                invoices.setdefault(row["plan_id"], []).append(row["invoice_ref"])
        for row in found:
            holders[row["holder"]].plans[row["id"]] = rows.plan_of(row, invoices.get(row["id"], ()))

    def _add_closed(self, found: dict[str, Parts], holders: Holders) -> None:
        """Closed invoices that still have something to say."""
        agreed = {ref for parts in found.values() for ref in parts.agreed_on()}
        unthanked = {ref for parts in found.values() for ref in parts.unthanked()} - agreed
        for row in [*self._closed(agreed), *self._lately(unthanked), *self._paid_as_promised(holders)]:
            if row["customer_ref"] in holders:
                holders[row["customer_ref"]].add(row)

    # -----------------------------------------------------------------------------------------------------
    def _ask(
        self, question: Executable, refs: Sequence[str] | Sequence[int], **values: object
    ) -> Sequence[RowMapping]:
        asked = {"company": self._company, "refs": refs} | values
        return self._connection.execute(question, asked).mappings().all()

    def _closed(self, invoices: Collection[str]) -> Iterator[RowMapping]:
        for refs in in_chunks(sorted(invoices)):
            yield from self._ask(questions.CLOSED_INVOICES, refs)

    def _lately(self, invoices: Collection[str]) -> Iterator[RowMapping]:
        """Those closed so lately that their payment can be thanked for; all, before the first pull ended."""
        if invoices and self._synced_on is None:
            yield from self._closed(invoices)
        elif self._synced_on is not None:
            for refs in in_chunks(sorted(invoices)):
                yield from self._ask(questions.LATELY_CLOSED, refs, since=self._synced_on - THANKS_FOR)

    def _paid_as_promised(self, holders: Holders) -> Iterator[RowMapping]:
        """Closed invoices on which money came since their customer made a promise for his whole account."""
        since = {ref: on for ref, parts in holders.items() if (on := parts.promised_since()) is not None}
        for refs in in_chunks(since):
            for row in self._ask(questions.PAID_INVOICES, refs, since=min(since.values())):
                if row["allocated_on"] >= since[row["customer_ref"]]:
                    yield row

    @cached_property
    def _synced_on(self) -> date | None:
        synced_at = self._connection.execute(questions.SYNCED_AT, {"company": self._company}).scalar()
        return None if synced_at is None else synced_at.date()
