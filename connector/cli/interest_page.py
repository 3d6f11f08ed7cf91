"""How a calculation of interest looks on the screen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal
from rich.markup import escape

from connector.cli.output import Output
from connector.formats import Amount, Day, locale_for
from connector.interest import Calculation, Segment, SegmentState, Status, caution_sentence, label
from connector.model import Money


class Page:
    """A calculation on the screen, in one language."""

    def __init__(self, calculation: Calculation, output: Output, language: str) -> None:
        self.it, self.output, self.language = calculation, output, language
        self.locale: Locale = locale_for(language, calculation.rule.country)

    def show(self) -> None:
        it = self.it
        title = self.label("title", rule=it.rule.name, to=self.print(it.to_on))
        if it.segments:
            heads = [
                self.label(name) for name in ("from", "to", "days", "base", "rate", "source", "interest")
            ]
            self.output.table(
                title, heads, [self.line(segment) for segment in it.segments], right=(2, 3, 4, 6)
            )
        else:
            self.output.say(f"[italic]{escape(title)}[/]\n{escape(self.label('nothing'))}")
        if it.settlements:
            self.settlements()
        self.totals()
        self.output.say(f"[dim]{escape(self.stated())}[/]")
        for caution in it.cautions:
            sentence = caution_sentence(caution, self.language, self.print)
            self.output.say(f"[yellow]![/] {escape(sentence)}")

    def line(self, segment: Segment) -> list[str]:
        days = [self.print(segment.first_on), self.print(segment.last_on), str(segment.days)]
        days.append(self.print(segment.base))
        if segment.state is SegmentState.SUSPENDED:
            return [*days, "", self.label("suspended_days"), self.print(segment.amount)]
        if segment.rate is None:
            return [*days, "", self.unknown(segment), "?"]
        return [*days, f"{self.print(segment.rate)} %", self.source(segment), self.print(segment.amount)]

    def unknown(self, segment: Segment) -> str:
        """Say from when on the rate is not known, or that it is not known on these days alone."""
        if segment is not self.it.segments[-1]:
            return self.label("unknown_days")
        eve = segment.first_on.fromordinal(segment.first_on.toordinal() - 1)
        return self.label("unknown_rate", after=self.print(eve))

    def source(self, segment: Segment) -> str:
        basis = segment.basis
        if basis is None:
            return ""
        words = [self.label(basis.series), basis.half_year]
        if basis.reference is not None and basis.margin:
            reference, margin = self.print(basis.reference), f"{basis.margin:f}"
            words.append("= " + self.label("points", reference=reference, margin=margin))
            if part := self.it.rule.round_up_to:
                words.append(self.label("rounded_up", part=self.print(part)))
        if basis.status is not Status.VERIFIED:
            words.append(f"({self.label(basis.status)})")
        return " ".join(filter(None, words))

    def settlements(self) -> None:
        names = ("on", "kind", "amount", "to_interest", "to_principal", "to_indemnity", "principal_left")
        rows = [
            (
                self.print(s.on),
                self.label(s.source),
                *(self.print(m) for m in (s.amount, s.to_interest, s.to_principal, s.to_indemnity)),
                self.print(s.principal_left),
            )
            for s in self.it.settlements
        ]
        heads = [self.label(name) for name in names]
        self.output.table(self.label("settled_title"), heads, rows, right=(2, 3, 4, 5, 6))

    def totals(self) -> None:
        it, due = self.it, self.it.indemnity
        partly = "" if it.is_complete else f" ({self.label('known_only')})"
        said = self.label("times", invoices=due.invoices) + ", " if due.invoices > 1 else ""
        why = f"{said}{due.basis}" if due.amount.amount else self.label("no_indemnity")
        rows = [(self.label("total_interest"), self.print(it.interest), it.rule.basis)]
        if it.interest_settled.amount:
            rows.append((self.label("interest_left"), self.print(it.interest_left), ""))
        rows.append((self.label("principal_owed"), self.print(it.principal_left), ""))
        rows.append((self.label("indemnity"), self.print(due.amount), why))
        if due.settled.amount:
            rows.append((self.label("indemnity_left"), self.print(due.left), ""))
        rows.append((self.label("total"), self.print(it.total), partly.strip()))
        self.output.table("", ("", "", ""), rows, right=(1,))

    def stated(self) -> str:
        stated = self.it.stated
        names = [stated.mode, stated.rounding, stated.counting]
        if self.it.claim.payments:
            names.append(stated.imputation)
        if self.it.claim.credits:
            names.append(stated.credit_effect)
        settings = " · ".join([stated.day_count, *(self.label(name) for name in names)])
        return f"{self.label('stated')} {settings}"

    def label(self, name: str, **figures: object) -> str:
        return label(name, self.language, **figures)

    def print(self, value: object) -> str:
        """Print a figure as a reader of this language writes it."""
        if isinstance(value, Money):
            return str(Amount(value.amount, value.currency, self.locale))
        if isinstance(value, date):
            return str(Day(value, self.locale))
        if isinstance(value, Decimal):
            return str(format_decimal(value, "0.00##", locale=self.locale))
        return str(value)
