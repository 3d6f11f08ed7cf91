"""serve: the timer, and an endpoint at which the accounting system says that something changed."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from connector.cli import stop
from connector.cli.codes import DONE
from connector.cli.options import (
    DEFAULT_CONFIG,
    CompanyOption,
    ConfigOption,
    JsonOption,
    Session,
    session,
)
from connector.cli.work import pass_over
from connector.errors import ConfigError, Problem
from connector.serve.endpoint import Caller
from connector.serve.known import announcing, callers
from connector.serve.service import Service
from connector.serve.waking import Wakes


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(serve)


def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    company: CompanyOption = None,
    json: JsonOption = False,
) -> int:
    """Run on the timer like `run`, and sooner when the accounting system calls (webhooks of QuickBooks).

    Takes POST /webhooks/quickbooks and GET /health. A proxy that speaks HTTPS stands before it.
    """
    with session(config, company, json) as ours, stop.on_signals() as requested:
        settings = {one.id: one for one in ours.configuration.companies}
        _check_keys(ours)
        with ours.store.leases(settings, "timer"):
            serving = ours.configuration.serve
            service = Service(
                companies=tuple(settings),
                look=lambda id_: pass_over(ours, settings[id_], accept=False) == DONE,
                callers=lambda: _callers(ours),
                wakes=Wakes(serving.quiet, serving.wake_at_most),
                interval=ours.configuration.schedule.every,
                stop=requested,
            )
            service.run(serving.listen, serving.port, lambda host, port: _announce(ours, host, port))
    return DONE


def _callers(ours: Session) -> Sequence[Caller]:
    return callers(ours.configuration.companies, ours.store)


def _check_keys(ours: Session) -> None:
    """Somebody must be able to call. Raises ConfigError when there is no key, or none that can be had: else
    it would be seen with the first call that is refused."""
    if not announcing(ours.configuration.companies):
        what = "no company of this configuration can be called for"
        remedy = (
            'give host.webhook_verifier to a company on quickbooks: { env = "QUICKBOOKS_VERIFIER" }; '
            "without calls, `relance run` does all there is to do"
        )
        raise ConfigError([Problem("serve", "", what, remedy)])
    if not _callers(ours):
        what = "no host.webhook_verifier can be had, so every call would be refused"
        raise ConfigError([Problem("serve", "", what, "`relance check` says what is wrong with each")])


def _announce(ours: Session, host: str, port: int) -> None:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if ours.output.json:
        ours.output.emit({"listening": f"http://{where}"})
    every = ours.configuration.schedule.every
    ours.output.err.print(f"listening at http://{where}", markup=False)
    ours.output.err.print(f"a pass every {every}, and sooner when called; Ctrl-C ends cleanly")
