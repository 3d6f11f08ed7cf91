"""The state of the sandbox: tables of records with their indexes, reference data, users. No acts of people
here.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from connector.sandbox.clock import SandboxClock
from connector.sandbox.nouns import (
    Activity,
    Allocation,
    Attachment,
    Company,
    Country,
    Currency,
    Document,
    Entry,
    Journal,
    Language,
    Line,
    Mail,
    Note,
    Party,
    Payment,
    Tag,
    Terms,
    User,
)

R = TypeVar("R")

COUNTRIES = tuple(
    Country(*row)
    for row in ((20, "BE", "Belgium"), (43, "CH", "Switzerland"), (57, "DE", "Germany"), (75, "FR", "France"),
                (133, "LU", "Luxembourg"), (231, "GB", "United Kingdom"), (233, "US", "United States"))
)  # fmt: skip
LANGUAGES = tuple(
    Language(*row) for row in ((1, "en_US", "English (US)"), (30, "fr_FR", "French"), (19, "de_DE", "German"))
)
CURRENCIES = (
    Currency(1, "USD", "$", "United States dollar", Decimal("1.10"), before=True),
    Currency(125, "EUR", "€", "Euro", Decimal(1)),
    Currency(143, "GBP", "£", "Pound sterling", Decimal("0.85"), before=True),
)
TERMS = (
    Terms(1, "30 jours", ((100, 30),)),
    Terms(2, "45 jours", ((100, 45),)),
    Terms(3, "60 jours", ((100, 60),)),
    Terms(4, "50 % à 30 jours, 50 % à 60 jours", ((50, 30), (50, 60))),
)


class Table(Generic[R]):
    """Records by serial, walked in the order of their serials."""

    def __init__(self) -> None:
        self._records: dict[int, R] = {}
        self._serials: list[int] = []
        self._last = 0

    def next(self) -> int:
        """A serial never given before, not even to a record that was deleted since."""
        self._last += 1
        return self._last

    def add(self, serial: int, record: R) -> R:
        self._records[serial] = record
        insort(self._serials, serial)
        self._last = max(self._last, serial)
        return record

    def remove(self, serial: int) -> None:
        del self._records[serial]
        del self._serials[bisect_left(self._serials, serial)]

    def get(self, serial: object) -> R | None:
        return self._records.get(serial) if isinstance(serial, int) else None

    def after(self, serial: int) -> Iterator[R]:
        """Those with a greater serial."""
        for found in self._serials[bisect_right(self._serials, serial) :]:
            yield self._records[found]

    def __iter__(self) -> Iterator[R]:
        return iter([self._records[serial] for serial in self._serials])

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, serial: object) -> bool:
        return serial in self._records


class Books:
    """Everything that the sandbox knows. Hold ``lock`` while reading or writing: the server has several
    threads.
    """

    def __init__(self, today: date) -> None:
        self.lock = threading.RLock()
        self.clock = SandboxClock(today)
        self.countries: dict[str, Country] = {one.code: one for one in COUNTRIES}
        self.languages: dict[str, Language] = {one.code: one for one in LANGUAGES}
        self.currencies: dict[str, Currency] = {one.code: one for one in CURRENCIES}
        self.terms: dict[int, Terms] = {one.serial: one for one in TERMS}
        self.parties: Table[Party] = Table()
        self.companies: Table[Company] = Table()
        self.users: Table[User] = Table()
        self.journals: Table[Journal] = Table()
        self.tags: Table[Tag] = Table()
        self.entries: Table[Entry] = Table()
        self.payments: Table[Payment] = Table()
        self.lines: Table[Line] = Table()
        self.allocations: Table[Allocation] = Table()
        self.notes: Table[Note] = Table()
        self.activities: Table[Activity] = Table()
        self.attachments: Table[Attachment] = Table()
        self.mails: list[Mail] = []
        self.followers: set[tuple[int, str]] = set()  # id() of what is followed, login
        self.forms: dict[int, Any] = {}  # half-filled forms of the played host, by their id
        self.notes_by_token: defaultdict[str, list[Note]] = defaultdict(list)
        self.notes_by_subject: defaultdict[int, list[Note]] = defaultdict(list)
        self.activities_by_subject: defaultdict[int, list[Activity]] = defaultdict(list)
        self.entries_by_payer: defaultdict[int, list[Entry]] = defaultdict(list)
        self.entries_by_number: dict[str, Entry] = {}
        self.merged: dict[int, int] = {}  # the serial of a customer that is gone: that of who has its entries
        self._numbers: defaultdict[tuple[str, int], int] = defaultdict(int)

    # ------------------------------------------------------------------ people

    def add_party(self, name: str, **facts: Any) -> Party:
        """``facts`` are fields of ``Party``."""
        now = self.clock.tick()
        party = Party(serial=self.parties.next(), name=name, created_at=now, written_at=now, **facts)
        if party.parent is not None:
            party.parent.contacts.append(party)
        return self.parties.add(party.serial, party)

    def tag(self, name: str) -> Tag:
        """The tag of that name, made when there is none."""
        for found in self.tags:
            if found.name == name:
                return found
        serial = self.tags.next()
        return self.tags.add(serial, Tag(serial, name))

    def user(self, login: str) -> User:
        """Raises KeyError when nobody has that login."""
        for found in self.users:
            if found.login == login:
                return found
        raise KeyError(login)

    def journal(self, company: Company, kind: str) -> Journal:
        return next(one for one in self.journals if one.company is company and one.kind == kind)

    # ------------------------------------------------------------------ entries

    def next_number(self, prefix: str, year: int) -> str:
        self._numbers[prefix, year] += 1
        return f"{prefix}/{year}/{self._numbers[prefix, year]:05d}"

    def keep_entry(self, entry: Entry) -> None:
        """Index a new entry and its lines; a number given later must be announced by ``keep_number``."""
        self.entries.add(entry.serial, entry)
        self.entries_by_payer[entry.customer.payer.serial].append(entry)
        for line in entry.lines:
            self.lines.add(line.serial, line)
        if isinstance(entry, Payment):
            self.payments.add(entry.payment_serial, entry)
        self.keep_number(entry)

    def keep_number(self, entry: Entry) -> None:
        if entry.number:
            self.entries_by_number[entry.number] = entry

    def drop_entry(self, entry: Entry) -> None:
        self.entries.remove(entry.serial)
        self.entries_by_payer[entry.customer.payer.serial].remove(entry)
        for line in entry.lines:
            self.lines.remove(line.serial)
        if isinstance(entry, Payment):
            self.payments.remove(entry.payment_serial)
        self.entries_by_number.pop(entry.number, None)
        for note in self.notes_by_subject.pop(id(entry), []):
            self.notes.remove(note.serial)
            self.notes_by_token[note.token].remove(note)
        for activity in self.activities_by_subject.pop(id(entry), []):
            self.activities.remove(activity.serial)

    def touch(self, entry: Entry, at: datetime) -> None:
        """Mark the entry and its due lines as written, as a payment does."""
        entry.written_at = at
        for line in entry.lines:
            if line.role == "due":
                line.written_at = at

    def documents(self) -> Iterator[Document]:
        for entry in self.entries:
            if isinstance(entry, Document):
                yield entry

    # ------------------------------------------------------------------ allocations

    def allocate(self, debit: Line, credit: Line, amount: Decimal, at: datetime) -> Allocation:
        """Set part of ``credit`` against ``debit``, up to what both still have open."""
        allocation = Allocation(self.allocations.next(), debit, credit, amount, at, at)
        debit.residual -= amount
        credit.residual += amount
        for line in (debit, credit):
            line.allocations.append(allocation)
            self.touch(line.entry, at)
        return self.allocations.add(allocation.serial, allocation)

    def deallocate(self, allocation: Allocation, at: datetime) -> None:
        """Take it back. The row is gone for good: hosts keep no trace of it."""
        allocation.debit.residual += allocation.amount
        allocation.credit.residual -= allocation.amount
        for line in (allocation.debit, allocation.credit):
            line.allocations.remove(allocation)
            self.touch(line.entry, at)
        self.allocations.remove(allocation.serial)

    # ------------------------------------------------------------------ chatter

    def keep_note(self, note: Note) -> Note:
        self.notes_by_token[note.token].append(note)
        self.notes_by_subject[id(note.subject)].append(note)
        return self.notes.add(note.serial, note)

    def keep_activity(self, activity: Activity) -> Activity:
        self.activities_by_subject[id(activity.subject)].append(activity)
        return self.activities.add(activity.serial, activity)

    def drop_activity(self, activity: Activity) -> None:
        self.activities_by_subject[id(activity.subject)].remove(activity)
        self.activities.remove(activity.serial)
