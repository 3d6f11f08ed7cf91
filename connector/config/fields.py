"""The kinds of value that options have, each with its check and its words for a refusal.

They are pydantic annotations; their functions raise ``Unfit``. What depends on the place of the file
(relative paths) reads ``folder`` from the validation context.
"""

from __future__ import annotations

import re
import zoneinfo
from datetime import timedelta
from decimal import Decimal
from email.headerregistry import Address
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeGuard, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from connector.config import durations
from connector.config.places import beside
from connector.config.secrets import Secret, parse_secret
from connector.config.unfit import Unfit, kind
from connector.spelling import nearest

T = TypeVar("T")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_TEMPLATE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}")
#: Pages of hosts from which people copy the address; a prefix set by a proxy is another thing.
_PAGE = re.compile(r"/(web|odoo|my|jsonrpc|json|xmlrpc)(/|$)")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,3})?")
_TERRITORIES_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def folder_of(info: ValidationInfo) -> Path:
    """Return the folder of the file that is being read; the working folder when there is none."""
    context: Any = info.context or {}
    return Path(context.get("folder", "."))


def _line(text: str) -> str:
    if not text.strip():
        raise Unfit("it is empty", "write something, or leave the option out where it is optional")
    if _CONTROL.search(text):
        raise Unfit("it has a line break or a control character", "write it on one line")
    return text.strip()


def _paragraph(text: str) -> str:
    if not text.strip():
        raise Unfit("it is empty", "write something, or leave the option out")
    if _CONTROL_BUT_BREAKS.search(text):
        raise Unfit("it has a control character", "keep to text and line breaks")
    return text.strip()


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        fixed = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:63]
        hint = f'for example "{fixed}"; ' if fixed else ""
        raise Unfit(f'"{text[:40]}" cannot be a name', f"{hint}use a-z, 0-9, _ and -")
    return text


def _template(text: str) -> str:
    if not _TEMPLATE.fullmatch(text):
        raise Unfit(f'"{text[:40]}" cannot be a template', "give the file's name without folder and ending")
    return text


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", text):
        head = re.match(r"([A-Za-z]{2})(?![A-Za-z])", text)
        hint = f'write "{head[1].lower()}"' if head else 'write its two letters, for example "fr" or "en"'
        raise Unfit(f'"{text[:40]}" is not a language', f"{hint} (ISO 639-1, lower case)")
    return text


@cache
def _countries() -> dict[str, str]:
    """Return ISO code by everything that people write for it: the code, the French and English names."""
    from babel import Locale  # noqa: PLC0415 - its data are read only where a country is looked up

    names: dict[str, str] = {"uk": "GB", "usa": "US"}
    for language in ("en", "fr"):
        for code, name in Locale(language).territories.items():
            if re.fullmatch(r"[A-Z]{2}", code) and code not in _TERRITORIES_NOT_COUNTRIES:
                names[name.lower()] = names[code.lower()] = code
    return names


def _country(text: str) -> str:
    code = _countries().get(text.lower())
    if code == text:
        return code
    near = code or _countries().get(nearest(text, _countries()) or "")
    hint = f'did you mean "{near}"? ' if near else ""
    raise Unfit(f'"{text[:40]}" is not a country', f'{hint}Two letters of ISO 3166-1, for example "FR"')


@cache
def _currencies() -> dict[str, str]:
    """Return ISO code by everything that people write for it: the code, the sign of a few, the names."""
    from babel import Locale  # noqa: PLC0415 - its data are read only where a currency is looked up

    names: dict[str, str] = {}
    for language in ("en", "fr"):
        for code, name in Locale(language).currencies.items():
            names[name.lower()] = names[code.lower()] = code
    return names | {"€": "EUR", "$": "USD", "£": "GBP"}


def _currency(text: str) -> str:
    code = _currencies().get(text.lower())
    if code == text:
        return code
    near = code or _currencies().get(nearest(text, _currencies()) or "")
    hint = f'did you mean "{near}"? ' if near else ""
    raise Unfit(f'"{text[:40]}" is not a currency', f'{hint}Three letters of ISO 4217, for example "EUR"')


def _time_zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(text, zoneinfo.available_timezones())
        hint = f'did you mean "{near}"? ' if near else ""
        raise Unfit(
            f'"{text[:40]}" is not a time zone', f'{hint}Area and city, for example "Europe/Paris"'
        ) from None
    return text


def _email(text: str) -> str:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError):
        fits = False
    else:
        fits = "." in address.domain.strip(".") and not re.search(r"[\s<>,;]", text)
    if not fits:
        raise Unfit("it is not an e-mail address", 'the address alone, for example "compta@example.com"')
    return text


