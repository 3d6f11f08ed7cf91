"""The sandbox's ledger: the books and everything that people do to them between two passes.

``generate.ledger(...)`` fills one. Hosts are played over it by their own modules; the ledger knows none of
them.
"""

from __future__ import annotations

import html
from datetime import date

from connector.sandbox.accounting import Accounting, LedgerError, act
from connector.sandbox.nouns import Activity, Attachment, Document, Entry, Mail, Note, NoteKind, Party, User

__all__ = ["CALL", "TO_DO", "Ledger", "LedgerError"]

EMAIL, CALL, MEETING, TO_DO, UPLOAD = 1, 2, 3, 4, 5
ACTIVITY_KINDS: dict[int, str] = {
    EMAIL: "Email",
    CALL: "Call",
    MEETING: "Meeting",
    TO_DO: "To-Do",
    UPLOAD: "Upload Document",
}
DOMAIN = "exemple-sarl.example"


class Ledger(Accounting):
    """Acts of people. Every method takes the lock, moves the clock and stamps what the host would stamp."""

    # ------------------------------------------------------------------ time

    @act
    def advance(self, to: date) -> None:
        """Move the sandbox to that day; nothing else happens. Raises ValueError when it lies in the past."""
        self.clock.advance(to)

    # ------------------------------------------------------------------ chatter

    @act
    def write_note(
        self,
        subject: Entry | Party,
        body: str,
        *,
        user: User | None = None,
        author: Party | None = None,
        kind: NoteKind = "note",
        message_type: str = "comment",
        token: str = "",
        title: str = "",
        sender: str = "",
        recipients: tuple[Party, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        activity_kind: int = 0,
    ) -> Note:
        """Any message. ``body`` is HTML, kept as it is. Leaves the subject's write date alone, as the hosts
        do.
        """
        now, serial = self.clock.tick(), self.notes.next()
        note = Note(
            serial, subject, kind, body, token or f"<{serial}.{int(now.timestamp())}@{DOMAIN}>", now, now,
            author or (user.party if user else None), user, sender, title, message_type,
            list(recipients), list(attachments), activity_kind,
        )  # fmt: skip
        self.keep_note(note)
        if recipients:
            number = subject.number if isinstance(subject, Entry) else ""
            to = tuple(party.email for party in recipients if party.email)
            self.mails.append(Mail(to, title, body, note.token, now, number))
        return note

    @act
    def person_writes(self, number: str | Document, text: str, *, login: str = "camille") -> Note:
        """A person of ours writes a plain note on the invoice, such as ``#promise 15/12``."""
        body = f"<p>{html.escape(text, quote=False)}</p>"
        return self.write_note(self.document(number), body, user=self.user(login))

    @act
    def customer_writes(self, number: str | Document, text: str) -> Note:
        """An e-mail from the customer arrives on the invoice."""
        document = self.document(number)
        party = document.customer
        sender = f'"{party.name}" <{party.email or "inconnu@exemple.example"}>'
        body = f"<p>{html.escape(text, quote=False)}</p>"
        return self.write_note(
            document, body, author=party, kind="email", message_type="email", sender=sender,
            title=f"Re: {document.number}",
        )  # fmt: skip

    @act
    def rewrite_note(self, note: Note, body: str) -> None:
        """The message says something else from now on. ``body`` is HTML, kept as it is."""
        note.body, note.written_at = body, self.clock.tick()

    @act
    def attach(self, subject: Entry | Party | None, name: str, content: bytes, media_type: str) -> Attachment:
        serial = self.attachments.next()
        made = Attachment(serial, name, content, media_type, subject, self.clock.tick())
        return self.attachments.add(serial, made)

    # ------------------------------------------------------------------ activities

    @act
    def schedule_activity(
        self,
        number: str | Entry | Party,
        due_on: date,
        *,
        summary: str = "",
        note: str = "",
        kind: int = TO_DO,
        login: str = "camille",
        author: User | None = None,
        unassigned: bool = False,
    ) -> Activity:
        """A task on an invoice, for the user of that login (for nobody if ``unassigned``)."""
        subject = self.document(number) if isinstance(number, str) else number
        user, now = self.user(login), self.clock.tick()
        activity = Activity(
            self.activities.next(), subject, kind, due_on, None if unassigned else user, author or user, now,
            now,
            summary, note,
        )  # fmt: skip
        return self.keep_activity(activity)

    @act
    def move_activity(self, activity: Activity, to: date) -> None:
        activity.due_on, activity.written_at = to, self.clock.tick()

    @act
    def complete_activity(
        self,
        activity: Activity,
        feedback: str = "",
        *,
        user: User | None = None,
        keep: bool = False,
        body: str = "",
    ) -> Note:
        """Done: a message says so (in ``body``, when its words matter); the task is deleted, or archived with
        its feedback if ``keep``."""
        body = body or f"<p>{html.escape(activity.summary)}</p><p>{html.escape(feedback, quote=False)}</p>"
        note = self.write_note(
            activity.subject, body, user=user or activity.user, kind="activity", message_type="notification",
            activity_kind=activity.kind,
        )  # fmt: skip
        if keep:
            activity.active, activity.feedback = False, feedback
            activity.done_on, activity.written_at = self.clock.today, note.at
        else:
            self.drop_activity(activity)
        return note

    # ------------------------------------------------------------------ customers

    @act
    def rename_customer(self, customer: str | Party, name: str) -> None:
        """The invoices' write dates do not move: hosts keep the name with the customer."""
        self._change(self.customer(customer), "name", name)

    @act
    def change_email(self, customer: str | Party, email: str) -> None:
        self._change(self.customer(customer), "email", email)

    @act
    def change_language(self, customer: str | Party, code: str | None) -> None:
        self._change(self.customer(customer), "language", self.languages[code] if code else None)

    @act
    def tag_customer(self, customer: str | Party, name: str) -> None:
        party = self.customer(customer)
        self._change(party, "tags", [*party.tags, self.tag(name)])

    @act
    def note_customer(self, customer: str | Party, text: str) -> None:
        """A person of ours edits the free text of the customer's sheet: what stood there is gone."""
        self._change(self.customer(customer), "notes", text)

    @act
    def archive_customer(self, customer: str | Party) -> None:
        self._change(self.customer(customer), "active", False)

    @act
    def merge_customer(self, gone: str | Party, into: str | Party) -> None:
        """Every entry of ``gone`` now names ``into``; like the hosts, without touching any entry's write
        date.
        """
        lost, kept = self.customer(gone), self.customer(into)
        if lost is kept:
            raise LedgerError(f"{lost.name!r} cannot be merged into itself: name two customers")
        moved = self.entries_by_payer.pop(lost.serial, [])
        for entry in moved:
            entry.customer = kept
        self.entries_by_payer[kept.serial].extend(moved)
        for contact in lost.contacts:
            contact.parent = kept
        kept.contacts.extend(lost.contacts)
        kept.written_at = self.clock.tick()
        self.merged[lost.serial] = kept.serial
        self.parties.remove(lost.serial)

    def _change(self, party: Party, fact: str, value: object) -> None:
        setattr(party, fact, value)
        party.written_at = self.clock.tick()
