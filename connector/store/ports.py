"""The contract of the store. One ``Unit`` is one transaction of one company."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from connector.model import (
    Account,
    Dispute,
    DisputeReason,
    Fact,
    FollowUp,
    Hold,
    Invoice,
    MarkName,
    Message,
    Pause,
    PaymentPlan,
    PlanPart,
    PlanState,
    Promise,
    PromiseState,
    Ref,
    Remark,
    Reminder,
    SetAside,
    Standing,
)
from connector.ports import Entry, Memo, Task, TaskKind


@dataclass(frozen=True, slots=True)
class MappedPage:
    """A pulled page after mapping: saved with its cursor in one transaction."""

    facts: tuple[tuple[Ref, str, Fact], ...] = ()  # (ref, digest, fact)
    set_aside: tuple[tuple[str, SetAside, Mapping[str, object]], ...] = ()  # (digest, why, raw record)
    gone: tuple[Ref, ...] = ()
    cursor: str | None = None  # None: keep the previous one
    bank_entry_on: date | None = None


class EffectState(StrEnum):
    READY = "ready"
    APPROVAL = "approval"  # waits for a person's consent
    ATTEMPTED = "attempted"  # the call began; its end was not seen (yet)
    DONE = "done"
    REFUSED = "refused"  # the other side refused for good
    FAILED = "failed"  # given up after the last try; certainly not done
    UNKNOWN = "unknown"  # may be done; a person must say
    DROPPED = "dropped"  # taken back by us before the call: the facts had changed
    CANCELLED = "cancelled"  # taken back by a person


OutboxItem: TypeAlias = Message | Entry


@dataclass(frozen=True, slots=True)
class Effect:
    """One row of the outbox: something to be done outside, exactly once."""

    key: str
    item: OutboxItem
    state: EffectState
    created_at: datetime
    attempts: int = 0
    attempted_at: datetime | None = None
    not_before: datetime | None = None
    ref: str | None = None  # the other side's id of it, once done
    detail: str = ""  # what the other side said, in words
    approved_by: tuple[str, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """True when no earlier failure asks to wait."""
        return self.not_before is None or self.not_before <= now

    def is_over(self, now: datetime, settle_after: timedelta) -> bool:
        """True when an attempt that began can no longer be at work on the other side."""
        return self.attempted_at is None or now - self.attempted_at >= settle_after


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only history. ``name`` is a past participle: ``reminder_sent``."""

    at: datetime
    name: str
    customer_ref: str | None = None
    invoice_ref: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to a search by number or name."""

    customer_ref: str
    customer_name: str
    invoice_ref: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark whose text (``digest``) was not taken yet, with the customer whose it is, where known."""

    remark: Remark
    digest: str
    customer_ref: str | None


@dataclass(frozen=True, slots=True)
class HostTask:
    """A task of ours as it stands in the host. ``due_on`` is the day we stand for, ``seen_on`` the one it has
    there; ``moved`` when a person gave it that one, ``gone`` when the host shows it no more, ``ended`` when
    we closed it, or what a person did with it was obeyed."""

    key: str
    kind: TaskKind
    on: Ref
    due_on: date
    seen_on: date | None = None
    moved: bool = False
    gone: bool = False
    ended: bool = False


