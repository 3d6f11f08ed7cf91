"""relance interest: the table, the object, and what it says to bad input."""

from __future__ import annotations

import json
import re
import string

import pytest

from connector.cli import BAD_USE, DONE, run
from connector.interest import CautionCode
from connector.interest.words import languages, tables

FIRST = ["interest", "--rule", "fr_b2b", "--principal", "1200", "--due", "2026-09-30", "--to", "2026-10-30"]


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_the_table_shows_segment_indemnity_and_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FIRST) == DONE
    page = shown(capsys)
    for words in (
        "30 Oct 2026",
        "12.40 %",
        "€12.23",
        "€40.00",
        "C. com. L441-10 II, D441-5",
        "€1,252.23",
        "ACT/365F",
    ):
        assert words in page


def test_the_table_speaks_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FIRST, "--payment", "2026-10-15=500", "--language", "fr"]) == DONE
    page = shown(capsys)
    for words in (
        "Intérêts de retard",
        "12,40 %",
        "Indemnité forfaitaire",
        "paiement",
        "d’abord sur les intérêts",
    ):
        assert words in page


def test_json_is_one_object_with_the_whole_calculation(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*FIRST, "--payment", "2026-10-15=500", "--json"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert [s["days"] for s in told["segments"]] == [15, 15]
    assert told["settlements"][0]["to_interest"] == "6.12"
    assert told["stated"]["imputation"] == "interest_first"
    assert (told["indemnity"]["amount"], told["indemnity"]["currency"]) == ("40.00", "EUR")


def test_a_day_past_the_last_known_rate_is_told_on_the_line_and_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*FIRST[:-1], "2027-01-31"]) == DONE
    page = shown(capsys)
    assert "The rate is not known after 31 Dec 2026: 31 days" in page
    assert "for the days with a known rate" in page


@pytest.mark.parametrize(
    ("changed", "option", "remedy"),
    [
        (["--rule", "fr"], "--rule", "fr_b2b"),
        (["--principal", "-5"], "--principal", "1200.50"),
        (["--principal", "NaN"], "--principal", "1200.50"),
        (["--principal", "1e400"], "--principal", "1200.50"),
        (["--principal", "twelve"], "--principal", "1200.50"),
        (["--due", "30/09/2026"], "--due", "2026-12-15"),
        (["--due", "0001-01-01"], "--due", "1900"),
        (["--to", "9999-12-31"], "--to", "2999"),
        (["--payment", "2026-10-15"], "--payment", "2026-10-15=500"),
        (["--payment", "2026-10-15=0"], "--payment", "1200.50"),
        (["--payment", "2026-10-15=1.005"], "--payment", "round"),
        (["--credit", "2026-10-15=-3"], "--credit", "1200.50"),
        (["--suspend", "2026-10-15"], "--suspend", "2026-10-01..2026-10-15"),
        (["--suspend", "2026-10-15..2026-10-01"], "--suspend", "first"),
        (["--imputation", "first"], "--imputation", "principal_first"),
        (["--rate-mode", "fixed"], "--rate-mode", "leave it out"),
        (["--rate", "-1"], "--rate", "8 %"),
        (["--currency", "EURO"], "--currency", "EUR"),
        (["--day-count", "30/360"], "--day-count", "ACT/365F"),
        (["--invoices", "0"], "--invoices", "1 or more"),
        (["--language", "de"], "--language", "fr"),
        (["--rates", "nowhere.toml"], "nowhere.toml", "name a file"),
        (["--due", "2027-01-10", "--to", "2027-02-10"], "--rates", "2027-S1"),
        (["--rule", "contract"], "--rate", "in percent"),
        (["--rule", "fr_public", "--rate", "8"], "--rate", "leave it out"),
        (["--rule", "gb_b2b", "--invoices", "2"], "--invoices", "by itself"),
    ],
)
def test_bad_input_is_refused_with_its_option_and_a_remedy(
    capsys: pytest.CaptureFixture[str], changed: list[str], option: str, remedy: str
) -> None:
    assert run([*FIRST, *changed]) == BAD_USE
    told = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert option in told
    assert remedy in told


def test_every_caution_is_worded_in_every_language_with_the_same_figures() -> None:
    def figures(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = tables()["en"]
    assert set(english["caution"]) == {code.value for code in CautionCode}
    for language in languages():
        words = tables()[language]
        for part in ("caution", "label"):
            assert set(words[part]) == set(english[part])
            for name, text in words[part].items():
                assert figures(text) == figures(english[part][name]), (language, name)
