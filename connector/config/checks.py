"""What one value cannot show alone: contradictions (refused), and what is only worth a look.

Contradictions are looked for in the raw table, so that they are told together with everything else that
is wrong with it; what has the wrong shape is passed over here, its own refusal says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from connector.config.fields import LOOPBACK, is_amount
from connector.config.lines import Path
from connector.config.secrets import Secret
from connector.config.settings import CompanySettings, StoreSettings
from connector.model.chase import CALL_CHANNEL

Remark: TypeAlias = tuple[Path, str, str]


def _tables(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(n, item) for n, item in enumerate(items) if isinstance(item, Mapping)]


def contradictions(table: Mapping[str, Any]) -> Iterator[Remark]:
    """Yield what cannot be, in the raw table of a company."""
    scenarios = _tables(table.get("scenario"))
    for n, first in _repeated(scenarios):
        where = f"scenario[{first}]"
        yield ("scenario", n, "name"), f"{where} has this name already", "give each scenario its own"
    for n, scenario in scenarios:
        yield from _step_contradictions(n, _tables(scenario.get("step")))
        yield from _amount_contradictions(n, scenario.get("when"))
    yield from _pennylane_contradictions(table.get("host"))
    yield from _quickbooks_contradictions(table.get("host"))
    email = table.get("email")
    if isinstance(email, Mapping) and email.get("via") == "smtp" and "smtp" not in email:
        yield (
            ("email", "smtp"),
            'it is missing, and via is "smtp"',
            'add [email.smtp] with host, or via = "folder"',
        )


def _pennylane_contradictions(host: object) -> Iterator[Remark]:
    if not isinstance(host, Mapping) or host.get("type") != "pennylane":
        return
    partner = [name for name in ("client_id", "client_secret") if name in host]
    if "token" in host and partner:
        yield ("host", "token"), f"{partner[0]} is there too", "one of the two lets us in: take the other out"
    elif "token" not in host and len(partner) < 2:
        remedy = 'token = { env = "PENNYLANE_TOKEN" }; for partners of Pennylane, client_id and client_secret'
        yield ("host", "token"), "it is missing", remedy


def _quickbooks_contradictions(host: object) -> Iterator[Remark]:
    if not isinstance(host, Mapping) or host.get("type") != "quickbooks":
        return
    app = [name for name in ("client_id", "client_secret") if name in host]
    if "token" in host and app:
        yield ("host", "token"), f"{app[0]} is there too", "one of the two lets us in: take the other out"
    elif "token" in host and "realm" not in host:
        yield (
            ("host", "realm"),
            "it is missing",
            'a token does not say its company: realm = "9341452120600001"',
        )
    elif "token" not in host and len(app) < 2:
        absent = "client_secret" if "client_id" in host else "client_id"
        remedy = 'client_id = "…" and client_secret = { env = "QUICKBOOKS_SECRET" }, of the app with Intuit'
        yield ("host", absent), "it is missing", remedy


def _repeated(tables: list[tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[int, int]]:
    """Yield the rank of each table whose name was taken before, and the rank of the first."""
    seen: dict[str, int] = {}
    for n, table in tables:
        name = table.get("name")
        if isinstance(name, str) and seen.setdefault(name, n) != n:
            yield n, seen[name]


def _step_contradictions(scenario: int, steps: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Remark]:
    for n, first in _repeated(steps):
        path = ("scenario", scenario, "step", n, "name")
        yield path, f"step[{first}] of this scenario has this name already", "give each step its own"
    previous: int | None = None
    for n, step in steps:
        if step.get("channel") == CALL_CHANNEL and step.get("approval"):
            path = ("scenario", scenario, "step", n, "approval")
            yield path, "a call waits for nobody's consent", "leave approval out: whoever calls has agreed"
        day = step.get("day")
        if not isinstance(day, int) or isinstance(day, bool):
            continue
        if previous is not None and day <= previous:
            path = ("scenario", scenario, "step", n, "day")
            yield (
                path,
                f"day {day} does not come after day {previous} of the step before it",
                "put the steps in the order of their days, each later than the one before",
            )
        previous = day


def _amount_contradictions(scenario: int, when: object) -> Iterator[Remark]:
    amount = when.get("amount") if isinstance(when, Mapping) else None
    if not isinstance(amount, Mapping):
        return
    limits = [amount.get(name) for name in ("at_least", "below")]
    low, high = (Decimal(limit) if is_amount(limit) else None for limit in limits)
    if low is not None and high is not None and low >= high:
        yield (
            ("scenario", scenario, "when", "amount", "below"),
            f"nobody owes {limits[0]} or more and less than {limits[1]}",
            "below is the larger of the two",
        )


def advice(company: CompanySettings) -> Iterator[Remark]:
    """Yield what is worth a look in a company that can be used."""
    if not any(scenario.model().when.is_empty for scenario in company.scenario):
        yield (
            ("scenario",),
            "every scenario has conditions: a customer who meets none is never reminded",
            "add one without `when`, for everybody else",
        )
    yield from _secret_advice(company)
    yield from _mail_advice(company)
    for name in ("url", "base_url", "token_url"):
        url = dict(company.host).get(name)
        if isinstance(url, str) and _in_clear(url):
            yield ("host", name), "the key travels in clear over http", "use https"
    yield from _access_advice(dict(company.host))


def _access_advice(host: Mapping[str, Any]) -> Iterator[Remark]:
    """Tokens of one house open nothing in another, and should not be shown there."""
    base = host.get("base_url")
    if host.get("client_id") is None or not isinstance(base, str):
        return
    for name in ("authorize_url", "token_url", "revoke_url"):
        url = host.get(name)
        if isinstance(url, str) and _house(url) != _house(base):
            what = (
                f"it is at {_house(url)} and base_url at {_house(base)}: what one lends opens nothing there"
            )
            yield ("host", name), what, "give all addresses of the same server, or none of them"


def _house(url: str) -> str:
    """The domain in which a server stands; with its port where it has no name of its own."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    is_named = "." in name and not name.replace(".", "").isdigit() and ":" not in name
    return ".".join(name.split(".")[-2:]) if is_named else parts.netloc


