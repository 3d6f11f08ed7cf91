"""From the tables of a case to values of the model, and through the functions of the run."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from connector.dunning import Policy, apply_endings, decide, endings, plan_messages
from connector.dunning.policy import Budget
from connector.model import (
    Account,
    Allocation,
    Contact,
    Customer,
    Decision,
    Dispute,
    Hold,
    Inbound,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Kind,
    Mark,
    MessagePlan,
    Payment,
    PaymentPlan,
    Person,
    PlanPart,
    Promise,
    Ref,
    Reminder,
    ReminderState,
    Scenario,
    SetAside,
    Standing,
    Step,
    When,
)
from connector.model.chase import THANK_YOU
from tests.builders import STEPS, THANK
from tests.cases.tables import WEEKDAYS, CaseTable, Day, InvoiceTable, PartTable, ScenarioTable, day_of

FOLDER = Path(__file__).parent
#: Tables of another format, with a runner of their own.
ELSEWHERE = frozenset({"interest.toml", "orders.toml"})
PAYER = "payer"


def files() -> list[Path]:
    return [path for path in sorted(FOLDER.glob("*.toml")) if path.name not in ELSEWHERE]


def cases(path: Path) -> list[CaseTable]:
    """Read one file of cases. Raises pydantic's ValidationError with the place of what does not fit."""
    book = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(book) != {"case"}:
        raise ValueError(f"{path.name}: only [[case]] tables are known, found {', '.join(book)}")
    return [CaseTable.model_validate(case) for case in book["case"]]


