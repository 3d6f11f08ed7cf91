"""Messages as files."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from connector.channels import FolderChannel, FolderSettings
from connector.model import Party
from connector.ports import ReceiptStatus
from connector.testing import a_message

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def channel(folder: Path) -> FolderChannel:
    return FolderChannel(FolderSettings(folder), clock=lambda: NOW)


def test_a_message_becomes_one_file_named_after_day_customer_and_key(tmp_path):
    message = a_message(customer_ref="42")
    receipt = channel(tmp_path / "new" / "mails").send(message)
    (file,) = (tmp_path / "new" / "mails").iterdir()
    assert file.name == receipt.ref == f"2026-11-23-42-{message.key}.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Message-ID"] == message.message_id


def test_the_same_key_another_day_leaves_the_first_file_as_it_is(tmp_path):
    message = a_message()
    first = channel(tmp_path).send(message)
    later = FolderChannel(FolderSettings(tmp_path), clock=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    second = later.send(replace(message, subject="other"))
    assert (second.status, second.ref) == (ReceiptStatus.SENT, first.ref)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_key_that_ends_like_another_is_not_taken_for_it(tmp_path):
    message = a_message()
    channel(tmp_path).send(message)
    tail = replace(message, key=message.key.partition("-")[2])
    assert channel(tmp_path).find(tail).status is ReceiptStatus.FAILED
    assert channel(tmp_path).find(message).status is ReceiptStatus.SENT


@pytest.mark.parametrize("ref", ["../../etc/x", "res.partner(7,)", "a-b-c", "", "é/ü", "x" * 300])
def test_a_hosts_ref_makes_a_safe_file_name_that_is_found_again(tmp_path, ref):
    message = a_message(customer_ref=ref)
    channel(tmp_path / "mails").send(message)
    (file,) = (tmp_path / "mails").iterdir()
    assert file.parent == tmp_path / "mails"
    assert channel(tmp_path / "mails").find(message).ref == file.name


def test_a_key_that_is_no_file_name_is_refused(tmp_path):
    receipt = channel(tmp_path).send(replace(a_message(), key="../x"))
    assert receipt.status is ReceiptStatus.INVALID
    assert not list(tmp_path.iterdir())


def test_a_message_that_cannot_be_written_leaves_no_file(tmp_path):
    receipt = channel(tmp_path).send(replace(a_message(), recipient=Party("x", "nobody")))
    assert receipt.status is ReceiptStatus.INVALID
    assert not list(tmp_path.iterdir())


def test_a_write_that_breaks_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    receipt = channel(tmp_path).send(a_message())
    assert receipt.status is ReceiptStatus.FAILED
    assert "No space left" in receipt.detail
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told_with_its_name(tmp_path):
    (tmp_path / "file").write_text("")
    receipt = channel(tmp_path / "file" / "mails").send(a_message())
    assert receipt.status is ReceiptStatus.FAILED
    assert str(tmp_path / "file") in receipt.detail
