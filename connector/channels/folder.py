"""Messages as files in a folder: nothing is sent. For trying out, and for a person who sends by hand."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connector.channels.mime import to_mime
from connector.errors import Undeliverable
from connector.model import Message
from connector.ports import Receipt, ReceiptStatus

_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """Where the files go; the folder is made when it is missing."""

    folder: Path


class FolderChannel:
    """Writes ``<date>-<customer>-<key>.eml``, whole or not at all, once for each key."""

    name = "folder"

    def __init__(self, settings: FolderSettings, *, clock: Callable[[], datetime] | None = None) -> None:
        self._folder = Path(settings.folder)
        self._clock = clock or (lambda: datetime.now(UTC))

    def send(self, message: Message) -> Receipt:
        """See ``Channel.send``. A key that has a file keeps it as it is."""
        if not _KEY.fullmatch(message.key):
            return Receipt(ReceiptStatus.INVALID, detail="its key cannot be part of a file name")
        try:
            written = self._file_of(message.key)
            if written is None:
                now = self._clock()
                name = f"{now.date().isoformat()}-{_slug(message.customer_ref)}-{message.key}.eml"
                written = self._write(name, to_mime(message, now).as_bytes())
        except Undeliverable as error:
            return Receipt(ReceiptStatus.INVALID, detail=str(error))
        except OSError as error:
            return Receipt(ReceiptStatus.FAILED, detail=self._trouble(error))
        return Receipt(ReceiptStatus.SENT, ref=written.name, detail=f"written to {self._folder}")

    def find(self, message: Message) -> Receipt:
        """See ``Channel.find``: the folder always knows, unless it cannot be read."""
        try:
            written = self._file_of(message.key)
        except OSError as error:
            return Receipt(ReceiptStatus.UNKNOWN, detail=self._trouble(error))
        if written is None:
            return Receipt(ReceiptStatus.FAILED, detail="there is no such file")
        return Receipt(ReceiptStatus.SENT, ref=written.name)

    def close(self) -> None:
        """Nothing is held open."""

    def _file_of(self, key: str) -> Path | None:
        if not self._folder.exists():
            return None
        return next((path for path in self._folder.glob("*.eml") if _key_of(path) == key), None)

    def _write(self, name: str, content: bytes) -> Path:
        """Write beside, then rename: a reader never sees half a message, nor does a crash leave one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            return Path(temporary).replace(self._folder / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _trouble(self, error: OSError) -> str:
        return f"{self._folder}: {error.strerror or error}; check that the program may write there"


def _key_of(path: Path) -> str:
    """What follows the date (ten characters) and the customer (no hyphen in it)."""
    return path.stem[11:].partition("-")[2]


def _slug(text: str) -> str:
    """A host's ref as part of a file name, without a hyphen."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:40] or "customer"
