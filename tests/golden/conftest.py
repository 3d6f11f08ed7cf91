"""``--update-golden`` writes the golden files anew from the records beside them.

Look at the difference before you keep it. Without it nothing is ever written.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/*/*.fact.json anew")
