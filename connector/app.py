"""The one place where the parts are put together: a company's settings in, a ready ``Company`` out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from connector.channels import as_file, open_channel
from connector.config import (
    CompanySettings,
    Configuration,
    OdooSettings,
    Secret,
    SmtpSettings,
    secrets_of,
)
from connector.dunning import Policy
from connector.dunning.policy import Budget
from connector.errors import ConfigError, Problem
from connector.host_options import host_options, lent_access, odoo_options
from connector.hosts import make_host
from connector.mapping import load_mapping
from connector.message import CompanyText, Templates, check_templates
from connector.model import Party, Step
from connector.model.chase import THANK_YOU
from connector.pipeline import Company, Limits
from connector.pipeline.guards import CLOCK_TOLERANCE, apart
from connector.pipeline.notices import notices_of
from connector.pipeline.worklist import OWN_PEOPLE, no_way
from connector.ports import Ability, Channel, Finding, Host
from connector.resources import shipped
from connector.store.database import open_store as open_database
from connector.store.ports import Store

if TYPE_CHECKING:
    from connector.hosts.odoo.setup import Setup

Clock: TypeAlias = Callable[[], datetime]

_THANKS = Step(THANK_YOU, 0, "email", THANK_YOU)


__all__ = [
    "check_access",
    "check_clock",
    "check_parts",
    "lent_access",
    "odoo_setup",
    "open_company",
    "open_store",
    "policy_of",
]


def open_store(configuration: Configuration) -> Store:
    """Open the configured store, bringing its tables up to date. Raises StoreError."""
    return open_database(configuration.store.address())


def open_company(settings: CompanySettings, store: Store) -> Company:
    """Put a company together. Contacts nobody; raises ConfigError (a secret that cannot be had, a mapping
    that is wrong) and TemplateError (a text that is missing or cannot be rendered)."""
    templates = _templates(settings)
    policy = _policy(settings, templates)
    mapping = load_mapping(settings.host.type, settings.host.mapping)
    host = make_host(settings.host.type, host_options(settings, store), mapping, store.memo(settings.id))
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
            settle_after=settings.rules.settle_after,
        ),
        enclose=as_file if settings.write_back.attach_message else None,
        attach_invoices=settings.email.attach_invoices,
    )


def odoo_setup(
    settings: CompanySettings, store: Store, *, login: str, key: str, dry_run: bool
) -> AbstractContextManager[Setup]:
    """Give what an administrator, ``login`` with ``key``, does once in a company's Odoo. Raises ConfigError
    for a company on another host, and for a secret that cannot be had."""
    # imported here: a company on another host needs nothing of Odoo's
    from connector.hosts.odoo.settings import OdooSettings as Address  # noqa: PLC0415
    from connector.hosts.odoo.setup import open_setup  # noqa: PLC0415

    if not isinstance(settings.host, OdooSettings):
        problem = f"{settings.id} is on {settings.host.type}, not on Odoo"
        raise ConfigError([Problem("--company", "", problem, "name a company whose host is Odoo")])
    address = Address(**odoo_options(settings.host, settings))  # type: ignore[arg-type]
    memo = store.memo(settings.id)
    return open_setup(address, memo, login=login, key=key, language=settings.language, dry_run=dry_run)


def policy_of(settings: CompanySettings) -> Policy:
    """The rules of a company alone: opens nothing, fetches no secret. Raises TemplateError."""
    return _policy(settings, _templates(settings))


def check_parts(company: Company, settings: CompanySettings) -> list[Finding]:
    """Look at what can be looked at without the host: secrets, texts, the languages they are in."""
    findings = [_secret_finding(".".join(map(str, place)), secret) for place, secret in secrets_of(settings)]
    written = (step for scenario in company.policy.scenarios for step in scenario.steps if not step.is_call)
    names = {step.template for step in written}
    for name in sorted(names):
        languages = sorted(language for language, text in company.policy.texts if text == name)
        findings.append(Finding(True, f"text {name}: {', '.join(languages)}"))
    if settings.email.via == "folder":
        where = settings.email.folder
        ways = '"smtp" or "host"' if Ability.MAIL in company.host.supports else '"smtp"'
        findings.append(
            Finding(
                False,
                f"mails are written into {where}; nothing is sent",
                f"set email.via to {ways}",
                True,
            )
        )
    if settings.email.attach_invoices and Ability.PDF not in company.host.supports:
        what = f"no invoice can be attached: {company.host.name} gives no PDFs; messages leave without"
        findings.append(Finding(False, what, "take email.attach_invoices out", warning=True))
    problem = no_way(company)
    if problem is not None and settings.email.via != "folder":
        findings.append(
            Finding(False, "no work list and no word to you can be mailed", problem, warning=True)
        )
    return findings


def check_clock(company: Company) -> list[Finding]:
    """Compare our clock with the host's, which came with its last answer; empty where it says nothing."""
    ahead = company.host.usage.clock_ahead
    if ahead is None:
        return []
    if abs(ahead) <= CLOCK_TOLERANCE:
        return [Finding(True, "the host's clock and ours agree")]
    what = f"the host's clock is {apart(ahead)} ours"
    remedy = "set the one that is wrong (time synchronisation): it says which day it is and how old data are"
    return [Finding(False, what, remedy, warning=True)]


