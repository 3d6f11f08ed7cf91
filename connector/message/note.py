"""The note that shows a message in the host's journal: a head line in the company's language, and the text as
it was written, folded.

It carries no style of its own, only classes that Odoo's web client knows: so it follows its light and dark
mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from markupsafe import Markup

from connector.formats import Amount, locale_for, named, plural
from connector.message.company import CompanyText
from connector.message.templates import Templates
from connector.message.values import Forms
from connector.model import Action, MessagePlan, Party

#: Where the folded text begins.
_FOLD = "<details"
#: What a journal makes too large, folds by itself, or shows without lines. The text comes from Markdown: what
#: looks like a tag in it is one.
_TAMED = (
    ("<table>", '<table class="table table-sm">'),
    (' style="text-align:left" align="left"', ""),
    (' style="text-align:right" align="right"', ' class="text-end text-nowrap"'),
    ("<h1>", "<p><b>"),
    ("</h1>", "</b></p>"),
    ("<h2>", "<hr><p><b>"),
    ("</h2>", "</b></p>"),
    ("<blockquote>", '<div class="border-start ps-3 mb-3">'),
    ("</blockquote>", "</div>"),
)


def note_html(
    plan: MessagePlan,
    asked: Decimal,
    recipient: Party,
    subject: str,
    content: str,
    company: CompanyText,
    templates: Templates,
) -> str:
    """Return the note of a message: step and rank, channel, recipient, amount, and ``content`` (its HTML)."""
    labels = templates.labels(company.language)
    text = str(content)  # a Markup would escape what is put in
    for tag, tamed in _TAMED:
        text = text.replace(tag, tamed)
    return templates.frame(
        "note.html.j2",
        {
            **_head(plan, asked, company, labels),
            "recipient": recipient,
            "language": plan.language,
            "subject": subject,
            "content": Markup(text),  # noqa: S704 - rendered from Markdown, in which all is escaped
        },
    )


def folded(note: str) -> tuple[Markup, Markup]:
    """Return the head of a note and its folded text, which is empty where there is none."""
    head, fold, text = note.partition(_FOLD)
    return Markup(head), Markup(fold + text)  # noqa: S704 - our own note


def _head(
    plan: MessagePlan, asked: Decimal, company: CompanyText, labels: Mapping[str, Forms]
) -> dict[str, object]:
    """For the company's own people, so in their language."""
    locale = locale_for(company.language, company.country)
    invoices = {line.installment.invoice_ref for line in plan.lines}
    thanks = plan.action is Action.THANK  # what is still asked besides is not what it is about
    level, count = plan.scenario.level(plan.leader.name), len(plan.scenario.steps)
    rank = str(labels.get("rank", "{level}/{count}")).format(level=level, count=count) if level else ""
    return {
        "labels": labels,
        "step": named(labels.get("steps"), plan.leader.name),
        "rank": rank,
        "channel": named(labels.get("channels"), plan.leader.channel),
        "amount": Amount(asked, plan.currency, locale) if asked > 0 and not thanks else None,
        "invoices": plural(labels.get("invoices", "{n}"), len(invoices), locale),
    }
