"""outbox: what waits, what failed, what nobody knows."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.markup import escape

from connector import orders
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    TodayOption,
    session,
)
from connector.model import Message
from connector.ports import Note, Task
from connector.store.ports import Effect, EffectState

cli = typer.Typer(no_args_is_help=True, help="List, show and settle what goes out.")

Key = Annotated[str, typer.Argument(help="The entry's key, or how it begins.", metavar="KEY")]

_OPEN = (
    EffectState.READY,
    EffectState.APPROVAL,
    EffectState.ATTEMPTED,
    EffectState.UNKNOWN,
    EffectState.FAILED,
    EffectState.REFUSED,
)


@cli.command(name="list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="What is done with, too.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> None:
    """List what waits, failed, or may or may not have left."""
    with session(config, company, json) as ours:
        for settings in ours.configuration.companies:
            with ours.store.begin(settings.id) as unit:
                effects = unit.effects(() if all_ else _OPEN)
            _list(ours, settings.id, effects)


def _list(ours: Session, company: str, effects: list[Effect]) -> None:
    if ours.output.json:
        for effect in effects:
            ours.output.emit({"company": company, **_object(effect)})
        return
    rows = [
        (
            effect.key[:16],
            str(effect.state),
            _kind(effect),
            _where(effect),
            str(effect.attempts),
            effect.detail,
        )
        for effect in effects
    ]
    columns = ("key", "state", "what", "to", "tries", "detail")
    ours.output.table(f"{company}: {len(rows)} entries", columns, rows, right=[4])


def _kind(effect: Effect) -> str:
    return "message" if isinstance(effect.item, Message) else type(effect.item).__name__


def _where(effect: Effect) -> str:
    item = effect.item
    if isinstance(item, Message):
        return item.recipient.email
    return f"{item.on.kind} {item.on.id}" if isinstance(item, Note | Task) else item.task_key


def _object(effect: Effect) -> dict[str, object]:
    return {
        "key": effect.key,
        "state": effect.state,
        "what": _kind(effect),
        "to": _where(effect),
        "attempts": effect.attempts,
        "created_at": effect.created_at,
        "attempted_at": effect.attempted_at,
        "not_before": effect.not_before,
        "approved_by": effect.approved_by,
        "detail": effect.detail,
    }


@cli.command()
def show(
    key: Key,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> None:
    """Show one entry with its text."""
    with session(config, company, json) as ours, ours.only_company() as ready:
        with ready.store.begin(ready.id) as unit:
            effect = orders.waiting(unit, key, tuple(EffectState))
        item = effect.item
        if json:
            text = item.text if isinstance(item, Message) else None
            ours.output.emit({"company": ready.id, **_object(effect), "text": text})
            return
        for name, value in _object(effect).items():
            if value not in (None, "", ()):
                ours.output.say(f"[bold]{name}[/]: {escape(str(value))}")
        if isinstance(item, Message):
            ours.output.say(f"[bold]{escape(item.subject)}[/]\n{escape(item.text)}")


@cli.command()
def approve(
    key: Key,
    by: Annotated[str | None, typer.Option("--by", help="Who agrees; you unless given.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Agree that a message that waits for consent may leave."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        effect = orders.approve(ready, key, by or getpass.getuser(), ours.day(ready))
        _done(ours, ready.id, effect)


@cli.command()
def cancel(
    key: Key,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Take back what has not left; a reminder's step counts as done with."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        _done(ours, ready.id, orders.cancel(ready, key, ours.day(ready)))


@cli.command()
def retry(
    key: Key,
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Try again what was refused or given up."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        _done(ours, ready.id, orders.retry(ready, key, ours.day(ready)))


@cli.command()
def settle(
    key: Key,
    sent: Annotated[bool, typer.Option("--sent/--not-sent", help="Did it leave?")],
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
    today: TodayOption = None,
) -> None:
    """Say what became of an entry whose outcome is unknown."""
    with session(config, company, json, today) as ours, ours.only_company() as ready:
        _done(ours, ready.id, orders.settle_unknown(ready, key, sent=sent, today=ours.day(ready)))


def _done(ours: Session, company: str, effect: Effect) -> None:
    if ours.output.json:
        ours.output.emit({"company": company, **_object(effect)})
    else:
        ours.output.say(f"{effect.key}: {effect.state}")
