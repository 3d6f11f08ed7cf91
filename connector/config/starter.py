"""The company file that ``relance init`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from urllib.parse import urlsplit

from connector.config.plugins import HOSTS
from connector.config.quickbooks import QuickBooksSettings
from connector.config.refusals import toml
from connector.config.unfit import choice
from connector.errors import ConfigError, Problem

#: Languages in which the file's comments are written; another one gets the last.
LANGUAGES = ("fr", "en")

#: What people call a host, and how mail can leave beside it.
_HOSTS = {
    "odoo": ("Odoo", '"host" / "smtp"'),
    "pennylane": ("Pennylane", '"smtp"'),
    "quickbooks": ("QuickBooks", '"smtp"'),
}
#: Where a host is, unless another address is given.
_ADDRESSES = {
    "pennylane": "https://app.pennylane.com",
    "quickbooks": "https://quickbooks.api.intuit.com",
}


def starter(
    *,
    host: str = "odoo",
    url: str = "",
    database: str = "",
    login: str = "",
    key_env: str,
    company_id: str,
    company_name: str,
    language: str = "fr",
    country: str = "FR",
    time_zone: str = "Europe/Paris",
    host_company: str | None = None,
) -> str:
    """Return a commented company file that loads as it is and writes mails into a folder only.

    ``key_env`` names the environment variable that holds the API key or token; ``url`` is the host's address
    (Pennylane, QuickBooks: only where it is not the usual one), ``database`` and ``login`` are Odoo's.
    QuickBooks: ``login`` is the app's client id and the key its secret; where ``database`` (the realm) is
    given, the key is an access token. ``host_company`` is the company in the host, where its user can see
    several. Comments are French for "fr", else
    English. Values are only quoted here: ``load`` of the file judges them. Raises ConfigError for a host
    that has no starter.
    """
    if host not in HOSTS:
        problem = Problem("init", "host", f'"{host[:40]}" is not a host', choice(host, HOSTS))
        raise ConfigError([problem])
    comments = language if language in LANGUAGES else LANGUAGES[-1]
    text = _read(f"starter.{comments}.toml").replace("$host_table", _read(f"starter.{host}.{comments}.toml"))
    values = {
        "host": host,
        "url": url,
        "database": database,
        "login": login,
        "key_env": key_env,
        "company_id": company_id,
        "company_name": company_name,
        "language": language,
        "fallback_language": "en" if language == "fr" else "fr",
        "country": country,
        "time_zone": time_zone,
    }
    written = {name: toml(value) for name, value in values.items()}
    example = '# company = "Exemple SARL"'
    name, ways = _HOSTS[host]
    written |= {"host_name": name, "ways": ways}
    usual = f"# base_url = {toml(_ADDRESSES.get(host, ''))}"
    written["base_url"] = f"base_url = {toml(url)}" if url else usual
    written["access"] = _access(written, url)
    written["host_company"] = f"company = {toml(host_company)}" if host_company else example
    return Template(text).substitute(written)


def _access(written: Mapping[str, str], url: str) -> str:
    """How QuickBooks is entered: by an app, or by a token for one company. An app at a server that is not
    Intuit's finds all it needs there."""
    key = f"{{ env = {written['key_env']} }}"
    if written["database"] != '""':
        return f"token = {key}\nrealm = {written['database']}"
    client = written["login"] if written["login"] != '""' else '"exemple-client-id"'
    here = _oauth_at(url) if url and not (urlsplit(url).hostname or "").endswith(".intuit.com") else []
    return "\n".join([f"client_id = {client}", f"client_secret = {key}", *here])


def _oauth_at(url: str) -> list[str]:
    """The addresses of OAuth on that server, below which they stand as they do at Intuit's."""
    fields = QuickBooksSettings.model_fields
    paths = {name: urlsplit(str(fields[name].default)).path for name in _OAUTH}
    return [f"{name} = {toml(url.rstrip('/') + path)}" for name, path in paths.items()]


_OAUTH = ("authorize_url", "token_url", "revoke_url")


def _read(name: str) -> str:
    return files("connector.config").joinpath(name).read_text(encoding="utf-8")
