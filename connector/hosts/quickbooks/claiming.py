"""The claim: which store of ours writes for the company. It is a note among the company's attachments that
hangs on nothing.

It is changed in full with the ``SyncToken`` that we saw last, so that of two stores one is told that it is
late; that costs nothing, and nothing is read unless it happens. A first claim is made under a ``requestid``
that all stores share: QuickBooks makes one note of them, however many come at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import Conflict
from connector.hosts import claims
from connector.hosts.quickbooks.attachables import request_id
from connector.hosts.quickbooks.query import CREATED, select
from connector.hosts.quickbooks.reading import Reader
from connector.hosts.quickbooks.refusals import Missing, Repeated, Stale
from connector.ports import Claim

Row = Mapping[str, Any]

_SIGN = "relance-claim:"
_DATA = re.compile(r"\[relance-claim:([\w=-]+)\]")
#: How often a claim may have been deleted by somebody, and how often another store may be faster.
_GENERATIONS = 10
_TRIES = 5


@dataclass(frozen=True, slots=True)
class ClaimInNote:
    """Raises HostError."""

    reader: Reader

    def claim(self, mine: Claim, *, take_over: bool) -> Claim:
        """See ``Host.claim``."""
        row = self._known()
        if take_over or row is None or not _may_follow(row, mine):
            row = self._found(mine)
        for _ in range(_TRIES):
            there = _read(row)
            if there is not None and there.claim != mine and not there.yields_to(mine, take_over=take_over):
                return there.claim
            try:
                self._remember(self._put(row, there, mine))
            except (Stale, Missing):
                take_over = False  # whoever came since is not the one that we were asked to follow
                row = self._found(mine)
            else:
                return mine
        raise Conflict("the claim changes hands too fast in QuickBooks: look for another running Relance")

    def _put(self, row: Row, there: claims.Standing | None, mine: Claim) -> Row:
        new = claims.in_place_of(there, mine)
        body = {**row, "Note": _note(new)}
        answer = self.reader.client.post("attachable", body, request_id=request_id("claim"))
        saved: Row = answer["Attachable"]
        return saved

    # finding and making --------------------------------------------------------------------------------
    def _found(self, mine: Claim) -> Row:
        """The note of the claim, which is looked for (billed), and made where there is none."""
        for generation in range(_GENERATIONS):
            if (row := self._look()) is not None:
                return row
            self._make(mine, generation)
        if (row := self._look()) is not None:
            return row
        raise Conflict("the note with the claim is deleted from QuickBooks again and again; please keep it")

    def _look(self) -> Row | None:
        rows = self.reader.client.query(select("Attachable", ("Note", "like", f"%{_SIGN}%"), order=CREATED))
        ours = [row for row in rows if _read(row) is not None]
        return min(ours, key=lambda row: (row["MetaData"]["CreateTime"], row["Id"]), default=None)

    def _make(self, mine: Claim, generation: int) -> None:
        """Make the first claim, unless another store did so at the same moment."""
        try:
            note = _note(claims.in_place_of(None, mine))
            self.reader.client.post("attachable", {"Note": note}, request_id=request_id("claim", generation))
        except Repeated:
            return

    # what is remembered --------------------------------------------------------------------------------
    def _known(self) -> Row | None:
        text = self.reader.memo.get(self.reader.name("claim"))
        found: Row | None = json.loads(text) if text else None
        return found

    def _remember(self, row: Row) -> None:
        self.reader.memo[self.reader.name("claim")] = json.dumps(
            {k: v for k, v in row.items() if k != "MetaData"}, default=str
        )


def _may_follow(row: Row, mine: Claim) -> bool:
    """Whether ``mine`` follows the claim that we wrote last, if nobody wrote since."""
    there = _read(row)
    return there is not None and (there.claim == mine or there.yields_to(mine, take_over=False))


def _read(row: Row) -> claims.Standing | None:
    found = _DATA.search(str(row.get("Note") or ""))
    return claims.read(found[1]) if found else None


def _note(notice: claims.Notice) -> str:
    return f"{notice.text} [{_SIGN}{notice.data}]"
