"""The address at which a customer pays: only one that a reminder may carry."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from connector.errors import Refused
from connector.hosts.quickbooks.links import link_of

OPEN = {"Id": "130", "Balance": 5, "TotalAmt": 5, "BillEmail": {"Address": "compta@client.example"}}


def reader(answer: str | None) -> Any:
    asked: list[str] = []

    def get(path: str, **_more: object) -> dict[str, Any]:
        asked.append(path)
        if answer is None:
            raise Refused("no such invoice")
        return {"Invoice": {"Id": "130", "InvoiceLink": answer}}

    return SimpleNamespace(
        memo={}, name=lambda what: what, client=SimpleNamespace(get=get), asked=asked,
        settings=SimpleNamespace(base_url="http://127.0.0.1:8069"),
    )  # fmt: skip


@pytest.mark.parametrize("link", ["https://connect.intuit.com/pay/abc", "http://127.0.0.1:8069/pay/abc"])
def test_a_link_is_asked_for_once(link: str) -> None:
    ours = reader(link)
    assert [link_of(ours, OPEN) for _ in range(3)] == [link] * 3
    assert ours.asked == ["invoice/130"]


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "http://pay.exemple.example/abc", "//x/y", None])
def test_what_no_reminder_may_carry_is_none(link: str | None) -> None:
    ours = reader(link)
    assert [link_of(ours, OPEN) for _ in range(2)] == [None, None]
    assert ours.asked == ["invoice/130"]


@pytest.mark.parametrize("change", [{"Balance": 0}, {"BillEmail": {}}])
def test_nobody_is_asked_where_there_is_none(change: dict[str, Any]) -> None:
    ours = reader("https://connect.intuit.com/pay/abc")
    assert link_of(ours, {**OPEN, **change}) is None
    assert ours.asked == []
