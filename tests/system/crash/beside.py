"""What a story needs of the accounting system beside which it is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from connector.sandbox.nouns import Document
from connector.sandbox.server import Sandbox

CUSTOMERS, DOCUMENTS = 8, 36
#: An effect as people see it -> how often it stands there.
Seen = Counter[Any]


class Beside(Protocol):
    """A sandbox that plays one host, entered by the real process, and what people see in it.

    ``effects`` are the calls by which something is written, with the most occurrences at which a process is
    killed there: (pattern of a name, occurrences). ``before_pull`` is the call with which a pull begins,
    ``before_look`` one after which balances are looked at before messages leave. ``renewal`` gives new
    tokens; empty for none. ``hurry``: our process waits so many times shorter. ``own_days``: it lives in the
    story's time, else by ``--today``. ``knows_contacts``: also of who owes nothing.
    """

    name: ClassVar[str]
    effects: ClassVar[Sequence[tuple[str, int]]]
    before_pull: ClassVar[str]
    before_look: ClassVar[str]
    renewal: ClassVar[str]
    hurry: ClassVar[float]
    own_days: ClassVar[bool]
    knows_contacts: ClassVar[bool]
    sandbox: Sandbox

    def describe(self, url: str, file: Path) -> Mapping[str, str]:
        """Write a company file for the host at ``url``; return the environment that it needs."""
        ...

    def id_of(self, document: Document) -> str:
        """The ref by which the host knows it."""
        ...

    def say(self, document: Document, text: str) -> None:
        """Somebody writes a line to us, on an invoice."""
        ...

    def jot(self, document: Document, text: str) -> None:
        """Somebody writes something of his own, which is not for us, before all that stands there."""
        ...

    def void(self, document: Document) -> None:
        """Somebody cancels an invoice."""
        ...

    def take_back(self) -> None:
        """Somebody ends our access."""
        ...

    def notes(self) -> Seen:
        """Our notes: where, and their words."""
        ...

    def tasks(self) -> Seen:
        """Our tasks and days: where, and their words."""
        ...

    def identities(self) -> dict[str, Counter[str]]:
        """The keys under which our entries stand there: each must be there once."""
        ...

    def harmed(self) -> list[str]:
        """What people wrote, and does not stand there any more byte for byte."""
        ...

    def sent_by_host(self) -> tuple[list[str], Seen]:
        """Message-IDs of the mails that the host sent for us, and those mails."""
        ...

    def differences(self, calm: Any) -> str:
        """How our notes differ from those of the same story told in peace; empty when they do not."""
        ...


_TABLE = re.compile(r"Facture\s+Échéance\s+Étape.*?(?=Texte du message)", re.DOTALL)


def alike(text: str) -> str:
    """The words of a note that must be the same in every telling. What thanks were for is forgotten once they
    count as said: the note of thanks that a person confirms afterwards names no invoices in a table."""
    return _TABLE.sub("", text) if text.startswith("Remerciement") else text
