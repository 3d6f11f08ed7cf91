"""Bank accounts: one per bank journal of the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connector.sandbox.pennylane import schemas
from connector.sandbox.pennylane.calls import Call, route
from connector.sandbox.pennylane.errors import missing
from connector.sandbox.pennylane.paging import page
from connector.sandbox.pennylane.stage import BankAccount
from connector.sandbox.pennylane.values import BANK_ACCOUNTS, JOURNALS, LEDGER_ACCOUNTS, amount, moment

ESTABLISHMENT = 2640


def bank_account(call: Call, number: int) -> BankAccount:
    """Raises ApiError (404), for an account of another company too."""
    found = call.stage.extras.bank_accounts.get(BANK_ACCOUNTS.serial(number))
    if found is None or found not in _accounts(call):
        raise missing("BankAccount", number)
    return found


def _accounts(call: Call) -> list[BankAccount]:
    others = {one.serial for one in call.stage.ledger.companies if one is not call.token.company}
    return [one for serial, one in sorted(call.stage.extras.bank_accounts.items()) if serial not in others]


def journal_of(account: BankAccount) -> int:
    """The id of the account's journal; one made through the API has one of its own."""
    return JOURNALS.of(account.journal or 1000 + account.serial)


def show(call: Call, account: BankAccount) -> dict[str, Any]:
    ledger_account = LEDGER_ACCOUNTS.of(500_000 + account.serial)
    return {
        "id": BANK_ACCOUNTS.of(account.serial),
        "name": account.name,
        "currency": account.currency,
        "balance": amount(_balance(call, account)),
        "created_at": moment(account.created_at),
        "updated_at": moment(account.created_at),
        "bank_establishment": {"id": ESTABLISHMENT},
        "journal": call.reference("journals", journal_of(account)),
        "ledger_account": call.reference("ledger_accounts", ledger_account),
    }


def _balance(call: Call, account: BankAccount) -> Decimal:
    if account.serial != call.token.company.serial:
        return Decimal(0)
    found = call.stage.transactions(call.token.company)
    return sum((one.currency.in_euros(one.total) for one in found if one.state == "posted"), Decimal(0))


@route("GET", "bank_accounts", "bank_accounts")
def list_bank_accounts(call: Call) -> dict[str, Any]:
    by_id = {"id": lambda one: (BANK_ACCOUNTS.of(one.serial),)}
    return page(call, _accounts(call), lambda one: show(call, one), sorts=by_id)


@route("GET", "bank_accounts/{id}", "bank_accounts")
def read_bank_account(call: Call) -> dict[str, Any]:
    return show(call, bank_account(call, call.args[0]))


@route("POST", "bank_accounts", "bank_accounts", body=schemas.BANK_ACCOUNT_NEW, status=201)
def make_bank_account(call: Call) -> dict[str, Any]:
    known = call.stage.extras.bank_accounts
    serial, currency = max(known, default=0) + 1, call.body.get("currency", "EUR")
    made = BankAccount(serial, call.body["name"], call.stage.ledger.clock.tick(), currency)
    known[serial] = made
    return show(call, made)
