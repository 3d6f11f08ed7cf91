"""The one place where the parts are put together: a company's settings in, a ready ``Company`` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from connector.channels import open_channel
from connector.config import (
    CompanySettings,
    Configuration,
    OdooSettings,
    OtherHostSettings,
    Secret,
    secrets_of,
)
from connector.dunning import Policy
from connector.dunning.policy import Budget
from connector.errors import ConfigError
from connector.hosts import make_host
from connector.http import Timeouts
from connector.mapping import load_mapping
from connector.message import CompanyText, Templates, check_templates
from connector.model import Party, Step
from connector.model.chase import THANK_YOU
from connector.pipeline import Company, Limits
from connector.ports import Channel, Finding, Host
from connector.resources import shipped
from connector.store.database import open_store as open_database
from connector.store.ports import Store

Clock: TypeAlias = Callable[[], datetime]

_THANKS = Step(THANK_YOU, 0, "email", THANK_YOU)


def open_store(configuration: Configuration) -> Store:
    """Open the configured store, bringing its tables up to date. Raises StoreError."""
    return open_database(configuration.store.address())


def open_company(settings: CompanySettings, store: Store) -> Company:
    """Put a company together. Contacts nobody; raises ConfigError (a secret that cannot be had, a mapping
    that is wrong) and TemplateError (a text that is missing or cannot be rendered)."""
    templates = _templates(settings)
    policy = _policy(settings, templates)
    mapping = load_mapping(settings.host.type, settings.host.mapping)
    host = make_host(settings.host.type, _host_options(settings), mapping, store.memo(settings.id))
    return Company(
        id=settings.id,
        name=settings.name,
        language=settings.language,
        zone=settings.zone,
        policy=policy,
        text=_company_text(settings),
        templates=templates,
        mapping=mapping,
        host=host,
        channels=_channels(settings, host, policy),
        store=store,
        limits=Limits(
            max_sync_age=settings.rules.max_sync_age,
            max_messages=settings.rules.max_messages_per_pass,
            hours=settings.calendar.hours,
            forecast_factor=settings.rules.forecast_factor,
        ),
    )


def policy_of(settings: CompanySettings) -> Policy:
    """The rules of a company alone: opens nothing, fetches no secret. Raises TemplateError."""
    return _policy(settings, _templates(settings))


def check_parts(company: Company, settings: CompanySettings) -> list[Finding]:
    """Look at what can be looked at without the host: secrets, texts, the languages they are in."""
    findings = [_secret_finding(".".join(map(str, place)), secret) for place, secret in secrets_of(settings)]
    names = {step.template for scenario in company.policy.scenarios for step in scenario.steps}
    for name in sorted(names):
        languages = sorted(language for language, text in company.policy.texts if text == name)
        findings.append(Finding(True, f"text {name}: {', '.join(languages)}"))
    if settings.email.via == "folder":
        where = settings.email.folder
        findings.append(
            Finding(
                False,
                f"mails are written into {where}; nothing is sent",
                'set email.via to "smtp" or "host"',
                True,
            )
        )
    return findings


def _secret_finding(place: str, secret: Secret) -> Finding:
    try:
        secret.resolve()
    except ConfigError as error:
        return Finding(False, f"{place}: {error.problems[0].message}", error.problems[0].remedy)
    if secret.readable_by_others():
        return Finding(False, f"{place}: others on this machine can read it", "chmod 600", warning=True)
    return Finding(True, f"{place}: {secret.label} is there")


def _templates(settings: CompanySettings) -> Templates:
    """Load the texts and prove that each one needed can be written. Raises TemplateError on the first."""
    templates = Templates.load(shipped("templates"), override=settings.templates.folder)
    steps = [step for scenario in settings.scenarios_model() for step in scenario.steps]
    stating = {step.template for step in steps if step.interest}
    wrong = check_templates(templates, _needed(settings, templates), stating=stating)
    if wrong:
        raise wrong[0]
    return templates


def _needed(settings: CompanySettings, templates: Templates) -> set[tuple[str, str]]:
    """Each text in each language it may be asked for; in the company's own languages it must exist."""
    names = {step.template for scenario in settings.scenarios_model() for step in scenario.steps}
    names |= {THANK_YOU} if settings.rules.thank_you else set()
    there = {(language, name) for language, name in templates.texts() if name in names}
    return there | {(settings.language, name) for name in names}


