"""A host that lives in memory: the shortest adapter, and a ledger for tests to act on.

Its records are already in our words, so that its mapping is the identity. ``MemoryHost`` as the pipeline sees
it is the first half; what people do in their ledger (``invoice``, ``pay``, ``unreconcile``, …) the second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connector.errors import HostError, Refused
from connector.mapping import FieldMapping, make_mapping
from connector.model import Attachment, Kind, Message, Ref
from connector.ports import (
    Ability,
    Claim,
    CloseTask,
    Entry,
    Finding,
    HostReport,
    MoveTask,
    Note,
    Page,
    Receipt,
    ReceiptStatus,
    Record,
    Task,
    Usage,
    Written,
)

Row = dict[str, Any]

_AS: Mapping[str, Mapping[str, str]] = {
    "customer": {
        **dict.fromkeys(("ref", "name", "version", "email", "phone", "country"), "text"),
        **dict.fromkeys(("active", "no_reminders"), "flag"),
        "language": "language",
        "tags": "list",
        "contacts": "list:contact",
    },
    "contact": {**dict.fromkeys(("ref", "name", "email"), "text"), "language": "language", "roles": "list"},
    "invoice": {
        **dict.fromkeys(("ref", "number", "customer_ref", "currency", "version", "kind", "state"), "text"),
        **dict.fromkeys(("total", "residual"), "money"),
        "issued_on": "date",
        "installments": "list:installment",
        "allocations": "list:allocation",
        "no_reminders": "flag",
    },
    "installment": {"position": "number", "due_on": "date", "amount": "money", "residual": "money"},
    "allocation": {
        **dict.fromkeys(("ref", "source"), "text"),
        "amount": "money",
        "on": "date",
        "position": "number",
    },
    "payment": {
        **dict.fromkeys(("ref", "customer_ref", "currency", "version"), "text"),
        **dict.fromkeys(("amount", "unapplied"), "money"),
        "paid_on": "date",
    },
    "activity": {
        **dict.fromkeys(("ref", "on_kind", "on_id", "summary", "version", "marker"), "text"),
        "due_on": "date",
        "person_ref": "text",
    },
    "inbound": {
        **dict.fromkeys(("ref", "on_kind", "on_id", "sender", "text", "version"), "text"),
        "received_at": "datetime",
    },
    "remark": {
        **dict.fromkeys(("ref", "on_kind", "on_id", "text", "version", "task"), "text"),
        "said_at": "datetime",
        "author": "person",
    },
}


def memory_mapping() -> FieldMapping:
    """Return the mapping that leaves the records as they are."""
    tables: dict[str, dict[str, Row]] = {}
    for noun, fields in _AS.items():
        tables[noun] = {}
        for name, kind in fields.items():
            kind, _, of = kind.partition(":")  # noqa: PLW2901
            tables[noun][name] = {"from": name, "as": kind, **({"of": of} if of else {})}
    tables["remark"]["text"]["default"] = ""  # a task may be marked done without a word
    return make_mapping(tables, file="memory")


class MemoryHost:
    """See ``ports.Host``. ``down``, when set, is raised by every call."""

    name = "memory"
    supports = frozenset({Ability.NOTE, Ability.ACTIVITY, Ability.MAIL, Ability.ATTACHMENT, Ability.PDF})

    def __init__(self, mapping: FieldMapping | None = None, *, page_size: int = 100) -> None:
        self.mapping = mapping or memory_mapping()
        self.usage = Usage()
        self.down: HostError | None = None
        self.bank_entry_on: date | None = None
        self.notes: dict[str, Note] = {}
        self.tasks: dict[str, Row] = {}
        self.mails: dict[str, Message] = {}
        self.pdfs: dict[Ref, Attachment] = {}
        self.claimed: Claim | None = None
        self._rows: dict[Ref, Row] = {}
        self._changed: dict[Ref, int] = {}  # ref -> at which change it last changed, in that order
        self._clock = 0
        self._page_size = page_size

    # what the pipeline sees ----------------------------------------------------------------------------
    def check(self) -> HostReport:
        self._call("check")
        return HostReport("Memory", "nobody", "memory", (Finding(True, "is there"),), self.bank_entry_on)

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """The cursor is the number of the last change read; that change comes once more."""
        self._call("pull")
        since = int(cursor or 0)
        changed = sorted((at, ref) for ref, at in self._changed.items() if at >= since)
        for start in range(0, len(changed), self._page_size):
            part = changed[start : start + self._page_size]
            gone = tuple(ref for _, ref in part if ref not in self._rows)
            records = tuple(self._record(ref) for _, ref in part if ref in self._rows)
            yield Page(records, str(part[-1][0]), gone, self.bank_entry_on, len(changed))
            self._call("pull")

    def open_refs(self) -> Mapping[Ref, str]:
        self._call("open_refs")
        return {ref: str(row["version"]) for ref, row in self._rows.items() if _left(row) > 0}

    def read(self, refs: Collection[Ref], customers: Collection[str] = ()) -> Sequence[Record]:
        self._call("read")
        theirs = {
            ref
            for ref, row in self._rows.items()
            if (_left(row) > 0 and row["customer_ref"] in customers)
            or (ref.kind is Kind.CUSTOMER and ref.id in customers)
        }
        return [self._record(ref) for ref in self._rows if ref in theirs or ref in refs]

    def write(self, entries: Sequence[Entry], again: Collection[str] = ()) -> Iterator[Written]:
        self._call("write")
        for entry in entries:
            yield self._write(entry)

    def send(self, message: Message) -> Receipt:
        if self.down:
            return Receipt(ReceiptStatus.FAILED, detail=str(self.down))
        self.mails[message.message_id] = message
        return Receipt(ReceiptStatus.SENT, message.message_id)

    def find(self, message: Message) -> Receipt:
        there = message.message_id in self.mails
        return Receipt(ReceiptStatus.SENT if there else ReceiptStatus.FAILED, message.message_id)

    def documents(self, refs: Collection[Ref]) -> Mapping[Ref, Attachment]:
        if refs:
            self._call("documents")
        return {ref: self.pdfs[ref] for ref in refs if ref in self._rows and ref in self.pdfs}

    def claim(self, mine: Claim, *, take_over: bool = False) -> Claim:
        self._call("claim")
        there = self.claimed
        if there is None or take_over or (there.store == mine.store and there.serial < mine.serial):
            self.claimed = mine
        return self.claimed or mine

    def close(self) -> None:
        pass

    def _call(self, method: str) -> None:
        if self.down:
            raise self.down
        self.usage.calls += 1
        self.usage.by_method[method] = self.usage.by_method.get(method, 0) + 1

    def _record(self, ref: Ref) -> Record:
        row = self._rows[ref]
        customer = ref.id if ref.kind is Kind.CUSTOMER else row.get("customer_ref")
        return Record(ref, row, f"{self.mapping.version}{row!r}", customer)

    def _write(self, entry: Entry) -> Written:
        match entry:
            case Note():
                if entry.on not in self._rows:
                    return Written(entry.key, error=Refused("there is no such record"))
                self.notes.setdefault(entry.key, entry)
            case Task():
                if entry.key not in self.tasks:
                    self.tasks[entry.key] = {"on_kind": entry.on.kind.value, "on_id": entry.on.id}
                    self._task(entry.key, summary=entry.summary, due_on=entry.due_on.isoformat())
            case MoveTask():
                if Ref(Kind.ACTIVITY, entry.task_key) not in self._rows:
                    return Written(entry.key, error=Refused("the task is done"))
                self._task(entry.task_key, due_on=entry.due_on.isoformat())
            case CloseTask():
                self.delete(Ref(Kind.ACTIVITY, entry.task_key))
        return Written(entry.key, entry.key)

    def _task(self, key: str, **values: Any) -> None:
        self.tasks[key] |= values
        self.put(Kind.ACTIVITY, {**self.tasks[key], "ref": key, "marker": key})

    # what people do ------------------------------------------------------------------------------------
    def put(self, kind: Kind, row: Row) -> str:
        """Save a record as it stands, whatever it says, and return its ref."""
        self._clock += 1
        ref = Ref(kind, str(row["ref"]))
        self._rows[ref] = {**row, "version": str(self._clock)}
        self._changed[ref] = self._clock
        return ref.id

    def customer(self, ref: str, name: str = "Exemple SARL", **fields: Any) -> str:
        defaults = {"email": f"compta@{ref}.example", "language": "fr", "contacts": []}
        return self.put(Kind.CUSTOMER, {"ref": ref, "name": name, **defaults, **fields})

    def invoice(
        self,
        ref: str,
        customer: str,
        parts: Sequence[tuple[date, str]],
        *,
        issued_on: date | None = None,
        currency: str = "EUR",
        **fields: Any,
    ) -> str:
        """Post an invoice of these installments: (due date, amount)."""
        installments = [
            {"position": rank, "due_on": due.isoformat(), "amount": amount, "residual": amount}
            for rank, (due, amount) in enumerate(parts)
        ]
        row = {
            "ref": ref,
            "number": f"F-{ref}",
            "customer_ref": customer,
            "currency": currency,
            "issued_on": (issued_on or parts[0][0]).isoformat(),
            "kind": "invoice",
            "installments": installments,
            "allocations": [],
            **fields,
        }
        return self.put(Kind.INVOICE, _summed(row))

    def print(self, invoice: str, content: bytes = b"%PDF-1.4 made up", name: str | None = None) -> None:
        """Make the PDF of an invoice."""
        found = Attachment(f"F-{invoice}.pdf" if name is None else name, "application/pdf", content)
        self.pdfs[Ref(Kind.INVOICE, invoice)] = found

    def pay(self, invoice: str, amount: str | None = None, on: date = date(2026, 1, 1)) -> None:
        """Allocate a payment (all that is left, unless ``amount`` says otherwise), the earliest due first."""
        row = self._rows[Ref(Kind.INVOICE, invoice)]
        left = Decimal(amount or row["residual"])
        installments, allocations = [], list(row["allocations"])
        for part in row["installments"]:
            taken = min(left, Decimal(part["residual"]))
            left -= taken
            installments.append({**part, "residual": str(Decimal(part["residual"]) - taken)})
            if taken:
                one = {"ref": f"{invoice}/{self._clock}/{part['position']}", "source": "payment"}
                one |= {"amount": str(taken), "on": on.isoformat(), "position": part["position"]}
                allocations.append(one)
        self.put(Kind.INVOICE, _summed({**row, "installments": installments, "allocations": allocations}))

    def receive(self, ref: str, customer: str, amount: str, on: date, currency: str = "EUR") -> str:
        """Receive money that no invoice takes."""
        row = {"ref": ref, "customer_ref": customer, "currency": currency, "paid_on": on.isoformat()}
        return self.put(Kind.PAYMENT, {**row, "amount": amount, "unapplied": amount})

    def unreconcile(self, invoice: str) -> None:
        """Take back every allocation of an invoice."""
        row = self._rows[Ref(Kind.INVOICE, invoice)]
        parts = [{**part, "residual": part["amount"]} for part in row["installments"]]
        self.put(Kind.INVOICE, _summed({**row, "installments": parts, "allocations": []}))

    def say(self, on: Ref, text: str, by: str = "camille", at: datetime | None = None, **fields: Any) -> str:
        """Somebody of the company writes in the journal of a record."""
        moment = (at or datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
        author = {"id": by, "name": by.capitalize(), "email": f"{by}@example.com"}
        row = {"ref": f"m{self._clock}", "on_kind": on.kind.value, "on_id": on.id, "said_at": moment}
        return self.put(Kind.REMARK, {**row, "author": author, "text": text, **fields})

    def say_again(self, ref: str, text: str) -> None:
        """Somebody writes other words into his remark."""
        self.put(Kind.REMARK, {**self._rows[Ref(Kind.REMARK, ref)], "text": text})

    def answer(
        self, on: Ref, text: str, sender: str = "compta@example.com", at: datetime | None = None
    ) -> str:
        """A message comes from outside."""
        moment = (at or datetime(2026, 1, 1, tzinfo=UTC)).isoformat()
        row = {"ref": f"m{self._clock}", "on_kind": on.kind.value, "on_id": on.id, "received_at": moment}
        return self.put(Kind.INBOUND, {**row, "sender": sender, "text": text})

    def mark_done(
        self, task: str, feedback: str = "", by: str = "camille", at: datetime | None = None
    ) -> None:
        """Somebody marks the task of that key done, with a word on it or without."""
        row = self._rows[Ref(Kind.ACTIVITY, task)]
        self.delete(Ref(Kind.ACTIVITY, task))
        self.say(Ref(Kind(row["on_kind"]), row["on_id"]), feedback, by, at, task=task)

    def move_task(self, task: str, due_on: date) -> None:
        """Somebody gives a task another day."""
        self._task(task, due_on=due_on.isoformat())

    def delete(self, ref: Ref) -> None:
        """Remove a record."""
        if self._rows.pop(ref, None) is not None:
            self._clock += 1
            self._changed[ref] = self._clock


def _summed(row: Row) -> Row:
    """Complete an invoice's row with what follows from its installments."""
    total = sum(Decimal(part["amount"]) for part in row["installments"])
    residual = sum(Decimal(part["residual"]) for part in row["installments"])
    state = "open" if residual else "paid"
    return {**row, "total": str(total), "residual": str(residual), "state": state}


def _left(row: Row) -> Decimal:
    return Decimal(row.get("residual") or row.get("unapplied") or 0)
