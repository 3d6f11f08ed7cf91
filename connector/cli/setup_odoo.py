"""setup odoo: what an administrator does once in Odoo, so that Relance works there with the least rights."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from connector import app
from connector.cli.codes import DONE, FAILED
from connector.cli.options import DEFAULT_CONFIG, CompanyOption, ConfigOption, JsonOption, Session, session
from connector.cli.output import Output
from connector.config import CompanySettings
from connector.config.secrets import parse_secret
from connector.config.unfit import Unfit
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from connector.hosts.odoo.setup_report import Report

cli = typer.Typer(no_args_is_help=True, help="Prepare the accounting system, once, as its administrator.")


@cli.callback()
def _group() -> None:
    """Prepare the accounting system, once, as its administrator."""


@cli.command()
def odoo(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    admin_login: Annotated[
        str | None, typer.Option(help="Login of an administrator of that Odoo.", metavar="LOGIN")
    ] = None,
    admin_key: Annotated[
        str | None,
        typer.Option(
            help="Where his API key is: env:NAME or file:PATH, never the key itself. Else it is asked for.",
            metavar="env:NAME",
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take back what this command made.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")] = False,
    json: JsonOption = False,
) -> int:
    """Make activity types, tags and the least rights of our user in Odoo. Changes nothing the second time.

    Nothing of the administrator is kept.
    """
    with session(config, company, json) as ours:
        settings = _only(ours)
        login = admin_login or str(_asked("Login of an administrator of Odoo", "--admin-login"))
        key = _key(admin_key, login)
        with app.odoo_setup(settings, ours.store, login=login, key=key, dry_run=dry_run) as setup:
            report = setup.remove() if remove else setup.make()
        _show(ours.output, settings.id, report, dry_run=dry_run)
        return DONE if report.ok else FAILED


def _only(ours: Session) -> CompanySettings:
    companies = ours.configuration.companies
    if len(companies) != 1:
        ids = ", ".join(each.id for each in companies)
        problem = Problem("--company", "", "several companies are described", f"name one: {ids}")
        raise ConfigError([problem])
    return companies[0]


def _asked(what: str, option: str, *, hidden: bool = False) -> str:
    """Ask on the terminal. Raises ConfigError where nobody can answer."""
    if not sys.stdin.isatty():
        remedy = f"give {option}" + (" env:NAME" if hidden else "")
        raise ConfigError([Problem(option, "", "is missing, and there is no terminal to ask on", remedy)])
    return str(typer.prompt(what, hide_input=hidden, err=True))


def _key(reference: str | None, login: str) -> str:
    """Fetch the administrator's key. Raises ConfigError, and never shows what was given: it may be a key."""
    if reference is None:
        what = f"API key of {login} (up to Odoo 18 the password will do)"
        return _asked(what, "--admin-key", hidden=True)
    source, colon, place = reference.partition(":")
    try:
        if not colon or source not in {"env", "file"}:
            raise Unfit("this is no reference to a key", "write env:NAME or file:PATH; the key stays outside")
        return parse_secret({source: place}, Path.cwd()).resolve()
    except Unfit as unfit:
        raise ConfigError([Problem("--admin-key", "", unfit.message, unfit.remedy)]) from None


def _show(output: Output, company: str, report: Report, *, dry_run: bool) -> None:
    if output.json:
        table = {"company": company, "ok": report.ok, "changed": report.changed, "dry_run": dry_run}
        told = asdict(report) | {"outcomes": [asdict(each) for each in report.outcomes]}
        output.emit(table | told)
        return
    rows = [(str(each.state), each.kind, each.name, each.xml_id, each.note) for each in report.outcomes]
    title = f"{company}: what would be done" if dry_run else company
    output.table(title, ("", "what", "name", "external id", ""), rows)
    for each in report.outcomes:
        if each.remedy:
            output.say(f"[bold red]{escape(each.name)}[/]: [green]{escape(each.remedy)}[/]")
    output.say("")
    rights = [(what, _yes(report.before[what]), _yes(may)) for what, may in report.after.items()]
    output.table(f"What {report.user} may do", ("", "before", "now"), rows=rights)
    output.say("")
    output.say(_last_word(report, dry_run=dry_run))


def _yes(may: bool) -> str:
    return "yes" if may else "no"


def _last_word(report: Report, *, dry_run: bool) -> str:
    if not report.ok:
        return "[bold red]Not everything could be done.[/] What is above in red needs a person."
    if dry_run:
        return "Nothing was done: this was a dry run." if report.changed else "There is nothing to do."
    return "[green]Done.[/]" if report.changed else "There was nothing to do."
