"""A whole company over fakes that can go wrong: what the state machine and the pipeline's tests act on.

The store is real (see ``tests.system.stores``); host and channel live in memory and are told how to
fail. ``Death`` stands for the end of the process: nothing of ours may catch it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.message import CompanyText, Templates
from connector.model import Kind, Message, Party
from connector.pipeline import Company, Limits, PassReport, run_pass
from connector.resources import shipped
from connector.store.ports import Unit
from tests import builders
from tests.system.machine.channel import Accepted, ChosenChannel, Step
from tests.system.machine.host import UnreliableHost
from tests.system.machine.mortal import Death, Lifetime, MortalStore
from tests.system.stores import new_store

__all__ = ["ZONE", "Accepted", "ChosenChannel", "Death", "Step", "UnreliableHost", "World"]

ZONE = ZoneInfo("Europe/Paris")


@cache
def _templates() -> Templates:
    return Templates.load(shipped("templates"))


_TEXT = CompanyText("exemple", "Exemple SARL", Party("Exemple SARL", "compta@exemple.example"), "fr")


class World:
    """One company and everything around it. ``judge`` is called for each message as it is accepted. The
    store is a file in ``folder``; without one it lives in memory."""

    def __init__(
        self,
        folder: Path | None = None,
        judge: Callable[[Accepted], None] = lambda _: None,
        *,
        limits: Limits | None = None,
        **policy: Any,
    ) -> None:
        self.now = datetime.combine(builders.TODAY, time(8), ZONE).astimezone(UTC)
        self.life = Lifetime()
        self.inner = new_store(folder)
        self.host = UnreliableHost()
        self.channel = ChosenChannel(self._look, judge)
        self.company = Company(
            id="exemple",
            name="Exemple SARL",
            language="fr",
            zone=ZONE,
            policy=builders.policy(**policy),
            text=_TEXT,
            templates=_templates(),
            mapping=self.host.mapping,
            host=self.host,
            channels={"email": self.channel},
            store=MortalStore(self.inner, self.life),
            limits=limits or Limits(),
            clock=lambda: self.now,
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def move(self, **span: int) -> None:
        self.now += timedelta(**span)

    def run(self, **options: Any) -> PassReport | None:
        """One pass, as a process would run it; None when the process died."""
        try:
            return run_pass(self.company, self.today, **options)
        except Death:
            return None
        finally:
            self.life.left = None

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self.inner.begin(self.company.id) as unit:
            yield unit

    def residuals(self, invoice: str) -> Mapping[int, Decimal]:
        """What is truly owed now of each installment of an invoice: nothing of a draft, nothing of what is
        on its way to the bank."""
        row = self.host.truth(Kind.INVOICE, invoice)
        if row is None:
            return {}
        asks = row["state"] in ("open", "paid")
        return {p["position"]: Decimal(p["residual"] if asks else 0) for p in row["installments"]}

    def close(self) -> None:
        self.inner.close()

    def _look(self, message: Message) -> Accepted:
        with self.unit() as unit:
            rows = unit.reminders(message_key=message.key)
        steps = tuple(Step(r.installment, r.step, r.level) for r in rows)
        return Accepted(message, steps, self.today, rows[0].currency if rows else "")
