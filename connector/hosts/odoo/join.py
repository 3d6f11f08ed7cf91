"""From Odoo's rows to records that can be mapped alone. Pure.

What Odoo does oddly is put right here, so that the mapping has no conditions: the sign of credit notes, an
invoice's state out of three fields, the rank of its installments, what stands behind a reconciliation.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from inscriptis import get_text

from connector.hosts.titles import roles_of
from connector.model import Kind, Ref
from connector.ports import Record

Row = dict[str, Any]

CREDIT_NOTE = "out_refund"
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
#: payment_state of a posted document that a person may still have to do something about.
OPEN_STATES = ("not_paid", "partial", "in_payment", "blocked")
_CLOSED_STATES = ("paid", "reversed", "invoicing_legacy")

_MARKER = re.compile(r"relance:([\w.:/@+-]+)")


def record(kind: Kind, row: Row, mapping_version: str, customer: object = None) -> Record:
    """Return the record of a joined row. Its digest leaves out when Odoo last saved it, and changes with the
    mapping, so that a changed mapping reads everything again."""
    saved: Row = {name: row.pop(name) for name in ("write_date", "version") if name in row}
    # repr is the fastest stable text of it; the order of the keys is that of our request
    digest = hashlib.blake2b(f"{mapping_version}{row!r}".encode(), digest_size=16).hexdigest()
    row.update(saved)
    return Record(Ref(kind, str(row["id"])), row, digest, str(customer) if customer else None)


# customers ---------------------------------------------------------------------------------------------
def customers(rows: Iterable[Row]) -> list[Row]:
    """Return the commercial entities among ``rows``, each with its other partners as ``contacts``."""
    rows = list(rows)
    contacts: dict[int, list[Row]] = {}
    for row in rows:
        if row["id"] != row["commercial_partner_id"] and row["active"] and row.get("type") != "private":
            contacts.setdefault(row["commercial_partner_id"], []).append({**row, "roles": roles(row)})
    return [
        {**row, "contacts": _without_dates(contacts.get(row["id"], ())), "version": row["write_date"]}
        for row in rows
        if row["id"] == row["commercial_partner_id"]
    ]


def roles(row: Row) -> list[str]:
    """What a contact is good for, from the kind of its address and its job title."""
    desk = {"accounting"} if row.get("type") == "invoice" else set()
    return sorted({*roles_of(row.get("function")), *desk})


def _without_dates(rows: Iterable[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "write_date"} for row in rows]


# invoices ----------------------------------------------------------------------------------------------
def invoice(move: Row, lines: Sequence[Row], partials: Sequence[Row], others: Mapping[int, Row]) -> Row:
    """Join a document with its receivable ``lines`` (paid ones too), the reconciliations (``partials``) that
    touch them, and the lines on the ``others``' side of these, by id."""
    # one alone, as most are, needs no ranking
    ranked = sorted(lines, key=lambda line: (due(line, move), line["id"])) if len(lines) > 1 else lines
    positions = {line["id"]: rank for rank, line in enumerate(ranked)}
    return {
        **move,
        "situation": situation(move),
        "contact_id": move["partner_id"] if move["partner_id"] != move["commercial_partner_id"] else False,
        "no_reminders": _no_reminders(move, lines),
        "installments": installments(move, ranked),
        "allocations": allocations(move, positions, partials, others),
        "version": version(move),
    }


def version(move: Row) -> str:
    """What makes a document worth reading again: it changes with what is owed, by whom and until when, also
    when that was changed behind Odoo's back (merged customers), and not when it was only saved again."""
    names = ("state", "payment_state", "amount_residual", "commercial_partner_id", "invoice_date_due")
    return "|".join([str(move[name] or "") for name in names])


def situation(move: Row) -> str:
    """Return open, in_payment, paid, draft or cancel. An unknown payment_state comes back as it is, so that
    the mapping sets the record aside. ``blocked`` may stay on after full payment (19), hence the residual."""
    if move["state"] != "posted":
        return str(move["state"])
    state = str(move["payment_state"])
    if state == "in_payment":
        return state  # paid, not yet seen at the bank (Enterprise), whatever residual remains
    if state in _CLOSED_STATES:
        return "paid"
    if state in OPEN_STATES:
        return "open" if move["amount_residual"] else "paid"
    return state


def due(line: Row, move: Row) -> str:
    """The day on which a receivable line falls due; without one, that of its document."""
    return str(
        line["date_maturity"] or move["invoice_date_due"] or move["invoice_date"] or move["date"] or ""
    )


