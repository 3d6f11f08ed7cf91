"""The settings of a company's host as its adapter takes them: plain values, with secrets fetched at the last
moment. One function a host, by the class of its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from connector.config import (
    CompanySettings,
    OdooSettings,
    OtherHostSettings,
    PennylaneSettings,
    QuickBooksSettings,
    Secret,
)
from connector.errors import ConfigError, Problem
from connector.hosts.oauth import Credentials, Pair
from connector.http import Timeouts
from connector.store.ports import Store

Options: TypeAlias = Mapping[str, object]


def host_options(settings: CompanySettings, store: Store) -> Options:
    """Return what ``hosts.make_host`` wants of this company. Raises ConfigError for a secret that cannot be
    had."""
    return _BY_SETTINGS[type(settings.host)](settings.host, settings, store)


def odoo_options(host: OdooSettings, settings: CompanySettings) -> Options:
    """Return the fields of the Odoo adapter's settings."""
    return {
        "url": host.url,
        "database": host.database,
        "login": host.login,
        "key": host.key.resolve(),
        "company": host.company,
        "history_months": host.history,
        "overlap": host.overlap,
        "timeouts": _timeouts(host),
        "calls_per_second": host.calls_per_second,
        "fallback_login": host.assign_to,
        "public_url": host.public_url,
        "message_domain": settings.sender.email.rpartition("@")[2],
    }


def pennylane_options(host: PennylaneSettings, settings: CompanySettings, store: Store) -> Options:
    """Return the fields of the Pennylane adapter's settings."""
    # imported here: a company on another host needs nothing of OAuth's
    from connector.hosts.pennylane.settings import Place, lent  # noqa: PLC0415

    parts = urlsplit(host.base_url)
    credentials = None
    if host.client_id is not None and host.client_secret is not None:
        server = f"{parts.scheme}://{parts.netloc}"
        credentials = lent(server, host.client_id, host.client_secret.resolve())
    return {
        "token": host.token.resolve() if host.token else None,
        "credentials": credentials,
        "base_url": host.base_url,
        "history_months": host.history,
        "payments_months": host.unmatched_payments,
        "write_to": tuple(Place(name) for name in host.write_to),
        "comment_path": host.comment_path,
        "comment_key": host.comment_key,
        "company": settings.id,
        "timeouts": _timeouts(host),
        "alone": lambda: store.lease(settings.id, "oauth"),
    }


def quickbooks_options(host: QuickBooksSettings, settings: CompanySettings, store: Store) -> Options:
    """Return the fields of the QuickBooks adapter's settings."""
    # imported here: a company on another host needs nothing of OAuth's
    from connector.hosts.quickbooks.settings import lent  # noqa: PLC0415

    credentials = None
    if host.client_id is not None and host.client_secret is not None:
        credentials = lent(
            host.client_id,
            host.client_secret.resolve(),
            authorize_url=host.authorize_url,
            token_url=host.token_url,
            revoke_url=host.revoke_url,
        )
    field = host.promise_field
    return {
        "token": host.token.resolve() if host.token else None,
        "credentials": credentials,
        "realm": host.realm,
        "base_url": host.base_url,
        "history_months": host.history,
        "payments_months": host.unmatched_payments,
        "promise_field": int(field) if field in ("1", "2", "3") else field,
        "order_number_field": host.order_number_field,
        "invoice_links": host.invoice_links,
        "language": settings.language,
        "timeouts": _timeouts(host),
        "alone": lambda: store.lease(settings.id, "oauth"),
    }


def lent_access(settings: CompanySettings, store: Store) -> tuple[Credentials, Pair]:
    """Return the partner's credentials of a company, and where its tokens lie. Raises ConfigError for a host
    that is entered with a key, and for a secret that cannot be had."""
    credentials = host_options(settings, store).get("credentials")
    if not isinstance(credentials, Credentials):
        what = f"{settings.id} is entered with a token of its own: there is nothing to connect"
        remedy = "host.client_id and host.client_secret in place of host.token, for partners of the host"
        raise ConfigError([Problem(settings.source.name, "host", what, remedy)])
    return credentials, Pair(credentials, store.memo(settings.id))


def _timeouts(host: OdooSettings | PennylaneSettings | QuickBooksSettings) -> Timeouts:
    return Timeouts(read=host.read_timeout.total_seconds(), write=host.write_timeout.total_seconds())


def _other_options(host: OtherHostSettings) -> Options:
    extra = host.model_extra or {}
    return {key: value.resolve() if isinstance(value, Secret) else value for key, value in extra.items()}


_BY_SETTINGS: Mapping[type, Callable[[Any, CompanySettings, Store], Options]] = {
    OdooSettings: lambda host, settings, _store: odoo_options(host, settings),
    PennylaneSettings: pennylane_options,
    QuickBooksSettings: quickbooks_options,
    OtherHostSettings: lambda host, _settings, _store: _other_options(host),
}
