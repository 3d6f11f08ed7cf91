"""Sends a reminder through Odoo itself, so that the answers come back to the invoice's journal."""

from __future__ import annotations

from dataclasses import dataclass

from connector.errors import HostError, Unavailable
from connector.hosts.odoo.writing import Writer, attachments
from connector.model import Kind, Message, Ref
from connector.ports import Receipt, ReceiptStatus


@dataclass(frozen=True, slots=True)
class Mailer:
    writer: Writer

    def send(self, message: Message) -> Receipt:
        """Post the message on the first invoice (else on the customer) to the contact: Odoo e-mails it to him
        alone. As a public comment it would go to every follower of the invoice too, as a note it does not;
        answers come back to the journal either way. QUEUED: Odoo's outgoing server has the rest."""
        invoice = next(iter(message.invoice_refs), None)
        on = Ref(Kind.INVOICE, invoice) if invoice else Ref(Kind.CUSTOMER, message.customer_ref)
        try:
            ref = self.writer.post(
                on,
                body=message.html,
                subject=message.subject,
                subtype_xmlid="mail.mt_note",
                partner_ids=[int(message.contact_ref or message.customer_ref)],
                message_id=message.message_id,
                email_layout_xmlid="mail.mail_notification_light",
                attachments=attachments(message.attachments),
            )
        except Unavailable as error:
            unsure = error.maybe_done
            return Receipt(ReceiptStatus.UNKNOWN if unsure else ReceiptStatus.FAILED, detail=str(error))
        except HostError as error:
            return Receipt(ReceiptStatus.FAILED, detail=str(error))
        return Receipt(ReceiptStatus.QUEUED, str(ref))

    def find(self, message: Message) -> Receipt:
        """Look for the message by its Message-Id. Ask only when the first attempt cannot be running any more
        (Odoo stops a request after two minutes unless told otherwise)."""
        try:
            found = self.writer.find_messages([message.message_id])
        except HostError as error:
            return Receipt(ReceiptStatus.UNKNOWN, detail=str(error))
        ref = found.get(message.message_id)
        if ref is None:
            return Receipt(ReceiptStatus.FAILED, detail="Odoo has no such message")
        return Receipt(ReceiptStatus.SENT, str(ref))