def check_access(company: Company) -> list[Finding]:
    """Say when what was granted to us in the host ends; empty where it does not, or the host does not say."""
    until_at = company.host.usage.access_until
    if until_at is None:
        return []
    day = until_at.astimezone(company.zone).date().isoformat()
    if not notices_of(company, company.today()):
        return [Finding(True, f"our access lasts until {day}")]
    remedy = f"renew it before: relance connect {company.host.name} --company {company.id}"
    what = f"our access ends on {day}; from then on nothing is read and nothing leaves"
    return [Finding(False, what, remedy, warning=True)]


def _secret_finding(place: str, secret: Secret) -> Finding:
    try:
        secret.resolve()
    except ConfigError as error:
        return Finding(False, f"{place}: {error.problems[0].message}", error.problems[0].remedy)
    if secret.readable_by_others():
        return Finding(False, f"{place}: others on this machine can read it", "chmod 600", warning=True)
    return Finding(True, f"{place}: {secret.label} is there")


def _templates(settings: CompanySettings) -> Templates:
    """Load the texts and prove that each one needed can be written. Raises TemplateError on the first. Our
    own are proven before they are shipped: without texts of the company's, only what is missing is wrong."""
    templates = Templates.load(shipped("templates"), override=settings.templates.folder)
    steps = [step for scenario in settings.scenarios_model() for step in scenario.steps]
    stating = {step.template for step in steps if step.interest and not step.is_call}
    needed = _needed(settings, templates)
    if settings.templates.folder is None:
        needed -= templates.texts()
    wrong = check_templates(templates, needed, stating=stating)
    if wrong:
        raise wrong[0]
    return templates


def _needed(settings: CompanySettings, templates: Templates) -> set[tuple[str, str]]:
    """Each text in each language it may be asked for; in the company's own languages it must exist."""
    steps = (step for scenario in settings.scenarios_model() for step in scenario.steps)
    names = {step.template for step in steps if not step.is_call}
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
        follow_up_again=rules.follow_up_again,
        budget=Budget(budget.contacts, budget.days, budget.across_companies) if budget else None,
        closed_weekdays=frozenset(calendar.closed),
        close_on_holidays=calendar.holidays,
        target_days=calendar.target_days,
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
    steps = (step for scenario in policy.scenarios for step in scenario.steps)
    names = {step.channel for step in steps if not step.is_call}
    found = {name: _channel(name, settings, host) for name in names | {_THANKS.channel}}
    if settings.email.via == "host" and settings.email.smtp is not None:
        found[OWN_PEOPLE] = _smtp(settings.email.smtp, host)
    return found


def _channel(name: str, settings: CompanySettings, host: Host) -> Channel:
    if name != "email":
        return open_channel(name, {}, host)
    email = settings.email
    if email.via == "folder":
        return open_channel("folder", {"folder": email.folder}, host)
    if email.via == "host" or email.smtp is None:
        return open_channel("host", {}, host)
    return _smtp(email.smtp, host)


def _smtp(smtp: SmtpSettings, host: Host) -> Channel:
    options = {
        "host": smtp.host,
        "port": smtp.port,
        "security": smtp.security,
        "login": smtp.login,
        "password": smtp.password.resolve() if smtp.password else None,
        "timeout": smtp.timeout.total_seconds(),
    }
    return open_channel("smtp", options, host)
