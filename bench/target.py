"""What is measured against: a sandbox served by a process of its own, or a real Odoo from the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

#: The variables that name a real Odoo; the last may be left out when its user sees one company only.
VARIABLES = {
    "url": "RELANCE_ODOO_URL",
    "database": "RELANCE_ODOO_DATABASE",
    "login": "RELANCE_ODOO_LOGIN",
    "key": "RELANCE_ODOO_KEY",
    "company": "RELANCE_ODOO_COMPANY",
}


@dataclass(frozen=True, slots=True)
class Target:
    """An Odoo, and whether we may write into it (a sandbox: yes; a real one: never)."""

    name: str
    url: str
    database: str
    login: str
    key: str = field(repr=False)
    company: str
    writable: bool = False

    def dump(self) -> str:
        return json.dumps(asdict(self))


def real() -> Target:
    """Return the Odoo of the environment. Raises SystemExit naming the variables that are missing."""
    values: dict[str, Any] = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
    missing = [VARIABLES[name] for name, value in values.items() if not value and name != "company"]
    if missing:
        raise SystemExit(f"Set {', '.join(missing)}, or measure against the sandbox (without --real).")
    return Target(name="the Odoo of the environment", **values)


@contextmanager
def sandbox(documents: int, *, still_open: int | None = None, fast: bool = False) -> Iterator[Target]:
    """Serve a ledger of that many documents from a process of its own, so that its time and memory are not
    ours. ``still_open`` leaves that many invoices open and has the others paid. It answers no sooner than an
    Odoo would, unless ``fast``."""
    pace = "fast" if fast else "paced"
    command = [sys.executable, "-m", "bench.books", str(documents), str(still_open or ""), pace]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            address = json.loads(server.stdout.readline())
            yield Target(name=f"the sandbox, {documents:,} documents, {pace}", writable=True, **address)
        finally:
            server.stdin.close()  # it serves until then
