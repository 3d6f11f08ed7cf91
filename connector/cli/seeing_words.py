"""What is foreseen, in words. The sentences stand in ``templates/<language>/seeing.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_percent

from connector.dunning.forecast import Change, ComingMessage, CustomerChange, MessageChange
from connector.formats import Amount, Day, locale_for, plural
from connector.resources import words
from connector.wording import channel_label, fill, step_label

#: Invoice numbers named in one sentence; the others are dots.
_FEW = 4


@dataclass(frozen=True)
class Words:
    """The words of one language; a language that the program does not speak to people is told in English.
    Host text in them is on one line and not yet escaped for a screen."""

    language: str

    @property
    def locale(self) -> Locale:
        return locale_for(self.language, None)

    @property
    def _table(self) -> Mapping[str, Any]:
        return _table(self.language)

    def line(self, name: str, /, **figures: object) -> str:
        return fill(str(self._table[name]), figures, self.language)

    def counted(self, unit: str, count: int) -> str:
        return plural(self._table["unit"][unit], count, self.locale)

    def column(self, name: str, /, **figures: object) -> str:
        return fill(str(self._table["columns"][name]), figures, self.language)

    def amounts(self, by_currency: Mapping[str, Decimal]) -> str:
        """Amounts of several currencies, one under the other."""
        return "\n".join(str(Amount(v, c, self.locale)) for c, v in sorted(by_currency.items()) if v)

    def shares(self, part: Mapping[str, Decimal], whole: Mapping[str, Decimal]) -> str:
        """How much of the whole it is, for each currency of the whole."""
        shares = (
            part.get(currency, Decimal(0)) / total for currency, total in sorted(whole.items()) if total
        )
        return "\n".join(format_percent(share, locale=self.locale) for share in shares)

    def day(self, on: date) -> str:
        """A day with its day of the week, for a table."""
        return f"{format_date(on, 'EEE', locale=self.locale)} {Day(on, self.locale)}"

    def step(self, message: ComingMessage) -> str:
        """The name of a message's step, and whether people must agree before it leaves."""
        name = step_label(message.step, self.language)
        if not message.approval:
            return name
        return self.line("waits" if message.waits else "needs_approval", name=name)

    def customer(self, change: CustomerChange) -> str:
        """How many messages a customer gets, before and after."""
        text = self._table["customer"]["as_many" if change.before == change.after else "more"]
        after = self.counted("messages", change.after)
        return fill(text, {"after": after, "before": str(change.before)}, self.language)

    def change(self, change: MessageChange) -> str:
        """One message added, taken out, moved or changed."""
        text = self._table["change"][str(change.change)]
        return fill(text, self._figures(change), self.language)

    def _figures(self, change: MessageChange) -> dict[str, object]:
        before, after, message = change.before, change.after, change.message
        figures: dict[str, object] = {
            "step": message.step,
            "on": message.on,
            "invoices": _few(message.invoices),
            "amount": message.amount,
            "currency": message.currency,
        }
        if before is None or after is None:
            return figures
        if change.change is Change.OTHER:
            return figures | self._what_differs(before, after)
        days = abs((after.on - before.on).days)
        return figures | {"before_on": before.on, "days": self.counted("days", days)}

    def _what_differs(self, before: ComingMessage, after: ComingMessage) -> dict[str, object]:
        """Figures that stay the same are None: their part of the sentence is left out."""
        by_other_way = before.channel != after.channel
        listed = sorted(before.installments) != sorted(after.installments)
        consent = None
        if bool(before.approval) != bool(after.approval):
            consent = self._table["change"]["consent_needed" if after.approval else "consent_free"]
        return {
            "channel": after.channel if by_other_way else None,
            "before_channel": channel_label(before.channel, self.language) if by_other_way else None,
            "recipient": after.recipient if after.recipient != before.recipient else None,
            "language": self._language_name(after.language) if after.language != before.language else None,
            "invoices": _few(after.invoices) if listed else None,
            "consent": consent,
        }

    def _language_name(self, code: str) -> str:
        try:
            return Locale.parse(code).get_language_name(self.locale.language) or code
        except (UnknownLocaleError, ValueError):
            return code


def _few(numbers: Iterable[str]) -> str:
    shown = list(numbers)
    return ", ".join(shown[:_FEW]) + (", …" if len(shown) > _FEW else "")


def _table(language: str) -> Mapping[str, Any]:
    return words(language, "seeing")
