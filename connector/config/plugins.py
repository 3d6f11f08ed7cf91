"""Names that other installed packages add: hosts and channels, by their entry points."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

#: Ours. Kept in step with ``connector.hosts`` and ``connector.channels``.
HOSTS = frozenset({"odoo", "pennylane", "quickbooks"})
CHANNELS = frozenset({"email", "call"})


@cache  # looking through all installed packages takes a while
def third_party_hosts() -> frozenset[str]:
    """Return the host types that installed packages offer under ``relance.hosts``."""
    return frozenset(entry_points(group="relance.hosts").names) - HOSTS


@cache
def known_channels() -> frozenset[str]:
    """Return our channels and those that installed packages offer under ``relance.channels``."""
    return CHANNELS | entry_points(group="relance.channels").names
