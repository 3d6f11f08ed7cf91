"""The nearest right spelling."""

from connector.spelling import nearest, suggestion


def test_the_nearest_word_is_found_whatever_its_capitals_and_nothing_far_away_is() -> None:
    assert nearest("EUROPE/PARISS", ["Asia/Tokyo", "Europe/Paris"]) == "Europe/Paris"
    assert nearest("zzz", ["email", "letter"]) is None


def test_a_suggestion_names_the_nearest_or_all() -> None:
    assert suggestion("emial", ["email", "letter"]) == "did you mean 'email'?"
    assert suggestion("zzz", ["email", "letter"]) == "known: email, letter"
