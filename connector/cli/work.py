"""pull, plan, run."""

from __future__ import annotations

import traceback
from collections import Counter
from datetime import date
from typing import Annotated

import structlog
import typer
from rich.markup import escape

from connector.cli import bill as bills
from connector.cli import stop
from connector.cli.calendar import show_calendar
from connector.cli.codes import BAD_USE, DONE, FAILED, SAFETY
from connector.cli.options import (
    DEFAULT_CONFIG,
    AcceptOption,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    TodayOption,
    session,
)
from connector.cli.stops import say_stops, show_stops
from connector.config import CompanySettings
from connector.errors import ConfigError, Interrupted, RelanceError, SafetyStop
from connector.formats import Amount, Day, locale_for
from connector.model import Action, Decision, MessagePlan
from connector.pipeline import Company, PassReport, run_pass
from connector.pipeline.decide import Decided, look
from connector.pipeline.pull import pull as pull_facts
from connector.pipeline.pull import sweep_if_due
from connector.schedule import every
from connector.wording import reason_label, sentence, step_label

log = structlog.get_logger()


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(pull)
    cli.command()(plan)
    cli.command()(run)


def pull(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
    accept: AcceptOption = False,
) -> int:
    """Bring what we know up to date with the host; decide and send nothing."""
    with session(config, company, json, today) as ours, stop.on_signals():
        code = BAD_USE if ours.problems else DONE
        for settings in ours.configuration.companies:
            code = max(code, _pull_one(ours, settings, accept))
    return code


def _pull_one(ours: Session, settings: CompanySettings, accept: bool) -> int:
    try:
        with ours.open(settings) as company:
            counts = _pull(ours, company, accept)
    except RelanceError as error:
        return _failed(ours, settings, error)
    if ours.output.json:
        ours.output.emit({"company": settings.id, "pulled": dict(counts)})
    else:
        figures = ", ".join(f"{counts[k]} {k.replace('_', ' ')}" for k in sorted(counts) if counts[k])
        ours.output.say(f"[bold]{escape(settings.id)}[/]: {figures or 'nothing new'}")
    return DONE


def _pull(ours: Session, company: Company, accept: bool) -> Counter[str]:
    with ours.output.progress(company.id) as progress:
        counts = pull_facts(company, stop.watching(progress))
    return counts + sweep_if_due(company, accept=accept)


def plan(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
    fresh: Annotated[bool, typer.Option("--pull/--no-pull", help="Bring the facts up to date first.")] = True,
    days: Annotated[
        int | None,
        typer.Option(help="The calendar of so many days, if nobody pays, today first.", min=1, max=3660),
    ] = None,
    approved: Annotated[
        bool,
        typer.Option("--approved/--not-approved", help="With --days: what needs approval gets it at once."),
    ] = True,
) -> int:
    """Show what would leave now, to whom, and why the rest would not. Sends nothing."""
    with session(config, company, json, today) as ours, stop.on_signals():
        code = BAD_USE if ours.problems else DONE
        for settings in ours.configuration.companies:
            try:
                with ours.open(settings) as ready:
                    if fresh:
                        _pull(ours, ready, accept=False)
                    if days is not None:
                        if not ours.output.json:
                            show_stops(ours, ready, ours.day(ready))
                        show_calendar(ours, ready, days, approved=approved)
                    else:
                        _show_plan(ours, ready, ours.day(ready))
            except RelanceError as error:
                code = max(code, _failed(ours, settings, error))
    return code


def _failed(ours: Session, settings: CompanySettings, error: RelanceError) -> int:
    """Say why there is nothing from a company, and return the exit code. A wish to end is for all."""
    if isinstance(error, Interrupted):
        raise error
    if isinstance(error, ConfigError):
        ours.output.problems(error.problems)
        return BAD_USE
    ours.output.err.print(f"[bold red]{escape(settings.id)}[/]: {escape(str(error))}")
    return SAFETY if isinstance(error, SafetyStop) else FAILED


def _show_plan(ours: Session, company: Company, today: date) -> None:
    with company.store.begin(company.id) as unit:
        decided = list(look(company, unit, unit.customers_with_open(), today))
    if ours.output.json:
        show_stops(ours, company, today)
        for item in decided:
            for found in _plan_objects(company, item):
                ours.output.emit(found)
        return
    language = company.language
    locale = locale_for(language, None)
    rows = [
        (
            item.account.customer.name,
            plan.recipient,
            plan.language,
            step_label(plan.leader.name, language),
            _numbers(item, plan),
            str(Amount(_asked(item, plan), plan.currency, locale)),
        )
        for item in decided
        for plan in item.plans
    ]
    title = f"{company.name} – {Day(today, locale)}"
    columns = ("customer", "to", "language", "step", "invoices", "amount")
    show_stops(ours, company, today)
    ours.output.table(f"{title}: {len(rows)} messages would leave", columns, rows, right=[5])
    show_reasons(ours, company, [d for item in decided for d in item.decisions])


def _numbers(item: Decided, plan: MessagePlan) -> str:
    numbers = {invoice.ref: invoice.number for invoice in item.account.invoices}
    found = [numbers.get(line.installment.invoice_ref, "?") for line in plan.lines]
    return ", ".join(dict.fromkeys(found))