def _policy(settings: CompanySettings, templates: Templates) -> Policy:
    rules, calendar, budget = settings.rules, settings.calendar, settings.rules.budget
    return Policy(
        scenarios=settings.scenarios_model(),
        language=settings.language,
        fallback_language=settings.fallback_language,
        country=settings.country,
        texts=templates.texts(),
        exclude_tags=frozenset(rules.exclude_tags),
        promise_grace=rules.promise_grace,
        promise_max=rules.promise_max,
        max_bank_age=rules.max_bank_age,
        thank_you=_THANKS if rules.thank_you else None,
        reply_days=rules.reply_wait,
        budget=Budget(budget.contacts, budget.days, budget.across_companies) if budget else None,
        closed_weekdays=frozenset(calendar.closed),
        close_on_holidays=calendar.holidays,
        exclude_methods=frozenset(rules.exclude_payment_methods),
        segment_of_tag=settings.segments,
        tolerance=rules.tolerance,
    )


def _company_text(settings: CompanySettings) -> CompanyText:
    sender = settings.sender
    return CompanyText(
        id=settings.id,
        name=settings.name,
        sender=sender.party,
        language=settings.language,
        country=settings.country,
        reply_to=Party(sender.name, sender.reply_to) if sender.reply_to else None,
        signature=sender.signature or "",
        phone=sender.phone,
        address=tuple(sender.address),
        legal_line=sender.legal_line,
        iban=sender.iban,
        bic=sender.bic,
    )


def _channels(settings: CompanySettings, host: Host, policy: Policy) -> Mapping[str, Channel]:
    """The channels that the scenarios name: e-mail goes the way that the settings say."""
    names = {step.channel for scenario in policy.scenarios for step in scenario.steps}
    return {name: _channel(name, settings, host) for name in names | {_THANKS.channel}}


def _channel(name: str, settings: CompanySettings, host: Host) -> Channel:
    if name != "email":
        return open_channel(name, {}, host)
    email = settings.email
    if email.via == "folder":
        return open_channel("folder", {"folder": email.folder}, host)
    if email.via == "host" or email.smtp is None:
        return open_channel("host", {}, host)
    smtp = email.smtp
    options = {
        "host": smtp.host,
        "port": smtp.port,
        "security": smtp.security,
        "login": smtp.login,
        "password": smtp.password.resolve() if smtp.password else None,
        "timeout": smtp.timeout.total_seconds(),
    }
    return open_channel("smtp", options, host)


def _host_options(settings: CompanySettings) -> Mapping[str, object]:
    """The settings of a host as its adapter takes them; secrets are fetched here, at the last moment."""
    host = settings.host
    if isinstance(host, OdooSettings):
        return _odoo_options(host, settings)
    assert isinstance(host, OtherHostSettings)  # noqa: S101
    extra = host.model_extra or {}
    return {key: value.resolve() if isinstance(value, Secret) else value for key, value in extra.items()}


def _odoo_options(host: OdooSettings, settings: CompanySettings) -> Mapping[str, object]:
    read, write = host.read_timeout.total_seconds(), host.write_timeout.total_seconds()
    return {
        "url": host.url,
        "database": host.database,
        "login": host.login,
        "key": host.key.resolve(),
        "company": host.company,
        "history_months": host.history,
        "overlap": host.overlap,
        "timeouts": Timeouts(read=read, write=write),
        "calls_per_second": host.calls_per_second,
        "fallback_login": host.assign_to,
        "public_url": host.public_url,
        "message_domain": settings.sender.email.rpartition("@")[2],
    }
