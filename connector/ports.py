"""The contracts between the pipeline and the outside: ``Host`` and ``Channel``, with their vocabulary.

A *host* is the accounting system. It hands over raw records, page by page, and takes notes and tasks
back. To write an adapter: a class with these methods in ``connector/hosts/<name>.py`` (or a package of
yours, under the entry point ``relance.hosts``), a ``mappings/<name>.toml``, and a test class that
subclasses ``connector.testing.HostTests``. ``connector/hosts/memory.py`` is the shortest example.

A *channel* takes a message away. Entry point ``relance.channels``, suite ``connector.testing.ChannelTests``.

The store's contract is ``connector.store.ports``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from connector.errors import HostError
from connector.model import Attachment, Kind, Message, Ref


class Ability(StrEnum):
    """What a host can do beyond being read."""

    NOTE = "note"
    ACTIVITY = "activity"
    PROMISE = "promise"  # a date of its own for a promise to pay
    MAIL = "mail"  # sends a message itself, so that answers come back to it
    ATTACHMENT = "attachment"
    PDF = "pdf"
    PAYMENT_LINK = "payment_link"


@dataclass(frozen=True, slots=True)
class Record:
    """One raw record, in the host's field names, joined so that it can be mapped alone: an invoice
    carries its installments and allocations as lists of sub-records. Ids that mean nothing outside the
    host (currency, country, tags, users) are already resolved to codes, names or sub-records.

    ``digest`` is equal for equal content: an unchanged record is neither mapped nor saved again.
    ``customer_ref`` lets us hold the customer when the rest cannot be read.
    """

    ref: Ref
    data: Mapping[str, object]
    digest: str
    customer_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some records and the cursor from which the next pull may go on once they are saved."""

    records: tuple[Record, ...] = ()
    cursor: str | None = None  # None: not a safe point to go on from; keep the previous one
    gone: tuple[Ref, ...] = ()  # deleted, or out of our sight
    bank_entry_on: date | None = None  # the newest bank entry, on the page that learned it
    total: int | None = None  # how many records this pull expects of the page's kind, for progress
    kind: Kind | None = None


class TaskKind(StrEnum):
    """Kinds of task for a person; a host maps them to its own activity types."""

    CALL = "call"
    PROMISE = "promise"
    MATCH_PAYMENT = "match_payment"
    FIX_CONTACT = "fix_contact"
    APPROVE = "approve"  # done: the message may leave
    DISPUTE = "dispute"
    TODO = "todo"


@dataclass(frozen=True, slots=True)
class Note:
    """A line in the journal of a record (Odoo: chatter). ``html`` is clean, from us alone."""

    key: str
    on: Ref
    html: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a person, on an invoice or a customer, with a day by which to do it."""

    key: str
    on: Ref
    task: TaskKind
    summary: str
    note_html: str
    due_on: date
    person_ref: str | None = None  # a host user; None: the host's fallback person


@dataclass(frozen=True, slots=True)
class MoveTask:
    """Give the task written under ``task_key`` another day."""

    key: str
    task_key: str
    due_on: date


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Mark the task written under ``task_key`` done, with a word on its outcome. Already done is fine."""

    key: str
    task_key: str
    feedback: str


Entry: TypeAlias = Note | Task | MoveTask | CloseTask


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one entry: the host's id of it, or the error that concerns it alone."""

    key: str
    ref: str | None = None
    error: HostError | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a host's self-check. ``remedy`` says who can mend it and how."""

    ok: bool
    what: str
    remedy: str = ""
    warning: bool = False  # worth knowing, but does not prevent the work


