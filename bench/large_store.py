"""A store of a given number of open installments, all decided, written in bulk: what a pass finds on a day on
which nothing happens.

The customers are those of ``bench.crowd`` with the reminders behind them, their messages and the history, so
that every table and index has the size it would have; only who is to be looked at today is put off until
tomorrow. The store is filled through its tables, since mapping a million records takes long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Table, create_engine, insert
from sqlalchemy.engine import Connection

from bench.crowd import NOW, POLICY, STANDING, TODAY, crowd
from connector.dunning import decide
from connector.dunning.forecast.wake import next_look
from connector.hosts.memory import MemoryHost
from connector.message import CompanyText, Templates
from connector.model import (
    Account,
    Customer,
    Invoice,
    Kind,
    Message,
    Party,
    Payment,
    Ref,
    Reminder,
    ReminderState,
)
from connector.pipeline import Company, expected
from connector.ports import TaskKind
from connector.resources import shipped
from connector.store import codec, rows, tables
from connector.store.database import open_store
from connector.store.fact_rows import fact_row
from connector.store.ports import EffectState, Unit

Rows: TypeAlias = dict[Table, list[dict[str, Any]]]

COMPANY = "exemple"
_SENDER = Party("Exemple SARL", "compta@exemple.example")
_CHUNK = 2000  # customers written in one transaction
_TOMORROW = TODAY + timedelta(days=1)
_KINDS = {Customer: Kind.CUSTOMER, Invoice: Kind.INVOICE, Payment: Kind.PAYMENT}


class LargeStore:
    """A SQLite store that grows to one size after the other, and its company."""

    def __init__(self, folder: Path) -> None:
        file = folder / "large.sqlite"
        self.installments, self._accounts = 0, crowd(10**9)
        self._store = open_store(f"sqlite:///{file}")
        self._bulk = create_engine(f"sqlite:///{file}")
        host = MemoryHost()
        self.company = Company(
            id=COMPANY,
            name="Exemple SARL",
            language="fr",
            zone=ZoneInfo("Europe/Paris"),
            policy=POLICY,
            text=CompanyText(COMPANY, "Exemple SARL", _SENDER, "fr"),
            templates=Templates.load(shipped("templates")),
            mapping=host.mapping,
            host=host,
            channels={},
            store=self._store,
            clock=lambda: NOW,
        )

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self._store.begin(COMPANY) as unit:
            yield unit

    def grow(self, installments: int) -> None:
        """Write customers until so many installments are open, and leave the traces of a pass that ended
        well and has swept."""
        while self.installments < installments:
            with self._bulk.begin() as connection:
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                self._write(connection, list(islice(self._accounts, _CHUNK)))
        with self.unit() as unit:
            unit.mark_synced(NOW, STANDING.started_on)
            summary = unit.summary()
        expected.remember(self.company, summary)
        self._store.memo(COMPANY)["swept_at"] = NOW.isoformat()

    def close(self) -> None:
        self._bulk.dispose()
        self.company.close()
        self._store.close()

    def _write(self, connection: Connection, accounts: list[Account]) -> None:
        found: dict[str, tuple[Table, list[dict[str, Any]]]] = {}
        for account in accounts:
            for name, table, row in _rows_of(account):
                found.setdefault(name, (table, []))[1].append(row)
            parts = (part for invoice in account.invoices for part in invoice.installments)
            self.installments += sum(part.residual > 0 for part in parts)
        for table, of_table in found.values():
            connection.execute(insert(table), of_table)


def _rows_of(account: Account) -> Iterator[tuple[str, Table, dict[str, Any]]]:
    """Each row with its table and a name under which all rows have the same columns."""
    facts: list[Customer | Invoice | Payment] = [account.customer, *account.invoices, *account.payments]
    for fact in facts:
        ref = Ref(_KINDS[type(fact)], fact.ref)
        yield ref.kind.value, tables.facts, fact_row(COMPANY, ref, "0" * 64, fact, {}, NOW)
    for reminder in account.reminders:
        if reminder.state is ReminderState.SENT:
            yield "reminder", tables.reminders, rows.reminder_row(COMPANY, reminder, {})
            yield "message", tables.outbox, _message_row(reminder)
            yield "task", tables.tasks, _task_row(reminder)
            for name in ("reminder_queued", "reminder_sent"):
                yield "event", tables.events, _event_row(reminder, name)
    yield "account", tables.accounts, _account_row(account)


def _account_row(account: Account) -> dict[str, Any]:
    """As the run saves it; but nothing is to be done today."""
    decisions = decide(account, STANDING, POLICY, TODAY)
    wake_on = next_look(account, decisions, POLICY, TODAY)
    today = any(d.wake_on is not None and d.wake_on <= TODAY for d in decisions)
    summary = Counter(f"{d.action}:{d.reason}" for d in decisions) + expected.coming(decisions)
    return {
        "company": COMPANY,
        "customer_ref": account.customer.ref,
        "dirty": False,
        "wake_on": _TOMORROW if today else wake_on,
        "summary": codec.dump_summary(summary),
    }


def _message_row(reminder: Reminder) -> dict[str, Any]:
    words = f"Facture {reminder.installment.invoice_ref}, {reminder.residual} {reminder.currency}. " * 12
    message = Message(
        key=reminder.message_key,
        message_id=f"<{reminder.message_key}@exemple.example>",
        company=COMPANY,
        customer_ref=reminder.customer_ref,
        channel=reminder.channel,
        sender=_SENDER,
        recipient=Party("Dominique Exemple", reminder.recipient),
        language="fr",
        subject="Relance",
        text=words,
        html=words,
        note_html=words,
        invoice_refs=(reminder.installment.invoice_ref,),
    )
    kind, item = codec.dump_item(message)
    return {
        "company": COMPANY,
        "key": message.key,
        "item_kind": kind,
        "item": item,
        "state": EffectState.DONE.value,
        "created_at": NOW,
        "attempts": 1,
        "attempted_at": NOW - timedelta(days=(TODAY - reminder.queued_on).days),
        "detail": "",
        "approved_by": codec.dump_names(()),
    }


def _task_row(reminder: Reminder) -> dict[str, Any]:
    """A task that stood in the host, and is done."""
    return {
        "company": COMPANY,
        "key": f"task/{reminder.message_key}",
        "kind": TaskKind.TODO.value,
        "on_kind": Kind.INVOICE.value,
        "on_ref": reminder.installment.invoice_ref,
        "due_on": reminder.queued_on,
        "ref": reminder.message_key,
        "seen_on": reminder.queued_on,
        "seen": True,
        "moved": False,
        "ended_at": NOW,
    }


def _event_row(reminder: Reminder, name: str) -> dict[str, Any]:
    return {
        "company": COMPANY,
        "at": NOW,
        "name": name,
        "customer_ref": reminder.customer_ref,
        "invoice_ref": reminder.installment.invoice_ref,
        "data": codec.dump_data({"message_key": reminder.message_key, "recipient": reminder.recipient}),
    }
