"""One thing that somebody wrote or did in the host, with all that is needed to carry it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from babel.numbers import get_territory_currencies
from markupsafe import Markup

from connector import orders
from connector.company import Company
from connector.grammar.sayings import Saying, Unclear
from connector.model import Account, Person, Ref
from connector.orders import Said, answers
from connector.pipeline.obeying import words
from connector.ports import Entry, Note
from connector.store.ports import Found, Unit


@dataclass
class Hearing:
    """``on`` is the record on which it was said or done, ``found`` what that is for an order (None: it was
    never pulled), ``key`` where our answer stands in the outbox. ``counts`` go into the report."""

    company: Company
    unit: Unit
    today: date
    said: Said
    on: Ref
    found: Found | None
    key: str
    person: Person | None = None
    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def customer_ref(self) -> str | None:
        return self.found.customer_ref if self.found else None

    def account(self) -> Account | None:
        return self.unit.accounts([self.found.customer_ref])[0] if self.found else None

    def tell(self, table: str, name: str, **figures: object) -> None:
        """Add a line to the answer."""
        self.lines.append(words.line(self.company.language, table, name, **figures))

    def confirm(self, saying: Saying) -> None:
        """Add what was understood."""
        self.lines.append(answers.understood(self.company.language, saying))

    def ask(self, saying: Unclear) -> None:
        """Add the question back, where something could not be read."""
        html = answers.question_html(self.company.language, saying)
        self.lines.append(Markup(html))  # noqa: S704 - escaped where it is made
        self.counts["refused"] += 1

    def currency(self) -> str:
        """In which currency an amount is meant that names none: that of the customer's debt."""
        account = self.account()
        owed = orders.open_invoices(account) if account else []
        at_home = get_territory_currencies(self.company.policy.country) or ["EUR"]
        return owed[0].currency if owed else str(at_home[0])

    def refuse(self, error: orders.OrderError) -> None:
        """Answer why an order cannot be carried out."""
        language = self.company.language
        said = words.line(language, "refused", error.code, **error.seen) if self._has(error) else ""
        self.lines.append(said or words.line(language, "refused", "other", said=str(error)))
        self.counts["refused"] += 1

    def _has(self, error: orders.OrderError) -> bool:
        return words.knows(self.company.language, "refused", error.code)

    def obeyed(self, *, about: Found | None = None) -> None:
        """An order was carried out: whoever gave it has read what the customer wrote up to then."""
        self.counts["orders"] += 1
        found = about or self.found
        if found is not None:
            self.unit.mark_read(found.customer_ref, self.said.at)

    def record(self, name: str, data: Mapping[str, object]) -> None:
        invoice = self.found.invoice_ref if self.found else None
        self.unit.record([orders.event(self.company, name, self.customer_ref, invoice, self.said, data)])

    def queue(self, *entries: Entry) -> None:
        self.unit.queue_entries(entries, self.company.clock())

    def stamp(self) -> str:
        """Tells apart two things that happen to one task."""
        return f"{self.company.clock():%Y%m%dT%H%M%S}"

    def answer(self) -> None:
        """Write the lines as a note where it was said; what was said long ago gets no answer."""
        lines = [text for text in self.lines if text]
        if lines and not self.said.quiet:
            self.queue(Note(self.key, self.on, words.html(lines)))
            self.counts["answered"] += 1
