"""An invented company and two invented customers, to try texts on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from connector.message.company import CompanyText
from connector.model import (
    Account,
    Action,
    Allocation,
    AllocationSource,
    Contact,
    Customer,
    Installment,
    InstallmentKey,
    Invoice,
    InvoiceKind,
    MessagePlan,
    Party,
    Payment,
    PlannedLine,
    Promise,
    PromiseState,
    Reminder,
    ReminderState,
    Role,
    Scenario,
    Step,
)

#: A day up to which every rate is known.
TODAY = date(2026, 9, 15)

COMPANY = CompanyText(
    id="exemple",
    name="Exemple SARL",
    sender=Party("Exemple SARL", "compta@exemple.example"),
    language="fr",
    country="FR",
    reply_to=Party("Comptabilité", "recouvrement@exemple.example"),
    signature="Camille Exemple",
    phone="+33 1 00 00 00 00",
    address=("1 rue de l'Exemple", "75000 Paris"),
    legal_line="SARL au capital de 1 000 €",
    iban="FR7600000000000000000000000",
    bic="EXEMFRPPXXX",
    payment_url="https://pay.example/exemple",
)


def plan_for(account: Account, language: str, template: str, action: Action) -> MessagePlan:
    """A plan that lists every installment of the account's invoices at one step."""
    step = Step(template, 7, "email", template)
    return MessagePlan(
        customer_ref=account.customer.ref,
        currency="EUR",
        action=action,
        leader=step,
        scenario=Scenario("sample", (step,)),
        lines=tuple(
            PlannedLine(InstallmentKey(invoice.ref, part.position), step, 1, 0)
            for invoice in account.invoices
            if invoice.kind is InvoiceKind.INVOICE
            for part in invoice.installments
        ),
        contact_ref=None,
        recipient_name="Dominique Modèle",
        recipient="dominique@modele.example",
        language=language,
    )


def rich_account() -> Account:
    """A French business: two late invoices (one in parts, one paid in part), one not yet due, a credit
    note, unapplied money, an earlier reminder, a payment since, a promise not kept, a buyer."""
    invoices = (
        _invoice("1", "FAC/2026/0001", 60, (("1200.00", 30), ("800.00", 2)), reference="PO-4512"),
        _invoice("2", "FAC/2026/0002", 40, (("640.50", 10),), link="https://invoices.example/2"),
        _invoice("3", "FAC/2026/0003", 5, (("99.90", -25),)),
        Invoice(
            ref="4",
            number="AV/2026/0001",
            customer_ref="1",
            issued_on=TODAY - timedelta(days=3),
            currency="EUR",
            total=Decimal(50),
            residual=Decimal(50),
            kind=InvoiceKind.CREDIT_NOTE,
        ),
    )
    buyer = Contact("b", "Andrea Acheteuse", "achats@modele.example", roles=frozenset({Role.PURCHASING}))
    customer = Customer(
        "1",
        "Modèle & Fils SAS",
        country="FR",
        registry="900 000 000",
        vat="FR00900000000",
        contacts=(buyer,),
    )
    return Account(
        customer=customer,
        invoices=invoices,
        payments=(Payment("p", "1", TODAY - timedelta(days=1), "EUR", Decimal(20), Decimal(20)),),
        reminders=(_reminder(),),
        promises=(_broken_promise(),),
    )


def _reminder() -> Reminder:
    return Reminder(
        installment=InstallmentKey("1", 0),
        customer_ref="1",
        scenario="sample",
        scenario_version="",
        step="reminder_1",
        day=7,
        level=1,
        occurrence=0,
        channel="email",
        recipient="dominique@modele.example",
        currency="EUR",
        residual=Decimal(1200),
        due_on=TODAY - timedelta(days=30),
        message_key="sample",
        state=ReminderState.SENT,
        queued_on=TODAY - timedelta(days=20),
        completed_on=TODAY - timedelta(days=20),
    )


def _broken_promise() -> Promise:
    return Promise(
        id=1,
        customer_ref="1",
        invoice_ref=None,
        promised_on=TODAY - timedelta(days=4),
        made_on=TODAY - timedelta(days=15),
        amount=Decimal(500),
        currency="EUR",
        state=PromiseState.BROKEN,
    )


def bare_account() -> Account:
    """A consumer of whom only the debt is known."""
    return Account(
        customer=Customer("2", "Claude Modèle", country="FR", is_company=False),
        invoices=(_invoice("9", "FAC/2026/0009", 40, (("80.00", 10),)),),
    )


def _invoice(
    ref: str,
    number: str,
    age: int,
    parts: tuple[tuple[str, int], ...],
    reference: str | None = None,
    link: str | None = None,
) -> Invoice:
    """``parts``: (amount, days late). A reference brings a part payment of 200 with it."""
    paid = Decimal(200) if reference else Decimal(0)
    installments = tuple(
        Installment(n, TODAY - timedelta(days=late), Decimal(amount), Decimal(amount) - (0 if n else paid))
        for n, (amount, late) in enumerate(parts)
    )
    taken = (Allocation("a", AllocationSource.PAYMENT, paid, TODAY - timedelta(days=12)),) if paid else ()
    return Invoice(
        ref=ref,
        number=number,
        customer_ref="1",
        issued_on=TODAY - timedelta(days=age),
        currency="EUR",
        total=sum((part.amount for part in installments), Decimal(0)),
        residual=sum((part.residual for part in installments), Decimal(0)),
        installments=installments,
        allocations=taken,
        reference=reference,
        payment_reference=number,
        link=link,
        products=("Conseil",) if reference else (),
    )
