"""What a reader must know that follows from the claim and the settings, before any counting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connector.interest.calculation import Caution, CautionCode, Segment, SegmentState
from connector.interest.claim import Claim, CreditEffect, DayCount, Options
from connector.interest.law import Rule, StartMode
from connector.interest.periods import mode_of
from connector.interest.timeline import default_on, last_day


def of_claim(rule: Rule, claim: Claim, to: date, options: Options) -> Iterator[Caution]:
    """Give the cautions on start, settings, insolvency and movements that came too late to count."""
    yield from _of_start(rule, claim, to)
    if rule.consumer and claim.contract_rate is not None:
        yield Caution(CautionCode.CONSUMER_CONTRACT_RATE, {"rate": claim.contract_rate})
    mode = mode_of(rule, claim, options)
    if claim.contract_rate is None and mode is not rule.mode:
        yield Caution(CautionCode.MODE_CHOSEN, {"mode": mode, "own": rule.mode})
    if options.day_count is DayCount.ACT_360:
        yield Caution(CautionCode.DAY_COUNT_360)
    yield from _of_insolvency(rule, claim, to, options)
    yield from _of_movements(claim, to, options)


def of_unknown(segments: tuple[Segment, ...]) -> Iterator[Caution]:
    """Give one caution for each run of days whose rate is not known."""
    for n, segment in enumerate(segments):
        if segment.state is not SegmentState.UNKNOWN:
            continue
        later = any(after.state is SegmentState.ACCRUING for after in segments[n + 1 :])
        code = CautionCode.RATE_UNKNOWN_BETWEEN if later else CautionCode.RATE_UNKNOWN_AFTER
        seen: dict[str, object] = {
            "first_on": segment.first_on,
            "last_on": segment.last_on,
            "after_on": segment.first_on.fromordinal(segment.first_on.toordinal() - 1),
            "days": segment.days,
        }
        if segment.basis:
            seen |= {"series": segment.basis.series, "half_year": segment.basis.half_year}
        yield Caution(code, seen)


def of_suspensions(claim: Claim, segments: tuple[Segment, ...]) -> Iterator[Caution]:
    """Give one caution for each run of suspended days, with the reason that was given."""
    for segment in segments:
        if segment.state is SegmentState.SUSPENDED:
            covering = (p for p in claim.suspensions if p.first_on <= segment.first_on)
            reasons = [p.reason for p in covering if p.last_on is None or p.last_on >= segment.first_on]
            days = {"first_on": segment.first_on, "last_on": segment.last_on, "days": segment.days}
            yield Caution(CautionCode.SUSPENDED, days | {"reason": ", ".join(filter(None, reasons))})


def _of_start(rule: Rule, claim: Claim, to: date) -> Iterator[Caution]:
    default = default_on(rule, claim)
    if default is None and to > claim.due_on:
        missing = rule.start is StartMode.NOTICE
        code = CautionCode.NOTICE_MISSING if missing else CautionCode.DEFAULT_NOT_STARTED
        yield Caution(code, {"basis": rule.basis})
    elif rule.start is StartMode.NOTICE and default is not None and default < to:
        yield Caution(CautionCode.NOTICE_START_OPEN, {"on": default})


def _of_insolvency(rule: Rule, claim: Claim, to: date, options: Options) -> Iterator[Caution]:
    opened = claim.insolvency_on
    if opened is None or opened > to:
        return
    yield Caution(CautionCode.INSOLVENCY_STOPS, {"last_on": last_day(claim, to, options), "on": opened})
    if rule.indemnity and opened <= claim.due_on:
        yield Caution(CautionCode.INSOLVENCY_NO_INDEMNITY, {"due_on": claim.due_on})
    if rule.country != "FR":
        yield Caution(CautionCode.INSOLVENCY_ELSEWHERE)


def _of_movements(claim: Claim, to: date, options: Options) -> Iterator[Caution]:
    for payment in sorted(claim.payments, key=lambda m: (m.on, m.amount.amount)):
        if payment.on > to:
            yield Caution(CautionCode.PAYMENT_AFTER, {"on": payment.on, "amount": payment.amount})
    for credit in sorted(claim.credits, key=lambda m: (m.on, m.amount.amount)):
        seen: dict[str, object] = {"on": credit.on, "amount": credit.amount}
        if credit.on > to:
            yield Caution(CautionCode.CREDIT_AFTER, seen)
        elif options.credit_effect is CreditEffect.DUE_DATE and credit.on > claim.due_on:
            yield Caution(CautionCode.CREDIT_BACKDATED, seen | {"due_on": claim.due_on})
