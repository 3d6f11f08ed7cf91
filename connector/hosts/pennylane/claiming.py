"""The claim: which store of ours writes for the company. It stands in our block in the notes of the oldest
customer, where the next store will look too.

A term counts how often the claim changed hands. Where our token may not write notes there is no place for a
claim, and the answer is ``mine``: ``check`` says so.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connector.hosts.pennylane import block
from connector.hosts.pennylane.notes import edit
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.refusals import Forbidden
from connector.ports import Claim

#: For people. The adapter does not know the language of the company.
_TEXT = (
    "Relance suit les factures impayées depuis le {since:%d/%m/%Y} (installation : {place}) ; ne supprimez "
    "pas cette ligne. Relance follows the unpaid invoices since {since:%Y-%m-%d}; please keep this line."
)


@dataclass(frozen=True, slots=True)
class ClaimInNotes:
    """Raises HostError."""

    reader: Reader

    def claim(self, mine: Claim, *, take_over: bool) -> Claim:
        """See ``Host.claim``. A company without customers has nothing to claim, and nobody to chase."""
        page = self.reader.client.get("customers", sort="id", limit=1)["items"]
        if not page:
            return mine
        row: dict[str, Any] = page[0]
        there, since, term = read(row.get("notes") or "")
        if there is not None and not take_over and not _earlier(there, mine):
            return there
        grows = there is not None and _earlier(there, mine)
        began = since if grows and since else mine.at
        data = dump(mine, began, term + (not grows))
        text = _TEXT.format(since=began, place=" ".join(mine.place.split()))
        try:
            notes = edit(self.reader, row["id"], lambda notes: block.with_claim(notes, data, text))
        except Forbidden:
            return mine
        now, _, _ = read(notes)
        return now or mine


def dump(claim: Claim, since: datetime, term: int) -> str:
    """A claim as one word without brackets."""
    table = {"term": term, "store": claim.store, "serial": claim.serial, "place": claim.place}
    table |= {"at": claim.at.isoformat(), "since": since.isoformat()}
    return base64.urlsafe_b64encode(json.dumps(table).encode()).decode()


def read(notes: str) -> tuple[Claim | None, datetime | None, int]:
    """The claim in these notes, since when its store works, and its term; None when there is none that can
    be read."""
    data = block.claim_in(notes)
    if data is None:
        return None, None, 0
    try:
        table = json.loads(base64.urlsafe_b64decode(data))
        at, since = datetime.fromisoformat(table["at"]), datetime.fromisoformat(table["since"])
        claim = Claim(str(table["store"]), int(table["serial"]), str(table["place"]), at)
        return claim, since, int(table["term"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None, None, 0


def _earlier(there: Claim, mine: Claim) -> bool:
    return there.store == mine.store and there.serial < mine.serial
