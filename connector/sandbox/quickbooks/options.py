"""How the played QuickBooks answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class QuickBooksOptions:
    """How the sandbox answers where companies differ, or where nobody knows the real answer.

    ``per_minute``, ``per_second``  calls per realm before 429; ``batches`` of them may be batches
    ``quota``          billed calls of the month, over all realms; more are answered 429; None: no end
    ``rotate``         when a refresh gives a new refresh token: after a day, always, never
    ``access_life``    how long an access token opens anything
    ``grant_days``     after so many days nothing renews a grant any more
    ``reuse_revokes``  whether a dead refresh token that comes again ends the whole grant
    ``payment_sparse`` whether a payment takes a sparse update (documented; refused by the real one)
    ``other_content``  a ``requestid`` seen before with another body: ``refuse`` (600) or ``replay``
    ``cdc_too_old``    ``changedSince`` more than thirty days ago: ``refuse`` (400) or ``clip`` it silently
    ``attachable_touches``  whether a note or file is an update of what it is attached to
    ``slots``          names of the custom fields 1 to 3 of sales forms; "" is a slot that is off
    ``email_lists``    whether customers with several addresses have them all in the one field for it
    ``online_payments``  whether invoices can be paid online, so that they have an ``InvoiceLink``
    ``sends``          invoices that may be mailed a day and realm
    ``country``        of our companies, ISO 3166 of two letters
    ``webhook_url``, ``verifier``  where changes are announced, and the token that signs them
    ``webhook_format`` ``classic`` or ``cloud`` (CloudEvents)
    ``void_name``      what CloudEvents call a void: sources disagree
    ``webhook_ladder`` seconds before each further attempt; the last one repeats
    ``duplicates``, ``disorder``  whether notifications come twice, and their events in another order
    ``wall``           real seconds, for the rate limits
    """

    per_minute: int = 500
    per_second: int = 10
    batches: int = 40
    quota: int | None = None
    rotate: Literal["daily", "always", "never"] = "daily"
    access_life: timedelta = timedelta(hours=1)
    grant_days: int = 5 * 365
    reuse_revokes: bool = False
    payment_sparse: bool = False
    other_content: Literal["refuse", "replay"] = "refuse"
    cdc_too_old: Literal["refuse", "clip"] = "refuse"
    attachable_touches: bool = False
    slots: tuple[str, ...] = ("P.O. Number", "Promise", "")
    email_lists: bool = True
    online_payments: bool = False
    sends: int = 40
    country: str = "FR"
    webhook_url: str = ""
    verifier: str = field(default="sandbox-verifier", repr=False)
    webhook_format: Literal["classic", "cloud"] = "classic"
    void_name: Literal["void", "voided"] = "void"
    webhook_ladder: tuple[float, ...] = (10, 20, 30, 300, 1200, 7200, 14400, 21600)
    duplicates: bool = False
    disorder: bool = False
    wall: Callable[[], float] = field(default=time.time, repr=False)
