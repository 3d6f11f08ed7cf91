"""What the demo shows, scene by scene."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from inscriptis import get_text
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from connector import orders
from connector.model import Action, Decision, Message, Reason
from connector.model.chase import THANK_YOU
from connector.pipeline import Company, PassReport, run_pass
from connector.pipeline.decide import look
from connector.pipeline.write_back import write_back
from connector.sandbox.ledger import Ledger
from connector.sandbox.nouns import Document
from connector.store.ports import Effect, EffectState
from connector.wording import reason_label, sentence, step_label

EARLIER = 10  # days before today at which the story begins
_LATER = 14


@contextmanager
def _picture(console: Console, file: Path | None) -> Iterator[None]:
    """Save what is shown in the block as a picture, if a ``file`` for it is given."""
    console.record = file is not None
    yield
    if file is not None:
        svg = console.export_svg(title="make demo")
        # without the fonts that it would load from elsewhere: the reader's own do as well
        file.write_text(re.sub(r"@font-face {.*?}\s*", "", svg, flags=re.DOTALL), encoding="utf-8")
    console.record = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left."""

    message: Message
    thanks: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the journal of a document."""

    html: str
    at: datetime
    author: str


@dataclass
class Story:
    """What the demo shows, scene by scene."""

    console: Console
    company: Company
    ledger: Ledger
    folder: Path
    svg: Path | None = None
    host: str = "Odoo"  # as people call it
    document_of: Callable[[str], Document] | None = None  # by the host's id; None: the ledger's own serial
    journal_of: Callable[[Document], list[Written]] | None = None  # None: the ledger's own notes

    def tell(self, today: date) -> int:
        """All scenes; 0 when everything went as it should."""
        first = self._scene_before(today)
        second = self._scene_today(today)
        again = self._scene_again(today)
        last = self._scene_later(today)
        self._scene_files()
        failed = any(report.errors or report.stopped for report in (first, second, again, last))
        return 1 if failed or again.delivered.total() else 0

    # the scenes ----------------------------------------------------------------------------------------

    def _scene_before(self, today: date) -> PassReport:
        on = today - timedelta(days=EARLIER)
        self._title(
            f"{on}: Relance is installed beside {self.host}", "the first pull, and the first reminders"
        )
        report = self._pass(on)
        self._figures(report)
        paid = self._customers_pay(9)
        self.console.print(f"  [dim]In the ten days after, customers pay {paid} of the invoices in it.[/]")
        self.ledger.advance(today)
        return report

    def _scene_today(self, today: date) -> PassReport:
        self._title(f"{today}: today's pass", "pull, decide, deliver, write back")
        report = self._pass(today)
        shown = _three(self._messages_of(today), self.company.language)
        with _picture(self.console, self.svg):
            self._figures(report)
            self._reasons(today)
            for name, message in shown[:1]:
                self._show_message(name, message)
        for name, message in shown[1:]:
            self._show_message(name, message)
        for _, message in shown[:1]:
            self._chatter(message)
        return report

    def _scene_again(self, today: date) -> PassReport:
        self._title("The same pass once more", "nothing leaves twice")
        report = self._pass(today)
        self._figures(report)
        verdict = "[bold green]✓ nothing left a second time[/]"
        if report.delivered.total():
            verdict = "[bold red]✗ something left a second time[/]"
        self.console.print(f"  {verdict}; the pass took {report.calls} calls to {self.host}")
        return report

    def _scene_later(self, today: date) -> PassReport:
        later = today + timedelta(days=_LATER)
        self._title(f"{later}: two weeks later", "payments came in, one customer made a promise")
        before = {_key(d): d for d in self._decisions(today)}
        promised = self._somebody_promises(today, later + timedelta(days=7))
        paid = self._customers_pay(12)
        self._money_nobody_matched()
        self.ledger.advance(later)
        report = self._pass(later)
        self._figures(report)
        self.console.print(
            f"  {paid} invoices were paid, {escape(promised)} is promised, one payment waits to be matched."
        )
        self._changes(before, later)
        return report

    def _scene_files(self) -> None:
        self._title("What to open", "")
        mails = sorted((self.folder / "mails").glob("*.eml"))
        rows = [
            (str(self.folder / "look"), "the three messages and the chatter, for a browser"),
            (str(self.folder / "mails"), f"{len(mails)} messages as .eml, for a mail program"),
            (str(self.folder / "relance.toml"), "the configuration, with comments"),
            (str(self.folder / "relance.sqlite"), "the store: facts, reminders, history"),
        ]
        table = Table(box=None, show_header=False)
        for path, what in rows:
            table.add_row(f"[bold]{escape(path)}[/]", what)
        self.console.print(table)
        self.console.print(
            "[dim]  `relance sandbox` serves such a ledger to try a configuration of yours on.[/]"
        )

    # what people do ------------------------------------------------------------------------------------

    def _customers_pay(self, count: int) -> int:
        """Some of those who were reminded pay what they owe."""
        numbers: list[str] = []
        with self.company.store.begin(self.company.id) as unit:
            for account in unit.accounts(unit.customers_with_open()):
                chased = {r.installment.invoice_ref for r in account.reminders}
                reminded = [i for i in account.invoices if i.ref in chased and i.is_open]
                if len(reminded) == len([i for i in account.invoices if i.is_open]):
                    numbers += [i.number for i in reminded]
        for number in numbers[:count]:
            self.ledger.pay(number)
        return len(numbers[:count])

    def _somebody_promises(self, today: date, on: date) -> str:
        due = [
            d for d in self._decisions(today) if d.reason is Reason.NOT_DUE and d.due_on and d.due_on < today
        ]
        if not due:
            return "nothing"
        number = max(due, key=lambda d: d.residual).number
        orders.promise(self.company, number, on, None, today, "par téléphone")
        write_back(self.company, today, PassReport(self.company.id, self.company.host.name, today))
        return number

    def _money_nobody_matched(self) -> None:
        for party in self.ledger.customers():
            if party.email:
                due = [d for d in self.ledger.documents() if d.customer is party and d.open_amount > 0]
                if len(due) == 1 and due[0].kind == "invoice" and due[0].due_on < self.ledger.clock.today:
                    self.ledger.receive(party, due[0].open_amount)
                    return

    # what is shown -------------------------------------------------------------------------------------

    def _pass(self, on: date) -> PassReport:
        usage = self.company.host.usage
        calls, size = usage.calls, usage.bytes
        with self.console.status("working…"):
            report = run_pass(self.company, on)
        report.calls, report.bytes = report.calls - calls, report.bytes - size
        return report

    def _title(self, title: str, what: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]{escape(title)}[/]  [dim]{escape(what)}[/]", align="left")

    def _figures(self, report: PassReport) -> None:
        pulled, sent = report.pulled, report.delivered["sent"]
        self.console.print(
            f"  pulled   [bold]{pulled['invoices']}[/] invoices and credit notes, "
            f"[bold]{pulled['customers']}[/] customers, [bold]{pulled['payments']}[/] payments "
            f"({report.calls} calls, {report.bytes / 1e6:.2f} MB, {report.seconds:.1f} s)"
        )
        self.console.print(
            f"  decided  [bold]{report.acted[Action.REMIND]}[/] installments to remind, "
            f"[bold]{report.acted[Action.THANK]}[/] thanks, "
            f"[bold]{report.acted[Action.FOLLOW_UP]}[/] for a person"
        )
        self.console.print(
            f"  sent     [bold]{sent}[/] messages; wrote [bold]{report.written_back['notes']}[/] notes and "
            f"[bold]{report.written_back['activities']}[/] activities into {self.host}"
        )
        for error in [*report.errors, *([report.stopped] if report.stopped else [])]:
            self.console.print(f"  [bold red]✗[/] {escape(error)}")

    def _decisions(self, on: date) -> list[Decision]:
        with self.company.store.begin(self.company.id) as unit:
            decided = list(look(self.company, unit, unit.customers_with_open(), on))
        return [decision for item in decided for decision in item.decisions]

    def _reasons(self, on: date) -> None:
        decisions = self._decisions(on)
        counts = Counter((d.action, d.reason) for d in decisions)
        table = Table(box=None, header_style="bold", padding=(0, 2))
        for column in ("now", "because", "installments", "for instance"):
            table.add_column(column, justify="right" if column == "installments" else "left")
        for (action, reason), count in sorted(counts.items(), key=lambda item: -item[1]):
            example = next(d for d in decisions if d.reason is reason and d.action is action)
            table.add_row(
                str(action),
                escape(reason_label(reason, self.company.language)),
                str(count),
                Text(f"{example.number}: {sentence(example, self.company.language)}", overflow="ellipsis"),
            )
        self.console.print(Panel(table, title="how every open installment stands now", title_align="left"))

    def _messages_of(self, on: date) -> list[Sent]:
        """The messages that left on a day, each with whether it thanks."""
        found: list[Sent] = []
        with self.company.store.begin(self.company.id) as unit:
            for effect in unit.effects([EffectState.DONE]):
                message = effect.item
                if isinstance(message, Message) and self._day(effect) == on:
                    steps = {r.step for r in unit.reminders(message_key=message.key)}
                    found.append(Sent(message, THANK_YOU in steps))
        return found

    def _day(self, effect: Effect) -> date:
        return effect.created_at.astimezone(self.company.zone).date()

    def _show_message(self, name: str, message: Message) -> None:
        head = Text.assemble(
            ("To       ", "dim"), f"{message.recipient.name} <{message.recipient.email}>\n",
            ("Subject  ", "dim"), (message.subject, "bold"),
        )  # fmt: skip
        self.console.print(Panel(Group(head, Text(), Text(message.text)), title=name, title_align="left"))
        look_ = self.folder / "look"
        look_.mkdir(exist_ok=True)
        (look_ / f"{name.replace(' ', '-')}.html").write_text(message.html, encoding="utf-8")

    def _chatter(self, chosen: Message) -> None:
        """What a person sees in the host on the first invoice of a reminder."""
        document = self._document(chosen.invoice_refs[0])
        notes = self.journal_of(document) if self.journal_of else self._notes(document)
        parts = [
            Panel(
                Text(get_text(note.html).strip()),
                title=f"{note.at:%Y-%m-%d} {note.author}",
                title_align="left",
                border_style="dim",
            )
            for note in notes[-2:]
        ]
        title = f"the journal of {document.number} in {self.host}"
        self.console.print(Panel(Group(*parts), title=title, title_align="left"))
        page = "".join(f"<section>{note.html}</section><hr>" for note in notes)
        (self.folder / "look" / "chatter.html").write_text(f"<meta charset=utf-8>{page}", encoding="utf-8")

    def _notes(self, document: Document) -> list[Written]:
        return [
            Written(note.body, note.at, note.author.name if note.author else "")
            for note in self.ledger.notes
            if note.subject is document
        ]

    def _document(self, ref: str) -> Document:
        if self.document_of is not None:
            return self.document_of(ref)
        return next(d for d in self.ledger.documents() if str(d.serial) == ref)

    def _changes(self, before: dict[tuple[str, int], Decision], on: date) -> None:
        """How the same installments stand now: from what to what, with an instance of each."""
        moves: dict[tuple[str, str], list[Decision]] = {}
        for decision in self._decisions(on):
            earlier = before.get(_key(decision))
            now = self._stand(decision)
            then = self._stand(earlier) if earlier else "new"
            if now != then:
                moves.setdefault((then, now), []).append(decision)
        table = Table(box=None, header_style="bold", padding=(0, 2))
        for column in ("two weeks ago", "now", "installments", "for instance"):
            table.add_column(column, justify="right" if column == "installments" else "left")
        for (then, now), decisions in sorted(moves.items(), key=lambda item: -len(item[1]))[:12]:
            words = sentence(decisions[0], self.company.language)
            table.add_row(
                escape(then), escape(now), str(len(decisions)),
                Text(f"{decisions[0].number}: {words}", overflow="ellipsis"),
            )  # fmt: skip
        self.console.print(Panel(table, title="what changed", title_align="left"))

    def _stand(self, decision: Decision) -> str:
        language = self.company.language
        label = reason_label(decision.reason, language)
        if decision.reason is Reason.NOT_DUE and decision.step:
            return f"{label} → {step_label(decision.step.name, language)}"
        return label


def _key(decision: Decision) -> tuple[str, int]:
    return decision.number, decision.installment.position if decision.installment else 0


def _three(messages: Sequence[Sent], language: str) -> list[tuple[str, Message]]:
    """A French reminder, an English one, a thank-you: of each the one that lists most, up to four. Those in
    the company's ``language`` come first."""
    wanted = (
        ("French reminder", [s.message for s in messages if not s.thanks and s.message.language == "fr"]),
        ("English reminder", [s.message for s in messages if not s.thanks and s.message.language == "en"]),
        ("thank-you", [s.message for s in messages if s.thanks]),
    )
    found = [(name, max(some, key=lambda m: min(len(m.invoice_refs), 4))) for name, some in wanted if some]
    return sorted(found, key=lambda shown: shown[1].language != language)
