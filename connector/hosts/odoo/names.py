"""What differs between the versions of Odoo, in one place.

Fields are found by asking the server which it has; only what cannot be asked is decided by the version (from
the documentation and source of 16 to 19).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Names of the parameters of the methods that we call, in order: JSON-2 knows them by name only.
#: "ids" first means that the method belongs to records.
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "read": ("ids", "fields", "load"),
    "create": ("vals_list",),
    "write": ("ids", "vals"),
    "unlink": ("ids",),
    "fields_get": ("allfields", "attributes"),
    "has_access": ("ids", "operation"),
    "context_get": (),
    "check_object_reference": ("module", "xml_id"),
    "message_post": ("ids",),
    "action_feedback": ("ids", "feedback"),
}
#: A method that is not in PARAMETERS may still be called on records alone.
OF_RECORDS = ("ids",)
#: Methods that change nothing, and may be repeated.
READS = frozenset(
    {
        "search_read",
        "search",
        "search_count",
        "read",
        "fields_get",
        "has_access",
        "check_access_rights",
        "context_get",
        "check_object_reference",
        "version",
        "login",
    }
)

#: JSON-RPC before this major version, JSON-2 from it on.
JSON2_SINCE = 19


@dataclass(frozen=True, slots=True)
class Version:
    """A server's version: ``text`` as it says it, ``major`` 16 to 19 and on; 0 when it cannot be read."""

    text: str
    major: int

    @property
    def json2(self) -> bool:
        return self.major >= JSON2_SINCE

    @property
    def html_flag(self) -> Mapping[str, bool]:
        """What makes ``message_post`` take its body for HTML: 16 always does and knows no flag."""
        return {"body_is_html": True} if self.major >= 17 else {}

    @property
    def keeps_pdf(self) -> bool:
        """True where an invoice knows its own PDF (``invoice_pdf_report_id``); before, it is an attachment
        among others."""
        return self.major >= 17

    @property
    def access_method(self) -> str:
        """The method that says whether a model may be read or written."""
        return "has_access" if self.major >= 18 else "check_access_rights"

    @property
    def edition(self) -> str:
        return "Enterprise" if "+e" in self.text else "Community"


def parse_version(info: object) -> Version:
    """Read the answer of ``/web/version`` or ``common.version``. An Online version may say ``saas~18``."""
    table = info if isinstance(info, Mapping) else {}
    parts = table.get("server_version_info") or table.get("version_info") or []
    text = str(table.get("server_version") or table.get("version") or "")
    first = str(parts[0]) if isinstance(parts, list) and parts else text
    found = re.search(r"\d+", first)
    return Version(text, int(found[0]) if found else 0)