@dataclass(frozen=True, slots=True)
class HostReport:
    """The answer of ``Host.check``: who we are there, what we may do, what is missing."""

    host: str  # "Odoo 18.0 Community"
    user: str
    company: str
    findings: tuple[Finding, ...]
    bank_entry_on: date | None = None

    @property
    def ok(self) -> bool:
        return all(finding.ok or finding.warning for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Claim:
    """Which store writes for a company. It stands in the host, where a second store will find it. ``serial``
    grows each time that the store begins to write: a store that is behind its own claim is an old copy."""

    store: str  # a random name that the store got when it was made
    serial: int
    place: str  # where it runs, for people
    at: datetime


@dataclass(slots=True)
class Usage:
    """What a host cost us since it was opened: HTTP calls and bytes received (as sent on the wire); and what
    it told by the way."""

    calls: int = 0
    bytes: int = 0
    by_method: dict[str, int] = field(default_factory=dict)
    clock_ahead: timedelta | None = None  # its clock against ours at its last answer; None: it does not say
    billed: int = 0  # of the calls, those that count against a monthly quota; 0 where reading is free
    billed_kept: int = 0  # of those, the ones that the pipeline has put into the month's count
    #: when our access ends unless a person renews it, as far as is known without asking; None: never, or
    #: nobody says. The adapter sets it when it is opened, and again when it learns better.
    access_until: datetime | None = None


#: A PDF of more bytes goes with no message.
LARGEST_DOCUMENT = 8 * 1024 * 1024

#: A small durable map of strings that the adapter may keep what it learned in (fields, ids, tokens).
Memo: TypeAlias = MutableMapping[str, str]


class Host(Protocol):
    """An accounting system. All methods raise ``HostError`` and nothing else for what the host does."""

    name: str
    supports: frozenset[Ability]
    usage: Usage

    def check(self) -> HostReport:
        """Look at the host from all sides and report; writes nothing. Raises Unauthorized, Unavailable."""
        ...

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """Yield what changed since ``cursor`` (None: everything that matters, from the start).

        The cursor is inclusive: a record may come twice, never not at all. Each page is saved before the
        next is asked for, so a pull that was cut goes on from the last cursor saved.
        """
        ...

    def open_refs(self) -> Mapping[Ref, str]:
        """Return every open invoice, credit note and payment of the host with its version, cheaply. It is
        compared with ours once a day, so that nothing deleted or missed stays chased."""
        ...

    def read(self, refs: Collection[Ref], customers: Collection[str] = ()) -> Sequence[Record]:
        """Read these records again as they are now, and all that is open or unapplied of ``customers``
        (and the customers themselves). A ref that does not come back is gone or out of our sight."""
        ...

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        """Write entries, in as few calls as can be, and yield what became of each as soon as it is known.

        Keys in ``again`` were attempted before with an unknown outcome: they are looked for first. The
        same key twice makes one entry. An error that concerns the whole host is raised; what was not
        yielded by then may or may not be written.
        """
        ...

    def send(self, message: Message) -> Receipt:
        """Send a message through the host itself, if it ``supports`` MAIL; same terms as ``Channel.send``."""
        ...

    def find(self, message: Message) -> Receipt:
        """Say whether that message was sent through the host; same terms as ``Channel.find``."""
        ...

    def documents(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        """Return the PDFs of these invoices as the host makes them, in as few calls as can be. An invoice is
        left out that has none, that the host refuses to give, or whose PDF is larger than
        ``LARGEST_DOCUMENT``; an empty ``name`` leaves it to us. Asked only of a host that ``supports`` PDF.
        What comes is looked at before it is used. Raises HostError; an Unavailable means: later."""
        ...

    def claim(self, mine: Claim, *, take_over: bool = False) -> Claim:
        """Put ``mine`` in the place of the claim that stands in the host, when there is none, when it is an
        earlier one of the same store, or at ``take_over``; return the claim that stands there now (``mine``
        itself when it was put there). Asked before a pass writes anything."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class ReceiptStatus(StrEnum):
    SENT = "sent"  # taken by the next hop for good
    QUEUED = "queued"  # taken, will be sent by another
    INVALID = "invalid"  # the message itself cannot be sent
    REJECTED = "rejected"  # this recipient was refused
    FAILED = "failed"  # it certainly did not leave; may be tried again
    UNKNOWN = "unknown"  # it may have left


@dataclass(frozen=True, slots=True)
class Receipt:
    status: ReceiptStatus
    ref: str = ""  # the channel's own id
    detail: str = ""  # in words, for people

    @property
    def accepted(self) -> bool:
        return self.status in (ReceiptStatus.SENT, ReceiptStatus.QUEUED)


class Channel(Protocol):
    """A way to the customer."""

    name: str

    def send(self, message: Message) -> Receipt:
        """Hand the message over. Never raises for what the other side does: the receipt says it."""
        ...

    def find(self, message: Message) -> Receipt:
        """After an attempt whose end was not seen: SENT if it is known to have left, FAILED if it is known
        not to have, UNKNOWN when this channel cannot tell."""
        ...

    def close(self) -> None: ...
