"""What a model of the played Odoo is: its fields, how each is read from the ledger, and where its rows
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from connector.sandbox.books import Table
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Company, User

Getter = Callable[[Any, "View"], Any]
LAST = 99

INVOICING_GROUPS = ("account.group_account_invoice", "account.group_account_readonly")


class View(NamedTuple):
    """From where a row is looked at."""

    ledger: Ledger
    version: int
    user: User
    companies: tuple[Company, ...]


class Named(NamedTuple):
    """A record of a model that the sandbox does not hold, only shown behind a many2one."""

    serial: int
    name: str


class Rows(Protocol):
    """What a ``Table`` offers; records come in the order of their ids."""

    def get(self, serial: object) -> Any: ...
    def after(self, serial: int) -> Iterator[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


def nothing(_record: Any, _view: View) -> None:
    """The getter of a field that is always empty here."""


@dataclass(frozen=True, slots=True)
class Field:
    """``get`` gives the ledger's own value: a record for a many2one, records for x2many, Decimal, date,
    datetime.
    """

    name: str
    type: str
    get: Getter = nothing
    relation: str = ""
    choices: tuple[str, ...] = ()
    since: int = 16
    until: int = LAST
    store: bool = True
    searchable: bool = True
    required: bool = False
    readonly: bool = False
    groups: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """Every attribute that ``fields_get`` may show."""
        label = self.name.removesuffix("_ids").removesuffix("_id").replace("_", " ").capitalize()
        shown: dict[str, Any] = {
            "type": self.type, "string": label, "name": self.name, "store": self.store,
            "searchable": self.searchable, "sortable": self.store, "required": self.required,
            "readonly": self.readonly, "company_dependent": False, "manual": False,
        }  # fmt: skip
        if self.relation:
            shown["relation"] = self.relation
        if self.type == "selection":
            shown["selection"] = [[key, key.replace("_", " ").capitalize()] for key in self.choices]
        if self.groups:
            shown["groups"] = ",".join(self.groups)
        return shown


Index = Callable[[Ledger, Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Model:
    """``accounting``: closed to users without invoicing rights. ``index``: field -> records for given
    values. ``held``: what a field of another record holds, which only a search by id shows.
    """

    name: str
    label: str
    rows: Callable[[Ledger], Rows]
    fields: tuple[Field, ...]
    display: Callable[[Any, View], str] = lambda record, _view: str(record.name)
    serial: Callable[[Any], int] = lambda record: int(record.serial)
    order: str = "id"
    company: Callable[[Any], Company | None] | None = None
    active: Callable[[Any], bool] | None = None
    held: Callable[[Any], bool] | None = None
    accounting: bool = False
    index: Mapping[str, Index] = field(default_factory=dict)

    def fields_of(self, version: int) -> dict[str, Field]:
        """Those that this version has; a name may be defined more than once for different versions."""
        known = (*_always(self), *self.fields)  # a model may define its own display_name
        return {one.name: one for one in known if one.since <= version <= one.until}


def _always(model: Model) -> tuple[Field, ...]:
    return (
        Field("id", "integer", lambda record, _view: model.serial(record), readonly=True),
        Field("display_name", "char", model.display, store=False, readonly=True),
    )


def fixed(records: Iterable[Any]) -> Callable[[Ledger], Rows]:
    """The rows of a model that never change."""
    table: Table[Any] = Table()
    for record in records:
        table.add(record.serial, record)
    return lambda _ledger: table
