"""The rates as facts: none is guessed, none is mistyped, each half-year is there."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.errors import ConfigError
from connector.interest import (
    CautionCode,
    Claim,
    Movement,
    Options,
    SegmentState,
    Status,
    all_rules,
    compute,
    rates_with,
    rule,
    shipped_rates,
)
from connector.model import Money

REFERENCE = Path(__file__).parents[3] / "shared/reference/law/rates.toml"
RATES = shipped_rates()


def euros(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def on(series: str, day: str) -> Decimal | None:
    found = RATES.on(series, date.fromisoformat(day))
    return found.percent if found else None


def halves(first: int, last: int) -> list[date]:
    return [date(year, month, 1) for year in range(first, last + 1) for month in (1, 7)]


def test_a_day_after_the_last_look_has_no_rate() -> None:
    assert on("ecb_mro", "2026-10-06") == Decimal("2.65")
    assert on("ecb_mro", "2026-10-07") is None
    assert on("fr_legal", "2026-12-31") == Decimal("2.75")
    assert on("fr_legal", "2027-01-01") is None
    assert on("fr_legal", "2018-12-31") is None


def test_every_series_knows_every_day_between_its_first_and_its_last() -> None:
    for series in RATES.series.values():
        for before, after in zip(series.rates, series.rates[1:], strict=False):
            assert after.first_on == before.last_on + timedelta(days=1), (series.key, before, after)


def test_every_rate_has_a_source() -> None:
    assert all(rate.source for series in RATES.series.values() for rate in series.rates)


@pytest.mark.parametrize("series", ["nl_commercial", "es_commercial"])
def test_published_rates_of_the_directive_are_the_ecb_rate_and_eight_points(series: str) -> None:
    """Two ways to the same figure: a mistyped one on either side shows."""
    for day in halves(2017, 2026):
        reference, published = RATES.on("ecb_mro", day), RATES.on(series, day)
        assert reference is not None
        assert published is not None
        assert published.percent == reference.percent + 8, day


def test_the_german_base_rate_moves_with_the_ecb_rate() -> None:
    """BGB § 247: it changes by the points by which the refinancing rate did."""
    for day in halves(2023, 2026):
        base, reference = RATES.on("de_base", day), RATES.on("ecb_mro", day)
        assert base is not None
        assert reference is not None
        assert base.percent - reference.percent == Decimal("-0.88"), day


@pytest.mark.parametrize(
    ("half", "percent"),
    [
        ("2023-01-01", "10.5"),
        ("2023-07-01", "12"),
        ("2024-01-01", "12.5"),
        ("2024-07-01", "12.5"),
        ("2025-01-01", "11.5"),
        ("2025-07-01", "10.5"),
        ("2026-01-01", "10.5"),
        ("2026-07-01", "10.5"),
    ],
)
def test_the_belgian_rate_goes_up_to_the_next_half_point(half: str, percent: str) -> None:
    reference = on("ecb_mro", half)
    assert reference is not None
    assert rule("be_b2b").statutory(reference) == Decimal(percent)


def test_a_belgian_rate_just_over_a_half_point_still_goes_up() -> None:
    assert rule("be_b2b").statutory(Decimal("0.05")) == Decimal("8.5")
    assert rule("be_b2b").statutory(Decimal("2.50")) == Decimal("10.5")


def test_the_french_minimum_was_above_the_default_rate_in_2024() -> None:
    for half, floor, default in (("2024-01-01", "15.21", "14.50"), ("2024-07-01", "14.76", "14.25")):
        legal, reference = on("fr_legal", half), on("ecb_mro", half)
        assert legal is not None
        assert reference is not None
        assert (legal * 3, rule("fr_b2b").statutory(reference)) == (Decimal(floor), Decimal(default))


def test_the_rates_are_those_of_the_reference() -> None:
    if not REFERENCE.exists():
        pytest.skip("the reference is not beside this checkout")
    book = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))
    pairs = [("ecb_mro", row["from"], row["pct"]) for row in book["ecb"]["mro"]]
    pairs += [("de_base", row["from"], row["pct"]) for row in book["de"]["basiszins"]]
    pairs += [("nl_commercial", day, pct) for day, pct in book["nl"]["commercial_rate"].items()]
    pairs += [("gb_late_payment", day, pct) for day, pct in book["gb"]["late_payment_rate"].items()]
    for row in book["fr"]["legal_rate"]:
        pairs.append(("fr_legal", _half(row["half"]), row["pro"]))
    for half, row in book["es"]["commercial_rate"].items():
        pairs.append(("es_commercial", _half(half), row["pct"]))
    assert [(s, day, on(s, day)) for s, day, _ in pairs] == [(s, day, Decimal(p)) for s, day, p in pairs]


def _half(name: str) -> str:
    return f"{name[:4]}-{'01' if name.endswith('1') else '07'}-01"


def test_nothing_is_computed_where_no_half_year_is_known_and_the_error_names_it() -> None:
    with pytest.raises(ConfigError, match="2027-S1") as caught:
        compute(rule("fr_b2b"), Claim(euros("100"), date(2027, 1, 10)), date(2027, 2, 10))
    assert caught.value.problems[0].remedy


def test_unknown_days_before_known_ones_are_said_and_the_later_ones_still_count() -> None:
    it = compute(rule("gb_b2b"), Claim(Money(Decimal(100), "GBP"), date(2019, 1, 10)), date(2019, 2, 10))
    assert it.is_complete
    old = compute(
        rule("fr_b2c"), Claim(euros("100"), date(2018, 1, 1), notice_on=date(2018, 12, 1)), date(2019, 3, 1)
    )
    assert [s.state for s in old.segments] == [SegmentState.UNKNOWN, SegmentState.ACCRUING]
    assert CautionCode.RATE_UNKNOWN_BETWEEN in [c.code for c in old.cautions]


def test_a_payment_over_unknown_days_is_said_to_be_set_against_known_interest_only() -> None:
    paid = (Movement(date(2027, 2, 1), euros("50")),)
    it = compute(rule("fr_b2b"), Claim(euros("100"), date(2026, 11, 1), payments=paid), date(2027, 3, 1))
    assert CautionCode.IMPUTED_OVER_GAP in [c.code for c in it.cautions]
    assert not it.is_complete


def test_a_file_of_newer_rates_lengthens_the_calculation(tmp_path: Path) -> None:
    file = tmp_path / "rates.toml"
    file.write_text(
        '[ecb_mro]\nkind = "changes"\nknown_until = 2027-01-15\nstatus = "verified"\nsource = "ECB"\n'
        'points = [{ from = 2026-09-16, pct = "2.65" }]\n',
        encoding="utf-8",
    )
    claim, to = Claim(euros("1000"), date(2026, 11, 30)), date(2027, 1, 31)
    it = compute(rule("fr_b2b"), claim, to, Options(rates=rates_with(file)))
    assert [(s.days, s.rate) for s in it.segments] == [(31, Decimal("12.40")), (31, Decimal("12.65"))]
    assert it.is_complete
    assert not it.cautions


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "[ecb]\nkind = 'changes'\nknown_until = 2027-01-01\npoints = [{ from = 2026-01-01, pct = '1' }]",
            "ecb",
        ),
        ("[ecb_mro]\npoints = []", "kind"),
        ("[ecb_mro]\nkind = 'changes'\npoints = [{ from = 2026-01-01, pct = '1' }]", "known_until"),
        (
            "[fr_legal]\nkind = 'half_years'\npoints = [{ from = 2027-02-01, pct = '1' }]",
            "1 January or 1 July",
        ),
        ("[fr_legal]\nkind = 'half_years'\npoints = [{ from = 2027-01-01, pct = 2.75 }]", "pct"),
        (
            "[fr_legal]\nkind = 'half_years'\npoints = [{ from = 2027-01-01, pct = '1', status = 'x' }]",
            "status",
        ),
        ("[fr_legal]\nkind = 'half_years'\npoints = [{ from = '2027-01-01', pct = '1' }]", "without quotes"),
        (
            "[fr_legal]\nkind = 'half_years'\n"
            "points = [{ from = 2027-07-01, pct = '1' }, { from = 2027-01-01, pct = '1' }]",
            "oldest first",
        ),
        ("[fr_legal", "TOML"),
    ],
)
def test_a_file_of_rates_that_cannot_be_used_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str, place: str
) -> None:
    file = tmp_path / "rates.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=place):
        rates_with(file)


def test_every_rule_names_a_series_a_text_and_a_status() -> None:
    assert set(all_rules()) == {
        *("fr_b2b", "fr_public", "fr_b2c", "de_b2b", "de_b2c", "be_b2b", "nl_b2b"),
        *("es_b2b", "it_b2b", "lu_b2b", "gb_b2b", "ch", "contract"),
    }
    for law in all_rules().values():
        assert law.basis
        assert law.reference is None or law.reference in RATES.series
        assert not (law.consumer and law.indemnity)
        assert law.status in Status
