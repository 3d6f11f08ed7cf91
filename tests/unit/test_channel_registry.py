"""Channels by name, and the one that goes through the host."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import SimpleNamespace

import pytest

from connector import channels
from connector.channels import (
    EmailChannel,
    EmailSettings,
    FolderChannel,
    HostChannel,
    known_channels,
    open_channel,
)
from connector.errors import ConfigError, Conflict, HostError, RateLimited, Refused, Unauthorized, Unavailable
from connector.ports import Ability, Receipt, ReceiptStatus
from connector.testing import a_message


def host(error: HostError | None = None, abilities: frozenset[Ability] = frozenset({Ability.MAIL})):
    """A host that sends, or fails in one way."""

    def answer(_message: object) -> Receipt:
        if error:
            raise error
        return Receipt(ReceiptStatus.QUEUED, "42")

    return SimpleNamespace(name="memory", supports=abilities, send=answer, find=answer)


def test_our_channels_are_opened_by_name(tmp_path):
    assert isinstance(open_channel("smtp", {"host": "mail.example"}), EmailChannel)
    assert isinstance(open_channel("folder", {"folder": tmp_path}), FolderChannel)
    assert isinstance(open_channel("host", {}, host()), HostChannel)


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("smpt", {}, r"smpt: there is no such channel.*smtp"),
        ("smtp", {"host": "x", "prot": 25}, r"smtp.prot: there is no such option.*port"),
        ("smtp", {}, r"host"),
        ("smtp", {"host": "x", "security": "ssl"}, r"starttls"),
        ("smtp", {"host": "x", "login": "me"}, r"login and password"),
        ("host", {}, r"cannot send messages itself"),
        ("host", {"x": 1}, r"takes no options"),
    ],
)
def test_what_cannot_be_opened_is_told_with_its_remedy(name, options, says):
    with pytest.raises(ConfigError, match=says):
        open_channel(name, options)


def test_a_host_without_mail_is_no_channel():
    with pytest.raises(ConfigError, match="memory cannot send"):
        open_channel("host", {}, host(abilities=frozenset()))


def test_a_wrong_option_does_not_show_the_password():
    with pytest.raises(ConfigError) as caught:
        open_channel("smtp", {"host": "x", "login": None, "password": "s3cret"})
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(EmailSettings("x", login="me", password="s3cret"))


def make_pigeon(options, _host):
    return SimpleNamespace(name="pigeon", options=options)


def test_another_package_can_add_a_channel(monkeypatch):
    point = EntryPoint("pigeon", f"{__name__}:make_pigeon", "relance.channels")
    monkeypatch.setattr(channels, "entry_points", lambda **wanted: EntryPoints([point]).select(**wanted))
    assert known_channels() == ("folder", "host", "pigeon", "smtp")
    assert open_channel("pigeon", {"loft": Path("x")}).options == {"loft": Path("x")}


def test_a_host_takes_messages_and_is_asked_for_them():
    channel = HostChannel(host())
    assert channel.send(a_message()) == Receipt(ReceiptStatus.QUEUED, "42")
    assert channel.find(a_message()).accepted


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("cut", maybe_done=True), ReceiptStatus.UNKNOWN),
        (Unavailable("down"), ReceiptStatus.FAILED),
        (RateLimited("slow down"), ReceiptStatus.FAILED),
        (Unauthorized("no right"), ReceiptStatus.FAILED),
        (Conflict("gone"), ReceiptStatus.FAILED),
        (Refused("no e-mail address"), ReceiptStatus.INVALID),
    ],
)
def test_what_a_host_says_becomes_a_receipt(error, status):
    channel = HostChannel(host(error))
    assert channel.send(a_message()) == Receipt(status, detail=str(error))
    assert channel.find(a_message()).status is ReceiptStatus.UNKNOWN