def _asked(item: Decided, plan: MessagePlan):  # type: ignore[no-untyped-def]
    keys = {line.installment for line in plan.lines}
    return sum(d.residual for d in item.decisions if d.installment in keys)


def _plan_objects(company: Company, item: Decided) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = [
        {
            "company": company.id,
            "message": plan.leader.name,
            "action": plan.action,
            "customer": item.account.customer.ref,
            "name": item.account.customer.name,
            "to": plan.recipient,
            "language": plan.language,
            "invoices": _numbers(item, plan).split(", "),
            "amount": _asked(item, plan),
            "currency": plan.currency,
        }
        for plan in item.plans
    ]
    return messages + [decision_object(company, decision) for decision in item.decisions]


def decision_object(company: Company, decision: Decision) -> dict[str, object]:
    """One decision as an object for programs."""
    return {
        "company": company.id,
        "customer": decision.customer_ref,
        "number": decision.number,
        "position": decision.installment.position if decision.installment else None,
        "due_on": decision.due_on,
        "residual": decision.residual,
        "currency": decision.currency,
        "action": decision.action,
        "reason": decision.reason,
        "step": decision.step.name if decision.step else None,
        "step_on": decision.step_on,
        "scenario": decision.scenario.name if decision.scenario else None,
        "wake_on": decision.wake_on,
        "sentence": sentence(decision, company.language),
    }


def show_reasons(ours: Session, company: Company, decisions: list[Decision]) -> None:
    """A table of how many installments have which answer."""
    counts = Counter((d.action, d.reason) for d in decisions)
    order = list(Action)
    rows = [
        (str(action), reason_label(reason, company.language), str(count))
        for (action, reason), count in sorted(counts.items(), key=lambda i: (order.index(i[0][0]), -i[1]))
    ]
    ours.output.table("", ("action", "reason", "installments"), rows, right=[2])


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
    once: Annotated[bool, typer.Option("--once", help="One pass now, then end.")] = False,
    accept: AcceptOption = False,
) -> int:
    """Pull, decide, deliver and write back: once, or on the timer of the configuration."""
    with session(config, company, json, today) as ours, stop.on_signals() as requested:
        if once:
            return _pass_over_all(ours, accept)
        interval = ours.configuration.schedule.every
        with ours.store.leases([c.id for c in ours.configuration.companies], "timer"):
            ours.output.err.print(f"every {interval}; Ctrl-C ends cleanly")
            every(interval, lambda: _pass_over_all(ours, accept), requested)
    return DONE


def _pass_over_all(ours: Session, accept: bool) -> int:
    """One company after the other; one that fails never stops the next. Returns the exit code."""
    codes = [BAD_USE] if ours.problems else [DONE]
    for settings in ours.configuration.companies:
        if stop.requested.is_set():
            return FAILED
        codes.append(pass_over(ours, settings, accept=accept))
    return next((code for code in (SAFETY, FAILED, BAD_USE) if code in codes), DONE)


def pass_over(ours: Session, settings: CompanySettings, *, accept: bool) -> int:
    """One pass over one company, shown; returns the exit code."""
    try:
        with ours.open(settings) as company, ours.output.progress(company.id) as progress:
            day = ours.day(company)
            report = run_pass(company, day, accept=accept, progress=stop.watching(progress))
            bill = bills.bill(ours, company, settings)
            report.bill = bill.as_dict() if bill else None
    except RelanceError as error:
        return _failed(ours, settings, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one company must not stop the others
        # written out here: the renderer for consoles would add local variables, and there are secrets in them
        log.error("fault of the program", company=settings.id, traceback=traceback.format_exc())
        ours.output.err.print(f"[bold red]{escape(settings.id)}[/]: {escape(repr(error))}. Please report it.")
        return FAILED
    show_report(ours, report, bills.in_words(bill))
    if report.asks:
        return SAFETY
    return FAILED if report.errors else DONE


def show_report(ours: Session, report: PassReport, billed: str = "") -> None:
    """What a pass did, as one JSON object or in words. ``billed``: a word on what it cost, where it did."""
    if ours.output.json:
        ours.output.emit(report.as_dict())
        return
    figures = report.as_dict()
    heard = f", {report.heard['orders']} orders obeyed" if report.heard["orders"] else ""
    heard += f", {report.heard['answered']} answered" if report.heard["answered"] else ""
    ours.output.say(
        f"[bold]{escape(report.company)}[/] {report.today}: "
        f"{report.delivered['sent']} sent, {report.acted[Action.THANK]} thanks, "
        f"{report.acted[Action.FOLLOW_UP]} follow-ups, {report.written_back['notes']} notes, "
        f"{report.written_back['activities']} activities{heard} "
        f"({report.calls} calls{billed}, {report.bytes:,} bytes, {figures['seconds']} s)"
    )
    if report.stopped:
        ours.output.err.print(f"[bold red]stopped for safety[/]: {escape(report.stopped)}")
    others = [stop for stop in report.company_stops if stop["reason"] != "stopped"]
    say_stops(ours.output, [*others, *report.company_notices], to_err=True)
    for error in report.errors:
        ours.output.err.print(f"[red]- {escape(error)}[/]")
