"""The claim: which store of ours writes for the company, as a note in Odoo that the next one will find.

It is an internal note with a fixed Message-Id on the company's oldest posted document. A term counts how
often the claim changed hands: the highest term holds; of two stores that began it at the same moment, the one
whose note has the lower id. Where our user may not write on the note (it is another user's), a new one of the
next serial or term stands beside it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, NamedTuple

from connector.errors import Refused
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.domains import documents
from connector.hosts.odoo.journal import OURS
from connector.hosts.odoo.knowledge import Knowledge
from connector.ports import Claim

Row = dict[str, Any]

_DATA = re.compile(r"relance:claim:([\w-]+)")
#: For people. The adapter does not know the language of the company.
_TEXT = (
    "<p>Relance suit les factures impayées de cette société depuis le {since:%d/%m/%Y} (installation : "
    "{place}). Ne supprimez pas cette note : elle empêche qu'une seconde installation relance vos clients "
    "une seconde fois.</p>"
    "<p>Relance has followed the unpaid invoices of this company since {since:%Y-%m-%d} (installed on: "
    "{place}). Please keep this note: it prevents a second installation from reminding your customers twice."
    '</p><p style="color:#999999;font-size:10px">relance:claim:{data}</p>'
)


class Standing(NamedTuple):
    """A claim as it stands in a message."""

    message: int
    term: int
    since: datetime
    claim: Claim


@dataclass(frozen=True, slots=True)
class ClaimNote:
    """Raises HostError."""

    client: OdooClient
    known: Knowledge

    def claim(self, mine: Claim, *, take_over: bool) -> Claim:
        """See ``Host.claim``. Three calls when it is ours already. A company without any posted document has
        no journal to claim, and nothing that could be chased: the answer is ``mine``."""
        rows = self._read()
        there = holding(rows)
        if there and not take_over and not _earlier(there.claim, mine):
            return there.claim
        self._put(mine, there, rows)
        now = holding(self._read())
        return now.claim if now else mine

    def _read(self) -> list[Row]:
        rows: list[Row] = self.client.call(
            "mail.message",
            "search_read",
            [["message_id", "=", message_id(self.known.company_id)]],
            fields=["body"],
            order="id",
            context=self.known.context,
        )
        return rows

    def _put(self, mine: Claim, there: Standing | None, rows: list[Row]) -> None:
        text = body(mine, there)
        if rows:
            place = there.message if there else rows[0]["id"]
            try:
                self.client.call("mail.message", "write", [place], {"body": text}, context=self.known.context)
                return
            except Refused:  # another user's note, and no right on its document
                pass
        self._create(text)

    def _create(self, text: str) -> None:
        posted = [*documents(self.known.company_id), ["state", "=", "posted"]]
        context = self.known.context
        found = self.client.call("account.move", "search", posted, limit=1, order="id", context=context)
        if not found:
            return
        values = {
            "model": "account.move",
            "res_id": found[0],
            "body": text,
            "message_type": "comment",
            "subtype_id": self.known.type_id("mail.mt_note"),
            "message_id": message_id(self.known.company_id),
        }
        self.client.call("mail.message", "create", [values], context=context)


def message_id(company_id: int) -> str:
    """The same from every store, whatever its configuration says of senders."""
    return f"{OURS}claim.{company_id}@relance.invalid>"


def holding(rows: Iterable[Row]) -> Standing | None:
    """Return the claim that holds among these messages (in the order of their ids); None when there is none
    that can be read."""
    standing = [found for row in rows if (found := read(row["id"], row["body"]))]
    last = max((one.term for one in standing), default=0)
    term = [one for one in standing if one.term == last]
    mine = [one for one in term if one.claim.store == term[0].claim.store]
    return max(mine, key=lambda one: one.claim.serial, default=None)


def body(mine: Claim, there: Standing | None) -> str:
    """The note of a claim that takes the place of ``there``."""
    grows = there is not None and _earlier(there.claim, mine)
    since = there.since if there and grows else mine.at
    term = (there.term if there else 0) + (not grows)
    table = {"term": term, "store": mine.store, "serial": mine.serial, "place": mine.place}
    table |= {"at": mine.at.isoformat(), "since": since.isoformat()}
    data = base64.urlsafe_b64encode(json.dumps(table).encode()).decode().rstrip("=")
    return _TEXT.format(since=since, place=escape(mine.place), data=data)


def read(message: int, text: object) -> Standing | None:
    """Return the claim in a note; None when people have made it unreadable."""
    found = _DATA.search(str(text or ""))
    if found is None:
        return None
    try:
        table = json.loads(base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)))
        at, since = datetime.fromisoformat(table["at"]), datetime.fromisoformat(table["since"])
        claim = Claim(str(table["store"]), int(table["serial"]), str(table["place"]), at)
        return Standing(message, int(table["term"]), since, claim)
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None


def _earlier(there: Claim, mine: Claim) -> bool:
    return there.store == mine.store and there.serial < mine.serial
