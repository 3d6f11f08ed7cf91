"""sandbox: an accounting system to try things on, over a made-up ledger, on loopback."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer
from rich.markup import escape

from connector.cli.options import JsonOption, TodayOption, parse_day
from connector.cli.output import Output
from connector.errors import ConfigError, Problem
from connector.sandbox.faults import FAULT_NAMES
from connector.sandbox.pennylane import BASE as PENNYLANE
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.quickbooks import AUTHORIZE, REVOKE, TOKEN, QuickBooksOptions
from connector.sandbox.quickbooks import BASE as QUICKBOOKS
from connector.sandbox.quickbooks import CLIENT_ID as QUICKBOOKS_ID
from connector.sandbox.quickbooks import CLIENT_SECRET as QUICKBOOKS_SECRET
from connector.sandbox.server import HOSTS, SandboxAddress, SandboxOptions, serve


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(sandbox)


def sandbox(
    host: Annotated[str, typer.Option(help=f"Which accounting system to play: {', '.join(HOSTS)}.")] = "odoo",
    host_version: Annotated[
        int, typer.Option("--host-version", help="Which version of Odoo: 16 to 19.")
    ] = 18,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.")] = 8069,
    seed: Annotated[int, typer.Option(help="Another seed, another ledger.")] = 1,
    customers: Annotated[int, typer.Option(help="How many customers.")] = 300,
    documents: Annotated[int, typer.Option(help="How many invoices and credit notes.")] = 2000,
    today: TodayOption = None,
    latency: Annotated[int, typer.Option(help="Milliseconds added to each answer.", metavar="MS")] = 0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help=f"NAME[:METHOD[:TIMES[:SECONDS]]]; names: {', '.join(FAULT_NAMES)}.", metavar="NAME"
        ),
    ] = None,
    webhook: Annotated[
        str, typer.Option(help="QuickBooks: tell this address what changes.", metavar="URL")
    ] = "",
    webhook_format: Annotated[
        Literal["classic", "cloud"], typer.Option(help="QuickBooks: how it is told; cloud is CloudEvents.")
    ] = "classic",
    verifier: Annotated[
        str, typer.Option(help="QuickBooks: what signs that; nothing secret here.")
    ] = "sandbox-verifier",
    json: JsonOption = False,
) -> None:
    """Serve a made-up ledger as the accounting system would, on 127.0.0.1, until stopped."""
    options = SandboxOptions(
        today=parse_day(today, "--today") if today else date.today(),  # noqa: DTZ011 - the person's own day
        host=host,
        version=host_version,
        port=port,
        seed=seed,
        customers=customers,
        documents=documents,
        latency_ms=latency,
        faults=tuple(fault or ()),
        quickbooks=QuickBooksOptions(webhook_url=webhook, webhook_format=webhook_format, verifier=verifier),
        live=today is None,
    )
    output = Output(json=json)
    try:
        serve(options, lambda address: _announce(output, address))
    except ValueError as error:
        raise ConfigError([Problem("sandbox", "", str(error))]) from None


def _announce(output: Output, address: SandboxAddress) -> None:
    facts = {
        "url": address.url,
        "host": f"{address.host} {address.version}",
        **_entry(address),
    }
    facts = {name: value for name, value in facts.items() if value}
    if output.json:
        output.emit(facts)
        return
    for name, value in facts.items():
        output.say(f"[bold]{name:9}[/] {escape(str(value))}")
    output.say("[dim]The key opens nothing but this sandbox. Ctrl-C ends it.[/]")
    output.say(f"[dim]{_next_step(address)}[/]")


def _entry(address: SandboxAddress) -> dict[str, str]:
    """What opens it, under the names that its host has for that."""
    if address.host == "pennylane":
        return {"login": address.login, "key": address.key, "oauth": f"{CLIENT_ID} {CLIENT_SECRET}"}
    if address.host == "quickbooks":
        return {
            "realm": address.database,
            "key": address.key,
            "oauth": f"{QUICKBOOKS_ID} {QUICKBOOKS_SECRET}",
            "authorize": f"{address.url}{AUTHORIZE}",
            "token": f"{address.url}{TOKEN}",
            "revoke": f"{address.url}{REVOKE}",
        }
    return {"database": address.database, "login": address.login, "key": address.key}


def _next_step(address: SandboxAddress) -> str:
    if address.host == "pennylane":
        return f'curl -H "Authorization: Bearer {address.key}" {address.url}{PENNYLANE}/me'
    if address.host == "quickbooks":
        company = f"{address.url}{QUICKBOOKS}/{address.database}/companyinfo/{address.database}"
        return (
            f'curl -H "Authorization: Bearer {address.key}" {company}\n'
            f"relance init --host quickbooks --url {address.url} --login {QUICKBOOKS_ID} "
            f"--key-env SANDBOX_SECRET --output sandbox.toml"
        )
    return (
        f"relance init --url {address.url} --database {address.database} --login {address.login} "
        f"--key-env SANDBOX_KEY --output sandbox.toml"
    )
