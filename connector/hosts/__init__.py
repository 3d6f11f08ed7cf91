"""The hosts by name: ours, and those that other packages bring under the entry point ``relance.hosts``.

A factory takes plain values: ``factory(settings, mapping, memo) -> Host``, where ``settings`` are the host's
own options as keyword arguments would name them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import TypeAlias

from connector.errors import ConfigError, Problem
from connector.mapping import FieldMapping
from connector.ports import Host, Memo
from connector.spelling import suggestion

Factory: TypeAlias = Callable[[Mapping[str, object], FieldMapping, Memo], Host]

_GROUP = "relance.hosts"


def _odoo(settings: Mapping[str, object], mapping: FieldMapping, memo: Memo) -> Host:
    # imported here: a company on another host needs nothing of Odoo's
    from connector.hosts.odoo import OdooHost, OdooSettings  # noqa: PLC0415

    return OdooHost(OdooSettings(**settings), mapping, memo)  # type: ignore[arg-type]


def _pennylane(settings: Mapping[str, object], mapping: FieldMapping, memo: Memo) -> Host:
    from connector.hosts.pennylane import PennylaneHost, PennylaneSettings  # noqa: PLC0415

    return PennylaneHost(PennylaneSettings(**settings), mapping, memo)  # type: ignore[arg-type]


def _quickbooks(settings: Mapping[str, object], mapping: FieldMapping, memo: Memo) -> Host:
    from connector.hosts.quickbooks import QuickBooksHost, QuickBooksSettings  # noqa: PLC0415

    return QuickBooksHost(QuickBooksSettings(**settings), mapping, memo)  # type: ignore[arg-type]


def _memory(_settings: Mapping[str, object], mapping: FieldMapping, _memo: Memo) -> Host:
    from connector.hosts.memory import MemoryHost  # noqa: PLC0415

    return MemoryHost(mapping)


_OURS: Mapping[str, Factory] = {
    "odoo": _odoo,
    "pennylane": _pennylane,
    "quickbooks": _quickbooks,
    "memory": _memory,
}


def host_names() -> list[str]:
    """Return the hosts that can be used here, ours first."""
    return [*_OURS, *sorted(set(entry_points(group=_GROUP).names) - _OURS.keys())]


def make_host(name: str, settings: Mapping[str, object], mapping: FieldMapping, memo: Memo) -> Host:
    """Return the host ``name``, contacting nobody. Raises ConfigError for a name that nobody brings."""
    factory = _OURS.get(name)
    if factory is None:
        found = list(entry_points(group=_GROUP, name=name))
        if not found:
            problem = Problem("", "host.type", f"there is no host {name!r}", suggestion(name, host_names()))
            raise ConfigError([problem])
        factory = found[0].load()
    return factory(settings, mapping, memo)
