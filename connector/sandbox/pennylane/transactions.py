"""Bank transactions: the ledger's payments, without who paid them unless somebody said so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from connector.sandbox.nouns import CENT, Document, Party, Payment
from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.banks import bank_account, journal_of
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.categories import shown_weights
from connector.sandbox.pennylane.customers import customer
from connector.sandbox.pennylane.errors import missing, refused
from connector.sandbox.pennylane.filters import SAME, SET, Field, day, whole
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.stage import Stage
from connector.sandbox.pennylane.values import BANK_ACCOUNTS, CUSTOMERS, ENTRIES, amount, moment


def transaction(call: Call, number: int) -> Payment:
    """Raises ApiError (404)."""
    found = call.stage.ledger.entries.get(ENTRIES.serial(number))
    if not isinstance(found, Payment) or not call.stage.shows(found, call.token.company):
        raise missing("Transaction", number)
    return found


def invoices_of(payment: Payment) -> list[Document]:
    """The invoices that it is matched to, in the order of their creation."""
    entries = {one.debit.entry.serial: one.debit.entry for one in payment.allocations}
    return [one for _, one in sorted(entries.items()) if isinstance(one, Document)]


def customer_of(stage: Stage, payment: Payment) -> Party | None:
    """Who paid: as the bank line was recognised, or as a person set it; None when nobody knows."""
    if payment.serial in stage.extras.customer_of:
        return stage.extras.customer_of[payment.serial]
    return payment.customer.payer


def show_matched(call: Call, payment: Payment) -> dict[str, Any]:
    """As the transactions of an invoice are listed."""
    euros = payment.currency.in_euros(payment.total)
    left = payment.currency.in_euros(payment.open_amount)
    account = call.stage.extras.bank_accounts[_account(call.stage, payment)]
    gone = payment.state == "cancelled"
    party = customer_of(call.stage, payment)
    return {
        "amount": amount(euros),
        "archived_at": moment(payment.written_at) if gone else None,
        "attachment_required": True,
        "created_at": moment(payment.created_at),
        "currency_amount": amount(payment.total),
        "currency_fee": None,
        "currency": payment.currency.code,
        "date": payment.on.isoformat(),
        "fee": None,
        "id": ENTRIES.of(payment.serial),
        "label": payment.memo,
        "outstanding_balance": None if gone or not left else amount(-left),
        "updated_at": moment(payment.written_at),
        "journal": {"id": journal_of(account)},
        "bank_account": call.reference("bank_accounts", BANK_ACCOUNTS.of(account.serial)),
        "pro_account_expense": None,
        "customer": call.reference("customers", CUSTOMERS.of(party.serial)) if party else None,
        "categories": shown_weights(call, "transaction", payment.serial),
    }


def show(call: Call, payment: Payment) -> dict[str, Any]:
    matched = show_matched(call, payment)
    journal = call.reference("journals", matched["journal"]["id"])
    invoices = {"url": call.link(f"transactions/{ENTRIES.of(payment.serial)}/matched_invoices")}
    return {**matched, "interbank_code": None, "journal": journal, "supplier": None,
            "matched_invoices": invoices}  # fmt: skip


def _account(stage: Stage, payment: Payment) -> int:
    return int(stage.extras.document[payment.serial].get("bank_account", payment.company.serial))


@route("GET", "transactions", "transactions")
def list_transactions(call: Call) -> dict[str, Any]:
    stage = call.stage
    fields = {
        "id": Field(lambda one: ENTRIES.of(one.serial), SET, whole),
        "bank_account_id": Field(lambda one: BANK_ACCOUNTS.of(_account(stage, one)), SET, whole),
        "journal_id": Field(
            lambda one: journal_of(stage.extras.bank_accounts[_account(stage, one)]), SET, whole
        ),
        "date": Field(lambda one: one.on, (*SAME, "gt", "lt", "lteq", "gteq"), day),
    }
    return page(
        call, stage.transactions(call.token.company), lambda one: show(call, one), fields=fields,
        sorts={"id": lambda one: (ENTRIES.of(one.serial),)},
    )  # fmt: skip


@route("GET", "transactions/{id}", "transactions")
def read_transaction(call: Call) -> dict[str, Any]:
    return show(call, transaction(call, call.args[0]))


@route("GET", "transactions/{id}/matched_invoices", "transactions")
def matched_invoices(call: Call) -> dict[str, Any]:
    def shown(one: Document) -> dict[str, Any]:
        number = ENTRIES.of(one.serial)
        return {"id": number, "type": "customer", "url": call.link(f"customer_invoices/{number}")}

    found = invoices_of(transaction(call, call.args[0]))
    return page(call, found, shown, sorts={"id": lambda one: (ENTRIES.of(one.serial),)})


@route("POST", "transactions", "transactions", body=schemas.TRANSACTION_NEW, status=201)
def make_transaction(call: Call) -> dict[str, Any]:
    """Money that came in, from nobody yet."""
    account = bank_account(call, call.body["bank_account_id"])
    total = Decimal(call.body["amount"] or "0").quantize(CENT)
    if total <= 0:
        raise refused("The sandbox knows money that comes in alone: name an amount above zero")
    payer = next(iter(call.stage.customers()), None)
    if payer is None:
        raise refused("The sandbox has no customer yet, and its ledger no money of nobody")
    made = call.stage.ledger.receive(
        payer, total, on=date.fromisoformat(call.body["date"]), company=call.token.company,
        memo=call.body["label"],
    )  # fmt: skip
    call.stage.extras.customer_of[made.serial] = None
    call.stage.extras.document[made.serial]["bank_account"] = account.serial
    return show(call, made)


@route("PUT", "transactions/{id}", "transactions", body=schemas.TRANSACTION_UPDATE)
def change_transaction(call: Call) -> dict[str, Any]:
    found = transaction(call, call.args[0])
    number = call.body.get("customer_id")
    if call.body.get("supplier_id"):
        raise missing("Supplier", call.body["supplier_id"])
    call.stage.assign(found, customer(call, number) if number is not None else None)
    return show(call, found)
