"""``relance setup odoo`` on a real Odoo, which it changes and changes back.

What ``test_odoo_live`` reads, and RELANCE_ODOO_ADMIN_LOGIN and RELANCE_ODOO_ADMIN_KEY (up to 18 a password).
Our user best has no right of its own (an Internal User): what it may do then comes from the set-up alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from connector.hosts.odoo import OdooHost, OdooSettings
from connector.hosts.odoo.setup import Setup, open_setup
from connector.hosts.odoo.setup_report import State
from connector.mapping import load_mapping
from connector.model import Kind

_NAMES = ("URL", "DATABASE", "LOGIN", "KEY", "ADMIN_LOGIN", "ADMIN_KEY")

pytestmark = pytest.mark.skipif(
    not all(os.environ.get(f"RELANCE_ODOO_{name}") for name in _NAMES),
    reason="no RELANCE_ODOO_ADMIN_LOGIN and _ADMIN_KEY in the environment",
)


@pytest.fixture
def settings() -> OdooSettings:
    url, database, login, key = (os.environ[f"RELANCE_ODOO_{name}"] for name in _NAMES[:4])
    company = os.environ.get("RELANCE_ODOO_COMPANY")
    return OdooSettings(url, database, login, key, company=company)


@pytest.fixture
def setup(settings: OdooSettings) -> Iterator[Setup]:
    login, key = (os.environ[f"RELANCE_ODOO_{name}"] for name in _NAMES[4:])
    with open_setup(settings, {}, login=login, key=key, language="fr", dry_run=False) as made:
        yield made


def again(setup: Setup) -> Setup:
    return Setup(setup.admin, setup.ours, setup.login, setup.language)


def test_made_once_enough_to_work_with_and_taken_back(setup: Setup, settings: OdooSettings) -> None:
    again(setup).remove()
    made = setup.make()
    assert made.ok
    assert all(made.after.values())
    assert not again(setup).make().changed
    host = OdooHost(settings, load_mapping("odoo"), {})
    findings = host.check().findings
    assert any(f.ok and "activity types of ours" in f.what for f in findings)
    assert any(f.ok and "tags of ours" in f.what for f in findings)
    assert any(r.ref.kind is Kind.INVOICE for page in host.pull(None) for r in page.records)
    host.close()
    back = again(setup).remove()
    assert back.ok
    assert {each.state for each in back.outcomes} <= {State.REMOVED, State.ARCHIVED, State.LEFT, State.ABSENT}
    assert not again(setup).remove().changed