def _url(text: str) -> str:
    remedy = "the address alone, as in a browser, for example https://exemple.odoo.com"
    try:
        parts = urlsplit(text)
        host, user, _port = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        raise Unfit("it is not a web address", remedy) from None
    if parts.scheme not in ("https", "http") or not host or re.search(r"[\s\x00-\x1f]", text):
        raise Unfit("it is not a web address", remedy)
    if user:
        raise Unfit("it holds a login or a password", f"take them out: {remedy}")
    if parts.query or parts.fragment or _PAGE.match(parts.path):
        raise Unfit("it is the address of a page", f"write {parts.scheme}://{parts.netloc}")
    return text.rstrip("/")


def is_amount(value: object) -> TypeGuard[str]:
    """True for a text that is an amount of money."""
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def _amount(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Unfit(
            f"an amount of money is a text, not {kind(value)}: a decimal number would be rounded",
            f'write "{Decimal(str(value)):.2f}"',
        )
    if not isinstance(value, str):
        raise Unfit(f"an amount of money is a text, not {kind(value)}", 'write "15.00"')
    if not _AMOUNT.fullmatch(value):
        fixed = re.sub(r"[\s€$£]", "", value).replace(",", ".")
        shown = fixed if _AMOUNT.fullmatch(fixed) else "15.00"
        raise Unfit(
            f'"{value[:40]}" is not an amount of money', f'write "{shown}": digits, a point, no currency'
        )
    return Decimal(value)


def iban_check(text: str) -> str:
    """Return an IBAN without its blanks. Raises Unfit when its check digits are wrong (ISO 13616, mod 97)."""
    iban = re.sub(r"\s", "", text).upper()
    shaped = re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban)
    if not shaped or int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 != 1:
        raise Unfit(
            "the check digits of this IBAN are wrong: customers would pay elsewhere",
            "copy it again from the bank's own document",
        )
    return iban


def _bic(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", text):
        raise Unfit("it is not a BIC", "8 or 11 capital letters and digits")
    return text


def _name_or_number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unfit(f"the name or the number of the company is expected, not {kind(value)}", "company = 1")
    return _line(value) if isinstance(value, str) else value


def _folder(value: object, info: ValidationInfo) -> Path:
    return beside(value, folder_of(info), "mails")


def _secret(value: object, info: ValidationInfo) -> Secret:
    return parse_secret(value, folder_of(info))


def _text_schema(description: str, **more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "title": description, **more})


_LENGTH = _text_schema("length of time", pattern=r"^\d+ ?\D+$")
_SECRET_SCHEMA = WithJsonSchema(
    {
        "title": "reference to a secret",
        "oneOf": [
            {
                "type": "object",
                "properties": {source: place},
                "required": [source],
                "additionalProperties": False,
            }
            for source, place in {
                "env": {"type": "string"},
                "file": {"type": "string"},
                "command": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "keyring": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
            }.items()
        ],
    }
)

Line = Annotated[str, AfterValidator(_line)]
Paragraph = Annotated[str, AfterValidator(_paragraph)]
Code = Annotated[
    str, AfterValidator(_code), WithJsonSchema({"type": "string", "pattern": f"^{_CODE.pattern}$"})
]
TemplateName = Annotated[str, AfterValidator(_template)]
Language = Annotated[
    str, AfterValidator(_language), WithJsonSchema({"type": "string", "pattern": "^[a-z]{2}$"})
]
Country = Annotated[
    str, AfterValidator(_country), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})
]
Currency = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Email = Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
Url = Annotated[str, AfterValidator(_url), WithJsonSchema({"type": "string", "format": "uri"})]
Iban = Annotated[str, AfterValidator(iban_check)]
Bic = Annotated[str, AfterValidator(_bic)]
Amount = Annotated[Decimal, BeforeValidator(_amount), _text_schema("amount", pattern=r"^\d+(\.\d{1,3})?$")]
NameOrNumber = Annotated[
    str | int, BeforeValidator(_name_or_number), WithJsonSchema({"type": ["string", "integer"]})
]
Folder = Annotated[Path, BeforeValidator(_folder), _text_schema("folder")]
SecretRef = Annotated[Secret, BeforeValidator(_secret), _SECRET_SCHEMA]
ClockLength = Annotated[timedelta, BeforeValidator(durations.clock), _LENGTH]
WholeDays = Annotated[int, BeforeValidator(durations.whole_days), _LENGTH]
WorkingDays = Annotated[int, BeforeValidator(durations.working_days), _LENGTH]
Months = Annotated[int, BeforeValidator(durations.months), _LENGTH]
#: TOML has lists only; strictness would want a tuple.
Several = Annotated[tuple[T, ...], Field(strict=False)]
