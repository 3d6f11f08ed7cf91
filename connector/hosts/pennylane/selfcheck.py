"""``Host.check``: who we are in Pennylane, what our token may do, where our entries will stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.errors import Refused, Unauthorized
from connector.hosts.pennylane import appendix
from connector.hosts.pennylane.comments import Comments
from connector.hosts.pennylane.reading import ISSUED, Reader
from connector.hosts.pennylane.refusals import Missing
from connector.hosts.pennylane.settings import Place
from connector.ports import Finding, HostReport

Row = dict[str, Any]

#: What is read, and what the scope of it is for.
_READ = {
    "customer_invoices": "read invoices, credit notes and what was paid",
    "customers": "read customers, their contacts and the orders in their notes",
    "transactions": "see the newest bank entry, and money that nobody matched",
}
_MORE_SCOPES = "make a token with this scope (Settings, Connectivity, Developers), or connect again"
_NAMES = {
    Place.COMMENT: "comments on invoices",
    Place.NOTES: "the notes of customers",
    Place.APPENDIX: "appendices of invoices",
}


@dataclass(frozen=True, slots=True)
class SelfCheck:
    reader: Reader

    def report(self) -> HostReport:
        """Raises Unauthorized when the token opens nothing, Unavailable when nobody answers."""
        me = self.reader.me(anew=True)
        company, user = me["company"], me.get("user")
        scopes = [str(scope) for scope in me.get("scopes") or ()]
        who = f"{user.get('first_name') or ''} {user.get('last_name') or ''}".strip() if user else ""
        findings = [
            Finding(True, f"the token is good: {company['name']}" + (f", made by {who}" if who else ""))
        ]
        findings += self._scopes(scopes)
        if all(finding.ok for finding in findings):
            findings += [*self._places(scopes, user), *self._fields()]
        findings.append(_RIVAL)
        bank = self._bank(findings)
        sandbox = str(company.get("reg_no") or "").startswith("sandbox")
        name = "Pennylane (test company)" if sandbox else "Pennylane"
        login = str(user.get("email") or who or user["id"]) if user else "a token of nobody"
        return HostReport(name, login, str(company["name"]), tuple(findings), bank)

    def _scopes(self, scopes: Sequence[str]) -> Iterator[Finding]:
        for resource, what in _READ.items():
            if may(scopes, resource):
                yield Finding(True, f"may {what}")
            else:
                yield Finding(
                    False, f"may not {what}: the scope {resource}:readonly is missing", _MORE_SCOPES
                )

    # where entries stand -------------------------------------------------------------------------------
    def _places(self, scopes: Sequence[str], user: Row | None) -> Iterator[Finding]:
        found = [(place, *self._place(place, scopes, user)) for place in self.reader.settings.write_to]
        first = next((place for place, ok, _, _ in found if ok), None)
        for place, ok, why, remedy in found:
            role = "; our entries go there" if place is first else ""
            yield Finding(ok, f"{_NAMES[place]}: {why}{role}", remedy, warning=True)
        if first is None:
            remedy = "give the token customer_invoices:all or customers:all"
            yield Finding(
                False, "nothing can be written back: reminders leave no trace in Pennylane", remedy, True
            )
        if not may(scopes, "customers", write=True):
            what = "no claim can be put into Pennylane: a second installation would not be noticed"
            yield Finding(False, what, "give the token the scope customers:all", warning=True)

    def _place(self, place: Place, scopes: Sequence[str], user: Row | None) -> tuple[bool, str, str]:
        match place:
            case Place.COMMENT:
                return self._comments(scopes, user)
            case Place.NOTES:
                ok = may(scopes, "customers", write=True)
                return (
                    ok,
                    "can be written" if ok else "the scope customers:all is missing",
                    "" if ok else _MORE_SCOPES,
                )
            case Place.APPENDIX:
                if not appendix.can_be_made():
                    return False, "fpdf2 is not installed", 'pip install "relance[appendix]"'
                ok = may(scopes, "customer_invoices", write=True)
                why = "can be added" if ok else "the scope customer_invoices:all is missing"
                return ok, why, "" if ok else _MORE_SCOPES

    def _comments(self, scopes: Sequence[str], user: Row | None) -> tuple[bool, str, str]:
        """Asked with a blank one, which is refused: nothing is written."""
        if not may(scopes, "customer_invoices", write=True):
            return False, "the scope customer_invoices:all is missing", _MORE_SCOPES
        if user is None:
            return False, "the token was issued to nobody", "let a user of the company make it"
        page = next(self.reader.client.pages("customer_invoices", ISSUED, sort="-id", limit=1), [])
        if not page:
            return True, "there is no invoice yet to try it on", ""
        try:
            way = Comments(self.reader).way(str(page[0]["id"]), anew=True)
        except Missing as gone:
            return False, str(gone), ""
        if way.key:
            return True, f"can be added (as {way.key!r})", ""
        return (
            False,
            f"the endpoint does not take them ({way.why})",
            "set host.comment_path if it is elsewhere",
        )

    # the rest ------------------------------------------------------------------------------------------
    def _fields(self) -> Iterator[Finding]:
        """Fields that a company's own mapping names and that no record has."""
        lists = {"invoice": "customer_invoices", "customer": "customers"}
        for table, path in lists.items():
            page = self.reader.client.get(path, sort="-id", limit=1)["items"]
            for name in self.reader.mapping.absent(table, page[0]) if page else ():
                yield Finding(False, f"{path} have no field {name!r}", f"mend host.mapping.{table}")

    def _bank(self, findings: list[Finding]) -> date | None:
        try:
            day = self.reader.bank_entry_on(self.reader.newest_transactions())
        except (Refused, Unauthorized):
            day = ""
        if not day:
            findings.append(
                Finding(False, "sees no bank transaction", "connect the bank account", warning=True)
            )
            return None
        findings.append(Finding(True, f"last bank transaction on {day}"))
        return date.fromisoformat(day)


_RIVAL = Finding(
    False,
    "Pennylane's own reminder sequences cannot be seen from outside",
    "switch them off (Paramètres, Facturation clients, Relance d'impayés), or customers are chased twice",
    warning=True,
)


def may(scopes: Sequence[str], resource: str, *, write: bool = False) -> bool:
    """Whether these scopes allow to read (or write) a resource."""
    return f"{resource}:all" in scopes or (not write and f"{resource}:readonly" in scopes)
