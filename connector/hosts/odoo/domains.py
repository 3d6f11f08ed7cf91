"""Which rows of Odoo we ask for. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from connector.hosts.odoo.join import DOCUMENTS, OPEN_STATES
from connector.hosts.odoo.journal import OURS, SIGN
from connector.model import Kind

Domain = list[Any]

RECEIVABLE: Domain = [["account_type", "=", "asset_receivable"]]
UNAPPLIED: Domain = [["parent_state", "=", "posted"], ["reconciled", "=", False]]
OPEN: Domain = [
    ["state", "=", "posted"],
    ["payment_state", "in", list(OPEN_STATES)],
    ["amount_residual", "!=", 0],
]
#: A draft that was never posted has no number (up to 17, "/") and was never seen by a customer.
_NUMBERED: Domain = [["name", "not in", [False, "/"]]]
_ON_OURS: Domain = [["res_model", "in", ["account.move", "res.partner"]]]
_IN_JOURNALS: Domain = [["model", "in", ["account.move", "res.partner"]]]


def documents(company_id: int) -> Domain:
    """Invoices, receipts and credit notes of a company, in any state."""
    return [["company_id", "=", company_id], ["move_type", "in", list(DOCUMENTS)]]


def credits(company_id: int) -> Domain:  # noqa: A001 - the accountant's word
    """Money in, or a credit, that stands on a receivable account beside the invoices and credit notes."""
    beside = ["move_id.move_type", "=", "entry"]
    return [["company_id", "=", company_id], *RECEIVABLE, beside, ["balance", "<", 0]]


def bank_entries(company_id: int) -> Domain:
    posted = [["state", "=", "posted"], ["journal_id.type", "=", "bank"]]
    return [["company_id", "=", company_id], *posted]


def said(colleagues: Collection[int]) -> Domain:
    """Messages that may concern us, for ``journal.sort`` to tell apart: from outside (by e-mail or on the
    portal), with an order in it, or of a task that was done; not what we wrote ourselves."""
    stranger = ["author_id", "not in", sorted(colleagues)]
    by_email = ["&", ["message_type", "=", "email"], stranger]
    order = ["|", ["body", "like", SIGN], stranger]
    written = ["&", "&", ["message_type", "=", "comment"], ["message_id", "not like", OURS], *order]
    return [*_IN_JOURNALS, "|", *by_email, "|", *written, ["mail_activity_type_id", "!=", False]]


def everything(
    kind: Kind, company_id: int, horizon: date, mail_since: date, colleagues: Collection[int] = ()
) -> Domain:
    """What the first pull asks of a kind: all that is open, and what is not older than ``horizon``. It covers
    what ``changed`` would give, so that the pull after it finds nothing new."""
    recent = horizon.isoformat()
    match kind:
        case Kind.CUSTOMER:
            entity = ["|", ["is_company", "=", True], ["parent_id", "=", False]]
            return [["customer_rank", ">", 0], *entity]
        case Kind.INVOICE:
            open_ = ["payment_state", "in", list(OPEN_STATES)]
            return [*documents(company_id), *_NUMBERED, "|", ["invoice_date", ">=", recent], open_]
        case Kind.PAYMENT:
            return [*credits(company_id), "|", ["reconciled", "=", False], ["date", ">=", recent]]
        case Kind.ACTIVITY:
            return _ON_OURS
        case _:
            return [*said(colleagues), ["date", ">=", f"{mail_since.isoformat()} 00:00:00"]]


def changed(
    kind: Kind, company_id: int, since: str, unranked: Collection[int], colleagues: Collection[int] = ()
) -> Domain:
    """What was saved since a moment (UTC, as Odoo writes it). ``unranked`` are customers whom Odoo does not
    rank as such (it counts posted invoices; imported ones it does not count)."""
    later = ["write_date", ">=", since]
    match kind:
        case Kind.CUSTOMER:
            ranked = ["commercial_partner_id.customer_rank", ">", 0]
            known = ["commercial_partner_id", "in", sorted(unranked)]
            return [later, "|", ranked, known] if unranked else [later, ranked]
        case Kind.INVOICE:
            return [*documents(company_id), *_NUMBERED, later]
        case Kind.PAYMENT:
            return [*credits(company_id), later]
        case _:
            return [*said(colleagues), later]


def documents_again(company_id: int, ids: list[int], customers: list[int]) -> Domain:
    """These documents, and all that is open of these customers."""
    owner = ["commercial_partner_id", "in", customers]
    return [*documents(company_id), *_either(ids, customers, ["&", owner, "&", OPEN[0], "&", *OPEN[1:]])]


def credits_again(company_id: int, ids: list[int], customers: list[int]) -> Domain:
    """These credits, and all that is unapplied of these customers."""
    owner = ["partner_id.commercial_partner_id", "in", customers]
    return [*credits(company_id), *_either(ids, customers, ["&", owner, "&", *UNAPPLIED])]


def _either(ids: list[int], customers: list[int], theirs: Domain) -> Domain:
    return ["|", ["id", "in", ids], *theirs] if customers else [["id", "in", ids]]
