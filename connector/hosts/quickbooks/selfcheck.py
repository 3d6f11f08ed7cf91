"""``Host.check``: which company lets us in, what stands in the way, and what people should switch off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.hosts.quickbooks import standing
from connector.hosts.quickbooks.query import select
from connector.hosts.quickbooks.reading import OPEN, Reader
from connector.ports import Finding, HostReport

Row = dict[str, Any]

#: What QuickBooks says of a subscription that lets nobody write, and of one that soon will not.
_ENDED = frozenset({"SUSPENDED", "EXPIRED", "CANCELLED"})
_SHAKY = frozenset({"RESTRICTED", "TRIAL", "TRIALOPTIN"})
_RENEW = "renew the subscription in QuickBooks (Account and settings, Billing and subscription)"
_SLOTS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Three billed calls at most."""

    reader: Reader

    def report(self) -> HostReport:
        """Raises Unauthorized when we are not let in, Unavailable when nobody answers."""
        found = self.reader.company(anew=True)
        info, preferences = found["CompanyInfo"], found["Preferences"]
        name = str(info.get("CompanyName") or info.get("LegalName") or self.reader.client.realm)
        findings = [
            _company(name, info, preferences),
            *_subscription(info),
            *self._promise_field(preferences),
            *_books(preferences),
            *self._own_fields(),
            _RIVAL,
        ]
        product = _named(info).get("OfferingSku") or "QuickBooks Online"
        return HostReport(product, f"company {self.reader.client.realm}", name, tuple(findings))

    def _promise_field(self, preferences: Row) -> Iterator[Finding]:
        """Whether the custom field for the day of a promise is there."""
        wanted = self.reader.settings.promise_field
        if wanted is None:
            what = "the day of a promise goes into the private note of its invoice, which statements may show"
            remedy = (
                "a custom field of sales forms keeps it apart: make one, and name it in host.promise_field"
            )
            yield Finding(False, what, remedy, warning=True)
            return
        slots = slots_in(preferences)
        if wanted in slots or str(wanted).casefold() in {name.casefold() for name in slots.values()}:
            yield Finding(True, f"the day of a promise goes into the custom field {wanted!r}")
            return
        there = ", ".join(repr(name) for name in slots.values()) or "none"
        yield Finding(
            False,
            f"sales forms have no custom field {wanted!r} (there: {there}); the private note is used instead",
            "in QuickBooks: Settings, Custom fields, Add field, for sales forms; or mend host.promise_field",
            warning=True,
        )

    def _own_fields(self) -> Iterator[Finding]:
        """Fields that the settings or a company's own mapping name, and that the newest invoice has not: as
        QuickBooks leaves out what is empty, this is worth a look and no more."""
        asked = self.reader.settings.order_number_field
        own = self.reader.mapping.names(("invoice",))
        names = {name.removeprefix("CustomField.") for name in own if name.startswith("CustomField.")}
        names |= {asked} if asked else set()
        if not names:
            return
        rows = self.reader.client.query(select("Invoice", OPEN, order="Id desc", limit=1))
        there = {str(f.get("Name")).casefold() for row in rows for f in row.get("CustomField") or ()}
        for name in sorted(names):
            if rows and name.casefold() not in there:
                what = f"the newest open invoice has no custom field {name!r}"
                remedy = "mend host.order_number_field or host.mapping.invoice, or switch the field on"
                yield Finding(False, what, remedy, warning=True)


def slots_in(preferences: Mapping[str, Any]) -> dict[int, str]:
    """The custom fields of sales forms that are switched on: number of the slot -> name."""
    groups = (preferences.get("SalesFormsPrefs") or {}).get("CustomField") or ()
    told = {
        str(f.get("Name")).rpartition(".")[2]: f for group in groups for f in group.get("CustomField") or ()
    }
    return {
        slot: str(told.get(f"SalesCustomName{slot}", {}).get("StringValue") or "")
        for slot in _SLOTS
        if told.get(f"UseSalesCustom{slot}", {}).get("BooleanValue")
    }


def _company(name: str, info: Row, preferences: Row) -> Finding:
    currency = preferences.get("CurrencyPrefs") or {}
    several = ", several currencies" if currency.get("MultiCurrencyEnabled") else ""
    home = standing.ref(currency, "HomeCurrency") or "no currency told"
    return Finding(
        True, f"we are let in: {name} ({info.get('Country') or 'no country told'}, {home}{several})"
    )


def _named(info: Row) -> dict[str, str]:
    return {str(each.get("Name")): str(each.get("Value")) for each in info.get("NameValue") or ()}


def _subscription(info: Row) -> Iterator[Finding]:
    status = _named(info).get("SubscriptionStatus", "")
    if status in _ENDED:
        yield Finding(
            False, f"the company's subscription is {status.lower()}: nothing can be written", _RENEW
        )
    elif status in _SHAKY:
        yield Finding(False, f"the company's subscription is {status.lower()}", _RENEW, warning=True)
    elif status:
        yield Finding(True, f"the company's subscription is {status.lower()}")


def _books(preferences: Row) -> Iterator[Finding]:
    closed = (preferences.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    if closed:
        what = f"the books are closed until {closed}: on older invoices no promise date can be put"
        yield Finding(True, f"{what}; it becomes a note beside them")


_RIVAL = Finding(
    False,
    "QuickBooks' own invoice reminders cannot be seen from outside",
    "switch them off (Settings, Account and settings, Sales, Reminders), or customers are reminded twice",
    warning=True,
)
