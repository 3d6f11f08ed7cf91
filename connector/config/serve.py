"""Where the accounting system may call, and what that wakes: the table of `relance serve`."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from connector.config.fields import ClockLength, Line
from connector.config.table import Settings


class ServeSettings(Settings):
    """Where the host may call, for `relance serve`, and how soon and how often that makes a pass."""

    listen: Line = Field(
        default="127.0.0.1",
        description="Address of this machine at which calls are taken, behind a proxy that speaks HTTPS.",
        examples=["127.0.0.1"],
    )
    port: int = Field(
        default=8746, ge=0, le=65535, description="Its port; 0 takes a free one.", examples=[8746]
    )
    quiet: ClockLength = Field(
        default=timedelta(seconds=30),
        description="After so long without another call, what was announced is looked at.",
        examples=["30 seconds"],
    )
    wake_at_most: int = Field(
        default=12,
        ge=1,
        le=120,
        description="Calls make so many passes in an hour at most, for each company: a pass may be billed.",
        examples=[12],
    )
