"""An entry on its way into Pennylane."""

from __future__ import annotations

from dataclasses import dataclass

from connector.model import Ref


@dataclass(frozen=True, slots=True)
class Item:
    """``text`` is plain; ``mark`` is what it is known by where it stands."""

    key: str
    on: Ref
    text: str
    mark: str