class Unit(Protocol):
    """Reads and writes of one company. Leaving the ``with`` block commits; an exception rolls back."""

    # facts ---------------------------------------------------------------------------------------------
    def cursor(self) -> str | None: ...
    def forget_cursor(self) -> None: ...
    def digests(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """The digest under which each ref was saved last (facts and set-aside records alike)."""
        ...

    def save_page(self, page: MappedPage, now: datetime) -> None:
        """Upsert by (company, kind, ref); every customer touched is to be looked at again."""
        ...

    def open_refs(self) -> dict[Ref, str]:
        """Ref and version of each open invoice, credit note and payment with something unapplied."""
        ...

    def set_aside(self) -> list[SetAside]: ...
    def standing(self) -> Standing:
        """``sync_too_old`` is False here; the pipeline judges it."""
        ...

    def mark_synced(self, now: datetime, today: date | None = None) -> None:
        """A pull ended well. The first call settles ``started_on``: ``today`` (the company's day), else the
        day of ``now``."""
        ...

    def set_paused(self, paused: bool, pause: Pause | None = None) -> None:
        """``pause`` tells who, why and until when; it is forgotten when the pause ends."""
        ...

    # accounts ------------------------------------------------------------------------------------------
    def customers_to_look_at(self, today: date) -> list[str]:
        """Refs of customers whose facts changed since they were decided, or whose wake-up day has come; the
        payer in place of one who is paid for, here and in ``customers_with_open``."""
        ...

    def customers_with_open(self) -> list[str]:
        """Refs of all customers with an open invoice."""
        ...

    def accounts(self, customers: Collection[str]) -> list[Account]:
        """Everything known of these customers, in the order given. Invoices: the open ones, credit notes
        with something left; closed ones with a reminder sent and no thank-you for 60 days after they were
        closed, or under an open promise, plan or dispute; and under an open promise for the whole account
        those on which money came since it was made. A customer who is known only by a set-aside record or by
        his invoices gets a bare ``Customer``.

        A customer with a payer is chased through him: all that is his comes in the last payer's account, and
        his own has none of it. ``contacted_elsewhere`` is left empty: see ``contacts_elsewhere``."""
        ...

    def settled_invoices(self, customers: Collection[str], since: date) -> dict[str, list[Invoice]]:
        """For each of these customers, the documents issued since that day on which nothing is owed any more,
        as far as they were ever pulled: how he has paid so far."""
        ...

    def ledger(self, since: date) -> Iterator[Account]:
        """The accounts of all customers who owed something on that day or later: all the invoices and credit
        notes that were open since then, settled ones too, and the payments still unapplied. Only facts: no
        reminders, nothing that people said."""
        ...

    def contacts_elsewhere(self, customers: Collection[str], since: date) -> dict[str, list[date]]:
        """For each of these customers, the days after ``since`` on which *other* companies in this store
        wrote to the same debtor (same company number, else same VAT number), one for each message."""
        ...

    def save_decided(self, customer: str, wake_on: date | None, summary: Mapping[str, int]) -> None:
        """The customer was decided: not to be looked at before ``wake_on`` unless his facts change.
        ``summary`` counts installments by ``"action:reason"``."""
        ...

    def look_again(self, customers: Collection[str]) -> None: ...
    def look_at_all_again(self) -> None: ...
    def summary(self) -> dict[str, int]:
        """The sum of all customers' summaries."""
        ...

    def next_wake_on(self) -> date | None: ...
    def search(self, text: str) -> list[Found]:
        """By exact invoice number or customer ref first, else by customer name, case and accents aside. Who
        is paid for by another is found as his payer."""
        ...

    # reminders and the outbox --------------------------------------------------------------------------
    def queue_message(
        self, message: Message | Task, reminders: Sequence[Reminder], state: EffectState, now: datetime
    ) -> bool:
        """Save a message (or the task of a call) with its reminders, or nothing at all: False when it or any
        of its (installment, step, occurrence) is there already."""
        ...

    def queue_entries(self, entries: Iterable[Entry], now: datetime) -> int:
        """Save entries whose key is new; return how many were."""
        ...

    def effects(
        self, states: Collection[EffectState] = (), keys: Collection[str] = (), limit: int | None = None
    ) -> list[Effect]:
        """Rows in these states (empty: all) and with these keys (empty: any), oldest first."""
        ...

    def sent_messages(self, since: datetime) -> list[datetime]:
        """When each message that left since then was handed over."""
        ...

    def attempt(self, keys: Collection[str], now: datetime) -> list[str]:
        """Record, before the call, that it begins; return the keys that were ours to take: READY ones, and
        ATTEMPTED ones whose earlier attempt is taken up again. Another process' rows are left to it."""
        ...

    def settle(
        self,
        key: str,
        state: EffectState,
        now: datetime,
        *,
        today: date,
        ref: str | None = None,
        detail: str = "",
        not_before: datetime | None = None,
    ) -> None:
        """Record the outcome; a message's reminders follow (DONE: sent, completed ``today``; REFUSED,
        FAILED, UNKNOWN, DROPPED, CANCELLED: the state of that name; READY, APPROVAL: queued, approval)."""
        ...

    def approve(self, key: str, by: str) -> Effect: ...
    def reminders(self, *, message_key: str) -> list[Reminder]: ...

    # what people said ----------------------------------------------------------------------------------
    def add_promise(
        self,
        customer_ref: str,
        invoice_ref: str | None,
        promised_on: date,
        made_on: date,
        amount: Decimal | None,
        currency: str | None,
        note: str,
        *,
        owed: Decimal | None = None,
        now: datetime | None = None,
    ) -> Promise:
        """``owed``: what is to be paid by the promised day as things stand now; ``now``: when a person wrote
        it down, here and below."""
        ...

    def promises(self, state: PromiseState | None = None) -> list[Promise]: ...
    def settle_promise(self, promise_id: int, state: PromiseState) -> None: ...
    def add_hold(
        self,
        customer_ref: str,
        invoice_ref: str | None,
        since_on: date,
        until_on: date | None,
        reason: str,
        *,
        now: datetime | None = None,
    ) -> Hold: ...
    def release_holds(self, customer_ref: str, invoice_ref: str | None, now: datetime) -> int: ...
    def add_dispute(
        self,
        customer_ref: str,
        invoice_ref: str,
        reason: DisputeReason,
        opened_on: date,
        note: str,
        *,
        now: datetime | None = None,
    ) -> Dispute: ...
    def close_disputes(self, invoice_ref: str, on: date) -> list[Dispute]:
        """Close the open disputes of an invoice; return them."""
        ...

    def add_plan(
        self,
        customer_ref: str,
        invoice_refs: Sequence[str],
        currency: str,
        parts: Sequence[PlanPart],
        made_on: date,
        note: str,
        *,
        now: datetime | None = None,
    ) -> PaymentPlan: ...
    def settle_plan(self, plan_id: int, state: PlanState) -> None: ...
    def set_mark(self, customer_ref: str, invoice_ref: str | None, name: MarkName, value: str | None) -> None:
        """A person's word on a customer or an invoice; None takes it back."""
        ...

    def open_follow_up(self, customer_ref: str, reason: str, on: date) -> FollowUp | None:
        """None when one is open for this customer and reason; else a new one with a key of its own."""
        ...

    def close_follow_ups(self, customer_ref: str, reasons: Collection[str], on: date) -> list[FollowUp]: ...

    def rest_follow_up(self, key: str, on: date, again_on: date | None) -> FollowUp | None:
        """Close the open follow-up of that key, by a person: it is not opened again for its reason before
        ``again_on``. None when it is not open."""
        ...

    def wake_follow_ups(self, customer_ref: str, reasons: Collection[str]) -> None:
        """The reasons are gone: should they come again, they are new."""
        ...

    def move_promise(self, promise_id: int, promised_on: date, owed: Decimal | None) -> None:
        """Give a promise another day, and what is to be paid by it (see ``add_promise``)."""
        ...

    # what people write and do in the host ----------------------------------------------------------------
    def heard_since(self, now: datetime) -> datetime:
        """From when on people's remarks are answered: the moment of the first call."""
        ...

    def new_remarks(self) -> list[NewRemark]:
        """The remarks whose text was never taken, by the moment at which they were said. ``save_page`` notes
        each text of a remark once: a repeated record, or another mapping, makes nothing new."""
        ...

    def take_remarks(self, new: Collection[NewRemark], now: datetime) -> int:
        """These texts are taken for good, in the transaction of what they order; return how many were not
        taken before."""
        ...

    def found(self, on: Ref) -> Found | None:
        """The invoice or customer that a record of the host is, under who pays for it; None when it was never
        pulled."""
        ...

    def mark_read(self, customer_ref: str, at: datetime) -> None:
        """A person has read what the customer wrote up to that moment."""
        ...

    def host_task(self, key: str) -> HostTask | None:
        """Our task of that key, ended or not; ``queue_entries``, ``settle``, ``save_page`` keep it true."""
        ...

    def host_tasks(
        self, *, prefix: str = "", kind: TaskKind | None = None, on: Collection[Ref] = ()
    ) -> list[HostTask]:
        """Our tasks, by key: open ones; with ``prefix``, all whose key begins so."""
        ...

    def changed_tasks(self) -> list[HostTask]:
        """Open tasks that a person moved, or that the host shows no more."""
        ...

    def idle_tasks(self, kind: TaskKind) -> list[HostTask]:
        """Open tasks of that kind on an invoice that is not open any more."""
        ...

    def unseen_tasks(self) -> list[Ref]:
        """Open tasks that were written, and that no pull has shown: by the host's own refs."""
        ...

    def end_task(self, key: str, now: datetime) -> None:
        """Nothing more follows from that task."""
        ...

    def keep_deadline(self, key: str, due_on: date) -> None:
        """We stand for the day that a person gave a task."""
        ...

    # history -------------------------------------------------------------------------------------------
    def record(self, events: Iterable[Event]) -> None: ...
    def events(
        self, *, customer_ref: str | None = None, invoice_ref: str | None = None, limit: int | None = None
    ) -> list[Event]: ...


class Store(Protocol):
    """A database of any number of companies. Raises ``StoreError`` with the remedy in its message."""

    def begin(self, company: str) -> AbstractContextManager[Unit]: ...
    def memo(self, company: str) -> Memo:
        """A durable map for the host adapter; each write is its own transaction."""
        ...

    def lease(self, company: str, work: str = "pass") -> AbstractContextManager[None]:
        """Be the only process that does this work for a company, until the block is left or the process ends.
        Raises Busy, naming the process that has the lease."""
        ...

    def leases(self, companies: Iterable[str], work: str) -> AbstractContextManager[None]:
        """The same for all these companies, or for none: as many as there are, at the cost of one."""
        ...

    def close(self) -> None: ...
