"""The settings of a company in QuickBooks Online."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from connector.config.fields import ClockLength, Line, Months, SecretRef, Url
from connector.config.table import MappingOverrides, Settings
from connector.config.unfit import Unfit


def _realm(text: str) -> str:
    if not re.fullmatch(r"\d{5,25}", text):
        raise Unfit(f'"{text[:40]}" is not the number of a company', 'its figures alone: "9341452120600001"')
    return text


class QuickBooksSettings(Settings):
    """A company in QuickBooks Online, through an app that is registered with Intuit."""

    type: Literal["quickbooks"] = Field(
        description="Which accounting system this is.", examples=["quickbooks"]
    )
    client_id: Line | None = Field(
        default=None,
        description="Client ID of the app, from Intuit's developer portal (Keys and credentials).",
        examples=["ABexempleClientId"],
    )
    client_secret: SecretRef | None = Field(
        default=None,
        description="Its secret, by reference; the access itself comes with `relance connect quickbooks`.",
        examples=[{"env": "QUICKBOOKS_SECRET"}],
    )
    token: SecretRef | None = Field(
        default=None,
        description="Instead of both, an access token, by reference: for trying things, it ends in an hour.",
        examples=[{"env": "QUICKBOOKS_TOKEN"}],
    )
    realm: Annotated[str, AfterValidator(_realm)] | None = Field(
        default=None,
        description="Number of the company (realm id): no other can be connected; needed with a token.",
        examples=["9341452120600001"],
    )
    base_url: Url = Field(
        default="https://quickbooks.api.intuit.com",
        description="Address of the API; https://sandbox-quickbooks.api.intuit.com with development keys.",
        examples=["https://quickbooks.api.intuit.com"],
    )
    authorize_url: Url = Field(
        default="https://appcenter.intuit.com/connect/oauth2",
        description="Where a person lets the app in.",
        examples=["https://appcenter.intuit.com/connect/oauth2"],
    )
    token_url: Url = Field(
        default="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        description="Where tokens are renewed.",
        examples=["https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"],
    )
    revoke_url: Url = Field(
        default="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        description="Where the access is given back.",
        examples=["https://developer.api.intuit.com/v2/oauth2/tokens/revoke"],
    )
    redirect_url: Url | None = Field(
        default=None,
        description="Address that the app has registered for the way back, where it is no localhost: "
        "production keys want https. You paste what the browser ends in.",
        examples=["https://exemple.example/relance"],
    )
    history: Months = Field(
        default=24,
        description="How far back the first pull reads settled invoices; open ones are always read.",
        examples=["24 months"],
    )
    unmatched_payments: Months = Field(
        default=12,
        description="How far back we look for money that nobody matched to an invoice: a billed call more a "
        "day for some thousand payments.",
        examples=["12 months"],
    )
    promise_field: Line | None = Field(
        default=None,
        description="Custom field of sales forms (its name, or its number from 1 to 3) for the day of a "
        "promise to pay; without it, that day goes into the private note of the invoice.",
        examples=["Promise"],
    )
    order_number_field: Line | None = Field(
        default=None,
        description="Custom field of sales forms with the customer's own order number.",
        examples=["P.O. Number"],
    )
    invoice_links: bool = Field(
        default=False,
        description="Whether reminders link to QuickBooks' page for paying; a billed call for each open "
        "invoice, once.",
        examples=[True],
    )
    monthly_reads: int = Field(
        default=500_000,
        ge=1,
        description="Billed calls a month that the app's workspace has for all its companies.",
        examples=[500_000],
    )
    webhook_verifier: SecretRef | None = Field(
        default=None,
        description="Verifier token of the app's webhooks, by reference, for `relance serve`.",
        examples=[{"env": "QUICKBOOKS_VERIFIER"}],
    )
    read_timeout: ClockLength = Field(
        default=timedelta(seconds=120),
        description="How long to wait for an answer when reading.",
        examples=["120 seconds"],
    )
    write_timeout: ClockLength = Field(
        default=timedelta(seconds=120),
        description="How long to wait for an answer when writing; after that the same is asked once more.",
        examples=["120 seconds"],
    )
    mapping: MappingOverrides = Field(
        default_factory=dict,
        description="Fields of QuickBooks that replace those of the shipped mapping, by kind of record.",
        examples=[{"invoice": {"reference": {"from": "CustomField.P.O. Number", "as": "text"}}}],
    )
