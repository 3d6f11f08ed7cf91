"""Opening a store: what is made, what is brought up to date, what is refused and how it is said."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from connector.errors import StoreError
from connector.store import database
from connector.store.database import open_store
from connector.store.tables import VERSION_TABLE, metadata

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def make(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()


def run_sql(file: Path, sql: str) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(sql)
    connection.close()


def tables(file: Path) -> set[str]:
    connection = sqlite3.connect(file)
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return found


class TestMaking:
    def test_the_migrations_make_exactly_the_tables_of_the_code(self, file: Path) -> None:
        make(file)
        engine = create_engine(f"sqlite:///{file}")
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
            assert compare_metadata(context, metadata) == []
        engine.dispose()

    def test_a_new_file_is_for_its_owner_alone(self, file: Path) -> None:
        before = os.umask(0)
        try:
            store = open_store(f"sqlite:///{file}")
        finally:
            os.umask(before)
        modes = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
        store.close()
        assert modes == dict.fromkeys(modes, 0o600)
        assert file.name in modes

    def test_missing_folders_are_made(self, tmp_path: Path) -> None:
        make(tmp_path / "var" / "relance" / "store.sqlite")

    def test_an_empty_file_becomes_a_store(self, file: Path) -> None:
        file.touch(0o640)
        make(file)
        assert set(metadata.tables) <= tables(file)
        assert file.stat().st_mode & 0o777 == 0o640, "whoever made it chose its mode"

    def test_an_address_of_sqlalchemy_is_taken_too(self, file: Path) -> None:
        open_store(make_url(f"sqlite:///{file}")).close()

    def test_opening_again_keeps_everything(self, file: Path) -> None:
        store = open_store(f"sqlite:///{file}")
        store.memo("exemple")["key"] = "value"
        store.close()
        store = open_store(f"sqlite:///{file}", create=False)
        assert store.memo("exemple")["key"] == "value"
        store.close()

    def test_what_is_written_survives_a_power_cut(self, file: Path) -> None:
        store = open_store(f"sqlite:///{file}")
        with store._engine.connect() as connection:
            said = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        store.close()
        assert said == ["wal", 2, 1, 30_000]

    def test_a_migration_that_fails_leaves_nothing_behind(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        create = op.create_table

        def fail_at_the_last(name: str, *args: object, **rest: object) -> object:
            if name == "memo":
                raise OSError("power cut")
            return create(name, *args, **rest)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(op, "create_table", fail_at_the_last)
            with pytest.raises(OSError, match="power cut"):
                make(file)
        assert tables(file) == set()
        make(file)


class TestRefusing:
    def refused(self, url: str, *, create: bool = True) -> str:
        with pytest.raises(StoreError) as caught:
            open_store(url, create=create).close()
        return str(caught.value)

    def test_a_store_of_a_newer_version(self, file: Path) -> None:
        make(file)
        run_sql(file, "UPDATE relance_version SET version_num = '9999'")
        said = self.refused(f"sqlite:///{file}")
        assert str(file) in said
        assert "newer version" in said
        assert "Upgrade the program" in said

    def test_a_file_that_is_no_database(self, file: Path) -> None:
        file.write_text("Cher journal, " * 100)
        said = self.refused(f"sqlite:///{file}")
        assert "is not a database" in said
        assert file.read_text().startswith("Cher journal")

    def test_a_database_of_another_program(self, file: Path) -> None:
        run_sql(file, "CREATE TABLE events (x); CREATE TABLE other (y);")
        assert "tables of another program (events)" in self.refused(f"sqlite:///{file}")
        assert tables(file) == {"events", "other"}

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "is not a file" in self.refused(f"sqlite:///{tmp_path}")

    def test_a_place_under_a_file(self, file: Path) -> None:
        file.touch()
        assert "cannot be made" in self.refused(f"sqlite:///{file}/store.sqlite")

    @pytest.mark.parametrize("empty", [False, True])
    def test_no_store_when_none_may_be_made(self, file: Path, empty: bool) -> None:
        if empty:
            file.touch()
        assert "relance pull" in self.refused(f"sqlite:///{file}", create=False)
        assert file.exists() is empty

    @pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
    def test_a_store_in_memory(self, url: str) -> None:
        assert "forgets what was sent" in self.refused(url)

    @pytest.mark.parametrize("url", ["mysql://u:s3cret@h/d", "relance s3cret", "postgresql://u:s3cret@h:x/d"])
    def test_an_address_that_is_none_without_its_password(self, url: str) -> None:
        said = self.refused(url)
        assert "postgresql://user@server/database" in said
        assert "s3cret" not in said

    def test_postgresql_without_its_driver(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        assert "relance[postgresql]" in self.refused("postgresql://u@127.0.0.1:1/d")

    def test_postgresql_that_does_not_answer_without_its_password(self) -> None:
        pytest.importorskip("psycopg")
        said = self.refused("postgresql://u:s3cret@127.0.0.1:1/d")
        assert "127.0.0.1:1/d cannot be reached" in said
        assert "s3cret" not in said

    def test_a_store_that_stays_locked(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(file)
        monkeypatch.setattr(database, "PATIENCE", 1)
        store = open_store(f"sqlite:///{file}")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked: another process"), store.begin("exemple"):
            pass
        other.execute("ROLLBACK")
        other.close()
        with store.begin("exemple") as unit:
            assert unit.cursor() is None
        store.close()

    def test_a_unit_within_a_unit(self, file: Path) -> None:
        store = open_store(f"sqlite:///{file}")
        with store.begin("exemple"), pytest.raises(StoreError, match="open already"), store.begin("exemple"):
            pass
        with store.begin("exemple"):
            pass
        store.close()


class TestRights:
    """As a user who may not write: the children give up the rights of the superuser if they have them."""

    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            yield folder
            folder.chmod(0o755)

    def refused(self, file: Path, spare: Path) -> str:
        script = (
            "import os, sys\n"
            "from connector.errors import StoreError\n"
            "from connector.store.database import open_store\n"
            "open_store(sys.argv[2]).close()  # while the interpreter may still read its own files\n"
            "if os.geteuid() == 0: os.setuid(65534)\n"
            "try:\n"
            "    store = open_store(sys.argv[1])\n"
            "    with store.begin('exemple') as unit: unit.set_paused(True)\n"
            "except StoreError as error:\n"
            "    print(error)\n"
        )
        command = [sys.executable, "-c", script, f"sqlite:///{file}", f"sqlite:///{spare}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_a_folder_that_cannot_be_written(self, folder: Path, file: Path) -> None:
        folder.chmod(0o555)
        said = self.refused(folder / "store.sqlite", file)
        assert "cannot be made: Permission denied" in said
        assert "right to write the folder" in said

    def test_a_store_that_cannot_be_written(self, folder: Path, file: Path) -> None:
        make(folder / "store.sqlite")
        (folder / "store.sqlite").chmod(0o444)
        folder.chmod(0o555)
        said = self.refused(folder / "store.sqlite", file)
        assert "cannot be" in said
        assert "right to write the file" in said or "read and write" in said

    def test_a_store_that_cannot_be_read(self, folder: Path, file: Path) -> None:
        make(folder / "store.sqlite")
        (folder / "store.sqlite").chmod(0o000)
        assert "cannot be opened" in self.refused(folder / "store.sqlite", file)
