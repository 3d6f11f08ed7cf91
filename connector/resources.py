"""Where the files that ship with the program lie: mappings, templates, the example configuration."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the path of ``mappings``, ``templates`` or ``config.example.toml``, in a wheel or a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.exists() else _PACKAGE.parent / name


@cache
def words(language: str, table: str) -> Mapping[str, Any]:
    """Return ``templates/<language>/<table>.toml``. Whoever speaks a language that the program does not speak
    to people on our side (``language`` may come from outside) is told in English."""
    folder = shipped("templates")
    file = folder / language / f"{table}.toml"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not file.exists():
        file = folder / "en" / f"{table}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