def installments(move: Row, ranked: Sequence[Row]) -> list[Row]:
    """Amounts count up for credit notes too. A line with the opposite sign (a deposit taken off on the
    receivable account itself) pays the others, the earliest first."""
    sign = -1 if move["move_type"] == CREDIT_NOTE else 1
    spare = -sum(min(0.0, sign * line["amount_residual_currency"]) for line in ranked)
    found = []
    for rank, line in enumerate(ranked):
        left = max(0.0, sign * line["amount_residual_currency"])
        taken = min(spare, left)
        spare -= taken
        found.append(
            {
                "position": rank,
                "due": due(line, move),
                "amount": max(0.0, sign * line["amount_currency"]),
                "residual": round(left - taken, 6) if taken else left,
            }
        )
    return found


def allocations(
    move: Row, positions: Mapping[int, int], partials: Sequence[Row], others: Mapping[int, Row]
) -> list[Row]:
    """One for each reconciliation that takes something off the document, in its currency."""
    if not partials:
        return []
    ours, theirs, amount = "debit_move_id", "credit_move_id", "debit_amount_currency"
    if move["move_type"] == CREDIT_NOTE:
        ours, theirs, amount = "credit_move_id", "debit_move_id", "credit_amount_currency"
    mine = [p for p in partials if p[ours] in positions and p[amount] > 0]
    exchange = {p["exchange_move_id"] for p in mine if p["exchange_move_id"]}
    found = []
    for partial in sorted(mine, key=lambda p: int(p["id"])):
        other = others.get(partial[theirs], {})
        found.append(
            {
                "id": partial["id"],
                "source": "other" if other.get("move_id") in exchange else _source(other),
                "amount": partial[amount],
                "date": other.get("date") or partial["max_date"],
                "position": positions[partial[ours]],
                "label": other.get("move_name") or "",
            }
        )
    return found


def _source(other: Row) -> str:
    if other.get("payment_id") or other.get("statement_line_id"):
        return "payment"
    return "credit_note" if other.get("move_type") in DOCUMENTS else "other"


def _no_reminders(move: Row, lines: Sequence[Row]) -> bool:
    held = move["payment_state"] == "blocked" or bool(move.get("no_overdue_reminder"))
    return held or any(line.get("no_followup") or line.get("blocked") for line in lines)


# the rest ----------------------------------------------------------------------------------------------
def payment(line: Row, entity: Mapping[int, int]) -> Row:
    """A credit on a receivable account. ``entity`` gives the customer of a partner."""
    posted = line["parent_state"] == "posted"
    return {
        **line,
        "customer_id": entity.get(line["partner_id"], line["partner_id"]),
        "amount": max(0.0, -line["amount_currency"]),
        "unapplied": max(0.0, -line["amount_residual_currency"]) if posted else 0.0,
        "version": payment_version(line),
    }


def payment_version(line: Row) -> str:
    return f"{line['amount_residual_currency']}|{line['partner_id'] or ''}"


def activity(row: Row, company_id: int, key: str | None = None) -> Row:
    """An open task; ``marker`` is our key when we wrote it (``key``, when the note has lost it)."""
    joined = {name: value for name, value in row.items() if name != "note"}
    return {
        **joined,
        "marker": marker_in(row["note"], company_id) or key,
        "person_id": row["user_id"],
        "version": f"{row['date_deadline']}|{row['user_id'] or ''}",
    }


def marker(key: str, company_id: int) -> str:
    """Return the text by which the task of ``key`` is found again: ``relance:1:promise/12``. It stands in the
    note, as Odoo strips hidden attributes. A key that could not be read back is replaced by its digest."""
    if not re.fullmatch(r"[\w.:/@+-]{1,100}", key) or key.endswith("."):
        key = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"relance:{company_id}:{key}"


def marker_in(note: object, company_id: int) -> str | None:
    """Return the key in a task's note; None when it is not ours, or of another company's."""
    found = _MARKER.search(str(note or ""))
    company, _, key = found[1].partition(":") if found else ("", "", "")
    return key or None if company == str(company_id) else None


#: What tells messages apart, and is no part of one.
_ABOUT_MESSAGES = ("body", "author_id", "create_uid", "message_type", "message_id", "mail_activity_type_id")


def inbound(row: Row) -> Row:
    """A message that came from outside, its body as plain text."""
    joined = {name: value for name, value in row.items() if name not in _ABOUT_MESSAGES}
    return {**joined, "text": plain(row["body"]), "version": row["write_date"]}


def plain(html: object) -> str:
    """The text of a hostile piece of HTML."""
    return get_text(str(html)).strip()[:20_000] if html else ""
