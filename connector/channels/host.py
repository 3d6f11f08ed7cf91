"""Messages through the host's own mail, so that answers come back to its journal."""

from __future__ import annotations

from connector.errors import HostError, Refused, Unavailable
from connector.model import Message
from connector.ports import Host, Receipt, ReceiptStatus


class HostChannel:
    """Hands messages to a host that supports MAIL; the host's errors become receipts."""

    name = "host"

    def __init__(self, host: Host) -> None:
        self._host = host

    def send(self, message: Message) -> Receipt:
        """See ``Channel.send``."""
        try:
            return self._host.send(message)
        except Unavailable as error:
            status = ReceiptStatus.UNKNOWN if error.maybe_done else ReceiptStatus.FAILED
            return Receipt(status, detail=str(error))
        except Refused as error:
            return Receipt(ReceiptStatus.INVALID, detail=str(error))
        except HostError as error:  # a right is missing, or a record changed: nothing left
            return Receipt(ReceiptStatus.FAILED, detail=str(error))

    def find(self, message: Message) -> Receipt:
        """See ``Channel.find``. A host that cannot be asked leaves it unknown."""
        try:
            return self._host.find(message)
        except HostError as error:
            return Receipt(ReceiptStatus.UNKNOWN, detail=str(error))

    def close(self) -> None:
        """The host is closed by who opened it."""
