"""A property that is worked out when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S", bound="once[Any]")


class once(Generic[T]):  # noqa: N801 - read as a decorator, like ``property``
    """``functools.cached_property`` without the lock that it takes before Python 3.12: with it, a dozen of
    these cost as much as deciding about the account. Two threads may work out the same value; nothing here
    is shared by threads, and the values are the same."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work, self._name, self.__doc__ = work, work.__name__, work.__doc__

    @overload
    def __get__(self: S, owner: None, cls: type) -> S: ...
    @overload
    def __get__(self, owner: object, cls: type) -> T: ...
    def __get__(self: S, owner: object | None, cls: type) -> S | T:
        if owner is None:
            return self
        value: T = self._work(owner)
        owner.__dict__[self._name] = value  # found before this descriptor from now on
        return value
