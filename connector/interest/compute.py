"""Interest and indemnity of one claim at a day. Pure: no clock, no file but the shipped facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from connector.errors import ConfigError, Problem
from connector.interest import cautions
from connector.interest.balance import Balance, rounded
from connector.interest.calculation import (
    Calculation,
    Caution,
    CautionCode,
    IndemnityDue,
    Segment,
    SegmentState,
    Source,
    Stated,
)
from connector.interest.claim import Claim, DayCount, Options, Rounding, day_problem
from connector.interest.indemnity import indemnity_for
from connector.interest.law import Imputation, Rule
from connector.interest.periods import mode_of, periods
from connector.interest.timeline import Event, Piece, default_on, events, first_day, last_day, pieces
from connector.model import Money

_DEFAULTS = Options()


def compute(rule: Rule, claim: Claim, to: date, options: Options = _DEFAULTS) -> Calculation:
    """Return what a claim has come to at the end of the day ``to`` (a payment or statement day).

    Simple interest, on the amount with VAT left unpaid. Days whose rate is not known bear none, and the
    result says so. Raises ConfigError (file ``claim`` or ``rates``) for a claim that the rule cannot take,
    and where not one day has a known rate, naming the half-year.
    """
    if wrong := day_problem("to", to):
        raise ConfigError([wrong])
    walk = _Walk(rule, claim, to, options)
    walk.run()
    return walk.result()


@dataclass(slots=True)
class _Walk:
    """One calculation under way: the days in order, the balance beside them."""

    rule: Rule
    claim: Claim
    to: date
    options: Options
    balance: Balance = field(init=False)
    indemnity: Money = field(init=False)
    segments: list[Segment] = field(default_factory=list)
    noted: list[Caution] = field(default_factory=list)

    def __post_init__(self) -> None:
        order = self.options.imputation or self.rule.imputation
        self.balance = Balance(self.claim.principal.currency, order, self.claim.principal.amount)

    def run(self) -> None:
        """Walk from before the due date to the last day."""
        changes = events(self.claim, self.to, self.options)
        first = self.first_on
        begun = [event for event in changes if first is None or event.effective_on <= first]
        self._take(begun)
        self._start_indemnity()
        later = changes[len(begun) :]
        last = last_day(self.claim, self.to, self.options)
        mode = mode_of(self.rule, self.claim, self.options)
        if first is not None and first <= last:
            spans = periods(self.rule, self.claim, self.options, mode, first, last)
            for piece in pieces(self.claim, self.options, later, spans):
                later = self._take_until(later, piece.first_on)
                self._accrue(piece)
        self._take(later)
        self._refuse_if_nothing_is_known()

    @property
    def first_on(self) -> date | None:
        default = default_on(self.rule, self.claim)
        return first_day(default, self.options) if default else None

    def _start_indemnity(self) -> None:
        outstanding = self.balance.principal
        self.indemnity, noted = indemnity_for(self.rule, self.claim, self.to, outstanding)
        self.noted += noted
        if self.indemnity.currency == self.balance.currency:
            self.balance.indemnity = self.indemnity.amount

    def _take_until(self, later: list[Event], day: date) -> list[Event]:
        now = [event for event in later if event.effective_on <= day]
        self._take(now)
        return later[len(now) :]

    def _take(self, changes: Iterable[Event]) -> None:
        gap = any(segment.state is SegmentState.UNKNOWN for segment in self.segments)
        for event in changes:
            if event.source is Source.CREDIT:
                self.balance.credit(event.movement)
                continue
            self.balance.receive(event.movement)
            if gap and self.balance.imputation is Imputation.INTEREST_FIRST:
                self._note(Caution(CautionCode.IMPUTED_OVER_GAP, {"on": event.movement.on}))

    def _accrue(self, piece: Piece) -> None:
        if not self.balance.principal:
            return
        segment = _segment(piece, self.balance, self.options.day_count)
        if segment.state is SegmentState.ACCRUING:
            per_segment = self.options.rounding is Rounding.PER_SEGMENT
            self.balance.accrued += Fraction(segment.amount.amount) if per_segment else segment.exact
            for caution in piece.period.cautions:
                self._note(caution)
        previous = self.segments[-1] if self.segments else None
        if previous and _go_together(previous, segment):
            self.segments[-1] = replace(previous, last_on=segment.last_on)
        else:
            self.segments.append(segment)

    def _note(self, caution: Caution) -> None:
        if caution not in self.noted:
            self.noted.append(caution)

    def _refuse_if_nothing_is_known(self) -> None:
        states = {segment.state for segment in self.segments}
        if SegmentState.UNKNOWN not in states or SegmentState.ACCRUING in states:
            return
        unknown = next(s for s in self.segments if s.state is SegmentState.UNKNOWN)
        series, half = (unknown.basis.series, unknown.basis.half_year) if unknown.basis else ("", "")
        wrong = f"no rate is known for {half} in {series}, and none of the days has one"
        remedy = "give the published rate in a file of rates, or count to an earlier day"
        raise ConfigError([Problem("rates", f"{series} {half}", wrong, remedy)])

    def result(self) -> Calculation:
        """Put the figures together."""
        balance, segments = self.balance, tuple(self.segments)
        settled = sum((s.to_indemnity.amount for s in balance.settlements), Decimal(0))
        left = balance.principal + balance.interest - balance.interest_settled + balance.indemnity
        return Calculation(
            rule=self.rule,
            claim=self.claim,
            to_on=self.to,
            first_on=self.first_on,
            segments=segments,
            settlements=tuple(balance.settlements),
            interest=balance.money(balance.interest),
            interest_settled=balance.money(balance.interest_settled),
            principal_left=balance.money(balance.principal),
            indemnity=self._indemnity_due(settled),
            total=balance.money(left),
            surplus=balance.money(balance.surplus),
            cautions=tuple(self._cautions(segments)),
            stated=self._stated(),
        )

    def _indemnity_due(self, settled: Decimal) -> IndemnityDue:
        law, due = self.rule.indemnity, self.indemnity
        if law is None or not due.amount:
            return IndemnityDue(due, due, 0, "")
        invoices = self.claim.invoices if law.per_invoice else 1
        return IndemnityDue(due, Money(settled, due.currency), invoices, law.basis)

    def _cautions(self, segments: tuple[Segment, ...]) -> Iterable[Caution]:
        yield from cautions.of_unknown(segments)
        yield from cautions.of_claim(self.rule, self.claim, self.to, self.options)
        yield from cautions.of_suspensions(self.claim, segments)
        yield from self.noted
        if self.balance.surplus:
            yield Caution(CautionCode.SURPLUS, {"amount": self.balance.money(self.balance.surplus)})

    def _stated(self) -> Stated:
        options, order = self.options, self.balance.imputation
        return Stated(
            mode=mode_of(self.rule, self.claim, options),
            day_count=options.day_count,
            rounding=options.rounding,
            imputation=order,
            imputation_basis=self.rule.imputation_basis if order is self.rule.imputation else "",
            counting=options.counting,
            credit_effect=options.credit_effect,
        )


def _segment(piece: Piece, balance: Balance, count: DayCount) -> Segment:
    period, base = piece.period, balance.principal
    year_days = _year_days(piece.first_on, count)
    exact = Fraction(0)
    if piece.suspended:
        state = SegmentState.SUSPENDED
    elif period.rate is None:
        state = SegmentState.UNKNOWN
    else:
        state = SegmentState.ACCRUING
        days = (piece.last_on - piece.first_on + timedelta(days=1)).days
        exact = Fraction(base) * Fraction(period.rate) / 100 * days / year_days
    return Segment(
        first_on=piece.first_on,
        last_on=piece.last_on,
        base=balance.money(base),
        state=state,
        rate=period.rate,
        basis=period.basis,
        year_days=year_days,
        exact=exact,
        amount=balance.money(rounded(exact, balance.currency)),
    )


def _year_days(day: date, count: DayCount) -> int:
    if count is DayCount.ACT_360:
        return 360
    leap = date(day.year, 12, 31).timetuple().tm_yday == 366
    return 366 if count is DayCount.ACT_ACT and leap else 365


def _go_together(one: Segment, next_one: Segment) -> bool:
    """True for two runs of days without interest, for the same cause and on the same base."""
    return (
        one.state is next_one.state and one.state is not SegmentState.ACCRUING and one.base == next_one.base
    )
