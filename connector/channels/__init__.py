"""Ways to the customer, by name. Another package adds its own under the entry point ``relance.channels``:
a callable ``(options, host) -> Channel`` that raises ConfigError for options it cannot use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from connector.channels.email import EmailChannel, EmailSettings
from connector.channels.eml import as_file
from connector.channels.folder import FolderChannel, FolderSettings
from connector.channels.host import HostChannel
from connector.errors import ConfigError, Problem
from connector.ports import Ability, Channel, Host
from connector.spelling import suggestion

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    SettingsT = TypeVar("SettingsT", bound=DataclassInstance)

Factory: TypeAlias = Callable[[Mapping[str, object], Host | None], Channel]

__all__ = [
    "EmailChannel",
    "EmailSettings",
    "FolderChannel",
    "FolderSettings",
    "HostChannel",
    "as_file",
    "known_channels",
    "open_channel",
]


def known_channels() -> tuple[str, ...]:
    """Return the names that ``open_channel`` takes, sorted."""
    return tuple(sorted({*_FACTORIES, *entry_points(group="relance.channels").names}))


def open_channel(name: str, options: Mapping[str, object], host: Host | None = None) -> Channel:
    """Make the channel of that name from plain values; nothing is connected yet.

    ``smtp``: the fields of EmailSettings; ``folder``: those of FolderSettings; ``host``: none. Raises
    ConfigError for an unknown name, an unknown or missing option, or a value that cannot be used.
    """
    factory = _FACTORIES.get(name) or _third_party(name)
    return factory(options, host)


def _third_party(name: str) -> Factory:
    for entry in entry_points(group="relance.channels", name=name):
        factory: Factory = entry.load()
        return factory
    raise ConfigError(
        [Problem("channel", name[:40], "there is no such channel", suggestion(name, known_channels()))]
    )


def _settings(cls: type[SettingsT], channel: str, options: Mapping[str, object]) -> SettingsT:
    known = [field.name for field in fields(cls)]
    problems = [
        Problem("channel", f"{channel}.{key}", "there is no such option", suggestion(key, known))
        for key in options
        if key not in known
    ]
    if problems:
        raise ConfigError(problems)
    values: dict[str, Any] = dict(options)
    try:
        return cls(**values)
    except (TypeError, ValueError) as error:
        raise ConfigError([Problem("channel", channel, str(error))]) from None


def _smtp(options: Mapping[str, object], _host: Host | None) -> Channel:
    return EmailChannel(_settings(EmailSettings, "smtp", options))


def _folder(options: Mapping[str, object], _host: Host | None) -> Channel:
    return FolderChannel(_settings(FolderSettings, "folder", options))


def _host(options: Mapping[str, object], host: Host | None) -> Channel:
    if options:
        raise ConfigError([Problem("channel", "host", f"takes no options, not {', '.join(sorted(options))}")])
    if host is None or Ability.MAIL not in host.supports:
        name = host.name if host else "no host"
        remedy = 'choose "smtp" or "folder"'
        raise ConfigError([Problem("channel", "host", f"{name} cannot send messages itself", remedy)])
    return HostChannel(host)


_FACTORIES: Mapping[str, Factory] = {"smtp": _smtp, "folder": _folder, "host": _host}
