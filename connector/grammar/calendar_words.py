"""Months, weekdays and small numbers, in French and English, as folded words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MONTHS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "janvier january janv jan",
            "fevrier february fevr fev feb",
            "mars march mar",
            "avril april avr apr",
            "mai may",
            "juin june jun",
            "juillet july juil jul",
            "aout august aou aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        1,
    )
    for word in words.split()
}

#: 0 is Monday.
WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "lundi monday",
            "mardi tuesday",
            "mercredi wednesday",
            "jeudi thursday",
            "vendredi friday",
            "samedi saturday",
            "dimanche sunday",
        )
    )
    for word in words.split()
}

#: Short forms that are other words as well ("mon", "mar"): read only right before a date.
SHORT_WEEKDAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "lun mon",
            "mar tue tues",
            "mer wed weds",
            "jeu thu thur thurs",
            "ven vend fri",
            "sam sat",
            "dim sun",
        )
    )
    for word in words.split()
}

NUMBERS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "un une one a an",
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
            "onze eleven",
            "douze twelve",
        ),
        1,
    )
    for word in words.split()
} | {"quinze": 15, "fifteen": 15, "vingt": 20, "twenty": 20, "trente": 30, "thirty": 30}


def either(words: Iterable[str]) -> str:
    """Return the pattern of one of these words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


def number(word: str) -> int:
    """Return what a number of at most four figures, or a small number in words, says."""
    return int(word) if word.isdigit() else NUMBERS[word]
