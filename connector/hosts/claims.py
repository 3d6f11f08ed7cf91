"""The claim of a store as it stands in a host that has no place of its own for it: a word of data beside a
sentence for people. Pure.

A term counts how often the claim changed hands.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from connector.ports import Claim

#: For people. The adapter does not know the language of who reads it.
_TEXT = (
    "Relance suit les factures impayées depuis le {since:%d/%m/%Y} (installation : {place}) ; ne supprimez "
    "pas cette ligne. Relance follows the unpaid invoices since {since:%Y-%m-%d}; please keep this line."
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim that stands in the host, and since when its store works."""

    claim: Claim
    since: datetime
    term: int

    def yields_to(self, mine: Claim, *, take_over: bool) -> bool:
        """Whether ``mine`` may take its place: an earlier one of the same store does."""
        return take_over or _earlier(self.claim, mine)


@dataclass(frozen=True, slots=True)
class Notice:
    """A claim to be put there: the word, and the sentence beside it."""

    data: str
    text: str


def in_place_of(there: Standing | None, mine: Claim) -> Notice:
    """Return what to write for ``mine``, where ``there`` stands so far."""
    grows = there is not None and _earlier(there.claim, mine)
    since = there.since if there is not None and grows else mine.at
    term = (there.term if there is not None else 0) + (not grows)
    return Notice(_dump(mine, since, term), _TEXT.format(since=since, place=" ".join(mine.place.split())))


def read(data: str | None) -> Standing | None:
    """The claim in that word; None when there is none that can be read."""
    if data is None:
        return None
    try:
        table = json.loads(base64.urlsafe_b64decode(data))
        at, since = datetime.fromisoformat(table["at"]), datetime.fromisoformat(table["since"])
        claim = Claim(str(table["store"]), int(table["serial"]), str(table["place"]), at)
        return Standing(claim, since, int(table["term"]))
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None


def _dump(claim: Claim, since: datetime, term: int) -> str:
    """A claim as one word without brackets."""
    table = {"term": term, "store": claim.store, "serial": claim.serial, "place": claim.place}
    table |= {"at": claim.at.isoformat(), "since": since.isoformat()}
    return base64.urlsafe_b64encode(json.dumps(table).encode()).decode()


def _earlier(there: Claim, mine: Claim) -> bool:
    return there.store == mine.store and there.serial < mine.serial
