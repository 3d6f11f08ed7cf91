"""What somebody wrote himself, without the earlier mail that stands quoted below it."""

from __future__ import annotations

import re

from connector.grammar.letters import fold

#: "Le lun. 2 nov. 2026 à 10:12, Exemple <a@example.com> a écrit :" and its English sister, on one line or two
_WROTE = re.compile(r"(?:le|on)\b.{5,200}(?:a ecrit|wrote) ?:$")
_BEGINS_WROTE = re.compile(r"(?:le|on)\b[^#]{0,60}[0-9][^#]*$")
_RULE = re.compile(
    r"-{2,} ?(?:message d'origine|original message|message transfere|forwarded message|message original)"
    r"|debut du message (?:reexpedie|transfere)|begin forwarded message|_{10,}$"
)
_FROM = re.compile(r"\*?(?:de|from) ?:\*? ?\S")
_SENT = re.compile(r"\*?(?:envoye|sent|date|a|to|objet|subject) ?:")


def own_lines(text: str) -> list[str]:
    """Return the lines of clean ``text`` that are its author's own: those before a quoted mail, and those
    between and below its lines where they begin with ">"."""
    lines = text.split("\n")
    own: list[str] = []
    at = 0
    while at < len(lines):
        heading = _heading(lines, at)
        if heading:
            at += heading
            if not _quoted(lines, at):
                break
        elif not lines[at].lstrip().startswith(">"):
            own.append(lines[at])
            at += 1
        else:
            at += 1
    return own


def _heading(lines: list[str], at: int) -> int:
    """How many lines from here say that an earlier mail follows; 0 when none does."""
    first = fold(lines[at][:300]).strip()
    after = fold(lines[at + 1][:300]).strip() if at + 1 < len(lines) else ""
    if _WROTE.match(first) or _RULE.match(first):
        return 1
    if _BEGINS_WROTE.match(first) and after.endswith(":") and _WROTE.match(f"{first} {after}"):
        return 2
    return 1 if _FROM.match(first) and _SENT.match(after) else 0


def _quoted(lines: list[str], at: int) -> bool:
    """Whether the mail's lines begin with ">": then what has none is the author's own again."""
    for line in lines[at : at + 3]:
        if line.strip():
            return line.lstrip().startswith(">")
    return False
