"""A unit of work: all reads and writes of one company, by topic."""

from __future__ import annotations

from connector.store.unit_accounts import AccountsPart
from connector.store.unit_agreements import AgreementsPart
from connector.store.unit_facts import FactsPart
from connector.store.unit_history import HistoryPart
from connector.store.unit_ledger import LedgerPart
from connector.store.unit_outbox import OutboxPart
from connector.store.unit_past import PastPart
from connector.store.unit_people import PeoplePart
from connector.store.unit_search import SearchPart


class SqlUnit(
    FactsPart,
    AccountsPart,
    SearchPart,
    OutboxPart,
    PeoplePart,
    AgreementsPart,
    HistoryPart,
    LedgerPart,
    PastPart,
):
    """A ``Unit`` on one connection; ``SqlStore.begin`` makes it and ends its transaction."""
