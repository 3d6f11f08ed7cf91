"""What people do between two passes, and in the middle of one: written down, so that it can be told again."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from connector.sandbox.nouns import Document
from tests.system.crash.beside import Beside

#: What a person types for himself: nothing of it may move.
_OWN_WORDS = (
    "  Vu avec M. Exemple,\r\n\tà garder  — PO #4711 ",
    "Attention\u00a0: [à relire] ⟨x⟩\n\n- ",
    "│ ",
)


class Act(NamedTuple):
    """``name`` is a method of ``Acts``; ``on`` the serial of a document, or of a customer for ``invoice``."""

    name: str
    on: int
    text: str = ""
    day: str = ""


class Acts:
    """The people of the company and its customers."""

    def __init__(self, beside: Beside) -> None:
        self._beside, self._ledger = beside, beside.sandbox.ledger

    def do(self, act: Act) -> None:
        getattr(self, f"_{act.name}")(act)

    # choosing ------------------------------------------------------------------------------------------
    def of_a_day(self, today: date, chance: random.Random) -> Iterator[Act]:
        """Customers pay, wholly or in part, and are billed."""
        for document in _some(chance, self.open_ones(), 2):
            amount = document.open_amount if chance.random() < 0.5 else Decimal("5.00")
            yield Act("pay", document.serial, str(min(amount, document.open_amount)), today.isoformat())
        for customer in chance.sample(list(self._ledger.customers()), 2):
            due = chance.choice([today - timedelta(days=n) for n in (10, 40, 75)])
            yield Act("invoice", customer.serial, str(Decimal(chance.randrange(50, 900))), due.isoformat())

    def of_a_day_with_words(self, today: date, chance: random.Random) -> Iterator[Act]:
        """The same; somebody writes to us, somebody writes for himself, an invoice is cancelled."""
        yield from self.of_a_day(today, chance)
        for document in _some(chance, self.open_ones(), 1):
            yield Act("say", document.serial, _order(today, chance))
            yield Act("jot", document.serial, chance.choice(_OWN_WORDS))
        for document in _some(chance, self.open_ones(), 1):
            yield Act("jot", document.serial, chance.choice(_OWN_WORDS))
        if chance.random() < 0.5:
            yield from (Act("void", each.serial) for each in _some(chance, self.open_ones(), 1))

    def surprise(
        self,
        today: date,
        chance: random.Random,
        written_to: Collection[str],
        done: Collection[Act],
        said: Collection[Act],
        waiting: Collection[str],
    ) -> Act | None:
        """Something that changes what a message that is about to leave would say, for a customer to whom none
        left today and with whom nothing else was ``done``: only then is it all the same when in the day it
        happens. Nor for an invoice of which something was ``said``: a promise is judged once a day. First for
        one of which a message is ``waiting``."""
        busy, promised = {self._payer(act) for act in done}, {act.on for act in said}
        found = [
            each
            for each in self.open_ones()
            if not _addresses(each) & set(written_to)
            and each.customer.payer.serial not in busy
            and each.serial not in promised
        ]
        asked = [each for each in found if self._beside.id_of(each) in waiting]
        document = next(iter(_some(chance, asked or found, 1)), None)
        if document is None:
            return None
        name = chance.choice(("pay", "pay", "void", "say"))
        text = _order(today, chance) if name == "say" else str(document.open_amount)
        return Act(name, document.serial, text, today.isoformat())

    def open_ones(self) -> list[Document]:
        first = next(iter(self._ledger.companies))
        return [each for each in self._ledger.documents() if each.company is first and owes(each)]

    # doing ---------------------------------------------------------------------------------------------
    def _pay(self, act: Act) -> None:
        self._ledger.pay(self._document(act), Decimal(act.text), date.fromisoformat(act.day))

    def _invoice(self, act: Act) -> None:
        customer = self._ledger.parties.get(act.on)
        assert customer is not None
        self._ledger.invoice(customer, Decimal(act.text), on=date.fromisoformat(act.day))

    def _say(self, act: Act) -> None:
        self._beside.say(self._document(act), act.text)

    def _jot(self, act: Act) -> None:
        self._beside.jot(self._document(act), act.text)

    def _void(self, act: Act) -> None:
        self._beside.void(self._document(act))

    def _payer(self, act: Act) -> int:
        if act.name == "invoice":
            customer = self._ledger.parties.get(act.on)
            return customer.payer.serial if customer else 0
        return self._document(act).customer.payer.serial

    def _document(self, act: Act) -> Document:
        found = self._ledger.entries.get(act.on)
        assert isinstance(found, Document)
        return found


def owes(document: Document) -> bool:
    return document.kind == "invoice" and document.state == "posted" and document.open_amount > 0


def _some(chance: random.Random, found: list[Document], most: int) -> list[Document]:
    return chance.sample(found, min(most, len(found)))


def _order(today: date, chance: random.Random) -> str:
    day = today + timedelta(days=chance.choice((3, 8, 20)))
    return f"{chance.choice(('#promesse', '#promesse', '#attente'))} {day:%d/%m/%Y}"


def _addresses(document: Document) -> set[str]:
    payer = document.customer.payer
    return {each.email for each in (payer, document.customer, *payer.contacts) if each.email}


#: How a day's acts are chosen.
OfADay = Callable[[Acts, date, random.Random], Iterator[Act]]
