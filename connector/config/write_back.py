"""The settings of what is written into the host."""

from __future__ import annotations

from pydantic import Field

from connector.config.table import Settings


class WriteBackSettings(Settings):
    """What the notes in the accounting system carry."""

    attach_message: bool = Field(
        default=False,
        description="Attach each mail that was sent, as a file (.eml), to the note on its first invoice. "
        "Notes are written many in one call, one with a file by itself: expect a call for each message. Not "
        'needed with via = "host", where the mail itself stands in the journal.',
        examples=[False],
    )
