"""Render every text with an invented account before anything leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from connector.errors import TemplateError
from connector.message.context import build_context
from connector.message.render import ANNEX, compose, render
from connector.message.sample import COMPANY, TODAY, bare_account, plan_for, rich_account
from connector.message.templates import Templates
from connector.model import Account, Action, MessagePlan, Segment
from connector.model.chase import THANK_YOU

_SEGMENTS = tuple(segment.value for segment in Segment)


def check_templates(
    templates: Templates,
    needed: Collection[tuple[str, str]],
    *,
    thanks: Collection[str] = (THANK_YOU,),
    stating: Collection[str] = (),
) -> list[TemplateError]:
    """Try each needed (language, template), and its variants, and return all that is wrong with them,
    sorted; empty is good. ``thanks`` names the templates that say thank you; the others remind. ``stating``
    names those whose step states interest: their languages need the annex.

    Each text is rendered for a business with everything (credits, a broken promise, links, interest) and for
    a consumer with nothing but a debt; a variant, for its own kind of customer; and every name that a text
    mentions, in whatever branch, must be one it may use.
    """
    problems: dict[tuple[str, int | None, str], TemplateError] = {}
    for language, template in sorted(needed):
        action = Action.THANK if template in thanks else Action.REMIND
        found = [*_problems(templates, language, template, action)]
        if template in stating and not templates.has_part(language, ANNEX):
            missing = (
                "missing, and a step that states interest uses this language: copy ours and translate it"
            )
            found.append(TemplateError(f"{language}/{ANNEX}", None, missing))
        for error in found:
            problems.setdefault((error.file, error.line, str(error)), error)
    return sorted(problems.values(), key=lambda error: (error.file, error.line or 0, str(error)))


def _problems(templates: Templates, language: str, template: str, action: Action) -> Iterator[TemplateError]:
    variants = templates.variants(language, template)
    for variant in variants:
        if variant not in _SEGMENTS:
            known = ", ".join(_SEGMENTS)
            yield TemplateError(
                templates.place(language, f"{template}.{variant}"),
                None,
                f"'{variant}' is no kind of customer; known are {known}",
            )
    own = [Segment(variant) for variant in variants if variant in _SEGMENTS]
    for segment in (None, *own):
        name = f"{template}.{segment.value}" if segment else template
        yield from _problems_of(
            templates, language, name, _samples(templates, language, template, action, segment)
        )


def _problems_of(
    templates: Templates, language: str, name: str, samples: Iterator[tuple[MessagePlan, Account]]
) -> Iterator[TemplateError]:
    try:
        unknown = list(_unknown_names(templates, language, name))
    except TemplateError as error:
        unknown = [error]
    if unknown:
        yield from unknown
        return
    for nth, (plan, account) in enumerate(samples):
        try:
            if nth == 0:  # the frames are the same for all, and laying out takes longest
                render(plan, account, COMPANY, templates, TODAY)
            context = build_context(plan, account, COMPANY, templates.labels(language), TODAY)
            subject, body = compose(plan, templates, context)
        except TemplateError as error:
            yield error
            continue
        if not subject or not body.strip():
            yield TemplateError(f"{language}/{name}.md", None, "the subject or the text comes out empty")


def _unknown_names(templates: Templates, language: str, name: str) -> Iterator[TemplateError]:
    account = rich_account()
    plan = plan_for(account, language, name, Action.REMIND)
    known = build_context(plan, account, COMPANY, {}, TODAY).keys()
    for file, line, used in templates.variables(language, name):
        if used not in known:
            yield TemplateError(file, line, f"'{used}' is unknown; known are {', '.join(sorted(known))}")


def _samples(
    templates: Templates, language: str, template: str, action: Action, segment: Segment | None
) -> Iterator[tuple[MessagePlan, Account]]:
    """Messages of one text (``segment``: of that variant): here and abroad, with interest and without."""
    states = templates.has_part(language, ANNEX)
    free = [
        s
        for s in (Segment.KEY_ACCOUNT, Segment.OTHER)
        if s.value not in templates.variants(language, template)
    ]
    for account in (rich_account(), bare_account()):
        for one in (account, replace(account, customer=replace(account.customer, country=None))):
            plan = plan_for(one, language, template, action)
            for interest in (False, True) if states else (False,):
                who = segment or next(iter(free if account.customer.is_company else free[::-1]), Segment.SME)
                leader = replace(plan.leader, interest=interest)
                yield replace(plan, leader=leader, segment=who), one