def _in_clear(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def secrets_of(company: CompanySettings) -> Iterator[tuple[Path, Secret]]:
    """Yield every reference to a secret of a company, with the path of its option. Fetches none."""
    for name, value in company.host:  # its fields, and what another package's host has beside them
        if isinstance(value, Secret):
            yield ("host", name), value
    if company.email.smtp and company.email.smtp.password:
        yield ("email", "smtp", "password"), company.email.smtp.password


def _secret_advice(company: CompanySettings) -> Iterator[Remark]:
    for path, secret in secrets_of(company):
        if secret.readable_by_others():
            yield path, *readable(secret)


def readable(secret: Secret) -> tuple[str, str]:
    """Return the words for a file that every user can read, and the remedy."""
    return f"every user of this machine can read {secret.label}", f"chmod 600 {secret.place[0]}"


def store_advice(store: StoreSettings) -> Iterator[Remark]:
    """Yield what is worth a look about the store."""
    if store.password and store.password.readable_by_others():
        yield ("store", "password"), *readable(store.password)
    if store.password and store.url.startswith("sqlite"):
        yield ("store", "password"), "SQLite has no passwords; it is not used", "take it out"


def _mail_advice(company: CompanySettings) -> Iterator[Remark]:
    email = company.email
    if email.via == "folder":
        return
    if company.sender.email.endswith(("@example.com", ".example")):
        yield ("sender", "email"), "this is the address of the example", "put the company's own"
    if email.smtp and email.smtp.security == "none":
        local = email.smtp.host in LOOPBACK
        if not local:
            yield (
                ("email", "smtp", "security"),
                "messages and the password travel in clear to another machine",
                'use "starttls" or "tls"',
            )
