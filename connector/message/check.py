"""Render every text with an invented account before anything leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from connector.errors import TemplateError
from connector.message.context import build_context
from connector.message.render import render
from connector.message.sample import COMPANY, TODAY, bare_account, plan_for, rich_account
from connector.message.templates import Templates
from connector.model import Account, Action, MessagePlan
from connector.model.chase import THANK_YOU


def check_templates(
    templates: Templates,
    needed: Collection[tuple[str, str]],
    *,
    thanks: Collection[str] = (THANK_YOU,),
) -> list[TemplateError]:
    """Try each needed (language, template) and return all that is wrong with them, sorted; empty is good.
    ``thanks`` names the templates that say thank you; the others remind.

    Each text is rendered for a business with everything (credits, a broken promise, links) and for a
    consumer with nothing but a debt; and every name it mentions, in whatever branch, must be one it may use.
    """
    problems: dict[tuple[str, int | None, str], TemplateError] = {}
    for language, template in sorted(needed):
        action = Action.THANK if template in thanks else Action.REMIND
        for error in _problems(templates, language, template, action):
            problems.setdefault((error.file, error.line, str(error)), error)
    return sorted(problems.values(), key=lambda error: (error.file, error.line or 0, str(error)))


def _problems(templates: Templates, language: str, template: str, action: Action) -> Iterator[TemplateError]:
    try:
        unknown = list(_unknown_names(templates, language, template))
    except TemplateError as error:
        unknown = [error]
    if unknown:
        yield from unknown
        return
    for plan, account in _samples(language, template, action):
        try:
            message = render(plan, account, COMPANY, templates, TODAY)
        except TemplateError as error:
            yield error
            continue
        if not message.subject or not message.text.strip():
            yield TemplateError(f"{language}/{template}.md", None, "the subject or the text comes out empty")


def _unknown_names(templates: Templates, language: str, template: str) -> Iterator[TemplateError]:
    account = rich_account()
    plan = plan_for(account, language, template, Action.REMIND)
    known = build_context(plan, account, COMPANY, {}, TODAY).keys()
    for file, line, name in templates.variables(language, template):
        if name not in known:
            yield TemplateError(file, line, f"'{name}' is unknown; known are {', '.join(sorted(known))}")


def _samples(language: str, template: str, action: Action) -> Iterator[tuple[MessagePlan, Account]]:
    for account in (rich_account(), bare_account()):
        abroad = replace(account, customer=replace(account.customer, country=None))
        for one in (account, abroad):
            yield plan_for(one, language, template, action), one
