"""A ledger of any size from a seed: the same arguments give the same books, to the last serial and moment."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from connector.sandbox import names
from connector.sandbox.ledger import CALL, Ledger
from connector.sandbox.nouns import CENT, Company, Document, Journal, Party, PartyKind, Terms, User

MONTHS_BACK = 24
DAYS_BACK = 730
TAGS = ("Grand compte", "PME", "Secteur public", "Contentieux")
LABELS = ("Prestation de conseil", "Maintenance", "Licence annuelle", "Formation", "Audit <exemple> & suivi")


def ledger(*, today: date, seed: int = 1, customers: int = 300, documents: int = 2000) -> Ledger:
    """Books with that many customers (contacts not counted) and documents (drafts included, payments not)."""
    return _Generation(Ledger(today), today, random.Random(seed), customers, documents).run()


@dataclass
class _Generation:
    books: Ledger
    today: date
    rng: random.Random
    customers: int
    documents: int

    def run(self) -> Ledger:
        self._recall(self.today - timedelta(days=DAYS_BACK + 5))
        self._people_of_ours()
        for position in range(self.customers):
            self._customer(position)
        written = [self._document(on) for on in self._dates()] if self.customers else []
        for document in written:
            self._live(document)
        self._loose_ends(written)
        self._recall(self.today, time(8, 0, tzinfo=UTC))
        return self.books

    # ------------------------------------------------------------------ us

    def _people_of_ours(self) -> None:
        books = self.books
        first = self._company("Exemple SARL", 1)
        robot = books.add_party("OdooBot", email="robot@exemple-sarl.example")
        admin = books.add_party("Administrateur", email="admin@exemple-sarl.example")
        second = self._company("Exemple Deux SAS", 2)
        both = [first, second]
        for serial, company in ((1, first), (2, second)):
            prefix = "" if serial == 1 else "2"
            books.journals.add(
                serial * 10, Journal(serial * 10, company, "sale", f"INV{prefix}", "Customer Invoices")
            )
            books.journals.add(
                serial * 10 + 3, Journal(serial * 10 + 3, company, "bank", f"PBNK{serial}", "Bank")
            )
        self._user(1, "__system__", robot, both, active=False)
        self._user(2, "admin", admin, both, is_admin=True, language="en_US")
        for serial, login, name, may in (
            (6, "relance", "Relance", True), (7, "camille", "Camille Exemple", True),
            (8, "hugo", "Hugo Exemple", True), (9, "reader", "Lectrice Exemple", False),
        ):  # fmt: skip
            party = books.add_party(name, email=f"{login}@exemple-sarl.example")
            self._user(serial, login, party, both, may_invoice=may)
        for name in TAGS:
            books.tag(name)

    def _company(self, name: str, serial: int) -> Company:
        books = self.books
        party = books.add_party(
            name, is_company=True, email=f"compta@{names.slug(name)}.example", phone="+33 1 99 00 00 00",
            country=books.countries["FR"], language=books.languages["fr_FR"], vat=names.vat("FR",
                                                                                            900_000 + serial),
            street="1 rue de l’Exemple", zip="75011", city="Paris",
        )  # fmt: skip
        made = Company(serial, name, party, books.currencies["EUR"], books.clock.now)
        return books.companies.add(serial, made)

    def _user(
        self, serial: int, login: str, party: Party, companies: list[Company], *,
        may_invoice: bool = True, is_admin: bool = False, active: bool = True, language: str = "fr_FR",
    ) -> None:  # fmt: skip
        user = User(
            serial, login, party, companies, f"{login}-sandbox-key", f"{login}-sandbox-password",
            may_invoice, is_admin, active, language,
        )  # fmt: skip
        self.books.users.add(serial, user)

    # ------------------------------------------------------------------ customers

    def _customer(self, position: int) -> None:
        rng, books = self.rng, self.books
        flavours = [flavour for flavour, _ in names.FLAVOURS.values()]
        flavour = rng.choices(flavours, [weight for _, weight in names.FLAVOURS.values()])[0]
        individual = position >= len(names.HOSTILE_NAMES) and rng.random() < 0.12
        name = f"{names.person(rng)} {position}" if individual else names.business(flavour, position, rng)
        if position < len(names.HOSTILE_NAMES):
            name, flavour = names.HOSTILE_NAMES[position], names.FRANCE
        host = f"{names.slug(name)}-{position}.example"
        reachable = rng.random() > 0.06
        zip_code, city = rng.choice(flavour.cities)
        party = books.add_party(
            name, is_company=not individual, is_customer=True,
            email=f"contact@{host}" if reachable and rng.random() < 0.9 else "",
            phone=names.phone(flavour, rng), country=books.countries[flavour.country],
            language=books.languages[flavour.language] if rng.random() > 0.06 else None,
            vat="" if individual or rng.random() < 0.3 else names.vat(flavour.country, position),
            registry=names.siret(position) if flavour.country == "FR" and not individual else "",
            reference=f"C{position:05d}" if rng.random() < 0.7 else "",
            street=f"{rng.randrange(1, 200)} rue de l’Essai", zip=zip_code, city=city,
            tags=[books.tag(rng.choices(TAGS, (2, 5, 1, 1))[0])] if rng.random() < 0.6 else [],
            salesperson=self._salesperson(), terms=self._terms(),
        )  # fmt: skip
        if not individual:
            self._contacts(party, flavour, host, reachable)

    def _contacts(self, party: Party, flavour: names.Flavour, host: str, reachable: bool) -> None:
        rng = self.rng
        kinds: list[PartyKind] = rng.choices(
            [[], ["contact"], ["invoice"], ["invoice", "contact"], ["invoice", "contact", "delivery"]],
            (15, 20, 30, 25, 10),
        )[0]  # type: ignore[assignment]
        for place, kind in enumerate(kinds):
            name = names.person(rng) if kind != "delivery" else "Entrepôt d’exemple"
            self.books.add_party(
                name, parent=party, kind=kind,
                function=rng.choice(names.FUNCTIONS) if kind != "delivery" else "",
                email=f"{names.slug(name)}.{place}@{host}" if reachable and kind != "delivery" else "",
                phone=names.phone(flavour, rng) if rng.random() < 0.5 else "", language=party.language,
                country=party.country, salesperson=party.salesperson,
            )  # fmt: skip

    def _salesperson(self) -> User | None:
        login = self.rng.choices(("camille", "hugo", ""), (5, 4, 1))[0]
        return self.books.user(login) if login else None

    def _terms(self) -> Terms:
        return self.books.terms[self.rng.choices((1, 2, 3, 4), (55, 18, 15, 12))[0]]

    # ------------------------------------------------------------------ documents

    def _dates(self) -> list[date]:
        """Denser towards today, as the books of a growing business are."""
        rng = self.rng
        ages = sorted((int(DAYS_BACK * rng.random() ** 1.5) for _ in range(self.documents)), reverse=True)
        return [self.today - timedelta(days=age) for age in ages]

    def _document(self, on: date) -> Document:
        rng, books = self.rng, self.books
        payers = self._payers()
        party = rng.choice(
            payers[-max(1, len(payers) // 20) :] if rng.random() < 0.2 else payers
        )  # some buy more
        currency = {"US": "USD", "GB": "GBP"}.get(party.country.code if party.country else "", "EUR")
        billed = [contact for contact in party.contacts if contact.kind == "invoice"]
        company = books.companies.get(2 if rng.random() < 0.08 else 1)
        self._recall(on)
        total = Decimal(round(min(25000.0, max(40.0, rng.lognormvariate(6.6, 1.0))), 2)).quantize(CENT)
        fate = rng.random()
        if fate < 0.02:
            return books.credit_customer(
                party, (total / 4).quantize(CENT), on=on, company=company, currency=currency
            )
        return books.invoice(
            billed[0] if billed and rng.random() < 0.6 else party, total, on=on, company=company,
            currency=currency,
            reference=f"PO-{rng.randrange(100_000):05d}" if rng.random() < 0.35 else "",
            salesperson=party.salesperson, label=rng.choice(LABELS), post=fate > 0.03,
        )  # fmt: skip

    def _payers(self) -> list[Party]:
        if not hasattr(self, "_payers_once"):
            self._payers_once = self.books.customers()
        return self._payers_once

    # ------------------------------------------------------------------ what became of them

    def _live(self, document: Document) -> None:
        rng = self.rng
        if document.state != "posted" or document.kind != "invoice":
            return
        overdue = (self.today - document.due_on).days
        fate = rng.random()
        if fate < 0.012:
            self._recall(min(self.today, document.on + timedelta(days=3)))
            self.books.cancel(document)
        elif fate < 0.03 and overdue > 0:
            self._recall(self._between(document.on, 40))
            self.books.credit(document, on=self.books.clock.today)
        elif rng.random() < self._chance_open(overdue):
            self._stay_open(document)
        else:
            self._settle(document, overdue)

    def _chance_open(self, overdue: int) -> float:
        return 0.93 if overdue < 0 else 0.045 + 0.42 * math.exp(-overdue / 55)

    def _stay_open(self, document: Document) -> None:
        rng = self.rng
        if rng.random() < 0.14:
            share = Decimal(rng.choice(("0.25", "0.4", "0.5")))
            self._recall(self._between(document.on, 30))
            self.books.pay(document, (document.total * share).quantize(CENT), on=self.books.clock.today)
        elif rng.random() < 0.04:
            self._recall(self._between(document.on, 20))
            self.books.credit(document, (document.total / 4).quantize(CENT), on=self.books.clock.today)

    def _settle(self, document: Document, overdue: int) -> None:
        rng = self.rng
        latest = document.due_on + timedelta(days=rng.randrange(-8, 45))
        paid_on = max(document.on, min(self.today, latest))
        if rng.random() < 0.1:
            first = document.on + (paid_on - document.on) / 2
            self._recall(first)
            self.books.pay(document, (document.total * Decimal("0.4")).quantize(CENT), on=first)
        self._recall(paid_on)
        self.books.pay(document, on=paid_on)

    def _loose_ends(self, written: list[Document]) -> None:
        """Money nobody allocated, customers who answered, tasks, a block."""
        rng, books = self.rng, self.books
        for _ in range(len(written) // 80):
            self._recall(self._between(self.today - timedelta(days=200), 195))
            party = rng.choice(self._payers())
            books.receive(party, Decimal(rng.randrange(2000, 90000)) / 100, on=books.clock.today)
        late = [one for one in written if one.kind == "invoice" and one.state == "posted" and one.open_amount]
        for document in rng.sample(late, min(len(late), len(written) // 150)):
            self._recall(self.today - timedelta(days=1))
            books.customer_writes(document, "Bonjour, cette facture est en cours de vérification chez nous.")
        for document in rng.sample(late, min(len(late), len(written) // 200)):
            books.schedule_activity(document, self.today + timedelta(days=3), summary="Rappeler", kind=CALL)
        for document in rng.sample(late, min(len(late), len(written) // 400)):
            books.block(document)

    # ------------------------------------------------------------------ moments

    def _between(self, start: date, days: int) -> date:
        return min(self.today, start + timedelta(days=self.rng.randrange(1, days + 1)))

    def _recall(self, day: date, at: time | None = None) -> None:
        """History is written at a moment of that day, and never later than the opening of today."""
        moment = at or time(
            self.rng.randrange(6, 18), self.rng.randrange(60), self.rng.randrange(60), tzinfo=UTC
        )
        if day >= self.today and at is None:
            moment = time(6, self.rng.randrange(60), self.rng.randrange(60), tzinfo=UTC)
        self.books.clock.recall(datetime.combine(day, moment))
