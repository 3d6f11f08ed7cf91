"""What ``relance setup odoo`` finds in an Odoo before it makes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connector.hosts.odoo.client import OdooClient
from connector.hosts.odoo.setup_parts import MODULE, Part

Row = dict[str, Any]

#: Archived records too.
ALL = {"active_test": False}


@dataclass
class Ground:
    """Looks as the administrator ``admin``. Raises HostError."""

    admin: OdooClient

    def ask(self, model: str, method: str, *args: Any, **named: Any) -> Any:
        return self.admin.call(model, method, *args, **named)

    @cached_property
    def there(self) -> dict[str, tuple[str, int, bool]]:
        """Our external ids: name -> (model, id, whether it is active)."""
        fields = ["name", "model", "res_id"]
        rows = self.ask("ir.model.data", "search_read", [["module", "=", MODULE]], fields=fields)
        found: dict[str, tuple[str, int, bool]] = {}
        for model in {row["model"] for row in rows}:
            mine = [row for row in rows if row["model"] == model]
            active = self._active(model, [row["res_id"] for row in mine])
            found |= {
                r["name"]: (model, r["res_id"], active[r["res_id"]]) for r in mine if r["res_id"] in active
            }
        return found

    def _active(self, model: str, ids: list[int]) -> dict[int, bool]:
        """Return those of these records that exist, and whether they are active."""
        names = ["active"] if "active" in self.fields(model) else ["id"]
        rows = self.ask(model, "search_read", [["id", "in", ids]], fields=names, context=ALL)
        return {row["id"]: row.get("active", True) for row in rows}

    def fields(self, model: str) -> Mapping[str, Row]:
        if model not in self._described:
            asked = self.ask(model, "fields_get", attributes=["type", "selection"])
            self._described[model] = asked
        return self._described[model]

    @cached_property
    def _described(self) -> dict[str, Mapping[str, Row]]:
        return {}

    @cached_property
    def languages(self) -> list[str]:
        """The languages that are installed, such as ``fr_FR``."""
        rows = self.ask("res.lang", "search_read", [["active", "=", True]], fields=["code"])
        return [row["code"] for row in rows]

    def possible(self, part: Part) -> dict[str, str]:
        """The optional values of a part that this version of Odoo knows."""
        there = self.fields(part.model)
        return {name: value for name, value in part.optional.items() if _takes(there.get(name), value)}

    def source(self, part: Part, language: str) -> str:
        """The name for those whose language has none of its own: English, or that of the company's language
        when this is not installed."""
        installed = any(code.startswith(language) for code in self.languages)
        return part.names["en"] if installed else part.names.get(language, part.names["en"])


def _takes(described: Row | None, value: str) -> bool:
    """True when a field exists and, where it is a choice, knows this one."""
    if described is None:
        return False
    choices = described.get("selection")
    return not isinstance(choices, list) or value in (key for key, _label in choices)
