"""Amounts and days as a reader of a given language and country writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.languages import get_official_languages
from babel.numbers import format_currency

from connector.model import quantize


def locale_for(language: str, country: str | None) -> Locale:
    """Return the locale of a reader: that of his country when the language is at home there, else the
    language's own (British for English, whose American figures and dates few read abroad)."""
    at_home = country and language in get_official_languages(country, regional=True, de_facto=True)
    own = "en_GB" if language == "en" and country else language
    for tag in (f"{language}_{country}" if at_home else own, language):
        try:
            return Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that prints itself. True when it is not zero; compares by value."""

    value: Decimal
    currency: str = field(compare=False)
    locale: Locale = field(compare=False, repr=False)

    def __str__(self) -> str:
        rounded = quantize(self.value, self.currency)
        return format_currency(rounded, self.currency, locale=self.locale)

    def __bool__(self) -> bool:
        return self.value != 0

    def __neg__(self) -> Amount:
        return Amount(-self.value, self.currency, self.locale)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A date that prints itself: short for tables; ``long`` in full words."""

    value: date
    locale: Locale = field(compare=False, repr=False)

    def __str__(self) -> str:
        if self.locale.language == "en":  # 10/12 is read two ways in English: say the month
            return format_date(self.value, "medium", locale=self.locale)
        return format_skeleton("yMd", self.value, locale=self.locale)

    @property
    def long(self) -> str:
        text = format_date(self.value, "long", locale=self.locale)
        if self.locale.language == "fr" and self.value.day == 1:
            return text.replace("1 ", "1er ", 1)
        return text


def plural(forms: str | Mapping[str, str], count: int, locale: Locale) -> str:
    """Choose among ``{one, other, …}`` (CLDR's names) for ``count`` and put it in for ``{n}``."""
    if isinstance(forms, str):
        return forms.format(n=count)
    form = forms.get(locale.plural_form(count)) or forms.get("other", "{n}")
    return form.format(n=count)


def named(names: str | Mapping[str, str] | None, name: str) -> str:
    """Return the words for a step or channel; its own name, made readable, when the table has none."""
    found = names.get(name) if isinstance(names, Mapping) else None
    return found or name.replace("_", " ")
