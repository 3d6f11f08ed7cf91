"""The head of a template: lines ``key: value`` between two ``---``."""

from __future__ import annotations

from dataclasses import dataclass

from connector.errors import TemplateError


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file, and where it was read."""

    file: str
    text: str


def split(source: Source) -> tuple[str, str]:
    """Return (subject, body), each padded with blank lines so that its line numbers are the file's.

    Raises TemplateError when there is no head, no subject, or a key that nobody reads.
    """
    lines = source.text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise TemplateError(source.file, 1, "begin with a line '---', a line 'subject: …' and a line '---'")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise TemplateError(source.file, 1, "the head that begins with '---' has no second '---'")
    subject = ""
    for number, line in enumerate(lines[1:end], 1):
        key, colon, value = line.partition(":")
        if not line.strip():
            continue
        if key.strip() != "subject" or not colon:
            raise TemplateError(source.file, number + 1, f"'{line.strip()}': only 'subject: …' is known here")
        subject = "\n" * number + value.strip()
    if not subject.strip():
        raise TemplateError(source.file, 1, "the subject is missing: add a line 'subject: …' to the head")
    return subject, "\n" * (end + 1) + "\n".join(lines[end + 1 :]) + "\n"
