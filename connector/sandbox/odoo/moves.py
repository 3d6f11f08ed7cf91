"""account.move: invoices, credit notes and the entries behind payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.sandbox.nouns import Attachment, Document, Entry, Line, Payment
from connector.sandbox.odoo.schema import Field, View

PDF_FIELD = "invoice_pdf_report_file"
STATES = {"draft": "draft", "posted": "posted", "cancelled": "cancel"}
MOVE_TYPES = ("entry", "out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt")
PAYMENT_STATES = ("not_paid", "in_payment", "paid", "partial", "reversed", "invoicing_legacy")
PAYMENT_STATES_18 = (*PAYMENT_STATES[:-1], "blocked", "invoicing_legacy")


def move_type(entry: Entry) -> str:
    if isinstance(entry, Document):
        return "out_invoice" if entry.kind == "invoice" else "out_refund"
    return "entry"


def payment_state(entry: Entry, view: View) -> str:
    """As `_compute_payment_state`: blocked lasts until paid on 18 and for ever on 19."""
    if not isinstance(entry, Document) or entry.state != "posted":
        return "not_paid"
    settled = entry.open_amount == 0
    if entry.blocked and (view.version >= 19 or (view.version == 18 and not settled)):
        return "blocked"
    allocations = entry.allocations
    if settled:
        by_credit = all(isinstance(one.credit.entry, Document) for one in allocations)
        return "reversed" if entry.kind == "invoice" and allocations and by_credit else "paid"
    return "partial" if allocations else "not_paid"


def status_in_payment(entry: Entry, view: View) -> str:
    if entry.state != "posted":
        return STATES[entry.state]
    found = payment_state(entry, view)
    if view.version >= 19 and found == "not_paid":
        return "sent" if isinstance(entry, Document) and entry.sent else "posted"
    return found


def move_name(entry: Entry, view: View) -> str:
    """ "/" while draft up to 17, false since."""
    return entry.number or ("" if view.version >= 18 else "/")


def move_display(entry: Entry, view: View) -> str:
    label = entry.number or ("Draft Invoice" if view.version >= 18 else f"Draft Invoice (* {entry.serial})")
    return f"{label} ({entry.reference})" if entry.reference else label


def of_document(get: Callable[[Document], Any], otherwise: Any = None) -> Callable[[Entry, View], Any]:
    """A field that only invoices and credit notes have."""
    return lambda entry, _view: get(entry) if isinstance(entry, Document) else otherwise


def sign(entry: Entry) -> int:
    return -1 if isinstance(entry, Document) and entry.kind == "credit_note" else 1


def matched_payments(document: Document) -> list[Payment]:
    found = [one.credit.entry for one in document.allocations if isinstance(one.credit.entry, Payment)]
    return list(dict.fromkeys(found))


def payments_of(entry: Entry, _view: View) -> list[Payment]:
    return matched_payments(entry) if isinstance(entry, Document) and entry.kind == "invoice" else []


def access_url(entry: Entry, _view: View) -> str:
    return f"/my/invoices/{entry.serial}" if isinstance(entry, Document) else "#"


def next_due(entry: Entry, _view: View) -> Any:
    dates = [line.due_on for line in entry.due_lines if line.residual and line.due_on]
    return min(dates, default=None) if entry.state == "posted" else None


def items(entry: Entry, _view: View) -> list[Line]:
    return [line for line in entry.lines if line.role == "item" and isinstance(entry, Document)]


def own_pdf(entry: Entry, view: View) -> Attachment | None:
    """What was printed or sent; nothing before that."""
    held = [a for a in view.ledger.attachments if a.subject is entry and a.held_by == PDF_FIELD]
    return held[-1] if held else None


MOVE_FIELDS = (
    Field("name", "char", move_name),
    Field("move_type", "selection", lambda e, v: move_type(e), choices=MOVE_TYPES, required=True,
          readonly=True),
    Field("state", "selection", lambda e, v: STATES[e.state], choices=("draft", "posted", "cancel"),
          required=True,
          readonly=True),
    Field("payment_state", "selection", payment_state, choices=PAYMENT_STATES, readonly=True, until=17),
    Field("payment_state", "selection", payment_state, choices=PAYMENT_STATES_18, readonly=True, since=18),
    Field("status_in_payment", "selection", status_in_payment,
          choices=(*PAYMENT_STATES_18, "draft", "cancel"),
          store=False, readonly=True, since=18, until=18),
    Field("status_in_payment", "selection", status_in_payment, searchable=False, readonly=True, since=19,
          choices=(*PAYMENT_STATES_18, "draft", "posted", "sent", "cancel"), store=False),
    Field("partner_id", "many2one", of_document(lambda d: d.customer), "res.partner", until=16,
          readonly=True),
    Field("partner_id", "many2one", lambda e, v: e.customer, "res.partner", since=17),
    Field("commercial_partner_id", "many2one", lambda e, v: e.customer.payer, "res.partner", readonly=True),
    Field("partner_shipping_id", "many2one", of_document(lambda d: d.customer), "res.partner"),
    Field("company_id", "many2one", lambda e, v: e.company, "res.company"),
    Field("currency_id", "many2one", lambda e, v: e.currency, "res.currency", required=True),
    Field("company_currency_id", "many2one", lambda e, v: e.company.currency, "res.currency", store=False,
          readonly=True),
    Field("invoice_date", "date", of_document(lambda d: d.on), readonly=True, until=16),
    Field("invoice_date", "date", of_document(lambda d: d.on), since=17),
    Field("date", "date", lambda e, v: e.on, required=True),
    Field("invoice_date_due", "date", lambda e, v: e.due_on if isinstance(e, Document) else e.on),
    Field("next_payment_date", "date", next_due, store=False, readonly=True, since=18),
    Field("amount_untaxed", "monetary", lambda e, v: e.total, readonly=True),
    Field("amount_tax", "monetary", lambda e, v: 0, readonly=True),
    Field("amount_total", "monetary", lambda e, v: e.total, readonly=True),
    Field("amount_residual", "monetary", of_document(lambda d: d.open_amount, 0), readonly=True),
    Field("amount_total_signed", "monetary", lambda e, v: sign(e) * e.currency.in_euros(e.total),
          readonly=True),
    Field("amount_residual_signed", "monetary",
          of_document(lambda d: sign(d) * d.currency.in_euros(d.open_amount), 0), readonly=True),
    Field("payment_reference", "char", of_document(lambda d: d.number if d.kind == "invoice" else "")),
    Field("ref", "char", lambda e, v: e.reference),
    Field("invoice_origin", "char", readonly=True),
    Field("invoice_user_id", "many2one", of_document(lambda d: d.salesperson), "res.users"),
    Field("invoice_payment_term_id", "many2one", of_document(lambda d: d.terms), "account.payment.term"),
    Field("reversed_entry_id", "many2one", of_document(lambda d: d.corrects), "account.move", readonly=True),
    Field("reversal_move_id", "one2many", of_document(lambda d: d.corrections, ()), "account.move", until=17),
    Field("reversal_move_ids", "one2many", of_document(lambda d: d.corrections, ()), "account.move",
          since=18),
    Field("payment_id", "many2one", lambda e, v: e if isinstance(e, Payment) else None, "account.payment",
          until=17),
    Field("origin_payment_id", "many2one", lambda e, v: e if isinstance(e, Payment) else None,
          "account.payment",
          since=18),
    Field("matched_payment_ids", "many2many", payments_of, "account.payment", since=18),
    Field("no_followup", "boolean", lambda e, v: any(line.withheld for line in e.due_lines), since=19,
          store=False,
          searchable=False),
    Field("access_token", "char", of_document(lambda d: d.portal_token)),
    Field("access_url", "char", access_url, store=False, readonly=True,
          searchable=False),
    Field("is_move_sent", "boolean", of_document(lambda d: d.sent, False), readonly=True),
    Field("line_ids", "one2many", lambda e, v: e.lines, "account.move.line", readonly=True, until=16),
    Field("line_ids", "one2many", lambda e, v: e.lines, "account.move.line", since=17),
    Field("invoice_line_ids", "one2many", items, "account.move.line", readonly=True, until=16),
    Field("invoice_line_ids", "one2many", items, "account.move.line", since=17),
    Field("journal_id", "many2one", lambda e, v: e.journal, "account.journal", required=True),
    Field("invoice_partner_display_name", "char", lambda e, v: e.customer.name, readonly=True),
    Field("narration", "html"),
    Field("partner_bank_id", "many2one", relation="res.partner.bank"),
    Field("invoice_pdf_report_id", "many2one", own_pdf, "ir.attachment", store=False, readonly=True,
          searchable=False,
          since=17),
    Field("message_ids", "one2many", lambda e, v: v.ledger.notes_by_subject.get(id(e), ()), "mail.message"),
    Field("activity_ids", "one2many", lambda e, v: v.ledger.activities_by_subject.get(id(e), ()),
          "mail.activity"),
    Field("create_uid", "many2one", lambda e, v: e.author, "res.users", readonly=True),
    Field("write_uid", "many2one", lambda e, v: e.author, "res.users", readonly=True),
    Field("create_date", "datetime", lambda e, v: e.created_at, readonly=True),
    Field("write_date", "datetime", lambda e, v: e.written_at, readonly=True),
)  # fmt: skip
