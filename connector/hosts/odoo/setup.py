"""What an administrator does once in an Odoo for us: ``relance setup odoo``. Repeatable; can be taken back.

Everything is known by its external id (``relance.…``), which Odoo writes together with the record, in one
transaction: a run that was cut leaves nothing that the next one would not find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from connector.errors import Conflict, HostError, Refused, Unauthorized
from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.refusals import WrongKey
from connector.hosts.odoo.selfcheck import abilities
from connector.hosts.odoo.settings import OdooSettings
from connector.hosts.odoo.setup_ground import ALL, Ground
from connector.hosts.odoo.setup_parts import (
    ACCESS,
    GROUP,
    KINDS,
    MODULE,
    PARTS,
    RULE,
    TAG,
    THE_GROUP,
    TYPE,
    WIDER,
    Part,
)
from connector.hosts.odoo.setup_report import Outcome, Report, State
from connector.http import Http
from connector.ports import Memo

Row = dict[str, Any]

#: Beside the external id of a tag that was there before us, and that stays when ours is taken back.
_FOUND = "_found"
#: What makes a record one that is in use: the model that points to it, by which field, in words.
_USED_BY: Mapping[str, tuple[str, str, str]] = {
    TYPE: ("mail.activity", "activity_type_id", "activities"),
    TAG: ("res.partner", "category_id", "contacts"),
}
#: What goes with the group, or stays with it.
_OF_GROUP = (GROUP, ACCESS, RULE)
_WRONG_KEY = (
    "Odoo refuses the administrator's login with this key: make an API key as that user in Odoo "
    "(Preferences, Account Security); from 19 on a password will not do"
)
_ADMINISTRATOR = "an administrator of Odoo (Administration: Settings) can"


@dataclass
class Setup:
    """``admin`` acts as an administrator, ``ours`` as our own user, whose login is ``login``. ``language`` is
    the company's. All methods raise HostError when nobody answers or we are not let in."""

    admin: OdooClient
    ours: OdooClient
    login: str
    language: str = "en"
    dry_run: bool = False

    def make(self) -> Report:
        """Make what is missing; touch nothing that is there. Raises Refused for no administrator."""
        return self._report(lambda: [*(self._made(part) for part in PARTS), self._member()])

    def remove(self) -> Report:
        """Take back what was made: what is in use is archived, what was there before us stays."""
        return self._report(
            lambda: [self._member(leave=True), *(self._gone(part) for part in reversed(PARTS))]
        )

    def _report(self, work: Callable[[], list[Outcome]]) -> Report:
        self._demand()
        before = abilities(self.ours)
        outcomes = tuple(work())
        return Report(outcomes, self.login, before, before if self.dry_run else abilities(self.ours))

    @cached_property
    def _ground(self) -> Ground:
        return Ground(self.admin)

    def _demand(self) -> None:
        """Raise Refused when this user may not do it, before anything is done."""
        try:
            domain = [["id", "=", self.admin.uid]]
            [me] = self._ask("res.users", "search_read", domain, fields=["login"])
        except WrongKey:
            raise Unauthorized(_WRONG_KEY) from None
        try:
            self._ask("ir.model.data", "search_count", [["module", "=", MODULE]])
            self._ask("ir.model.access", "search_count", [["active", "=", True]])
        except Unauthorized:
            raise Refused(
                f"{me['login']!r} is no administrator of this Odoo; only {_ADMINISTRATOR} do this"
            ) from None

    # making --------------------------------------------------------------------------------------------
    def _made(self, part: Part) -> Outcome:
        try:
            if part.name in self._ground.there:
                _model, ref, active = self._ground.there[part.name]
                return self._outcome(part, State.THERE) if active else self._wake(part, ref)
            same = self._same_name(part) if part.model == TAG else []
            if same:
                return self._take_over(part, same)
            if not self.dry_run:
                self._translate(part, self._load(part))
            return self._outcome(part, State.MADE)
        except (Refused, Conflict, Unauthorized) as error:
            return self._failed(part, error)

    def _load(self, part: Part) -> int:
        """Make the record and its external id in one transaction, through Odoo's own import."""
        values = {
            "id": part.xml_id,
            "name": self._ground.source(part, self.language),
            **part.values,
            **self._ground.possible(part),
        }
        if part.about is not None:
            [about] = self._ask("ir.model", "search", [["model", "=", part.about]])
            values["model_id/.id"] = str(about)
        context = {"lang": "en_US", "noupdate": True}
        answer = self._ask(
            part.model, "load", fields=list(values), data=[list(values.values())], context=context
        )
        if not answer["ids"]:
            said = "; ".join(str(m.get("message")) for m in answer["messages"])
            raise Refused(f"{part.model}: {said[:300]}")
        return int(answer["ids"][0])

    def _translate(self, part: Part, ref: int) -> None:
        for code in self._ground.languages:
            name = part.names.get(code.partition("_")[0])
            if name and not code.startswith("en"):
                self._ask(part.model, "write", [ref], {"name": name}, context={"lang": code})

    def _wake(self, part: Part, ref: int) -> Outcome:
        if not self.dry_run:
            self._ask(part.model, "write", [ref], {"active": True})
        return self._outcome(part, State.WOKEN)

    def _same_name(self, part: Part) -> list[int]:
        """The active tags that people made under one of our names."""
        known = {ref for model, ref, _active in self._ground.there.values() if model == TAG}
        names = sorted(set(part.names.values()))
        found: set[int] = set()
        for code in {"en_US", *(c for c in self._ground.languages if c[:2] in part.names)}:
            found |= set(self._ask(TAG, "search", [["name", "in", names]], context={"lang": code}))
        return sorted(found - known)

    def _take_over(self, part: Part, same: list[int]) -> Outcome:
        if len(same) > 1:
            remedy = "merge them or rename all but one in Odoo, then run this again"
            return self._outcome(part, State.FAILED, f"{len(same)} tags have this name", remedy)
        if not self.dry_run:
            names = (part.name, f"{part.name}{_FOUND}")
            rows = [
                {"module": MODULE, "name": n, "model": TAG, "res_id": same[0], "noupdate": True}
                for n in names
            ]
            self._ask("ir.model.data", "create", rows)
        return self._outcome(part, State.FOUND, "it was there; it now means this, whatever its name")

    # our user ------------------------------------------------------------------------------------------
    def _member(self, *, leave: bool = False) -> Outcome:
        """Put our user into the group, or take him out of it."""
        name = f"{self.login} in {THE_GROUP.names['en']}"
        try:
            state, note = self._join(leave=leave)
        except (Refused, Conflict, Unauthorized) as error:
            return Outcome(
                "user", name, THE_GROUP.xml_id, State.FAILED, str(error), f"{_ADMINISTRATOR} do it"
            )
        return Outcome("user", name, THE_GROUP.xml_id, state, note)

    def _join(self, *, leave: bool) -> tuple[State, str]:
        domain = [["login", "=", self.login]]
        users = self._ask("res.users", "search", domain, context=ALL)
        if not users:
            raise Refused(f"Odoo has no user {self.login!r}: make one, or correct host.login")
        groups = self._group_ids()
        if not groups:  # in a dry run
            return (State.ABSENT if leave else State.MADE), ""
        users_of = "user_ids" if "user_ids" in self._ground.fields(GROUP) else "users"  # 19 renamed it
        [group] = self._ask(GROUP, "read", groups, [users_of])
        note = "" if leave else self._surplus(users[0])
        if (users[0] in group[users_of]) is not leave:
            return (State.ABSENT if leave else State.THERE), note
        if not self.dry_run:
            self._ask(GROUP, "write", groups, {users_of: [[3 if leave else 4, users[0]]]})
        return (State.REMOVED if leave else State.MADE), note

    def _surplus(self, user: int) -> str:
        """Say which groups our user need not have; they are not taken from it: a person may use it too."""
        groups_of = "group_ids" if "user_ids" in self._ground.fields(GROUP) else "groups_id"
        [row] = self._ask("res.users", "read", [user], [groups_of])
        rows = self._ask(GROUP, "get_metadata", row[groups_of]) if row[groups_of] else []
        wider = [each["xmlid"] for each in rows if each["xmlid"] in WIDER]
        return f"it has more than it needs: take {', '.join(sorted(wider))} from it" if wider else ""

    def _group_ids(self) -> list[int]:
        domain = [["module", "=", MODULE], ["name", "=", THE_GROUP.name]]
        rows = self._ask("ir.model.data", "search_read", domain, fields=["res_id"])
        return [row["res_id"] for row in rows]

    # taking back ---------------------------------------------------------------------------------------
    def _gone(self, part: Part) -> Outcome:
        if part.name not in self._ground.there:
            return self._outcome(part, State.ABSENT)
        _model, ref, active = self._ground.there[part.name]
        try:
            if f"{part.name}{_FOUND}" in self._ground.there:
                self._forget(part)
                return self._outcome(part, State.LEFT, "it was there before; only our name for it is gone")
            if part.model in _OF_GROUP and self._others:
                return self._shared(part)
            used = self._used(part, ref)
            if used and not active:
                return self._outcome(part, State.ABSENT, f"archived: {used}")
            if not self.dry_run:
                self._ask(part.model, *(("write", [ref], {"active": False}) if used else ("unlink", [ref])))
            return self._outcome(part, State.ARCHIVED if used else State.REMOVED, used)
        except (Refused, Conflict, Unauthorized) as error:
            return self._failed(part, error)

    def _shared(self, part: Part) -> Outcome:
        note = f"others are in the group: {self._others}"
        if part.model != GROUP:
            return self._outcome(part, State.LEFT, note)
        return self._outcome(part, State.FAILED, note, "take them out of it in Odoo, then run this again")

    @cached_property
    def _others(self) -> str:
        """Who is in the group beside our user, '' for nobody: several companies may share an Odoo."""
        groups = self._group_ids()
        groups_of = "group_ids" if "user_ids" in self._ground.fields(GROUP) else "groups_id"
        rows = self._ask(
            "res.users", "search_read", [[groups_of, "in", groups]], fields=["login"], context=ALL
        )
        return ", ".join(row["login"] for row in rows if row["login"] != self.login)

    def _used(self, part: Part, ref: int) -> str:
        """Say what uses a record, '' for nothing."""
        if part.model not in _USED_BY:
            return ""
        model, by, words = _USED_BY[part.model]
        count = self._ask(model, "search_count", [[by, "=", ref]], context=ALL)
        return f"{count} {words} have it" if count else ""

    def _forget(self, part: Part) -> None:
        if not self.dry_run:
            names = [part.name, f"{part.name}{_FOUND}"]
            ids = self._ask("ir.model.data", "search", [["module", "=", MODULE], ["name", "in", names]])
            self._ask("ir.model.data", "unlink", ids)

    # words ---------------------------------------------------------------------------------------------
    def _outcome(self, part: Part, state: State, note: str = "", remedy: str = "") -> Outcome:
        name = part.names.get(self.language, part.names["en"])
        return Outcome(KINDS[part.model], name, part.xml_id, state, note, remedy)

    def _failed(self, part: Part, error: HostError) -> Outcome:
        return self._outcome(part, State.FAILED, str(error), f"{_ADMINISTRATOR} make it by hand")

    def _ask(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        return self._ground.ask(model, method, *args, **named)


@contextmanager
def open_setup(
    settings: OdooSettings, memo: Memo, *, login: str, key: str, language: str, dry_run: bool
) -> Iterator[Setup]:
    """Give a ``Setup`` for the Odoo of ``settings`` as the administrator ``login`` with ``key``. What
    ``memo`` holds of that Odoo is forgotten at the end, as it may no longer be true. Contacts nobody."""
    http = Http(timeouts=settings.timeouts, calls_per_second=settings.pace)
    try:
        admin = OdooClient(replace(settings, login=login, key=key), http, {})
        yield Setup(admin, OdooClient(settings, http, {}), settings.login, language, dry_run)
    finally:
        http.close()
        for name in [name for name in memo if name.startswith(f"odoo.{settings.fingerprint}.")]:
            memo.pop(name, None)
