"""Who a customer is, whatever company he owes money to: the key under which sister companies meet."""

from __future__ import annotations

import re

_SIREN, _SIRET = 9, 14
#: A French VAT number is FR, a key of two characters, and the SIREN.
_FRENCH_VAT = re.compile(r"FR[0-9A-Z]{2}([0-9]{9})")


def debtor_key(registry: str | None, vat: str | None, country: str | None) -> str | None:
    """Return the company number (in France the SIREN, which a SIRET and a VAT number hold), else the VAT
    number; None for a customer who has neither. What people write for "none" (``N/A``, zeros) is none:
    two customers without a number are not the same."""
    vat = _plain(vat)
    land = (country or vat[:2]).upper()
    number = _plain(registry)
    digits = re.sub(r"\D", "", number)
    french_vat = _FRENCH_VAT.fullmatch(vat)
    if land == "FR" and len(digits) in (_SIREN, _SIRET) and _means_something(digits[:_SIREN]):
        return f"FR:{digits[:_SIREN]}"
    if _means_something(number):
        return f"{land}:{number}"
    if french_vat and _means_something(french_vat[1]):
        return f"FR:{french_vat[1]}"
    return f"VAT:{vat}" if _means_something(vat) else None


def _plain(text: str | None) -> str:
    return re.sub(r"[\W_]", "", text or "").upper()


def _means_something(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return len(number) >= 4 and len(digits) >= 2 and set(digits) != {"0"}
