"""One company, ready to work: its parts put together by ``app``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.dunning import Policy
from connector.mapping import FieldMapping
from connector.message import CompanyText, Templates
from connector.model import Attachment, Message
from connector.ports import Channel, Host
from connector.store.ports import Store


@dataclass(frozen=True, slots=True)
class Limits:
    """The guards of a pass."""

    max_sync_age: timedelta = timedelta(hours=24)
    max_messages: int = 500  # more than this in one pass: stop and ask
    sweep_every: timedelta = timedelta(hours=24)
    batch: int = 25  # messages delivered after one fresh look at their balances
    tries: int = 6  # attempts of a message or an entry before a person is asked
    hours: tuple[time, time] | None = None  # of the company's day, in which messages may leave
    #: a pass that would send more than so many times what was foreseen stops and asks; None: not judged
    forecast_factor: float | None = None
    #: longest time for which a call may still be at work on the other side after we stopped listening
    settle_after: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Company:
    """The parts of one company. ``clock`` gives the present moment (UTC) for time stamps; what day it is
    for the decisions is an argument of each verb."""

    id: str
    name: str
    language: str
    zone: ZoneInfo
    policy: Policy
    text: CompanyText
    templates: Templates
    mapping: FieldMapping
    host: Host
    channels: Mapping[str, Channel]
    store: Store
    limits: Limits = Limits()
    #: a message as a file, for the note that proves it; None: people did not ask for it
    enclose: Callable[[Message, datetime], Attachment | None] | None = None
    attach_invoices: bool = False  # the host's PDFs of them go with the messages about them
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    as_if: bool = False  # the clock shows another day than it is, since a person said so

    def today(self) -> date:
        """The company's day now."""
        return self.clock().astimezone(self.zone).date()

    def close(self) -> None:
        """Let go of the host and the channels; the store is shared and stays open."""
        self.host.close()
        for channel in self.channels.values():
            channel.close()
