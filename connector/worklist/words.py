"""A work list in words: what to do, why, how urgent, how the customer pays.

The sentences stand in ``templates/<language>/worklist.toml``, by the rules of ``wording.toml``. A language
that the program does not speak to people is told in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent

from connector.dunning.payer import ENOUGH, History
from connector.dunning.priority import Part, Priority
from connector.escape import one_line
from connector.formats import Amount, Day, locale_for, plural
from connector.model import PayerType
from connector.resources import words
from connector.wording import fill, product_names
from connector.worklist.company import CompanyStop
from connector.worklist.items import WorkItem
from connector.worklist.jobs import Job
from connector.worklist.notices import CompanyNotice

#: Invoice numbers named in one sentence; more are counted.
_FEW = 4


@dataclass(frozen=True)
class Words:
    """The words of one language. Every method returns text for people; host text in it is on one line, of
    bounded length, and not yet escaped for a screen or HTML."""

    language: str

    @property
    def locale(self) -> Locale:
        return locale_for(self.language, None)

    @property
    def _table(self) -> Mapping[str, Any]:
        return _table(self.language)

    def line(self, name: str, /, **figures: object) -> str:
        """A line of the list itself: title, greeting, column …; dates are written out."""
        ready = {key: Day(v, self.locale).long if isinstance(v, date) else v for key, v in figures.items()}
        text = self._table["line"].get(name) or self._table.get(name, "")
        return fill(text, ready, self.language)

    def column(self, name: str) -> str:
        return str(self._table["columns"][name])

    def counted(self, unit: str, count: int) -> str:
        """``count`` with its unit: "3 customers"."""
        return plural(self._table["unit"][unit], count, self.locale)

    def amounts(self, by_currency: Mapping[str, Decimal]) -> str:
        """Amounts of several currencies side by side; empty when there are none."""
        return " + ".join(self.each_amount(by_currency))

    def each_amount(self, by_currency: Mapping[str, Decimal]) -> list[str]:
        """The amount in each currency that has one."""
        return [str(Amount(v, c, self.locale)) for c, v in sorted(by_currency.items()) if v]

    # what to do ----------------------------------------------------------------------------------------
    def job(self, job: Job) -> tuple[str, str]:
        """What to do, and why."""
        table = self._table["job"][str(job.name)]
        figures = {**job.figures, "numbers": self._numbers(job.numbers)}
        key = figures.get("message_key")
        figures["message_key"] = str(key)[:12] if key else None
        return fill(table["do"], figures, self.language), fill(table["why"], figures, self.language)

    def stop(self, stop: CompanyStop) -> tuple[str, str]:
        """What stands in the way of the whole company, since when, and what to do about it."""
        table = self._table["company"][str(stop.name)]
        said = one_line(str(stop.figures.get("message") or ""))
        figures = {**stop.figures, "begun_on": stop.since_on, "message": "{message}"}
        why = fill(table["why"], figures, self.language).replace("{message}", said)  # ours, at full length
        return fill(table["do"], figures, self.language), why

    def notice(self, notice: CompanyNotice) -> tuple[str, str]:
        """What to do for the whole company, and what stops otherwise, and when."""
        table = self._table["notice"][str(notice.name)]
        figures = {"until_on": notice.on, "company": notice.company, "host": notice.host}
        return fill(table["do"], figures, self.language), fill(table["why"], figures, self.language)

    def _numbers(self, numbers: Sequence[str]) -> str:
        if len(numbers) > _FEW:
            return self.counted("invoices", len(numbers))
        return ", ".join(one_line(number) for number in numbers)

    # how urgent ----------------------------------------------------------------------------------------
    def points(self, value: Decimal, *, sign: bool = False) -> str:
        pattern = "+#,##0.0;−#,##0.0" if sign else "#,##0.0"
        return str(format_decimal(value, pattern, locale=self.locale))

    def priority(self, priority: Priority) -> str:
        """The score and all that it is made of."""
        parts = [f"{self.part(part)} ({self.points(part.value, sign=True)})" for part in priority.parts]
        figures = {"points": self.points(priority.score), "parts": ", ".join(parts) or "–"}
        return _fill_long(self._table["line"]["priority"], figures)

    def part(self, part: Part) -> str:
        """One part of a score, without its points."""
        return fill(self._table["part"][part.name], self._part_figures(part.evidence), self.language)

    def _part_figures(self, evidence: Mapping[str, object]) -> dict[str, object]:
        figures = dict(evidence)
        for key in ("overdue", "waiting"):
            if isinstance(value := figures.get(key), Mapping):
                figures[key] = self.amounts(value)
        currency = str(figures.get("currency") or "")
        for key in ("limit", "owed"):
            if isinstance(value := figures.get(key), Decimal):
                figures[key] = str(Amount(value, currency, self.locale))
        for key in ("days", "years", "broken"):
            if isinstance(value := figures.get(key), int):
                figures[key] = self.counted(key, value)
        if isinstance(value := figures.get("why"), tuple):
            figures["why"] = ", ".join(self._table["why"][name] for name in value)
        if figures.get("period"):
            figures["period"] = self._table["period"][figures["period"]].replace(
                "{years}", str(figures["years"])
            )
        if figures.get("payer_type"):
            figures["payer_type"] = self.payer_type(PayerType(str(figures["payer_type"])))
        return figures

    # how the customer pays -----------------------------------------------------------------------------
    def payer_type(self, payer_type: PayerType) -> str:
        return str(self._table["payer"]["type"][str(payer_type)])

    def payer(self, item: WorkItem) -> str:
        """A person's word on the customer; else the suggestion, marked as one; else why there is none."""
        table, found = self._table["payer"], item.suggestion
        figures: dict[str, object] = {"evidence": self.evidence(found.evidence), "enough": str(ENOUGH)}
        if item.payer_type is not None:
            name, figures["type"] = "said", self.payer_type(item.payer_type)
        elif found.payer_type is not None:
            name, figures["type"] = "suggested", self.payer_type(found.payer_type)
            figures["confidence"] = table["confidence"][str(found.confidence)]
        elif found.enough:
            name = "unclear"
        else:
            name, figures["invoices"] = "little", self.counted("invoices", found.evidence.invoices)
        return _fill_long(table[name], figures)

    def evidence(self, history: History) -> str:
        """The figures that speak for a suggestion."""
        counts = {"disputes": history.disputes, "partial": history.partial, "broken": history.promises_broken}
        figures: dict[str, object] = {
            key: self.counted(key, count) if count else None for key, count in counts.items()
        }
        figures["invoices"] = self.counted("invoices", history.invoices)
        if history.days_late is not None:
            figures["late"] = self.counted("late", history.days_late)
        figures["on_time"] = self._percent(history.on_time)
        figures["after_reminder"] = self._percent(history.after_reminder)
        figures["refused"] = ", ".join(history.refused)
        return fill(self._table["payer"]["evidence"], figures, self.language)

    def _percent(self, share: Decimal | None) -> str | None:
        return None if share is None else str(format_percent(share, locale=self.locale))

    def promises(self, item: WorkItem) -> str:
        """How the customer's promises ended, and those that run; empty when he made none."""
        record, said = item.promises, []
        counts = {"kept": record.kept, "partly": record.partly, "unkept": record.broken}
        if record.matured:
            ended = ", ".join(self.counted(key, n) for key, n in counts.items() if n)
            said.append(self.line("promises", ended=ended))
        said += [self.line("running", open_on=str(Day(on, self.locale))) for on in record.open_on]
        return " · ".join(said)

    def products(self, item: WorkItem) -> str:
        """What the overdue invoices are for; empty where they name no product."""
        return self.line("products", products=product_names(item.products)) if item.products else ""

    def callee(self, item: WorkItem) -> str:
        """Whom to call, with the number; no name where it would be the customer's again."""
        one = item.callee
        figures = {
            "name": one.name if one.name != item.customer else None,
            "phone": one.phone or self.line("no_phone"),
            "email": None if one.phone else one.email,
        }
        return self.line("call", **figures)


def _fill_long(text: str, figures: Mapping[str, object]) -> str:
    """Fill a sentence with parts that are sentences of ours already, at their full length."""
    return re.sub(r"\{(\w+)\}", lambda match: str(figures[match[1]]), text)


def _table(language: str) -> Mapping[str, Any]:
    return words(language, "worklist")
