"""demo: the main job, start to finish, on a made-up ledger. Nothing leaves the machine."""

from __future__ import annotations

import html
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from connector import app
from connector.cli.output import Output
from connector.cli.story import EARLIER, Story, Written
from connector.config import CompanySettings, load, starter
from connector.config.unfit import choice
from connector.errors import ConfigError, Problem
from connector.host_options import host_options
from connector.http import Http
from connector.pipeline import Company
from connector.ports import Host
from connector.sandbox.ledger import Ledger
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.quickbooks import QuickBooksOptions
from connector.sandbox.server import HOSTS, Sandbox, SandboxOptions, build, serving
from connector.store.ports import Store

_MARKER = ".relance-demo"
_KEY = "RELANCE_DEMO_KEY"
#: Calls in a window of the host's: the demo does not wait for the next one as with the real hosts.
_NO_WAITING = 100_000
_PICTURE_WIDTH = 110  # characters


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(demo)


def demo(
    host: Annotated[str, typer.Option(help=f"Beside which accounting system: {', '.join(HOSTS)}.")] = "odoo",
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files; made anew.")] = Path("demo"),
    customers: Annotated[int, typer.Option(help="How many customers.")] = 300,
    documents: Annotated[int, typer.Option(help="How many invoices and credit notes.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another ledger.")] = 1,
    language: Annotated[str, typer.Option(help="The company's language: fr or en.")] = "fr",
    svg: Annotated[Path | None, typer.Option(help="Also save today's pass as a picture (SVG).")] = None,
) -> int:
    """Run the whole job on a made-up ledger: no account, nothing sent."""
    if host not in HOSTS:
        raise ConfigError(
            [Problem("demo", "--host", f"{host[:40]!r} is not played here", choice(host, HOSTS))]
        )
    today = date.today()  # noqa: DTZ011 - the person's own day
    sandbox = build(
        SandboxOptions(
            today=today - timedelta(days=EARLIER),
            host=host,
            customers=customers,
            documents=documents,
            seed=seed,
            pennylane=PennylaneOptions(rate=_NO_WAITING),
            quickbooks=QuickBooksOptions(per_minute=_NO_WAITING, per_second=_NO_WAITING),
        )
    )
    _fresh(folder)
    console = Console(highlight=False, width=_PICTURE_WIDTH if svg else None)
    with serving(sandbox) as url:
        address = sandbox.address(url)
        os.environ[_KEY] = address.key
        file = folder / "relance.toml"
        file.write_text(
            starter(
                host=host,
                url=url,
                database=address.database,
                login=address.login,
                key_env=_KEY,
                company_id="exemple",
                company_name="Exemple SARL",
                language=language,
                host_company="Exemple SARL",
            ),
            encoding="utf-8",
        )
        with _company(file, sandbox.ledger) as company:
            return _story(console, company, sandbox, folder, svg).tell(today)


def _story(console: Console, company: Company, sandbox: Sandbox, folder: Path, svg: Path | None) -> Story:
    """The story, with the names and the journal of the host that is played."""
    story = Story(console, company, sandbox.ledger, folder, svg)
    if sandbox.options.host == "pennylane":
        story.host, story.document_of = "Pennylane", sandbox.pennylane.people.document_of
    if sandbox.options.host == "quickbooks":
        people = sandbox.quickbooks.people
        story.host, story.document_of = "QuickBooks", people.document_of
        story.journal_of = lambda document: [
            Written(f"<pre>{html.escape(text)}</pre>", at, "") for at, text in people.journal(document)
        ]
    return story


def _fresh(folder: Path) -> None:
    """Empty the demo's own folder; refuse one that is somebody else's."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARKER).exists():
        raise ConfigError(
            [Problem(str(folder), "", "is not empty, and no demo's", "choose another --folder")]
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARKER).touch()


@contextmanager
def _company(file: Path, ledger: Ledger) -> Iterator[Company]:
    """The company as any other would be put together, on the ledger's clock."""
    configuration = load(file)
    Output().start_logging("error")
    store = app.open_store(configuration)
    settings = configuration.companies[0]
    company = replace(app.open_company(settings, store), clock=ledger.clock.tick, as_if=True)
    if settings.host.type == "quickbooks":
        company = replace(company, host=_unhurried(company, settings, store))
    try:
        yield company
    finally:
        company.close()
        store.close()


def _unhurried(company: Company, settings: CompanySettings, store: Store) -> Host:
    """The same QuickBooks without the nine calls a second that the real one allows: nobody waits here."""
    # imported here: whoever works beside another host needs nothing of this one's
    from connector.hosts.quickbooks import QuickBooksHost, QuickBooksSettings  # noqa: PLC0415

    company.host.close()
    options: Any = host_options(settings, store)
    memo = store.memo(settings.id)
    return QuickBooksHost(QuickBooksSettings(**options), company.mapping, memo, http=Http())
