"""What the tests of the whole share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from connector.sandbox.server import serving
from tests.stores import KIND, empty_database
from tests.system.crash.odoo import Odoo
from tests.system.crash.story import Story
from tests.system.crash.zygote import Zygote
from tests.system.desk import Desk, small_sandbox


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """The parent of all processes that a module kills."""
    made = Zygote()
    with Story(
        tmp_path_factory.mktemp("warm") / "story", "folder", partial(Odoo, 18), 0, made
    ).told() as story:
        story.warm()
    yield made
    made.close()


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A company that works, as ``relance init`` writes it, beside a small Odoo."""
    monkeypatch.setenv("COLUMNS", "200")
    sandbox = small_sandbox()
    with serving(sandbox) as url, ExitStack() as at_the_end:
        at = Desk(tmp_path, sandbox, url, capsys)
        assert at.init().code == 0
        if KIND == "postgresql":
            at.keep_in(at_the_end.enter_context(empty_database()))
        monkeypatch.setenv("RELANCE_TEST_KEY", at.key)
        yield at
