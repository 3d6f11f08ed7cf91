"""Who may announce what: the companies of a configuration that have a key for it, by the host they are on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from connector.app import lent_access
from connector.config import CompanySettings, Secret
from connector.errors import RelanceError
from connector.hosts.quickbooks import webhooks
from connector.serve.endpoint import Caller, Door
from connector.store.ports import Store

log = structlog.get_logger()

#: By the type of the host.
DOORS: Mapping[str, Door] = {
    "quickbooks": Door(webhooks.PATH, webhooks.HEADER, webhooks.signed, webhooks.realms),
}


def announcing(companies: Sequence[CompanySettings]) -> list[CompanySettings]:
    """The companies whose host may call us: it can, and there is a key. Fetches no secret."""
    return [settings for settings in companies if settings.host.type in DOORS and _verifier(settings)]


def callers(companies: Sequence[CompanySettings], store: Store) -> list[Caller]:
    """Everybody who may call now, each key once. A company whose key cannot be had, or whose name in the host
    is not known yet, is passed over and logged: the timer sees to it all the same."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for settings in announcing(companies):
        try:
            key, name = _key(settings), _name_there(settings, store)
        except RelanceError as error:
            log.warning("nothing is heard for this company", company=settings.id, why=str(error))
            continue
        known = found.setdefault((settings.host.type, key), {})
        if name:
            known[name] = settings.id
        else:
            log.warning("nothing is heard for this company before it is connected", company=settings.id)
    return [Caller(DOORS[type_], key, companies) for (type_, key), companies in found.items()]


def _verifier(settings: CompanySettings) -> Secret | None:
    verifier = dict(settings.host).get("webhook_verifier")
    return verifier if isinstance(verifier, Secret) else None


def _key(settings: CompanySettings) -> str:
    verifier = _verifier(settings)
    assert verifier is not None  # noqa: S101 - only those that have one come here
    return verifier.resolve()


def _name_there(settings: CompanySettings, store: Store) -> str:
    """What the host calls the company: as the settings say, else as it said when it was connected."""
    told = dict(settings.host).get("realm")
    return str(told) if told else lent_access(settings, store)[1].realm()
