"""The claim: which store of ours writes for the company. It stands in our block in the notes of the oldest
customer, where the next store will look too.

Where our token may not write notes there is no place for a claim, and the answer is ``mine``: ``check`` says
so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.hosts import claims
from connector.hosts.pennylane import block
from connector.hosts.pennylane.notes import edit
from connector.hosts.pennylane.reading import Reader
from connector.hosts.pennylane.refusals import Forbidden
from connector.ports import Claim


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
        there = claims.read(block.claim_in(row.get("notes") or ""))
        if there is not None and not there.yields_to(mine, take_over=take_over):
            return there.claim
        new = claims.in_place_of(there, mine)
        try:
            notes = edit(self.reader, row["id"], lambda notes: block.with_claim(notes, new.data, new.text))
        except Forbidden:
            return mine
        now = claims.read(block.claim_in(notes))
        return now.claim if now else mine
