"""Accounts: when a customer is to be decided again, where else he was written to, how he is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import and_, func, select, update

from connector.model import Account, Kind, ReminderState
from connector.store import codec
from connector.store.gathering import Gathering
from connector.store.scope import Scope, in_chunks, upsert
from connector.store.tables import accounts, facts, reminders

#: So many summaries are in memory at a time.
_MANY = 10_000


class AccountsPart(Scope):
    """Accounts of one company. A customer who is paid for by another is in his payer's account."""

    def customers_to_look_at(self, today: date) -> list[str]:
        """Never one who is paid for: whatever is to be done for him is marked on his payer."""
        ours = self._ours(accounts)
        paid_for = select(facts.c.ref).where(self._ours(facts), facts.c.paid_by.is_not(None))
        mine = accounts.c.customer_ref.not_in(paid_for)
        changed = select(accounts.c.customer_ref).where(ours, accounts.c.dirty.is_(True), mine)
        woken = select(accounts.c.customer_ref).where(ours, accounts.c.wake_on <= today, mine)
        return sorted(self._connection.execute(changed.union(woken)).scalars())

    def customers_with_open(self) -> list[str]:
        """An invoice that was set aside counts as open."""
        query = select(facts.c.customer_ref).where(
            self._ours(facts), facts.c.open.is_(True), facts.c.kind == Kind.INVOICE.value
        )
        query = query.where(facts.c.customer_ref.is_not(None)).distinct()
        paid_for = select(facts.c.ref, facts.c.paid_by).where(self._ours(facts), facts.c.paid_by.is_not(None))
        payers = {row.ref: row.paid_by for row in self._connection.execute(paid_for)}
        found = self._connection.execute(query).scalars()
        return sorted({payers.get(ref, ref) for ref in found if ref})

    def accounts(self, customers: Collection[str]) -> list[Account]:
        """Closed invoices that wait for a thank-you are in the account for 60 days after they were closed,
        counted to the last pull that ended well."""
        gathering = Gathering(self._connection, self._company)
        return [account for chunk in in_chunks(customers) for account in gathering.accounts(chunk)]

    def contacts_elsewhere(self, customers: Collection[str], since: date) -> dict[str, list[date]]:
        """Customers who were written to nowhere else are left out; the days of each are in order."""
        sister, his = facts.alias("sister"), facts.c.ref.label("his")
        same = and_(
            sister.c.debtor_key == facts.c.debtor_key,
            sister.c.company != facts.c.company,
            sister.c.kind == Kind.CUSTOMER.value,
        )
        written = and_(reminders.c.company == sister.c.company, reminders.c.customer_ref == sister.c.ref)
        of_message = (reminders.c.company, reminders.c.message_key)
        on = func.min(reminders.c.completed_on).label("on")
        query = (
            select(his, on)
            .select_from(facts.join(sister, same).join(reminders, written))
            .where(self._ours(facts), facts.c.kind == Kind.CUSTOMER.value, facts.c.debtor_key.is_not(None))
            .where(reminders.c.state == ReminderState.SENT.value, reminders.c.completed_on > since)
            .group_by(facts.c.ref, *of_message)
            .order_by(facts.c.ref, on)
        )
        found: dict[str, list[date]] = {}
        for refs in in_chunks(customers):
            for ref, day in self._connection.execute(query.where(facts.c.ref.in_(refs))):
                found.setdefault(ref, []).append(day)
        return found

    def save_decided(self, customer: str, wake_on: date | None, summary: Mapping[str, int]) -> None:
        row = {
            "company": self._company,
            "customer_ref": customer,
            "dirty": False,
            "wake_on": wake_on,
            "summary": codec.dump_summary(summary),
        }
        upsert(self._connection, accounts, [row], only=("dirty", "wake_on", "summary"))

    def look_again(self, customers: Collection[str]) -> None:
        self._mark_dirty(customers)

    def look_at_all_again(self) -> None:
        self._connection.execute(update(accounts).where(self._ours(accounts)).values(dirty=True))

    def summary(self) -> dict[str, int]:
        query = select(accounts.c.summary, func.count()).where(self._ours(accounts))
        total: Counter[str] = Counter()
        found = self._connection.execute(query.group_by(accounts.c.summary))
        for some in found.partitions(_MANY):  # read together: one by one takes three times as long
            for summary, (_, customers) in zip(
                codec.load_summaries([text for text, _ in some]), some, strict=True
            ):
                for name, count in summary.items():
                    total[name] += count * customers
        return dict(total)

    def next_wake_on(self) -> date | None:
        known = accounts.c.wake_on.is_not(None)
        query = select(accounts.c.wake_on).where(self._ours(accounts), known)
        return self._connection.execute(query.order_by(accounts.c.wake_on).limit(1)).scalar()
