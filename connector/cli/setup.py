"""init, check and setup: from nothing to a company that works."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.markup import escape

from connector import app
from connector.cli import bill as bills
from connector.cli import idle, setup_odoo
from connector.cli.codes import BAD_USE, DONE, FAILED
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    session,
)
from connector.cli.output import Output
from connector.config import CompanySettings, load, load_sound, starter
from connector.errors import ConfigError, Problem, RelanceError
from connector.ports import Finding, HostReport


def register(cli: typer.Typer) -> None:
    """Add these commands."""
    cli.command()(init)
    cli.command()(check)
    cli.add_typer(setup_odoo.cli, name="setup")


def init(
    host: Annotated[str, typer.Option(help="The accounting system.")] = "odoo",
    url: Annotated[str | None, typer.Option(help="Its address, as in a browser.")] = None,
    database: Annotated[str | None, typer.Option(help="The database's name.")] = None,
    login: Annotated[
        str | None, typer.Option(help="The login of Relance's user there; of an app, its client id.")
    ] = None,
    key_env: Annotated[
        str | None,
        typer.Option(help="Name of the environment variable that holds the API key.", metavar="VAR"),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The company's name.")] = None,
    language: Annotated[str | None, typer.Option(help="The company's language: fr or en.")] = None,
    host_company: Annotated[
        str | None, typer.Option(help="The company's name in the host, if our user can see several.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write.", metavar="FILE")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write a commented company file that works. Nothing leaves by accident: mails go into a folder.

    Asks for what the options do not say.
    """
    given = Given(url, database, login, key_env)
    answers = (_ASKERS.get(host) or _ask_odoo)(given)
    database, key_env = answers.database or "", answers.key_env or ""
    name = name or (_ask("Company", database or "Exemple SARL") if output is None else database or "exemple")
    language = language or ("fr" if output is not None else _ask("Language", "fr"))
    file = output or DEFAULT_CONFIG / f"{slug(name)}.toml"
    if file.exists():
        raise ConfigError([Problem(str(file), "", "is there already", "choose another --output, or edit it")])
    text = starter(
        host=host,
        url=answers.url or "",
        database=database,
        login=answers.login or "",
        key_env=key_env,
        company_id=slug(name),
        company_name=name,
        language=language,
        host_company=host_company,
    )
    _save(file, text)
    out = Output(json=json)
    if json:
        out.emit({"written": str(file)})
        return
    out.say(f"[green]{escape(str(file))}[/]")
    out.say(f"  1. put the key (or token) into {escape(key_env)}, and your address under \\[sender]")
    if host == "quickbooks" and not database:
        out.say(f"     relance connect quickbooks --config {escape(str(file))}")
    out.say(f"  2. relance check --config {escape(str(file))}")
    out.say(f"  3. relance plan  --config {escape(str(file))}")


class Given(NamedTuple):
    """What the options say of a host; None: not said."""

    url: str | None
    database: str | None
    login: str | None
    key_env: str | None


def _ask_odoo(given: Given) -> Given:
    url = given.url or _ask("URL", "https://exemple.odoo.com")
    return Given(
        url,
        given.database or _ask("Database", _first_label(url)),
        given.login or _ask("Login", "relance@example.com"),
        given.key_env or _ask("Environment variable with the API key", "ODOO_KEY"),
    )


def _ask_pennylane(given: Given) -> Given:
    """A token says which company it is for; the address is everybody's."""
    asked = given.key_env or _ask("Environment variable with the token", "PENNYLANE_TOKEN")
    return given._replace(key_env=asked)


def _ask_quickbooks(given: Given) -> Given:
    """An app is known by its client id; which company it is comes with the first connection."""
    if given.database:  # a token for the company of that number
        return given._replace(
            key_env=given.key_env or _ask("Environment variable with the token", "QUICKBOOKS_TOKEN")
        )
    return given._replace(
        login=given.login or _ask("Client ID of the app", "exemple-client-id"),
        key_env=given.key_env or _ask("Environment variable with its secret", "QUICKBOOKS_SECRET"),
    )


#: What must be known of each host.
_ASKERS: Mapping[str, Callable[[Given], Given]] = {
    "odoo": _ask_odoo,
    "pennylane": _ask_pennylane,
    "quickbooks": _ask_quickbooks,
}


def _save(file: Path, text: str) -> None:
    """Write the file only if it loads: a wrong address is said now, not at the first run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.stem}.draft.toml")
    draft.write_text(text, encoding="utf-8")
    try:
        load(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _ask(what: str, default: str) -> str:
    return str(typer.prompt(what, default=default, err=True))


def _first_label(url: str) -> str:
    return re.sub(r"^\w+://", "", url).split("/")[0].split(".")[0].split(":")[0]


def slug(name: str) -> str:
    """Return a short name for commands and files: plain letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "company"


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> int:
    """Look at everything: files, secrets, texts, the host and our rights in it. Writes nothing."""
    with session(config, company, json) as ours:
        ours.output.problems(ours.configuration.warnings)
        code = BAD_USE if ours.problems else DONE
        # with --company too: what all of them read is billed together
        known = load_sound(config)[0].companies if company else ours.configuration.companies
        for settings in ours.configuration.companies:
            code = max(code, _check_one(ours, settings, known))
    return code


def _check_one(ours: Session, settings: CompanySettings, known: Sequence[CompanySettings]) -> int:
    try:
        with ours.open(settings) as company:
            findings = app.check_parts(company, settings)
            report = company.host.check()
            findings += idle.findings(company, settings, report)
            findings += app.check_clock(company) + app.check_access(company)
            findings += bills.findings(ours, settings, bills.bill(ours, company, settings), known)
    except ConfigError as error:
        ours.output.problems(error.problems)
        return BAD_USE
    except RelanceError as error:
        if ours.output.json:
            ours.output.emit({"company": settings.id, "ok": False, "error": str(error)})
        ours.output.err.print(f"[bold red]{escape(settings.id)}[/]: {escape(str(error))}")
        return FAILED
    ok = report.ok and all(finding.ok or finding.warning for finding in findings)
    _show_check(ours, settings.id, report, findings, ok)
    return DONE if ok else FAILED


def _show_check(ours: Session, company: str, report: HostReport, findings: list[Finding], ok: bool) -> None:
    every = [*findings, *report.findings]
    if ours.output.json:
        listed = [{"ok": f.ok, "what": f.what, "remedy": f.remedy, "warning": f.warning} for f in every]
        ours.output.emit(
            {
                "company": company,
                "ok": ok,
                "host": report.host,
                "user": report.user,
                "host_company": report.company,
                "bank_entry_on": report.bank_entry_on,
                "findings": listed,
            }
        )
        return
    ours.output.say(
        f"[bold]{escape(company)}[/]: {escape(report.host)}, {escape(report.company)}, "
        f"as {escape(report.user)}"
    )
    for finding in every:
        mark = "[green]✓[/]" if finding.ok else ("[yellow]![/]" if finding.warning else "[bold red]✗[/]")
        ours.output.say(f"  {mark} {escape(finding.what)}")
        if finding.remedy and not finding.ok:
            ours.output.say(f"      [green]{escape(finding.remedy)}[/]")
    entry = report.bank_entry_on.isoformat() if report.bank_entry_on else "none seen"
    ours.output.say(f"  last bank entry: {entry}")
