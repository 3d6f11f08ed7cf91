"""A crowd of customers with all that happens in a year of chasing, made up from a seed: what is decided about
in ``bench.decide``.

The shares are those of a mixed French B2B ledger: 2.5 open installments a customer, two thirds of them
overdue, half of these with reminders behind them. Everybody is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connector.dunning import Policy
from connector.dunning.policy import Budget
from connector.model import (
    Account,
    Allocation,
    AllocationSource,
    Contact,
    Customer,
    Dispute,
    DisputeReason,
    Hold,
    Inbound,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Kind,
    Mark,
    MarkName,
    Payment,
    PaymentPlan,
    PlanPart,
    Promise,
    Ref,
    Reminder,
    ReminderState,
    Role,
    Scenario,
    Segment,
    SetAside,
    Standing,
    Start,
    Step,
    When,
)

TODAY = date(2026, 11, 24)  # a Tuesday on which nobody is shut: every rule is looked at
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STANDING = Standing(synced_at=NOW, started_on=date(2026, 1, 5), bank_entry_on=date(2026, 11, 23))

_DAYS = (("pre_due", -5), ("reminder_1", 7), ("reminder_2", 15), ("reminder_3", 30))
_HOMES = (("FR", "fr"),) * 14 + (
    ("BE", None),
    ("DE", "de"),
    ("ES", "es"),
    ("GB", "en"),
    ("US", None),
    (None, None),
)
_ZERO = Decimal(0)


def _steps(later: int = 0) -> tuple[Step, ...]:
    letters = (Step(name, day + later * (day > 0), "email", name) for name, day in _DAYS)
    call = Step("call", 38 + later, "call", "call", assign="salesperson")
    notice = Step("formal_notice", 45 + later, "email", "formal_notice", include="same_step", approval=1)
    return (*letters, call, notice)


def _scenario(name: str, when: When, *, later: int = 0, start: Start = Start.FIRST) -> Scenario:
    minimum = Decimal("15.00")
    return Scenario(name, _steps(later), "1", when, minimum=minimum, spacing=5, start=start)


SCENARIOS = (
    _scenario("public", When(segment=frozenset({Segment.PUBLIC})), later=20),
    _scenario("key_account", When(segment=frozenset({Segment.KEY_ACCOUNT})), later=8),
    _scenario("consumer", When(segment=frozenset({Segment.CONSUMER})), later=3),
    _scenario("abroad", When(country=frozenset({"BE", "DE", "ES", "GB"})), later=5, start=Start.BY_AGE),
    _scenario("large", When(at_least=Decimal(20_000)), later=2),
    _scenario("careful", When(tag=frozenset({"careful"}), language=frozenset({"fr", "en"})), later=10),
    _scenario("standard", When()),
)
_THANKS = Step("thank_you", 0, "email", "thank_you")
_TEXTS = frozenset((one, step.template) for one in ("fr", "en") for step in (*_steps(), _THANKS))

POLICY = Policy(
    SCENARIOS,
    language="fr",
    fallback_language="en",
    country="FR",
    texts=_TEXTS,
    exclude_tags=frozenset({"no-chase"}),
    promise_max=60,
    max_bank_age=5,
    thank_you=_THANKS,
    budget=Budget(3, 7),
    closed_weekdays=frozenset({5, 6}),
    close_on_holidays=True,
    exclude_methods=frozenset({"direct_debit"}),
    segment_of_tag={"grand-compte": Segment.KEY_ACCOUNT},
    tolerance={"EUR": Decimal("0.05")},
)


def crowd(customers: int, seed: int = 7) -> Iterator[Account]:
    """Yield so many accounts, the same ones for the same seed."""
    chance = random.Random(seed)
    return (_Maker(chance, rank).account() for rank in range(customers))


class _Maker:
    """One account, as chance has it."""

    def __init__(self, chance: random.Random, rank: int) -> None:
        self._chance, self._ref = chance, f"c{rank}"

    def account(self) -> Account:
        customer = self._customer()
        count = self._chance.choices((1, 2, 3, 4, 8), (35, 30, 18, 12, 3))[0]
        invoices = [self._invoice(rank) for rank in range(count)]
        reminders = [reminder for invoice in invoices for reminder in self._reminders(invoice)]
        if self._happens(6):
            invoices[-1] = self._settled(invoices[-1])
        account = Account(customer, tuple(invoices), reminders=tuple(reminders))
        return self._with_words(self._with_money(account))

    def _happens(self, percent: float) -> bool:
        return self._chance.random() * 100 < percent

    def _customer(self) -> Customer:
        ref, number = self._ref, self._chance.randrange(300_000_000, 999_999_999)
        country, language = self._chance.choice(_HOMES)
        public = self._happens(3)
        tags = [
            tag
            for tag, share in (("careful", 5), ("grand-compte", 3), ("no-chase", 1), ("nord", 30))
            if self._happens(share)
        ]
        roles = (Role.ACCOUNTING, Role.PURCHASING, Role.DECISION_MAKER)[
            : self._chance.choice((0, 1, 1, 2, 3))
        ]
        return Customer(
            ref,
            f"Exemple {ref} SARL",
            email=None if self._happens(3) else f"contact@{ref}.example",
            language=language,
            country=country,
            vat=f"FR20{number}" if country == "FR" else None,
            registry=f"{'21' if public else '5'}{number}"[:9] if self._happens(70) else None,
            is_company=not self._happens(6),
            tags=frozenset(tags),
            payment_method="direct_debit" if self._happens(3) else None,
            insolvent=self._happens(0.5),
            contacts=tuple(
                Contact(
                    f"{ref}-{role}", "Dominique Exemple", f"{role}@{ref}.example", roles=frozenset({role})
                )
                for role in roles
            ),
        )

    def _invoice(self, rank: int) -> Invoice:
        chance = self._chance
        due_on = TODAY + timedelta(days=chance.choice((-1, -1, 1)) * chance.randrange(1, 60))
        total = Decimal(chance.randrange(2_000, 900_000)).scaleb(-2)
        currency = "GBP" if self._happens(3) else "EUR"
        parts = 3 if self._happens(8) else 1
        share = (total / parts).quantize(Decimal("0.01"))
        installments = [Installment(n, due_on + timedelta(days=30 * n), share, share) for n in range(parts)]
        ref = f"{self._ref}-{rank}"
        return Invoice(
            ref,
            f"FAC/2026/{ref}",
            self._ref,
            due_on - timedelta(days=30),
            currency,
            share * parts,
            share * parts,
            state=InvoiceState.IN_PAYMENT if self._happens(2) else InvoiceState.OPEN,
            installments=tuple(installments),
            reference="BC-1" if self._happens(60) else None,
            payment_reference=f"REF {ref}",
            no_reminders=self._happens(0.5),
        )

    def _reminders(self, invoice: Invoice) -> Iterator[Reminder]:
        """The steps behind an overdue installment; half of them were chased up to date."""
        first = invoice.installments[0]
        late = (TODAY - first.due_on).days
        reached = [step for step in SCENARIOS[-1].steps if 0 <= step.day <= late]
        if late < 0 or not reached or not self._happens(55):
            return
        behind = reached if self._happens(60) else reached[:-1]
        last = self._chance.choices(
            (
                ReminderState.SENT,
                ReminderState.QUEUED,
                ReminderState.APPROVAL,
                ReminderState.REFUSED,
                ReminderState.FAILED,
                ReminderState.UNKNOWN,
            ),
            (930, 20, 20, 15, 10, 5),
        )[0]
        for level, step in enumerate(behind, 2):
            state = last if step is behind[-1] else ReminderState.SENT
            on = first.due_on + timedelta(days=step.day)
            yield Reminder(
                InstallmentKey(invoice.ref, 0),
                self._ref,
                "standard",
                "1",
                step.name,
                step.day,
                level,
                0,
                step.channel,
                f"accounting@{self._ref}.example",
                invoice.currency,
                first.residual,
                first.due_on,
                f"key-{invoice.ref}-{step.name}",
                state,
                on,
                on if state is ReminderState.SENT else None,
            )

    def _settled(self, invoice: Invoice) -> Invoice:
        """Paid, a few days ago: perhaps somebody is to be thanked."""
        on = TODAY - timedelta(days=self._chance.randrange(20))
        paid = Allocation(f"a-{invoice.ref}", AllocationSource.PAYMENT, invoice.residual, on)
        none_left = tuple(replace(part, residual=_ZERO) for part in invoice.installments)
        return replace(
            invoice, state=InvoiceState.PAID, residual=_ZERO, installments=none_left, allocations=(paid,)
        )

    def _with_money(self, account: Account) -> Account:
        """Money that nobody has matched, and credit notes."""
        last, payments, notes = account.invoices[-1], [], []
        if self._happens(6):
            amount = last.total if self._happens(50) else Decimal(self._chance.randrange(50, 3000))
            label = f"VIR {last.number}" if self._happens(40) else "VIREMENT"
            payments = [
                Payment(f"p-{self._ref}", self._ref, TODAY, last.currency, amount, amount, label=label)
            ]
        if self._happens(4):
            amount = Decimal(self._chance.randrange(20, 900))
            notes = [
                Invoice(
                    f"n-{self._ref}",
                    f"RFAC/{self._ref}",
                    self._ref,
                    TODAY,
                    "EUR",
                    amount,
                    amount,
                    kind=InvoiceKind.CREDIT_NOTE,
                )
            ]
        return replace(account, payments=tuple(payments), invoices=(*account.invoices, *notes))

    def _with_words(self, account: Account) -> Account:
        """What people said, and what could not be read."""
        ref, invoice = self._ref, account.invoices[0]
        soon, lately = TODAY + timedelta(days=self._chance.randrange(-2, 12)), TODAY - timedelta(days=5)
        of = invoice.ref if self._happens(60) else None
        changes: dict[str, object] = {}
        if self._happens(6):
            changes["promises"] = (Promise(1, ref, of, soon, lately, invoice.residual if of else None),)
        if self._happens(2):
            changes["holds"] = (Hold(1, ref, of, lately, soon),)
        if self._happens(3):
            changes["disputes"] = (Dispute(1, ref, invoice.ref, DisputeReason.PRICE, lately),)
        if self._happens(1.5):
            half = (invoice.total / 2).quantize(Decimal("0.01"))
            parts = (PlanPart(soon, half), PlanPart(soon + timedelta(days=30), invoice.total - half))
            changes["plans"] = (PaymentPlan(1, ref, (invoice.ref,), invoice.currency, parts, lately),)
        if self._happens(2):
            changes["marks"] = (Mark(ref, None, MarkName.SEGMENT, "key_account"),)
        if self._happens(2):
            on = Ref(Kind.INVOICE, invoice.ref)
            changes["inbound"] = (Inbound("m1", on, NOW - timedelta(days=3), f"contact@{ref}.example", "…"),)
        if self._happens(0.5):
            changes["set_aside"] = (SetAside(Ref(Kind.INVOICE, f"{ref}-x"), ref, "due_on", "no date"),)
        return replace(account, **changes)  # type: ignore[arg-type]
