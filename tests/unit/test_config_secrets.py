"""Secrets are fetched when used, and shown never."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from connector.config.secrets import Secret, Source, parse_secret
from connector.config.unfit import Unfit
from connector.errors import ConfigError

VALUE = "hunter2-very-secret"


def command(code: str) -> Secret:
    return parse_secret({"command": [sys.executable, "-c", code]}, Path())


def refusal(secret: Secret) -> str:
    with pytest.raises(ConfigError) as caught:
        secret.resolve()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_a_variable_is_read_at_the_moment_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = parse_secret({"env": "RELANCE_TEST_KEY"}, Path())
    monkeypatch.setenv("RELANCE_TEST_KEY", VALUE)
    assert secret.resolve() == VALUE


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELANCE_TEST_KEY", raising=False)
    assert "RELANCE_TEST_KEY" in refusal(parse_secret({"env": "RELANCE_TEST_KEY"}, Path()))


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_line_break_at_the_end_of_a_file_is_no_part_of_the_secret(tmp_path: Path, end: str) -> None:
    (tmp_path / "key").write_bytes((VALUE + end).encode())
    assert parse_secret({"file": "key"}, tmp_path).resolve() == VALUE


def test_a_missing_or_empty_file_is_named(tmp_path: Path) -> None:
    secret = parse_secret({"file": "key"}, tmp_path)
    assert str(tmp_path / "key") in refusal(secret)
    (tmp_path / "key").write_text("\n")
    assert "empty" in refusal(secret)


def test_a_file_that_everybody_can_read_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(VALUE)
    secret = parse_secret({"file": "key"}, tmp_path)
    file.chmod(0o600)
    assert not secret.readable_by_others()
    file.chmod(0o644)
    assert secret.readable_by_others()


def test_a_command_gives_what_it_prints() -> None:
    assert command(f"print('{VALUE}')").resolve() == VALUE


def test_a_failing_command_is_named_by_its_first_word_and_what_it_printed_is_not_told() -> None:
    code = f"import sys; print('{VALUE}'); print('{VALUE}', file=sys.stderr); sys.exit(3)"
    text = refusal(command(code))
    assert sys.executable in text
    assert "code 3" in text
    assert VALUE not in text


def test_a_command_that_does_not_exist_is_named() -> None:
    assert "no-such-command" in refusal(parse_secret({"command": ["no-such-command", VALUE]}, Path()))


def test_a_keyring_is_asked_for_service_and_user(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    entries = {("relance", "odoo"): VALUE}
    setattr(keyring, "get_password", lambda service, user: entries.get((service, user)))  # noqa: B010
    setattr(errors, "KeyringError", RuntimeError)  # noqa: B010
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert parse_secret({"keyring": ["relance", "odoo"]}, Path()).resolve() == VALUE
    assert "holds nothing for other" in refusal(parse_secret({"keyring": ["relance", "other"]}, Path()))


def test_without_the_keyring_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "relance[keyring]" in refusal(parse_secret({"keyring": ["relance", "odoo"]}, Path()))


def test_a_secret_shows_nothing_of_itself() -> None:
    secret = Secret(Source.COMMAND, ("pass", "show", VALUE))
    assert VALUE not in f"{secret!r} {secret} {secret.label} {[secret]}"


@pytest.mark.parametrize(
    "value",
    [
        VALUE,
        7,
        [VALUE],
        {},
        {"env": "A", "file": VALUE},
        {"env": f"{VALUE}!"},
        {"env": ["A"]},
        {"command": f"echo {VALUE}"},
        {"command": []},
        {"keyring": [VALUE]},
        {"file": ""},
        {"vault": VALUE},
    ],
)
def test_what_is_not_a_reference_is_refused_without_being_shown(value: object) -> None:
    with pytest.raises(Unfit) as caught:
        parse_secret(value, Path())
    assert VALUE not in caught.value.message + caught.value.remedy
    assert caught.value.remedy
