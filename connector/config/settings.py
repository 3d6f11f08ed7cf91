"""The tables of a company, and those of the program as a whole."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo

from connector.config.calendar import CalendarSettings
from connector.config.fields import (
    Bic,
    ClockLength,
    Code,
    Country,
    Email,
    Folder,
    Iban,
    Language,
    Line,
    Paragraph,
    SecretRef,
    Several,
    TimeZone,
    folder_of,
)
from connector.config.hosts import HostSettings
from connector.config.places import beside
from connector.config.rules import RuleSettings
from connector.config.scenario import ScenarioSettings, SegmentName
from connector.config.serve import ServeSettings
from connector.config.table import Settings
from connector.config.unfit import Unfit
from connector.config.write_back import WriteBackSettings
from connector.errors import Problem
from connector.model import Party, Scenario

if TYPE_CHECKING:
    from sqlalchemy import URL


class SenderSettings(Settings):
    """Who writes: what stands at the head and the foot of every message."""

    name: Line = Field(description="Name that the customer sees.", examples=["Exemple SARL, comptabilité"])
    email: Email = Field(description="Address from which messages leave.", examples=["compta@example.com"])
    reply_to: Email | None = Field(
        default=None,
        description="Address for answers, when it is another.",
        examples=["relances@example.com"],
    )
    phone: Line | None = Field(
        default=None, description="Telephone number for questions.", examples=["+33 1 99 00 00 00"]
    )
    address: Several[Line] = Field(
        default=(),
        description="Postal address, line by line.",
        examples=[["1 rue de l'Exemple", "75000 Paris"]],
    )
    signature: Paragraph | None = Field(
        default=None, description="Who signs, below the text.", examples=["Camille Exemple"]
    )
    iban: Iban | None = Field(
        default=None,
        description="Account to pay into, printed in reminders.",
        examples=["FR14 2004 1010 0505 0001 3M02 606"],
    )
    bic: Bic | None = Field(default=None, description="BIC of that account.", examples=["PSSTFRPPPAR"])
    legal_line: Line | None = Field(
        default=None,
        description="Legal line at the foot: form, capital, registration.",
        examples=["SARL au capital de 1 000 €, RCS Paris 000 000 000"],
    )

    @property
    def party(self) -> Party:
        return Party(self.name, self.email)


class SmtpSettings(Settings):
    """The server that takes our mail."""

    host: Line = Field(description="Name of the mail server.", examples=["smtp.example.com"])
    port: int = Field(default=587, ge=1, le=65535, description="Its port.", examples=[587])
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description='How the connection is protected: "starttls" (port 587), "tls" (465) or "none" (a local '
        "relay).",
        examples=["starttls"],
    )
    login: Line | None = Field(
        default=None, description="Login, if the server wants one.", examples=["compta@example.com"]
    )
    password: SecretRef | None = Field(
        default=None, description="Password, by reference.", examples=[{"env": "SMTP_PASSWORD"}]
    )
    timeout: ClockLength = Field(
        default=timedelta(seconds=30), description="How long to wait for the server.", examples=["30 seconds"]
    )


class EmailSettings(Settings):
    """How e-mail leaves."""

    via: Literal["folder", "smtp", "host"] = Field(
        default="folder",
        description='How e-mail leaves: "folder" writes files and sends nothing, "smtp" sends, "host" lets '
        "the accounting system send.",
        examples=["folder"],
    )
    folder: Folder = Field(
        default=Path("mails"),
        validate_default=True,
        description='Where the files go with via = "folder".',
        examples=["mails"],
    )
    attach_invoices: bool = Field(
        default=False,
        description="Attach to each reminder the PDFs of its invoices, as the accounting system made them: "
        "at most 10 files and 8 MB, the most overdue first. One that has no PDF yet is not attached.",
        examples=[False],
    )
    smtp: SmtpSettings | None = Field(
        default=None,
        description='The mail server, for via = "smtp"; with via = "host", for the mails to your own people '
        "alone (work lists, and word that nothing leaves).",
        examples=[{"host": "smtp.example.com"}],
    )


class TemplateSettings(Settings):
    """Your own texts."""

    folder: Folder | None = Field(
        default=None,
        description="Folder of your own templates, <language>/<name>.md; they replace ours of the same name.",
        examples=["templates"],
    )


class CompanySettings(Settings):
    """One set of books that we chase for."""

    id: Code = Field(
        description="Short name for commands and logs; never change it, the history is kept under it.",
        examples=["exemple"],
    )
    name: Line = Field(description="Name of the company.", examples=["Exemple SARL"])
    language: Language = Field(
        description="Language of the company, and of its tasks and notes.", examples=["fr"]
    )
    fallback_language: Language = Field(
        default="en",
        description="Language for a customer whose own has no templates.",
        examples=["en"],
    )
    country: Country = Field(
        description="Country of the company: its holidays and its law apply.", examples=["FR"]
    )
    time_zone: TimeZone = Field(description="Where its day begins and ends.", examples=["Europe/Paris"])
    host: HostSettings = Field(
        description="The accounting system.", examples=[{"type": "odoo", "url": "https://exemple.odoo.com"}]
    )
    sender: SenderSettings = Field(
        description="Who writes.", examples=[{"name": "Exemple SARL", "email": "compta@example.com"}]
    )
    email: EmailSettings = Field(
        # Read like a table that was left empty, so that its folder lies beside the file.
        default_factory=lambda: cast("EmailSettings", {}),
        validate_default=True,
        description="How e-mail leaves.",
        examples=[{"via": "folder"}],
    )
    write_back: WriteBackSettings = Field(
        default=WriteBackSettings(),
        description="What the notes in the accounting system carry.",
        examples=[{"attach_message": False}],
    )
    templates: TemplateSettings = Field(
        default=TemplateSettings(), description="Your own texts.", examples=[{"folder": "templates"}]
    )
    rules: RuleSettings = Field(
        default=RuleSettings(), description="When nothing may leave.", examples=[{"max_sync_age": "24 hours"}]
    )
    calendar: CalendarSettings = Field(
        default=CalendarSettings(),
        description="On which days and at what hours messages may leave.",
        examples=[{"closed": ["sat", "sun"]}],
    )
    segments: dict[Line, SegmentName] = Field(
        default_factory=dict,
        description="What kind of customer a tag of the host stands for.",
        examples=[{"Grand compte": "key_account"}],
    )
    scenario: Several[ScenarioSettings] = Field(
        min_length=1,
        description="Who is reminded when, and how.",
        examples=[[{"name": "standard", "step": [{"name": "reminder_1", "day": 7}]}]],
    )
    _source: Path = PrivateAttr(default=Path())

    def model_post_init(self, context: Any, /) -> None:
        self._source = Path((context or {}).get("file", ""))

    @property
    def source(self) -> Path:
        """The file that describes this company."""
        return self._source

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def scenarios_model(self) -> tuple[Scenario, ...]:
        """Return the scenarios, in the order of the file."""
        return tuple(scenario.model() for scenario in self.scenario)


def _store_url(text: str, info: ValidationInfo) -> str:
    parts = urlsplit(text)
    scheme = parts.scheme.partition("+")[0]
    if scheme not in ("sqlite", "postgresql"):
        raise Unfit(
            "it is not the address of a store",
            '"sqlite:///relance.sqlite", or "postgresql://user@server/database"',
        )
    if parts.password:
        raise Unfit("it holds a password", 'take it out and add password = { env = "STORE_PASSWORD" }')
    if scheme == "postgresql":
        return "postgresql+psycopg" + text[len(parts.scheme) :]
    file = text.partition(":///")[2]
    if not file or file.startswith(":memory:"):
        raise Unfit(
            "a store in memory forgets what was sent, and would send it again",
            'name a file: "sqlite:///relance.sqlite"',
        )
    return f"sqlite:///{beside(file, folder_of(info), 'relance.sqlite').absolute()}"


class StoreSettings(Settings):
    """Where the program keeps what it saw and did."""

    url: Annotated[str, AfterValidator(_store_url)] = Field(
        default="sqlite:///relance.sqlite",
        validate_default=True,
        description="Address of the store: a file of SQLite, or a PostgreSQL database.",
        examples=["sqlite:///relance.sqlite"],
    )
    password: SecretRef | None = Field(
        default=None,
        description="Password of the database user, by reference; PostgreSQL only.",
        examples=[{"env": "STORE_PASSWORD"}],
    )

    def address(self) -> URL:
        """Return the address for SQLAlchemy, with the password fetched now; ``str()`` of it hides that.

        Raises ConfigError when the password cannot be fetched.
        """
        from sqlalchemy import make_url  # noqa: PLC0415 - heavy, and most readers of settings need no store

        url = make_url(self.url)
        if self.password is None or url.get_backend_name() == "sqlite":
            return url
        return url.set(password=self.password.resolve())


class ScheduleSettings(Settings):
    """How often the program works, for `relance run`."""

    every: ClockLength = Field(
        default=timedelta(minutes=15),
        description="From the start of one pass to the start of the next.",
        examples=["15 minutes"],
    )


class LogSettings(Settings):
    """What the program says while it works."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is worth a line.", examples=["info"]
    )
    format: Literal["console", "json"] = Field(
        default="console",
        description='"console" for people, "json" for machines: one object a line.',
        examples=["console"],
    )


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that was read, ready for use. ``warnings`` are worth a look and prevent nothing."""

    companies: tuple[CompanySettings, ...]
    store: StoreSettings
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    log: LogSettings = field(default_factory=LogSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    warnings: tuple[Problem, ...] = ()
