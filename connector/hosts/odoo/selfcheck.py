"""``Host.check``: who we are in Odoo, what we may do there, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from connector.errors import Refused, Unauthorized
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.knowledge import TABLES
from connector.hosts.odoo.reading import Reader
from connector.hosts.odoo.refusals import WrongKey
from connector.hosts.odoo.setup_parts import TAGS, TYPES
from connector.ports import Finding, HostReport

Row = dict[str, Any]

_ONCE = 'run "relance setup odoo" once, as administrator of Odoo'
_INVOICING = f"{_ONCE}; or give our user the group Invoicing (called Billing up to 17)"
_CONTACTS = f"{_ONCE}; or give our user the group Contact Creation"
_INTERNAL = "make our user an Internal User"
#: (model, operation, what it is for, what gives it, whether we can work without)
_RIGHTS = (
    ("account.move", "read", "read invoices", _INVOICING, False),
    ("account.move.line", "read", "read installments and payments", _INVOICING, False),
    ("account.partial.reconcile", "read", "read allocations", _INVOICING, False),
    ("account.journal", "read", "see the newest bank entry", _INVOICING, False),
    ("res.partner", "read", "read customers", _INTERNAL, False),
    ("mail.message", "create", "write notes on invoices", _INTERNAL, False),
    ("mail.activity", "create", "write tasks", _INTERNAL, False),
    ("account.move", "write", "give tasks on invoices to other people", _INVOICING, True),
    ("res.partner", "write", "write notes and tasks on customers", _CONTACTS, True),
)
#: Modules that chase by themselves.
_RIVALS = {
    "account_followup": "Odoo's own follow-up (Enterprise)",
    "account_credit_control": "Credit Control (OCA)",
    "account_invoice_overdue_reminder": "Overdue Invoice Reminder (OCA)",
}
#: A key that ends sooner than this is worth a word.
_KEY_NOTICE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    reader: Reader
    now: Callable[[], datetime]

    def report(self) -> HostReport:
        """Raises Unauthorized when we are not let in at all, Unavailable when nobody answers."""
        self.reader.known.learn_anew()
        client = self.reader.client
        version = client.version
        company = self.reader.known.company["name"]
        user = self._user()
        findings = [Finding(True, f"logged in as {user['name']} ({user['login']}), company {company}")]
        findings += [*self._rights(), *self._parts(), *self._sender(user), *self._rivals()]
        findings += [*self._fields(), *self._key(user)]
        bank = self._bank(findings)
        name = f"Odoo {version.text} {version.edition}"
        return HostReport(name, user["login"], company, tuple(findings), bank)

    def _user(self) -> Row:
        client = self.reader.client
        domain = [["id", "=", client.uid]]
        rows: list[Row] = client.call("res.users", "search_read", domain, fields=["name", "login", "email"])
        return rows[0]

    def _rights(self) -> Iterator[Finding]:
        may = abilities(self.reader.client)
        for _model, _operation, what, remedy, optional in _RIGHTS:
            if may[what]:
                yield Finding(True, f"may {what}")
            else:
                yield Finding(False, f"may not {what}", remedy, warning=optional)

    def _parts(self) -> Iterator[Finding]:
        """Which activity types and tags of ours are there."""
        known = self.reader.known
        types = [part.names["en"] for part in TYPES if known.type_id(part.xml_id) is None]
        tagged = set(known.tag_meanings().values())
        tags = [part.names["en"] for part in TAGS if part.xml_id not in tagged]
        for what, absent, every in (("activity types", types, TYPES), ("tags", tags, TAGS)):
            if absent:
                yield Finding(False, f"{what} not in Odoo: {', '.join(absent)}", _ONCE, warning=True)
            else:
                yield Finding(True, f"all {len(every)} {what} of ours are there")

    def _sender(self, user: Row) -> Iterator[Finding]:
        if not user["email"]:
            remedy = "give it one in Odoo: without, Odoo sends nothing in its name"
            yield Finding(False, "our user has no e-mail address", remedy, warning=True)

    def _rivals(self) -> Iterator[Finding]:
        domain = [["name", "in", sorted(_RIVALS)], ["state", "=", "installed"]]
        try:
            rows = self.reader.client.call("ir.module.module", "search_read", domain, fields=["name"])
        except Unauthorized:
            yield Finding(False, "cannot see which modules are installed", warning=True)
            return
        for row in rows:
            remedy = "stop its reminders, or customers are chased twice"
            yield Finding(False, f"{_RIVALS[row['name']]} is installed", remedy, warning=True)

    def _fields(self) -> Iterator[Finding]:
        known = self.reader.known
        for model, tables in TABLES.items():
            for table in tables:
                for name in self.reader.mapping.absent(table, known.described(model)):
                    remedy = f"mend host.mapping.{table}"
                    yield Finding(False, f"{model} has no field {name!r}", remedy)

    def _key(self, user: Row) -> Iterator[Finding]:
        """Keys end from 18 on. Which of a user's keys is ours cannot be told: the first to end is named."""
        domain = [["user_id", "=", user["id"]], ["expiration_date", "!=", False]]
        try:
            rows = self.reader.client.call(
                "res.users.apikeys",
                "search_read",
                domain,
                fields=["expiration_date"],
                order="expiration_date",
                limit=1,
            )
        except (Refused, Unauthorized):
            return
        if rows:
            ends = date.fromisoformat(rows[0]["expiration_date"][:10])
            near = ends - self.now().date() < _KEY_NOTICE
            what = f"an API key of {user['login']} ends on {ends}"
            yield Finding(not near, what, "make a new key in Odoo in time" if near else "", warning=near)

    def _bank(self, findings: list[Finding]) -> date | None:
        try:
            bank = self.reader.bank_entry_on()
        except (Refused, Unauthorized):
            bank = None
        if bank is None:
            findings.append(Finding(False, "sees no bank entry", "check the bank journal", warning=True))
        else:
            findings.append(Finding(True, f"last bank entry on {bank}"))
        return bank


def abilities(client: OdooClient) -> dict[str, bool]:
    """Return what the user of ``client`` may do of what we need, in words. Raises HostError when we are not
    let in at all."""
    return {what: _may(client, model, operation) for model, operation, what, *_ in _RIGHTS}


def _may(client: OdooClient, model: str, operation: str) -> bool:
    try:
        if client.version.access_method == "has_access":
            return bool(client.call(model, "has_access", [], operation))
        return bool(client.call(model, "check_access_rights", operation, raise_exception=False))
    except WrongKey:
        raise
    except (Refused, Unauthorized):
        return False
