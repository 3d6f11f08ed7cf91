"""Whose books a store knows. Hosts number their records in each company: what was done about invoice 130 of
one would be taken for what was done about invoice 130 of another."""

from __future__ import annotations

from connector.errors import Unauthorized
from connector.ports import Memo

REMEDY = (
    "connect that one again, or give the other a company file of its own with another id, so that nobody is"
    " reminded of what another owes"
)


def known(memo: Memo, host: str) -> str:
    """The host's id of the company that was read under this id of ours; empty before the first pull."""
    return memo.get(_name(host)) or ""


def demand_same(memo: Memo, host: str, company: str) -> None:
    """Raise Unauthorized when other books were read here before."""
    before = known(memo, host)
    if before and before != company:
        raise Unauthorized(
            f"company {company} is connected, and what is kept here is of company {before}: {REMEDY}"
        )


def note(memo: Memo, host: str, company: str) -> None:
    """These books were opened, and will be read."""
    if known(memo, host) != company:
        memo[_name(host)] = company


def _name(host: str) -> str:
    return f"{host}.books"
