"""Obviously invented names for the sandbox: everybody is called Exemple and lives under ``.example``."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import NamedTuple


class Flavour(NamedTuple):
    """How businesses of one country are called and reached."""

    country: str
    language: str
    currency: str
    word: str  # "example" in that language
    forms: tuple[str, ...]
    trades: tuple[str, ...]
    phone: str
    cities: tuple[tuple[str, str], ...]


FRENCH_TRADES = (
    "Atelier",
    "Menuiserie",
    "Transports",
    "Imprimerie",
    "Boulangerie",
    "Garage",
    "Cabinet",
    "Studio",
)
FRANCE = Flavour(
    "FR", "fr_FR", "EUR", "Exemple", ("SARL", "SAS", "SA", "EURL"), FRENCH_TRADES, "+33 1 99 00",
    (("75011", "Paris"), ("69003", "Lyon"), ("13006", "Marseille"), ("44000", "Nantes"), ("59000", "Lille")),
)  # fmt: skip
FLAVOURS: dict[str, tuple[Flavour, int]] = {  # with their weight
    "FR": (FRANCE, 70),
    "BE": (Flavour("BE", "fr_FR", "EUR", "Exemple", ("SRL", "SA"), FRENCH_TRADES, "+32 2 990",
                   (("1000", "Bruxelles"), ("4000", "Liège"))), 8),
    "DE": (Flavour("DE", "de_DE", "EUR", "Beispiel", ("GmbH", "AG"), ("Werkstatt", "Bäckerei", "Spedition"),
                   "+49 30 9900", (("10115", "Berlin"), ("50667", "Köln"))), 9),
    "GB": (Flavour("GB", "en_US", "GBP", "Example", ("Ltd",), ("Workshop", "Bakery", "Widgets"),
                   "+44 20 7946 0",
                   (("EC1A 1BB", "London"), ("M1 1AE", "Manchester"))), 6),
    "US": (Flavour("US", "en_US", "USD", "Sample", ("Inc.", "LLC"), ("Widgets", "Gadgets", "Freight"),
                   "+1 555 01",
                   (("10001", "New York"), ("60601", "Chicago"))), 7),
}  # fmt: skip

WORDS = (
    "Tilleuls",
    "Horizon",
    "Belleville",
    "Aurore",
    "Moulin",
    "Boréal",
    "Lumière",
    "Océane",
    "Vallon",
    "Rivage",
)
FIRST_NAMES = (
    "Jeanne",
    "Paul",
    "Léa",
    "Hugo",
    "Chloé",
    "Louis",
    "Inès",
    "Jules",
    "Anaïs",
    "Étienne",
    "Zoé",
    "Karim",
)
FUNCTIONS = (
    "Comptable fournisseurs", "Directeur financier", "Responsable achats", "Gérante", "Accounts payable",
    "CFO",
    "Purchasing manager", "Buchhaltung", "Assistante de direction", "",
)  # fmt: skip
HOSTILE_NAMES = (
    "<b>Évil & Co</b>",
    'Exemple; "Point-virgule"\nDeuxième ligne SARL',
    "Syndicat intercommunal pour l’exploitation mutualisée des équipements de démonstration et d’essai de la "
    "vallée de l’Exemple et de ses communes associées, établissement public inventé (SIEMEDEVEX)",
    "{{ 7*7 }} Exemple ${env} %s",
    '=HYPERLINK("https://exemple.example";"Exemple")',
)


def slug(name: str) -> str:
    """Letters, digits and hyphens, at most 40: the label of a domain name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "exemple"


def business(flavour: Flavour, position: int, rng: random.Random) -> str:
    """A company's name; ``position`` makes it unique."""
    trade, form = rng.choice(flavour.trades), rng.choice(flavour.forms)
    return f"{trade} {flavour.word} {rng.choice(WORDS)} {position} {form}"


def person(rng: random.Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(('Exemple', 'Modèle', 'Specimen', 'Fictif'))}"


def phone(flavour: Flavour, rng: random.Random) -> str:
    return f"{flavour.phone} {rng.randrange(100):02d} {rng.randrange(100):02d}"


def siren(position: int) -> str:
    """Nine digits with a valid Luhn check, in the 99… range."""
    stem = f"99{position % 1_000_000:06d}"
    total = 0
    for place, digit in enumerate(reversed(stem)):
        double = int(digit) * 2
        total += int(digit) if place % 2 else double - 9 * (double > 9)
    return f"{stem}{-total % 10}"


def siret(position: int) -> str:
    """A SIREN and five digits that look like an establishment's; only the SIREN's check is valid."""
    return f"{siren(position)}{position % 10000:05d}"


def vat(country: str, position: int) -> str:
    """A number in the shape of the country's; the French and Belgian ones pass their check. Empty for the
    US.
    """
    if country == "FR":
        number = siren(position)
        return f"FR{(12 + 3 * (int(number) % 97)) % 97:02d}{number}"
    stem = 99_000_000 - 13 * position  # eight digits
    if country == "BE":
        return f"BE0{stem // 10}{97 - int(f'0{stem // 10}') % 97:02d}"
    if country in ("DE", "GB"):
        return f"{country}9{stem}"
    return ""
