"""From files to settings: every problem at once, or a ``Configuration`` with its warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from connector.config import checks, document
from connector.config.document import Document, Excerpt
from connector.config.refusals import TOP, refusals
from connector.config.serve import ServeSettings
from connector.config.settings import (
    CompanySettings,
    Configuration,
    LogSettings,
    ScheduleSettings,
    StoreSettings,
)
from connector.config.unfit import kind
from connector.errors import ConfigError, Problem
from connector.spelling import nearest

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class _Reading:
    """What was found so far. ``general`` problems concern all companies, the others one company alone."""

    companies: list[CompanySettings] = field(default_factory=list)
    general: list[Problem] = field(default_factory=list)
    single: list[tuple[str | None, Problem]] = field(default_factory=list)
    warnings: list[tuple[str, Problem]] = field(default_factory=list)
    ids: dict[str, Excerpt] = field(default_factory=dict)


def load(path: Path, only: str | None = None) -> Configuration:
    """Read a file, or every ``*.toml`` of a folder in the order of their names.

    ``only`` keeps one company, by id, and then the problems of the others are theirs alone. Fetches no
    secret. Raises ConfigError with every problem.
    """
    configuration, problems = load_sound(path, only)
    if problems:
        raise ConfigError(problems)
    return configuration


def load_sound(path: Path, only: str | None = None) -> tuple[Configuration, tuple[Problem, ...]]:
    """Read like ``load``, but keep the companies that are sound, and return the problems of the others.

    Raises ConfigError for what concerns all of them: a file that cannot be read (it could name the store),
    a problem of the store, an id that two companies have, no company at all.
    """
    reading = _Reading()
    documents = [one for file in _files(path) if (one := _read(file, reading))]
    shared = {name: _shared(name, documents, reading) for name in TOP}
    for one in documents:
        _read_companies(one, reading)
    if not reading.ids and not reading.general and not reading.single:
        reading.general.append(Problem(str(path), "", "no company is described", 'begin with id = "exemple"'))
    store, schedule, log, serve = (shared[name] for name in ("store", "schedule", "log", "serve"))
    if reading.general or not isinstance(store, StoreSettings):
        # Some shared table was refused or a file is unreadable: nothing below can be trusted alone.
        raise ConfigError(_unique([*reading.general, *(problem for _, problem in reading.single)]))
    assert isinstance(schedule, ScheduleSettings)  # noqa: S101 - a refused one is in ``general``
    assert isinstance(log, LogSettings)  # noqa: S101
    assert isinstance(serve, ServeSettings)  # noqa: S101
    kept = _keep(reading, only, path)
    warnings = [problem for id_, problem in reading.warnings if only in (None, id_) or not id_]
    problems = [problem for id_, problem in reading.single if only in (None, id_)]
    return Configuration(kept, store, schedule, log, serve, _unique(warnings)), _unique(problems)


def _unique(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Keep one of equal problems: what is wrong in the defaults is wrong for each company."""
    return tuple(dict.fromkeys(problems))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.glob("*.toml") if file.is_file())
        if not files:
            raise ConfigError([Problem(str(path), "", "no *.toml lies in this folder", "run relance init")])
        return files
    if not path.exists():
        near = nearest(path.name, (file.name for file in path.parent.glob("*"))) if path.name else None
        remedy = f"did you mean {path.parent / near}?" if near else "check --config, or run relance init"
        raise ConfigError([Problem(str(path), "", "there is no such file or folder", remedy)])
    return [path]


def _read(file: Path, reading: _Reading) -> Document | None:
    try:
        return document.read(file)
    except ConfigError as error:
        reading.general.extend(error.problems)
        return None


def _context(one: Document) -> dict[str, Any]:
    return {"folder": one.file.parent.absolute(), "file": one.file}


def _shared(name: str, documents: list[Document], reading: _Reading) -> BaseModel | None:
    """Read a table that all companies share; one file may give it, or several the same."""
    given = [(one, one.tables[name]) for one in documents if name in one.tables]
    for one, table in given[1:]:
        if table != given[0][1]:
            message = f"{given[0][0].file} gives [{name}] too, and differently"
            reading.general.append(one.problem((name,), message, "give it once"))
    model = TOP[name]
    # Without one, the defaults lie beside the first file.
    for one, table in given[:1] or [(document_, {}) for document_ in documents[:1]]:
        if not isinstance(table, dict):
            message = f"a table is expected, not {kind(table)}"
            reading.general.append(one.problem((name,), message, f"write [{name}]"))
            return None
        try:
            settings = model.model_validate(table, context=_context(one))
        except ValidationError as error:
            found = refusals(error, model)
            reading.general.extend(one.problem((name, *path), *words) for path, *words in found)
            return None
        if isinstance(settings, StoreSettings):
            remarks = checks.store_advice(settings)
            reading.warnings.extend(("", one.problem(path, *words)) for path, *words in remarks)
        return settings
    return None


def _read_companies(one: Document, reading: _Reading) -> None:
    for excerpt in document.excerpts(one):
        if isinstance(excerpt, Problem):
            reading.general.append(excerpt)
            continue
        _read_company(excerpt, reading)


def _read_company(excerpt: Excerpt, reading: _Reading) -> None:
    if excerpt.id is not None and (first := reading.ids.setdefault(excerpt.id, excerpt)) is not excerpt:
        where = document.dotted((*first.at, "id"))
        message = f'"{excerpt.id[:40]}" is the id of another company ({first.document.file}: {where})'
        reading.general.append(excerpt.problem(("id",), message, "give each company its own"))
    remarks = [*checks.contradictions(excerpt.table)]
    try:
        company = CompanySettings.model_validate(excerpt.table, context=_context(excerpt.document))
    except ValidationError as error:
        remarks = [*refusals(error, CompanySettings), *remarks]
        company = None
    if remarks or company is None:
        problems = (excerpt.problem(*remark) for remark in remarks)
        in_order = sorted(problems, key=lambda problem: problem.line or 0)
        reading.single.extend((excerpt.id, problem) for problem in in_order)
        return
    reading.companies.append(company)
    reading.warnings.extend((company.id, excerpt.problem(*remark)) for remark in checks.advice(company))


def _keep(reading: _Reading, only: str | None, path: Path) -> tuple[CompanySettings, ...]:
    if only is None:
        return tuple(reading.companies)
    if only not in reading.ids:
        known: Mapping[str, Excerpt] = reading.ids
        near = nearest(only, known)
        hint = f'did you mean "{near}"? ' if near else ""
        problem = Problem(
            str(path), "id", f'no company has the id "{only[:40]}"', f"{hint}Known: {_some(known)}"
        )
        raise ConfigError([problem])
    return tuple(company for company in reading.companies if company.id == only)


def _some(ids: Iterable[str]) -> str:
    """List ids, the first dozen of them where there are hundreds."""
    names = sorted(ids)
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
