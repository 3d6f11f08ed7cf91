"""The request bodies that the sandbox accepts, as the specification closes them."""

from __future__ import annotations

from connector.sandbox.pennylane.bodies import (
    Check,
    any_of,
    choice,
    day,
    email,
    flag,
    integer,
    listing,
    money,
    number,
    shape,
    text,
)

CONDITIONS = ("upon_receipt", "custom", "7_days", "15_days", "30_days", "30_days_end_of_month", "45_days",
              "45_days_end_of_month", "60_days")  # fmt: skip
LANGUAGES = ("fr_FR", "en_GB", "de_DE", "es_ES")
ADDRESS_KEYS = ("address", "postal_code", "city", "country_alpha2")
PROVIDERS = ("stripe", "gocardless", "bank", "budgetinsight")
PROVIDER_FIELDS = ("payment_id", "charge_id", "report_id", "webid", "label")

_ADDRESS = shape(dict.fromkeys(ADDRESS_KEYS, text()))
_WHOLE_ADDRESS = shape(dict.fromkeys(ADDRESS_KEYS, text()), required=ADDRESS_KEYS)
_CUSTOMER: dict[str, Check] = {
    "phone": text(), "billing_address": _ADDRESS, "delivery_address": _ADDRESS,
    "payment_conditions": choice(*CONDITIONS), "billing_iban": text(nullable=True), "recipient": text(),
    "reference": text(nullable=True), "notes": text(nullable=True), "emails": listing(text()),
    "external_reference": text(), "billing_language": choice(*LANGUAGES),
}  # fmt: skip
_COMPANY = {**_CUSTOMER, "name": text(), "vat_number": text(), "reg_no": text()}
_INDIVIDUAL = {**_CUSTOMER, "first_name": text(), "last_name": text()}
_NEW: dict[str, Check] = {
    "billing_address": _WHOLE_ADDRESS,
    "ledger_account": shape({"number": text()}, required=("number",)),
}
COMPANY_UPDATE = shape(_COMPANY)
COMPANY_NEW = shape(_COMPANY | _NEW, required=("name", "billing_address"))
INDIVIDUAL_UPDATE = shape(_INDIVIDUAL)
INDIVIDUAL_NEW = shape(_INDIVIDUAL | _NEW, required=("first_name", "last_name", "billing_address"))

_CONTACT: dict[str, Check] = {
    "first_name": text(most=2000, pattern=r"\S"), "last_name": text(most=2000, pattern=r"\S"),
    "email": email, "role": text(most=2000), "telephone_number": text(most=1744),
    "mobile_number": text(most=1744),
}  # fmt: skip
CONTACT_UPDATE = shape(_CONTACT)
CONTACT_NEW = shape(_CONTACT, required=("first_name", "last_name", "email"))

_REFERENCE = shape(
    {"banking_provider": choice(*PROVIDERS), "provider_field_name": choice(*PROVIDER_FIELDS),
     "provider_field_value": text()},
    required=("banking_provider", "provider_field_name", "provider_field_value"),
)  # fmt: skip
_DISCOUNT = shape({"type": choice("absolute", "relative"), "value": money}, required=("type", "value"))
_SPAN = shape({"start_date": day, "end_date": day}, required=("start_date", "end_date"))
_LINE: dict[str, Check] = {
    "product_id": integer(), "label": text(), "ledger_account_id": integer(),
    "substance": choice("goods", "services"), "raw_currency_unit_price": money, "unit": text(),
    "vat_rate": text(), "quantity": number, "section_rank": integer(), "discount": _DISCOUNT,
    "description": text(nullable=True),
}  # fmt: skip
_NEW_LINE = any_of(
    shape(_LINE, required=("product_id", "quantity")),
    shape(_LINE, required=("label", "raw_currency_unit_price", "unit", "vat_rate", "quantity")),
    code="NotOneOf",
)
_WITH_ID = shape({"id": integer()}, required=("id",))
_LINES = shape(
    {"create": listing(_NEW_LINE), "delete": listing(_WITH_ID),
     "update": listing(shape({"id": integer(), **_LINE}, required=("id",)))}
)  # fmt: skip
_TEXTS: dict[str, Check] = {
    "pdf_invoice_free_text": text(nullable=True), "pdf_invoice_subject": text(nullable=True),
    "pdf_description": text(most=5000, nullable=True), "special_mention": text(most=20000, nullable=True),
    "label": text(most=2000, nullable=True), "external_reference": text(), "discount": _DISCOUNT,
    "language": choice(*LANGUAGES), "customer_invoice_template_id": integer(), "currency": text(),
    "date": day, "deadline": day, "customer_id": integer(),
}  # fmt: skip
FINALIZED_KEYS = frozenset({"label", "transaction_reference", "invoice_lines", "external_reference"})
INVOICE_UPDATE = any_of(
    shape({**_TEXTS, "invoice_lines": _LINES}),
    shape({"label": text(most=2000, nullable=True), "external_reference": text(),
           "transaction_reference": _REFERENCE,
           "invoice_lines": shape({"update": listing(shape({"id": integer(), "imputation_dates": _SPAN}))})}),
)  # fmt: skip
INVOICE_NEW = shape(
    {**_TEXTS, "draft": flag, "transaction_reference": _REFERENCE, "invoice_lines": listing(_NEW_LINE)},
    required=("date", "deadline", "customer_id", "invoice_lines"),
)
IMPORTED_UPDATE = shape(
    {**dict.fromkeys(("currency_amount_before_tax", "currency_amount", "amount"), money),
     "currency_tax": money, "tax": money,
     "date": day, "deadline": day, "customer_id": integer(), "invoice_number": text(), "currency": text(),
     "transaction_reference": _REFERENCE, "external_reference": text()}
)  # fmt: skip
CREDIT_NOTE_LINK = shape({"credit_note_id": integer()}, required=("credit_note_id",))
MATCH = shape({"transaction_id": integer()}, required=("transaction_id",))
RECIPIENTS = shape({"recipients": listing(email)})
WEIGHTS = listing(shape({"id": integer(), "weight": text()}, required=("id", "weight")))

CATEGORY_NEW = shape(
    {"label": text(), "category_group_id": integer(), "direction": choice("cash_in", "cash_out"),
     "analytical_code": text(nullable=True)},
    required=("label", "category_group_id"),
)  # fmt: skip
TRANSACTION_NEW = shape(
    {"bank_account_id": integer(), "label": text(), "date": day, "amount": money, "fee": money},
    required=("bank_account_id", "label", "date", "amount"),
)
TRANSACTION_UPDATE = any_of(
    shape({"customer_id": integer(nullable=True)}, required=("customer_id",)),
    shape({"supplier_id": integer(nullable=True)}, required=("supplier_id",)),
    code="NotOneOf",
)
BANK_ACCOUNT_NEW = shape(
    {"bank_establishment_id": integer(), "name": text(), "iban": text(), "bic": text(), "currency": text(),
     "account_type": text()},
    required=("name",),
)  # fmt: skip
