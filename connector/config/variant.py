"""A company under a changed configuration, to see what would change: nothing is opened with it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from connector.config import checks, document
from connector.config.document import Document, Excerpt, Table
from connector.config.load import load
from connector.config.refusals import refusals
from connector.config.settings import CompanySettings
from connector.errors import ConfigError, Problem


def variant(settings: CompanySettings, file: Path) -> CompanySettings:
    """Return a company's settings with what ``file`` says over them: its ``[[scenario]]`` tables in place of
    all those of the company, other tables option by option. A file that describes whole companies gives
    the one of the same id, or its only one.

    Fetches no secret. Raises ConfigError with every problem of the file.
    """
    if not file.is_file():
        raise ConfigError([Problem(str(file), "", "there is no such file", "check --scenario")])
    changed = document.read(file)
    if "company" in changed.tables or "id" in changed.tables:
        return _whole(settings, file)
    own = next((e for e in _excerpts(document.read(settings.source)) if e.id == settings.id), None)
    table = document.merge(own.table if own else {}, changed.tables)
    return _validated(Excerpt(changed, table, changed.tables, ()), settings.source)


def _whole(settings: CompanySettings, file: Path) -> CompanySettings:
    companies = load(file).companies
    same = [company for company in companies if company.id == settings.id]
    if not same and len(companies) != 1:
        message = f'it describes several companies, and none with the id "{settings.id}"'
        raise ConfigError([Problem(str(file), "", message, "give the company the same id in both files")])
    return (same or list(companies))[0]


def _excerpts(one: Document) -> list[Excerpt]:
    return [excerpt for excerpt in document.excerpts(one) if isinstance(excerpt, Excerpt)]


def _validated(excerpt: Excerpt, source: Path) -> CompanySettings:
    """What is refused is told at its place in the changed file; folders lie beside the company's own."""
    remarks = [*checks.contradictions(excerpt.table)]
    context: Table = {"folder": source.parent.absolute(), "file": source}
    try:
        company = CompanySettings.model_validate(excerpt.table, context=context)
    except ValidationError as error:
        remarks = [*refusals(error, CompanySettings), *remarks]
        raise ConfigError([excerpt.problem(*remark) for remark in remarks]) from None
    if remarks:
        raise ConfigError([excerpt.problem(*remark) for remark in remarks])
    return company
