"""Bring the tables of a store up to date, or refuse it: once, in one transaction, when it is opened."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from connector.errors import StoreError
from connector.store.tables import VERSION_TABLE, metadata

#: Any number will do, as long as only this program locks it while it changes tables on PostgreSQL.
_LOCK = 0x52454C414E4345


def bring_up_to_date(engine: Engine, place: str, *, create: bool) -> None:
    """Create or upgrade the tables. Two processes that open the same store at once take turns.

    Raises StoreError when the store was made by a newer version, holds the tables of something else, or
    holds nothing and ``create`` is False; SQLAlchemyError for what the database says.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with engine.connect().execution_options(relance_reads=True) as connection:
        if _is_current(connection, scripts, place):
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _is_current(connection, scripts, place):  # another process was faster
            return
        _check_ours(connection, place, create=create)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    return config


def _is_current(connection: Connection, scripts: ScriptDirectory, place: str) -> bool:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    found = set(context.get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    if found - known:
        raise StoreError(
            f"The store {place} was made by a newer version of this program. "
            "Upgrade the program, or restore a backup made before the upgrade."
        )
    return found == set(scripts.get_heads())


def _check_ours(connection: Connection, place: str, *, create: bool) -> None:
    """Refuse to build over what is not a store, or to build at all when nothing may be created."""
    present = set(inspect(connection).get_table_names())
    if VERSION_TABLE in present:
        return
    strangers = present & set(metadata.tables)
    if strangers:
        raise StoreError(
            f"The store {place} holds tables of another program ({', '.join(sorted(strangers))}). "
            "Give this program a file or a database of its own."
        )
    if not create:
        raise StoreError(f"There is no store in {place} yet. Run `relance pull` or `relance run` first.")
