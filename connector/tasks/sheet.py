"""The call sheet: all that somebody wants to know before he calls, on the task itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from connector.dunning.calendar import next_working_day
from connector.model import Account, InstallmentKey, Role
from connector.ports import TaskKind
from connector.tasks.exchanges import Call, exchanges
from connector.tasks.html import Piece, joined, link, listed, page, paragraph, short, small, strong
from connector.tasks.owed import never_received, order_numbers, overdue_invoices, owed_table, promise_lines
from connector.tasks.people import Callee, callees
from connector.tasks.phone import dialled
from connector.tasks.words import typed_day, words

#: Two to call are enough: more is a directory.
_CALLEES = 2
_FEW = 5  # numbers in a sentence
_AHEAD = timedelta(weeks=2)
_SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One customer on ``today``, the day of the call, for somebody in ``country`` (the company's).

    ``calls`` are those made before. ``contact_ref``, ``roles``: who was chosen to be called, or what he is
    to be. ``wanted``: the installments it is about, besides what is overdue.
    """

    language: str
    account: Account
    today: date
    country: str | None = None
    calls: Sequence[Call] = ()
    contact_ref: str | None = None
    roles: Sequence[Role] = ()
    wanted: Collection[InstallmentKey] = ()

    def html(self, intro: Piece, ask: Piece, kind: TaskKind) -> str:
        """The whole note: ``intro`` says why, ``ask`` what to ask."""
        text = words(self.language)["sheet"]
        return page(
            intro,
            self.who(),
            self.owed(),
            listed(text["exchanges"], self.exchanges()),
            listed(text["promises"], promise_lines(self.language, self.account)),
            *self.papers(),
            paragraph(strong(text["ask"]), " ", ask) if ask else "",
            self.answers(kind),
        )

    def who(self) -> Markup:
        """Who to call: name, role, number as it is dialled from here, address."""
        text = words(self.language)["sheet"]
        found = callees(self.account, self.roles, self.contact_ref)[:_CALLEES]
        lines = [paragraph(strong(text["call"]), " ", self._callee(found[0]))]
        return joined([*lines, *(paragraph(text["else"], " ", self._callee(o)) for o in found[1:])], "")

    def _callee(self, one: Callee) -> Markup:
        text = words(self.language)["sheet"]
        role = small(f"({text['role'][one.role]})") if one.role else ""
        name = joined((strong(short(one.name, 80)), role), " ")
        phone: Piece = text["no_phone"]
        if one.phone:
            number, url = dialled(one.phone, self.country, self.account.customer.country)
            phone = link(url, number) if url else number
        return joined((name, phone, short(one.email or "", 80)))

    def owed(self) -> Markup:
        return owed_table(self.language, self.account, self.today, self.wanted)

    def exchanges(self) -> list[str]:
        return exchanges(self.language, self.account, self.calls)

    def papers(self) -> list[Markup]:
        """The customer's order numbers, those that are missing, and what he says he never received."""
        text = words(self.language)["sheet"]
        refs = {key.invoice_ref for key in self.wanted}
        invoices = {i.ref: i for i in overdue_invoices(self.account, self.today)}
        invoices |= {i.ref: i for i in self.account.invoices if i.ref in refs}
        known, missing = order_numbers(list(invoices.values()))
        told = bool(known) or Role.PURCHASING in self.roles  # else he pays without one
        without = text["missing"].format(numbers=_few(missing)) if missing and told else ""
        never = never_received(self.account)
        orders = joined((_few(known), without), " – ") or text["none"]
        return [
            paragraph(strong(text["order_number"]), " ", orders) if invoices else Markup(""),
            paragraph(strong(text["to_send"]), " ", text["copies"].format(numbers=_few(never)))
            if never
            else Markup(""),
        ]

    def answers(self, kind: TaskKind) -> Markup:
        """What can be written when the task is marked done, and what follows from it."""
        table = words(self.language)["answers"]
        rows = [
            Markup("<code>{}</code> – {}").format(written, meant)
            for written, meant in answers(self.language, kind, self.today, self.country)
        ]
        return listed(table["head"], rows)


def answers(language: str, kind: TaskKind, today: date, country: str | None = None) -> list[tuple[str, str]]:
    """The answers to choose from on a task of that kind: what to write when it is marked done, as our grammar
    reads it, and what follows from it. Their days are working days to come."""
    table = words(language)["answers"]
    later, soon = (
        typed_day(next_working_day(today + span, country or ""), language) for span in (_AHEAD, _SOON)
    )
    rows: Sequence[Sequence[str]] = table.get(str(kind), table["call"])
    return [(written.format(day=later, soon=soon), meant) for written, meant in rows]


def _few(names: Sequence[str]) -> str:
    told = ", ".join(short(name, 60) for name in names[:_FEW])
    return f"{told}, …" if len(names) > _FEW else told
