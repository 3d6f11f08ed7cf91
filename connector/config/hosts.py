"""The settings of each host. A new host is one class here (or beside), and its name in ``plugins.HOSTS``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from connector.config.fields import (
    ClockLength,
    Code,
    Line,
    Months,
    NameOrNumber,
    SecretRef,
    Several,
    Url,
    folder_of,
)
from connector.config.plugins import HOSTS, third_party_hosts
from connector.config.quickbooks import QuickBooksSettings
from connector.config.secrets import looks_like_reference, parse_secret
from connector.config.table import MappingOverrides, Settings
from connector.config.unfit import Unfit


def _comment_path(text: str) -> str:
    path = text.strip("/")
    if path.count("{id}") != 1 or not re.fullmatch(r"[a-z0-9_{}/-]+", path):
        example = "customer_invoices/{id}/comments"
        raise Unfit("it is not the path of an endpoint", f'with {{id}} for the invoice: "{example}"')
    return path


class OdooSettings(Settings):
    """An Odoo server, 16 or later, Community or Enterprise, and one company in it."""

    type: Literal["odoo"] = Field(description="Which accounting system this is.", examples=["odoo"])
    url: Url = Field(
        description="Address of the server, as in a browser, without /web or /odoo.",
        examples=["https://exemple.odoo.com"],
    )
    database: Line = Field(description="Name of the database.", examples=["exemple"])
    login: Line = Field(
        description="Login of the user whose key is used: best one of its own, with the rights it needs.",
        examples=["relance@example.com"],
    )
    key: SecretRef = Field(
        description="API key of that user, by reference: never the key itself.",
        examples=[{"env": "ODOO_KEY"}],
    )
    company: NameOrNumber | None = Field(
        default=None,
        description="Name or number of the company in Odoo; needed when the user can see several.",
        examples=["Exemple SARL"],
    )
    public_url: Url | None = Field(
        default=None,
        description="Address under which customers reach their invoices; without it, reminders have no link.",
        examples=["https://exemple.odoo.com"],
    )
    history: Months = Field(
        default=24,
        description="How far back the first pull reads settled invoices; open ones are always read.",
        examples=["24 months"],
    )
    overlap: ClockLength = Field(
        default=timedelta(minutes=20),
        description="How far each pull reaches back behind the last one, for what Odoo saved late.",
        examples=["20 minutes"],
    )
    read_timeout: ClockLength = Field(
        default=timedelta(seconds=60),
        description="How long to wait for an answer when reading.",
        examples=["60 seconds"],
    )
    write_timeout: ClockLength = Field(
        default=timedelta(seconds=150),
        description="How long to wait for an answer when writing; after that the outcome is looked up.",
        examples=["150 seconds"],
    )
    calls_per_second: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="At most so many calls a second; without it, one a second on Odoo's own servers.",
        examples=[1],
    )
    assign_to: Line | None = Field(
        default=None,
        description="Login of the person who gets tasks when the customer has no salesperson.",
        examples=["compta@example.com"],
    )
    mapping: MappingOverrides = Field(
        default_factory=dict,
        description="Fields of this Odoo that replace those of the shipped mapping, by kind of record.",
        examples=[{"customer": {"language": {"from": "x_studio_language", "as": "text"}}}],
    )


class PennylaneSettings(Settings):
    """A company in Pennylane, through a token of its own or through a partner's program."""

    type: Literal["pennylane"] = Field(description="Which accounting system this is.", examples=["pennylane"])
    token: SecretRef | None = Field(
        default=None,
        description="Token of the company, by reference: never the token itself.",
        examples=[{"env": "PENNYLANE_TOKEN"}],
    )
    client_id: Line | None = Field(
        default=None,
        description="For partners of Pennylane, instead of a token: the name of the program.",
        examples=["exemple-client"],
    )
    client_secret: SecretRef | None = Field(
        default=None,
        description="Its secret, by reference; the access itself comes with `relance connect pennylane`.",
        examples=[{"env": "PENNYLANE_SECRET"}],
    )
    base_url: Url = Field(
        default="https://app.pennylane.com",
        description="Address of the server.",
        examples=["https://app.pennylane.com"],
    )
    history: Months = Field(
        default=24,
        description="How far back the first pull keeps settled invoices; open ones are always kept.",
        examples=["24 months"],
    )
    unmatched_payments: Months = Field(
        default=3,
        description="How far back the first pull looks for money that nobody matched to an invoice.",
        examples=["3 months"],
    )
    write_to: Several[Literal["comment", "notes", "appendix"]] = Field(
        default=("comment", "notes"),
        min_length=1,
        description='Where our notes go, the first that works: "comment" on the invoice, "notes" of the '
        'customer, "appendix" to the invoice (a PDF; its receiver may see it).',
        examples=[["comment", "notes"]],
    )
    comment_path: Annotated[str, AfterValidator(_comment_path)] = Field(
        default="customer_invoices/{id}/comments",
        description="Where comments are posted, below the address of the API.",
        examples=["customer_invoices/{id}/comments"],
    )
    comment_key: Code | None = Field(
        default=None,
        description="What the text of a comment is called there; found out when it is not said.",
        examples=["content"],
    )
    read_timeout: ClockLength = Field(
        default=timedelta(seconds=60),
        description="How long to wait for an answer when reading.",
        examples=["60 seconds"],
    )
    write_timeout: ClockLength = Field(
        default=timedelta(seconds=60),
        description="How long to wait for an answer when writing; after that the outcome is looked up.",
        examples=["60 seconds"],
    )
    mapping: MappingOverrides = Field(
        default_factory=dict,
        description="Fields of Pennylane that replace those of the shipped mapping, by kind of record.",
        examples=[{"invoice": {"reference": {"from": "external_reference", "as": "text"}}}],
    )


class OtherHostSettings(Settings):
    """A host that another package brings: its keys are its own. References to secrets become ``Secret``."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, WithJsonSchema({"type": "string", "not": {"enum": sorted(HOSTS)}})] = Field(
        description="Which accounting system this is.", examples=["odoo"]
    )
    mapping: MappingOverrides = Field(
        default_factory=dict,
        description="Fields of this host that replace those of its mapping, by kind of record.",
        examples=[{"customer": {"language": {"from": "lang", "as": "text"}}}],
    )

    @model_validator(mode="before")
    @classmethod
    def _read_references(cls, table: Any, info: ValidationInfo) -> Any:
        if not isinstance(table, Mapping):
            return table
        return {key: _reference(value, folder_of(info)) for key, value in table.items()}


def _reference(value: object, folder: Path) -> object:
    return parse_secret(value, folder) if looks_like_reference(value) else value


def _tag(table: object) -> str | None:
    """Return which of the classes reads this table; None for a type that nobody knows."""
    type_ = table.get("type") if isinstance(table, Mapping) else getattr(table, "type", None)
    if not isinstance(type_, str):
        return None
    if type_ in HOSTS:
        return type_
    return "other" if type_ in third_party_hosts() else None


HostSettings: TypeAlias = Annotated[
    Annotated[OdooSettings, Tag("odoo")]
    | Annotated[PennylaneSettings, Tag("pennylane")]
    | Annotated[QuickBooksSettings, Tag("quickbooks")]
    | Annotated[OtherHostSettings, Tag("other")],
    Discriminator(_tag),
]
