"""The host in memory keeps the contract, and so shows that the contract can be kept."""

from __future__ import annotations

from datetime import date

import pytest

from connector.hosts.memory import MemoryHost
from connector.mapping import FieldMapping
from connector.model import Kind, Ref
from connector.testing import Acts, HostTests, Opened


class _Acts:
    def __init__(self, host: MemoryHost) -> None:
        self._host = host

    def pay(self, invoice_ref: str) -> None:
        self._host.pay(invoice_ref)

    def unreconcile(self, invoice_ref: str) -> None:
        self._host.unreconcile(invoice_ref)

    def withdraw(self, invoice_ref: str) -> None:
        self._host.delete(Ref(Kind.INVOICE, invoice_ref))

    def print(self, invoice_ref: str) -> None:
        self._host.print(invoice_ref)

    def say(self, on: Ref, text: str) -> str:
        return self._host.say(on, text)

    def say_again(self, ref: str, text: str) -> None:
        self._host.say_again(ref, text)

    def answer(self, on: Ref, text: str) -> str:
        return self._host.answer(on, text)

    def mark_done(self, task_key: str, feedback: str = "") -> None:
        self._host.mark_done(task_key, feedback)

    def move_task(self, task_key: str, due_on: date) -> None:
        self._host.move_task(task_key, due_on)

    def delete_task(self, task_key: str) -> None:
        self._host.delete(Ref(Kind.ACTIVITY, task_key))


@pytest.fixture
def host() -> MemoryHost:
    host = MemoryHost(page_size=2)
    host.customer("exemple")
    host.customer("essai", "Essai SAS", language="en_GB")
    host.invoice("1", "exemple", [(date(2026, 1, 31), "100.00"), (date(2026, 2, 28), "50.00")])
    host.invoice("2", "essai", [(date(2026, 1, 31), "80.00")], currency="GBP")
    host.invoice("3", "exemple", [(date(2026, 3, 31), "10.00")])
    host.receive("4", "essai", "20.00", date(2026, 2, 2))
    return host


class TestMemoryHost(HostTests):
    @pytest.fixture
    def opened(self, host: MemoryHost) -> Opened:
        return lambda: host

    @pytest.fixture
    def mapping(self, host: MemoryHost) -> FieldMapping:
        return host.mapping

    @pytest.fixture
    def act(self, host: MemoryHost) -> Acts:
        return _Acts(host)
