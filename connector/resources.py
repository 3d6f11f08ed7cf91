"""Where the files that ship with the program lie: mappings, templates, the example configuration."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the path of ``mappings``, ``templates`` or ``config.example.toml``, in a wheel or a checkout."""
    installed = _PACKAGE / "data" / name
    return installed if installed.exists() else _PACKAGE.parent / name
