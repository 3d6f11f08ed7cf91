"""What people do in QuickBooks that no ledger knows, and what a test wants to see there.

Everything else they do is an act of the ledger: ``pay``, ``credit``, ``unreconcile``, ``cancel`` (a void),
``note_customer``, ``merge_customer``, ``archive_customer`` …
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from connector.sandbox.nouns import Company, Document, Entry, Party, Payment
from connector.sandbox.quickbooks.sales import custom_fields, id_of
from connector.sandbox.quickbooks.stage import Realm, Stage
from connector.sandbox.quickbooks.tokens import Tokens
from connector.sandbox.quickbooks.values import realm_id
from connector.sandbox.quickbooks.watch import kind_of


class People:
    """Documents are named by their number, or by themselves. Raises LedgerError when there is none. A
    ``company`` is named by its name; "" is the first.
    """

    def __init__(self, stage: Stage, tokens: Tokens) -> None:
        self._stage, self._tokens = stage, tokens

    # ------------------------------------------------------------------ on invoices

    def write_memo(self, number: str | Document, text: str) -> None:
        """Somebody saves the invoice with another "memo on statement": ``PrivateNote``."""
        with self._stage.ledger.lock:
            self._stage.refresh()
            found = self._stage.ledger.document(number)
            self._stage.typed(found)["PrivateNote"] = text or None
            self._stage.write(found)

    def fill_custom(self, number: str | Document, slot: int, text: str) -> None:
        """Somebody types into a custom field."""
        with self._stage.ledger.lock:
            self._stage.refresh()
            found = self._stage.ledger.document(number)
            self._stage.extras.custom[id_of(found)][str(slot)] = text
            self._stage.write(found)

    def delete(self, number: str | Document) -> None:
        """Gone: its payments stay, unapplied."""
        with self._stage.ledger.lock:
            self._stage.refresh()
            self._stage.ledger.reset_to_draft(number)
            self._stage.ledger.delete(number)

    def copy(self, number: str | Document) -> Document:
        """A new invoice from another, with its private note and custom fields, as "Copy" makes it."""
        ledger, extras = self._stage.ledger, self._stage.extras
        with ledger.lock:
            found = ledger.document(number)
            made = ledger.invoice(
                found.customer, found.total, company=found.company, currency=found.currency.code,
                terms=found.terms, reference=found.reference,
            )  # fmt: skip
            typed = self._stage.typed(found)
            self._stage.typed(made).update({k: typed[k] for k in ("PrivateNote", "BillEmail") if k in typed})
            extras.custom[id_of(made)] = dict(extras.custom[id_of(found)])
            self._stage.refresh()
            return made

    def offer_online_payment(self, number: str | Document, *, offered: bool = True) -> None:
        with self._stage.ledger.lock:
            self._stage.refresh()
            found = self._stage.ledger.document(number)
            self._stage.extras.online[id_of(found)] = offered
            self._stage.write(found)

    def deposit(self, payment: Payment) -> None:
        """The payment goes to the bank with others: it cannot be changed, and its version stays."""
        with self._stage.ledger.lock:
            self._stage.extras.deposits[payment.serial] = str(self._stage.ledger.entries.next())

    def delete_payment(self, payment: Payment) -> None:
        ledger = self._stage.ledger
        with ledger.lock:
            self._stage.refresh()
            ledger.unreconcile(payment)
            ledger.drop_entry(payment)

    # ------------------------------------------------------------------ on the company

    def close_books(self, on: date | None, company: str = "") -> None:
        with self._stage.ledger.lock:
            closed = self._stage.extras.closed_on
            closed.pop(self._company(company).serial, None)
            if on is not None:
                closed[self._company(company).serial] = on

    def subscribe(self, status: str, company: str = "") -> None:
        """The subscription is SUBSCRIBED, RESTRICTED, SUSPENDED, EXPIRED, CANCELLED …"""
        with self._stage.ledger.lock:
            self._stage.extras.subscription[self._company(company).serial] = status

    def disconnect(self, company: str = "") -> None:
        """Somebody takes the program out of "My apps": every grant of the company ends."""
        with self._stage.ledger.lock:
            for grant in self._tokens.grants_of(self._company(company)):
                grant.ended = True

    def lose_admin(self, company: str = "", *, lost: bool = True) -> None:
        """Who connected the program is no administrator any more."""
        with self._stage.ledger.lock:
            for grant in self._tokens.grants_of(self._company(company)):
                grant.admin = not lost

    # ------------------------------------------------------------------ what stands there

    def memo(self, number: str | Document) -> str:
        with self._stage.ledger.lock:
            self._stage.refresh()
            return str(self._stage.typed(self._stage.ledger.document(number)).get("PrivateNote") or "")

    def custom(self, number: str | Document, slot: int) -> str:
        with self._stage.ledger.lock:
            found = self._stage.ledger.document(number)
            shown = custom_fields(self._realm(found.company), found)
            values = {one["DefinitionId"]: one.get("StringValue", "") for one in shown}
            return values.get(str(slot), "")

    def notes(self, record: Entry | Party) -> list[str]:
        """The texts of the notes attached to it, the oldest first."""
        return [str(one.get("Note", "")) for one in self.attached(record) if one.get("Note")]

    def journal(self, document: Document) -> list[tuple[datetime, str]]:
        """The notes attached to an invoice with their moments, the oldest first; its private note behind."""
        with self._stage.ledger.lock:
            found = self._stage.extras.attached_to[kind_of(document), str(document.serial)]
            notes = [
                (self._stage.watch.stamp("Attachable", number).created_at, str(one.facts["Note"]))
                for number, one in sorted(found.items())
                if one.facts.get("Note")
            ]
            memo = self.memo(document)
            return [*notes, (document.written_at, memo)] if memo else notes

    def attached(self, record: Entry | Party | None) -> list[dict[str, Any]]:
        """Facts of what is attached to a record; of what is attached to nothing, without one."""
        extras = self._stage.extras
        with self._stage.ledger.lock:
            if record is None:
                return [one.facts for one in extras.attached.values() if not one.refs]
            kind = "Customer" if isinstance(record, Party) else kind_of(record)
            found = extras.attached_to[kind, str(record.serial)]
            return [one.facts for _, one in sorted(found.items())]

    @staticmethod
    def id_of(record: Entry | Party) -> str:
        """The id over there: of an invoice, a credit note, a payment or a customer."""
        return str(record.serial)

    def document_of(self, number: int | str) -> Document:
        """The invoice or credit note of that id. Raises KeyError."""
        found = self._stage.ledger.entries.get(int(number))
        if not isinstance(found, Document):
            raise KeyError(number)
        return found

    def customer_of(self, number: int | str) -> Party:
        """The customer of that id. Raises KeyError."""
        found = self._stage.ledger.parties.get(int(number))
        if found is None:
            raise KeyError(number)
        return found

    def realm(self, company: str = "") -> str:
        return realm_id(self._company(company).serial)

    # ------------------------------------------------------------------ inside

    def _company(self, name: str) -> Company:
        return next(one for one in self._stage.ledger.companies if name in ("", one.name))

    def _realm(self, company: Company) -> Realm:
        return Realm(self._stage, company, "")
