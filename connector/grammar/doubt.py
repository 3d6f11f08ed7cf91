"""Words that could not be read for certain: why, on the way out to ``Unclear``."""

from __future__ import annotations


class Doubt(Exception):
    """Raised inside this package only. ``problem`` is a code of ``templates/<language>/orders.toml``,
    ``seen`` its figures: days as ISO dates, amounts as plain decimals."""

    def __init__(self, problem: str, *seen: tuple[str, str]) -> None:
        super().__init__(problem)
        self.problem, self.seen = problem, seen
