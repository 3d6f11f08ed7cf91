"""A company put together as any other: from a TOML file, with a store of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from bench.target import Target
from connector import app
from connector.config import load, starter
from connector.pipeline import Company

_KEY = "RELANCE_BENCH_KEY"


@contextmanager
def fresh_company(target: Target, folder: Path) -> Iterator[Company]:
    """Open a company on ``target`` that has never pulled; its files go into ``folder``, which must be new."""
    folder.mkdir(parents=True)
    os.environ[_KEY] = target.key
    file = folder / "relance.toml"
    text = starter(
        url=target.url,
        database=target.database,
        login=target.login,
        key_env=_KEY,
        company_id="bench",
        company_name="Exemple SARL",
        host_company=target.company or None,
    )
    file.write_text(text, encoding="utf-8")
    configuration = load(file)
    store = app.open_store(configuration)
    company = app.open_company(configuration.companies[0], store)
    try:
        yield company
    finally:
        company.close()
        store.close()


def quiet_log() -> None:
    """Let only errors through: a line a record would be measured too."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
