"""``relance setup odoo``: made once, changed by no second run, taken back without taking what is not ours."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connector.cli import run
from connector.errors import Refused, Unauthorized
from connector.hosts.odoo.names import parse_version
from connector.hosts.odoo.setup import Setup
from connector.hosts.odoo.setup_parts import GROUP, LIMITS, PARTS, RIGHTS, TAG, TAGS, TYPE, TYPES
from connector.hosts.odoo.setup_report import Report, State
from connector.hosts.odoo.writing import _TYPES

Row = dict[str, Any]
ADMIN, OURS = 2, 6
DATA = "ir.model.data"


class PlayedOdoo:
    """Just enough of an Odoo to be set up: records by model, and what each version calls its fields."""

    def __init__(self, version: int, *, languages: tuple[str, ...] = ("en_US", "fr_FR")) -> None:
        self.version = parse_version({"server_version_info": [version], "server_version": f"{version}.0"})
        self.languages, self.ids = languages, count(100)
        self.calls: list[tuple[str, str]] = []
        self.refuses: set[str] = set()
        users = [(ADMIN, "admin"), (OURS, "relance"), (7, "camille")]
        self.rows: dict[str, dict[int, Row]] = {
            "res.users": {ref: {"id": ref, "login": login} for ref, login in users},
            "res.lang": {n: {"id": n, "code": code, "active": True} for n, code in enumerate(languages)},
        }
        models = ("account.move", "account.move.line", "account.partial.reconcile", "account.journal")
        about = enumerate((*models, "res.partner"), start=1)
        self.rows["ir.model"] = {n: {"id": n, "model": model} for n, model in about}
        self.members, self.groups = ("user_ids", "group_ids") if version >= 19 else ("users", "groups_id")
        self.named = {1: "base.group_user", 2: "account.group_account_invoice"}
        self.fields: dict[str, dict[str, Any]] = {
            TYPE: {"active": {}, "category": {"selection": [["default", ""], ["phonecall", ""]]}},
            TAG: {"active": {}},
            GROUP: {self.members: {}},
        }
        if version in (17, 18):
            self.fields[TYPE]["keep_done"] = {}

    def add(self, model: str, /, **values: Any) -> int:
        ref = next(self.ids)
        self.rows.setdefault(model, {})[ref] = {"id": ref, "active": True, **values}
        return ref

    def known(self) -> dict[str, Row]:
        """The records behind our external ids, by name."""
        rows = self.rows.get(DATA, {}).values()
        return {row["name"]: self.rows[row["model"]][row["res_id"]] for row in rows}

    def answer(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        self.calls.append((model, method))
        if model in self.refuses and method == "load":
            raise Refused(f"{model}.load: no")
        return getattr(self, f"_{method}")(model, *args, **named)

    def _search_read(self, model: str, domain: list[Any], **_named: Any) -> list[Row]:
        return [dict(row) for row in self.rows.get(model, {}).values() if fits(row, domain)]

    def _search(self, model: str, domain: list[Any], **named: Any) -> list[int]:
        return [row["id"] for row in self._search_read(model, domain, **named)]

    def _search_count(self, model: str, domain: list[Any], **named: Any) -> int:
        return len(self._search(model, domain, **named))

    def _read(self, model: str, ids: list[int], _names: list[str]) -> list[Row]:
        return [{self.members: [], self.groups: [], **self.rows[model][ref]} for ref in ids]

    def _get_metadata(self, _model: str, ids: list[int]) -> list[Row]:
        return [{"id": ref, "xmlid": self.named[ref]} for ref in ids]

    def _fields_get(self, model: str, **_named: Any) -> dict[str, Any]:
        return self.fields.get(model, {"active": {}})

    def _load(self, model: str, fields: list[str], data: list[list[str]], **_named: Any) -> Row:
        assert all(isinstance(value, str) for value in data[0]), "Odoo's import reads texts"
        values = dict(zip(fields, data[0], strict=True))
        module, _, name = values.pop("id").partition(".")
        ref = self.add(model, **values)
        self.add(DATA, module=module, name=name, model=model, res_id=ref)
        return {"ids": [ref], "messages": []}

    def _create(self, model: str, rows: list[Row], **_named: Any) -> list[int]:
        return [self.add(model, **row) for row in rows]

    def _write(self, model: str, ids: list[int], values: Row, context: Row | None = None) -> bool:
        for ref in ids:
            row = self.rows[model][ref]
            if self.members in values:
                [[command, user]] = values[self.members]
                row[self.members] = [user] if command == 4 else []
            elif context:
                row[context["lang"]] = values["name"]
            else:
                row.update(values)
        return True

    def _unlink(self, model: str, ids: list[int]) -> bool:
        for ref in ids:
            del self.rows[model][ref]
            data = self.rows.get(DATA, {})
            for key in [k for k, row in data.items() if (row["model"], row["res_id"]) == (model, ref)]:
                del data[key]
        return True

    def _has_access(self, *_args: Any) -> bool:
        return True

    _check_access_rights = _has_access


def fits(row: Row, domain: list[Any]) -> bool:
    tests = {"=": lambda a, b: a == b, "in": lambda a, b: a in b}
    return all(tests[operator](row.get(name), value) for name, operator, value in domain)


class Client:
    """One user's way into the played Odoo."""

    def __init__(self, odoo: PlayedOdoo, uid: int) -> None:
        self.odoo, self.uid, self.version = odoo, uid, odoo.version

    def call(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        named.pop("raise_exception", None)
        if self.uid != ADMIN and model.startswith("ir."):
            raise Unauthorized(f"{model}.{method}: not for you")
        return self.odoo.answer(model, method, *args, **named)


def setup(odoo: PlayedOdoo, *, admin: int = ADMIN, language: str = "fr", dry_run: bool = False) -> Setup:
    acting, ours = Client(odoo, admin), Client(odoo, OURS)
    return Setup(acting, ours, "relance", language, dry_run)  # type: ignore[arg-type]


@pytest.fixture(params=[16, 17, 18, 19])
def odoo(request: pytest.FixtureRequest) -> PlayedOdoo:
    return PlayedOdoo(request.param)


def states(report: Report) -> set[State]:
    return {each.state for each in report.outcomes}


def test_all_parts_are_made_once_and_a_second_run_changes_nothing(odoo: PlayedOdoo) -> None:
    assert states(setup(odoo).make()) == {State.MADE}
    assert set(odoo.known()) == {part.name for part in PARTS}
    odoo.calls.clear()
    again = setup(odoo).make()
    assert states(again) == {State.THERE}
    assert not again.changed
    assert not {method for _, method in odoo.calls} & {"load", "create", "write", "unlink"}


def test_our_user_is_put_into_the_group_under_each_version_s_name_for_it(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    assert odoo.known()["group_relance"][odoo.members] == [OURS]


def test_wider_groups_are_named_and_left(odoo: PlayedOdoo) -> None:
    odoo.rows["res.users"][OURS][odoo.groups] = [1, 2]
    note = setup(odoo).make().outcomes[-1].note
    assert "take account.group_account_invoice from it" in note
    assert odoo.rows["res.users"][OURS][odoo.groups] == [1, 2]


def test_done_tasks_are_kept_where_odoo_must_be_told_so(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    made = odoo.known()["activity_type_promise"]
    assert ("keep_done" in made) is (odoo.version.major in (17, 18))
    assert "decoration_type" not in odoo.known()["activity_type_dispute"]  # this Odoo has no such field


def test_names_stand_in_the_languages_that_are_installed() -> None:
    both, english_only = PlayedOdoo(18), PlayedOdoo(18, languages=("en_US",))
    for odoo in (both, english_only):
        setup(odoo).make()
    tag = both.known()["tag_do_not_chase"]
    assert (tag["name"], tag["fr_FR"]) == ("Do not chase", "Ne pas relancer")
    tag = english_only.known()["tag_do_not_chase"]  # the company's language is not installed
    assert (tag["name"], "fr_FR" in tag) == ("Ne pas relancer", False)


def test_a_renamed_part_is_still_ours(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    odoo.known()["tag_sme"]["name"] = "Petites"
    assert not setup(odoo).make().changed
    assert odoo.known()["tag_sme"]["name"] == "Petites"


def test_a_dry_run_writes_nothing(odoo: PlayedOdoo) -> None:
    report = setup(odoo, dry_run=True).make()
    assert report.changed
    assert DATA not in odoo.rows
    setup(odoo).make()
    assert setup(odoo, dry_run=True).remove().changed
    assert set(odoo.known()) == {part.name for part in PARTS}


def test_all_is_taken_back_and_a_second_time_there_is_nothing_left(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    assert states(setup(odoo).remove()) == {State.REMOVED}
    assert not odoo.known()
    assert not any(odoo.rows[model] for model in (TYPE, TAG, GROUP, "ir.model.access", "ir.rule"))
    assert not setup(odoo).remove().changed


def test_what_is_in_use_is_archived_and_comes_back(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    used = odoo.known()["activity_type_call"]
    odoo.add("mail.activity", activity_type_id=used["id"])
    report = setup(odoo).remove()
    archived = [each for each in report.outcomes if each.state is State.ARCHIVED]
    assert [(each.xml_id, each.note) for each in archived] == [
        ("relance.activity_type_call", "1 activities have it")
    ]
    assert used["active"] is False
    woken = [each.xml_id for each in setup(odoo).make().outcomes if each.state is State.WOKEN]
    assert woken == ["relance.activity_type_call"]
    assert used["active"] is True


def test_a_tag_of_the_same_name_is_taken_over_and_never_deleted(odoo: PlayedOdoo) -> None:
    theirs = odoo.add(TAG, name="PME")
    assert State.FOUND in states(setup(odoo).make())
    assert odoo.known()["tag_sme"]["id"] == theirs
    assert not setup(odoo).make().changed
    assert State.LEFT in states(setup(odoo).remove())
    assert list(odoo.rows[TAG]) == [theirs]
    assert not odoo.known()


def test_two_tags_of_the_same_name_are_a_question_for_a_person(odoo: PlayedOdoo) -> None:
    odoo.add(TAG, name="PME")
    odoo.add(TAG, name="SME")
    report = setup(odoo).make()
    [failed] = [each for each in report.outcomes if each.state is State.FAILED]
    assert failed.xml_id == "relance.tag_sme"
    assert "rename all but one" in failed.remedy
    assert not report.ok


def test_a_group_with_other_people_in_it_stays_with_its_rights(odoo: PlayedOdoo) -> None:
    setup(odoo).make()
    odoo.rows["res.users"][7][odoo.groups] = odoo.known()["group_relance"]["id"]  # one is all he has
    [failed] = [each for each in setup(odoo).remove().outcomes if each.state is State.FAILED]
    assert "camille" in failed.note
    assert set(odoo.known()) == {"group_relance", *(part.name for part in (*RIGHTS, *LIMITS))}
    assert odoo.known()["group_relance"][odoo.members] == []  # our user has left it


def test_one_part_that_is_refused_does_not_stop_the_others(odoo: PlayedOdoo) -> None:
    odoo.refuses.add(TYPE)
    report = setup(odoo).make()
    failed = [each for each in report.outcomes if each.state is State.FAILED]
    assert {each.kind for each in failed} == {"activity type"}
    assert all("administrator" in each.remedy for each in failed)
    assert len(odoo.known()) == len(PARTS) - len(TYPES)


def test_who_is_no_administrator_is_told_before_anything_is_done(odoo: PlayedOdoo) -> None:
    with pytest.raises(Refused, match="'camille' is no administrator"):
        setup(odoo, admin=7).make()
    assert DATA not in odoo.rows


def test_an_unknown_user_of_ours_is_named(odoo: PlayedOdoo) -> None:
    del odoo.rows["res.users"][OURS]
    [failed] = [each for each in setup(odoo).make().outcomes if each.state is State.FAILED]
    assert "host.login" in failed.note


def test_the_rights_create_and_delete_nothing() -> None:
    for part in (*RIGHTS, *LIMITS):
        assert part.values["perm_create"] == part.values["perm_unlink"] == "False"
    assert {part.about for part in LIMITS} == {p.about for p in RIGHTS if p.values["perm_write"] == "True"}


def test_every_type_that_is_made_is_used_and_the_other_way_round() -> None:
    used = {name for names in _TYPES.values() for name in names if name.startswith("relance.")}
    assert used == {part.xml_id for part in TYPES}
    assert len({part.xml_id for part in (*TYPES, *TAGS)}) == len(TYPES) + len(TAGS)


# the command ----------------------------------------------------------------------------------------------
@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ODOO_KEY", "k" * 40)
    file = tmp_path / "exemple.toml"
    assert run(["init", "--url", "http://127.0.0.1:9", "--database", "x", "--login", "relance",
                "--key-env", "ODOO_KEY", "--language", "fr", "-o", str(file)]) == 0  # fmt: skip
    return file


def test_a_key_on_the_command_line_is_refused_and_not_repeated(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "0123456789abcdef"
    assert run(["setup", "odoo", "-c", str(example), "--admin-login", "a", "--admin-key", secret]) == 2
    out = capsys.readouterr()
    assert secret not in out.out + out.err
    assert "env:NAME" in out.err


def test_without_a_terminal_nobody_is_asked(
    example: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert run(["setup", "odoo", "-c", str(example), "--admin-login", "a"]) == 2
    assert "--admin-key" in capsys.readouterr().err
