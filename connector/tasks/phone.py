"""Telephone numbers as they are dialled from the company's country."""

from __future__ import annotations

from connector.escape import one_line

_LONGEST = 60


def dialled(number: str, home: str | None, abroad: str | None = None) -> tuple[str, str | None]:
    """Return a number as somebody in ``home`` dials it, and its ``tel:`` link (RFC 3966).

    ``abroad`` is the country of who is called: a number without a prefix is one of there. One that cannot be
    read comes back as it is written, without a link. Countries are ISO 3166-1 alpha-2.
    """
    import phonenumbers as phones  # noqa: PLC0415 - a tenth of a second, and most passes write no call

    written = one_line(number)[:_LONGEST]
    try:
        read = phones.parse(written, abroad or home)
    except phones.NumberParseException:
        return written, None
    if not phones.is_possible_number(read):
        return written, None
    at_home = bool(home) and read.country_code == phones.country_code_for_region(home or "")
    kind = phones.PhoneNumberFormat.NATIONAL if at_home else phones.PhoneNumberFormat.INTERNATIONAL
    link = phones.format_number(read, phones.PhoneNumberFormat.RFC3966)
    return phones.format_number(read, kind), link
