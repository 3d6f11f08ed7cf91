"""Who pays for whom: kept true as customers come, change and go."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from connector.model import Kind, Ref
from connector.store.payers import last_payers
from connector.store.scope import Scope, in_chunks
from connector.store.tables import accounts, facts


class PayersPart(Scope):
    """The last payer of each customer, in the column ``paid_by``."""

    def _relink(self, customers: Iterable[str], gone: Iterable[Ref]) -> set[str | None]:
        """Find again who pays for these customers of a page and for those linked with them. Return all
        whose account has changed by it, before and after."""
        gone_customers = [ref.id for ref in gone if ref.kind is Kind.CUSTOMER]
        seeds = self._linked([*customers, *gone_customers]) if self._anybody_is_linked() else set()
        if not seeds:
            return set()
        links, paid_by, known = self._chains(seeds)
        changed = {ref: last for ref, last in last_payers(links, known).items() if last != paid_by[ref]}
        for ref, last in changed.items():
            himself = (self._ours(facts), facts.c.kind == Kind.CUSTOMER.value, facts.c.ref == ref)
            self._connection.execute(update(facts).where(*himself).values(paid_by=last))
        self._close_accounts(ref for ref, last in changed.items() if last is not None)
        # of one who is paid for, even unchanged, the payer is told by _mark_dirty
        return {touched for ref, last in changed.items() for touched in (ref, last, paid_by[ref])}

    def _anybody_is_linked(self) -> bool:
        for column in (facts.c.payer_ref, facts.c.paid_by):
            query = select(facts.c.ref).where(self._ours(facts), column.is_not(None)).limit(1)
            if self._connection.execute(query).first():
                return True
        return False

    def _linked(self, customers: Collection[str]) -> set[str]:
        """Those who have, had or are a payer."""
        found: set[str] = set()
        for refs in in_chunks(customers):
            paying = facts.c.payer_ref.in_(refs)
            found |= {payer for _, payer, _, _ in self._links(paying) if payer}
            has_one = or_(facts.c.payer_ref.is_not(None), facts.c.paid_by.is_not(None))
            found |= {ref for ref, _, _, _ in self._links(_named(refs), has_one)}
        return found

    def _chains(self, seeds: set[str]) -> tuple[dict[str, str | None], dict[str, str | None], set[str]]:
        """All who are linked with ``seeds``, directly or through others: who pays for each as the host says,
        who is noted to pay in the end, and the refs of those who are there."""
        links: dict[str, str | None] = {}
        paid_by: dict[str, str | None] = {}
        known: set[str] = set()
        asked: set[str] = set()
        while wanted := seeds - asked:
            asked |= wanted
            for refs in in_chunks(sorted(wanted)):
                for around in (_named(refs), facts.c.payer_ref.in_(refs)):
                    for ref, payer, last, is_gone in self._links(around):
                        links[ref], paid_by[ref] = payer, last
                        seeds = seeds | {ref} | ({payer} if payer else set())
                        known |= set() if is_gone else {ref}
        return links, paid_by, known

    def _links(self, *conditions: ColumnElement[bool]) -> list[tuple[str, str | None, str | None, bool]]:
        query = select(facts.c.ref, facts.c.payer_ref, facts.c.paid_by, facts.c.gone).where(
            self._ours(facts), *conditions
        )
        return [(row.ref, row.payer_ref, row.paid_by, row.gone) for row in self._connection.execute(query)]

    def _close_accounts(self, customers: Iterable[str]) -> None:
        """Who is paid for has no account of his own to be looked at."""
        for refs in in_chunks(list(customers)):
            query = delete(accounts).where(self._ours(accounts), accounts.c.customer_ref.in_(refs))
            self._connection.execute(query)


def _named(refs: Collection[str]) -> ColumnElement[bool]:
    return and_(facts.c.kind == Kind.CUSTOMER.value, facts.c.ref.in_(refs))
