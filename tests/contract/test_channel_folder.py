"""The folder keeps the contract of a channel."""

from __future__ import annotations

import pytest

from connector.channels import FolderChannel, FolderSettings
from connector.testing import ChannelTests


class TestFolderChannel(ChannelTests):
    @pytest.fixture
    def channel(self, tmp_path):
        return FolderChannel(FolderSettings(tmp_path / "mails"))

    @pytest.fixture
    def received(self, tmp_path):
        return lambda: list((tmp_path / "mails").glob("*.eml"))