@dataclass(frozen=True)
class World:
    """One case as the engine sees it. Refs are what people read: numbers, names."""

    case: CaseTable

    # what comes out ------------------------------------------------------------------------------------
    @cached_property
    def ended(self) -> list[str]:
        """What ended by itself, in words."""
        ended = endings(self.loaded, self.case.today, self.policy)
        return [
            *(f"promise {state}" for _, state in ended.promises),
            *(f"plan {state}" for _, state in ended.plans),
            *("dispute closed" for _ in ended.disputes),
        ]

    @cached_property
    def account(self) -> Account:
        """The account after what ended, as the run decides it."""
        today = self.case.today
        return apply_endings(self.loaded, endings(self.loaded, today, self.policy), today)

    @cached_property
    def decisions(self) -> list[Decision]:
        return self.decide(trace=False)

    def decide(self, *, trace: bool) -> list[Decision]:
        return decide(self.account, self.standing, self.policy, self.case.today, trace=trace)

    @cached_property
    def messages(self) -> list[MessagePlan]:
        return plan_messages(self.account, self.decisions, self.policy, self.case.today)

    # what goes in --------------------------------------------------------------------------------------
    def day(self, text: Day) -> date:
        return day_of(text, self.case.today)

    def day_or_none(self, text: Day | None) -> date | None:
        return None if text is None else self.day(text)

    def moment(self, text: Day) -> datetime:
        return datetime.combine(self.day(text), time(9), UTC)

    def moment_or_none(self, text: Day | None) -> datetime | None:
        return None if text is None else self.moment(text)

    @cached_property
    def policy(self) -> Policy:
        says = self.case.company
        scenarios = tuple(_scenario(table) for table in self.case.scenarios)
        names = {step.template for scenario in scenarios for step in scenario.steps} | {THANK.template}
        return Policy(
            scenarios,
            says.language,
            says.fallback_language,
            says.country,
            texts=frozenset((language, name) for language in says.text_languages for name in names),
            exclude_tags=says.exclude_tags,
            promise_grace=says.promise_grace,
            target_days=says.target_days,
            max_bank_age=says.max_bank_age,
            thank_you=THANK if says.thank_you else None,
            thank_within=says.thank_within,
            reply_days=says.reply_days,
            budget=Budget(**dict(says.budget)) if says.budget else None,
            closed_weekdays=frozenset(WEEKDAYS.index(name) for name in says.closed),
            close_on_holidays=says.close_on_holidays,
            exclude_methods=says.exclude_methods,
            segment_of_tag=says.segment_of_tag,
            tolerance=says.tolerance,
        )

    @cached_property
    def standing(self) -> Standing:
        says = self.case.company
        return Standing(
            paused=says.paused,
            synced_at=self.moment("today"),
            started_on=self.day_or_none(says.installed),
            sync_too_old=says.last_pull_too_old,
            out_of_hours=says.office_shut,
            bank_entry_on=self.day_or_none(says.last_bank_entry),
        )

    @cached_property
    def loaded(self) -> Account:
        case = self.case
        return Account(
            self.customer,
            (*(self.invoice(i) for i in case.invoices), *self._credit_notes()),
            self._payments(),
            self._reminders(),
            promises=self._promises(),
            holds=self._holds(),
            disputes=self._disputes(),
            plans=self._plans(),
            marks=tuple(Mark(m.site or PAYER, m.of, m.name, m.value) for m in case.marks),
            inbound=self._inbound(),
            contacted_elsewhere=tuple(self.day(d) for d in case.sister_companies_wrote),
            set_aside=tuple(
                SetAside(Ref(Kind.INVOICE, s.number), PAYER, s.field, s.reason) for s in case.set_aside
            ),
            pays_for=tuple(sorted({i.billed_to for i in case.invoices if i.billed_to})),
            sites=tuple(Customer(ref=site.name, **dict(site)) for site in case.sites),
        )

    @cached_property
    def customer(self) -> Customer:
        says = self.case.customer
        own = dict(says)
        person = own.pop("salesperson")
        contacts = tuple(Contact(ref=c.name, **dict(c)) for c in own.pop("contacts"))
        return Customer(
            ref=PAYER, contacts=contacts, salesperson=Person("u1", person) if person else None, **own
        )

    def invoice(self, says: InvoiceTable) -> Invoice:
        parts: tuple[PartTable, ...] = says.parts or (says,)
        owed = [part.amount - part.paid for part in parts]
        state = says.state or (InvoiceState.OPEN if any(owed) else InvoiceState.PAID)
        dates = [self.day(part.due) for part in parts]
        return Invoice(
            ref=says.number,
            number=says.number,
            customer_ref=says.billed_to or PAYER,
            issued_on=self.day_or_none(says.issued) or dates[0] - timedelta(days=30),
            currency=says.currency,
            total=sum((part.amount for part in parts), Decimal(0)),
            residual=sum(owed, Decimal(0)),
            state=state,
            contact_ref=says.contact,
            installments=tuple(
                Installment(n, on, part.amount, left)
                for n, (part, on, left) in enumerate(zip(parts, dates, owed, strict=True))
            ),
            allocations=tuple(
                Allocation(f"{says.number}-{n}", p.paid_by, p.paid, self.day(p.paid_on), n)
                for n, p in enumerate(parts)
                if p.paid
            ),
            reference=says.order_number,
            payment_reference=says.payment_reference,
            no_reminders=says.no_reminders,
            scenario=says.scenario,
        )

    def _credit_notes(self) -> tuple[Invoice, ...]:
        today = self.case.today
        return tuple(
            Invoice(
                n.number, n.number, PAYER, today, n.currency, n.amount, n.amount, kind=InvoiceKind.CREDIT_NOTE
            )
            for n in self.case.credit_notes
        )

    def _payments(self) -> tuple[Payment, ...]:
        return tuple(
            Payment(f"p{n}", PAYER, self.day(p.on), p.currency, p.amount, p.amount, label=p.label)
            for n, p in enumerate(self.case.payments)
        )

    def _reminders(self) -> tuple[Reminder, ...]:
        begun: Counter[tuple[InstallmentKey, str]] = Counter()
        made: list[Reminder] = []
        for says in self.case.reminders:
            key, on = InstallmentKey(says.of, says.part - 1), self.day(says.on)
            scenario, step = self._step(says.step)
            made.append(
                Reminder(
                    installment=key,
                    customer_ref=PAYER,
                    scenario=scenario,
                    scenario_version="1",
                    step=says.step,
                    day=says.day if says.day is not None else step.day,
                    level=0,
                    occurrence=begun[key, says.step],
                    channel=step.channel,
                    recipient=says.to,
                    currency=says.currency,
                    residual=Decimal("1200.00"),
                    due_on=on,
                    message_key=f"{on}/{says.step}/{says.currency}",
                    state=says.state,
                    queued_on=on,
                    completed_on=on if says.state is ReminderState.SENT else None,
                )
            )
            begun[key, says.step] += 1
        return tuple(made)

    def _step(self, name: str) -> tuple[str, Step]:
        """The step of that name and the scenario it belongs to."""
        steps = [(s.name, step) for s in self.policy.scenarios for step in s.steps]
        found = next((pair for pair in steps if pair[1].name == name), None)
        return found or (steps[0][0], THANK if name == THANK_YOU else Step(name, 0, "email", name))

    def _promises(self) -> tuple[Promise, ...]:
        return tuple(
            Promise(
                n,
                PAYER,
                p.of,
                self.day(p.on),
                self.day(p.made),
                p.amount,
                p.currency,
                p.state,
                owed=p.owed,
                recorded_at=self.moment_or_none(p.recorded),
            )
            for n, p in enumerate(self.case.promises, 1)
        )

    def _holds(self) -> tuple[Hold, ...]:
        return tuple(
            Hold(
                n,
                PAYER,
                h.of,
                self.day(h.since),
                self.day_or_none(h.until),
                h.reason,
                released_at=self.moment_or_none(h.released),
                recorded_at=self.moment_or_none(h.recorded),
            )
            for n, h in enumerate(self.case.holds, 1)
        )

    def _disputes(self) -> tuple[Dispute, ...]:
        return tuple(
            Dispute(
                n,
                PAYER,
                d.of,
                d.reason,
                self.day(d.opened),
                self.day_or_none(d.closed),
                recorded_at=self.moment_or_none(d.recorded),
            )
            for n, d in enumerate(self.case.disputes, 1)
        )

    def _plans(self) -> tuple[PaymentPlan, ...]:
        return tuple(
            PaymentPlan(
                n,
                PAYER,
                p.of,
                p.currency,
                tuple(PlanPart(self.day(part.due), part.amount) for part in p.parts),
                self.day(p.made),
                p.state,
                recorded_at=self.moment_or_none(p.recorded),
            )
            for n, p in enumerate(self.case.plans, 1)
        )

    def _inbound(self) -> tuple[Inbound, ...]:
        return tuple(
            Inbound(
                f"m{n}",
                Ref(Kind.INVOICE, i.on) if i.on else Ref(Kind.CUSTOMER, PAYER),
                self.moment(i.received),
                i.sender,
                i.text,
            )
            for n, i in enumerate(self.case.inbound)
        )


def _scenario(says: ScenarioTable) -> Scenario:
    steps = tuple(Step(template=s.name, **dict(s)) for s in says.steps) or STEPS
    when = When(**dict(says.when))
    return Scenario(says.name, steps, "1", when, says.minimum, says.spacing, says.start)
