"""What a company says of itself: CompanyInfo and Preferences, read alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector.sandbox.quickbooks.entities import Entity, Field, Shown, offer
from connector.sandbox.quickbooks.stage import Realm
from connector.sandbox.quickbooks.values import filled, moment

INFO, PREFERENCES = "CompanyInfo", "Preferences"
LONG_CODES = {"BE": "BEL", "CH": "CHE", "DE": "DEU", "FR": "FRA", "LU": "LUX", "GB": "GBR", "US": "USA"}
DATE_FORMATS = {"US": "MMDDYYYY_SEP_SLASH", "DE": "DDMMYYYY_SEP_DOT"}
NUMBER_FORMATS = {"US": "US_NB", "GB": "US_NB", "DE": "DE_NB"}


def _only(realm: Realm, _wanted: str = "1") -> Any:
    return realm.company


def _listed(realm: Realm) -> list[Any]:
    return [realm.company]


def _updated(realm: Realm, _one: Any) -> datetime:
    return realm.stage.begun_at


def _meta(realm: Realm) -> dict[str, Any]:
    at = moment(realm.stage.begun_at)
    return {"domain": "QBO", "sparse": False, "Id": "1", "SyncToken": "4",
            "MetaData": {"CreateTime": at, "LastUpdatedTime": at}}  # fmt: skip


def show_info(realm: Realm, _one: Any = None) -> Shown:
    company, country = realm.company, realm.options.country
    party = company.party
    address = {"Id": "1", "Line1": party.street, "City": party.city, "PostalCode": party.zip,
               "Country": LONG_CODES.get(country, country)}  # fmt: skip
    status = realm.extras.subscription.get(company.serial, "SUBSCRIBED")
    return filled({
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "PrimaryPhone": {"FreeFormNumber": party.phone},
        "CompanyStartDate": realm.stage.begun_at.date().isoformat(),
        "FiscalYearStartMonth": "January",
        "Country": country,
        "Email": {"Address": party.email},
        "WebAddr": {},
        "SupportedLanguages": "fr,en" if country == "FR" else "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": status},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
        ],
        **_meta(realm),
    })  # fmt: skip


def show_preferences(realm: Realm, _one: Any = None) -> Shown:
    closed, country = realm.extras.closed_on.get(realm.company.serial), realm.options.country
    message = {"Subject": f"Invoice from {realm.company.name}", "Message": "Your invoice is attached."}
    return {
        "EmailMessagesPrefs": {"InvoiceMessage": message, "StatementMessage": message},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "AccountingInfoPrefs": filled({
            "FirstMonthOfFiscalYear": "January",
            "BookCloseDate": closed.isoformat() if closed else None,
            "CustomerTerminology": "Customers",
        }),
        "SalesFormsPrefs": _sales_forms(realm),
        "OtherPrefs": {"NameValue": [
            {"Name": "DateFormatMnemonic", "Value": DATE_FORMATS.get(country, "DDMMYYYY_SEP_SLASH")},
            {"Name": "NumberFormatMnemonic", "Value": NUMBER_FORMATS.get(country, "FR_NB")},
            {"Name": "ProjectsEnabled", "Value": "false"},
        ]},
        "CurrencyPrefs": {
            "HomeCurrency": {"value": realm.company.currency.code}, "MultiCurrencyEnabled": True
        },
        **_meta(realm),
    }  # fmt: skip


def _sales_forms(realm: Realm) -> dict[str, Any]:
    prefix = "SalesFormsPrefs."
    on = [{"Name": f"{prefix}UseSalesCustom{slot}", "Type": "BooleanType", "BooleanValue": bool(name)}
          for slot, name in reversed(list(enumerate(realm.options.slots, 1)))]  # fmt: skip
    names = [{"Name": f"{prefix}SalesCustomName{slot}", "Type": "StringType", "StringValue": name}
             for slot, name in enumerate(realm.options.slots, 1) if name]  # fmt: skip
    return {
        "ETransactionPaymentEnabled": realm.options.online_payments, "CustomTxnNumbers": False,
        "DefaultTerms": {"value": "1"}, "AllowDeposit": True, "AutoApplyPayments": True,
        "AutoApplyCredit": True, "EmailCopyToCompany": False, "ETransactionAttachPDF": False,
        "CustomField": [{"CustomField": on}, {"CustomField": names}],
    }  # fmt: skip


def _id(_one: Any) -> str:
    return "1"


for _name, _show in ((INFO, show_info), (PREFERENCES, show_preferences)):
    _fields: dict[str, Field] = {
        "metadata.createtime": Field("moment", lambda realm, _one: realm.stage.begun_at),
        "metadata.lastupdatedtime": Field("moment", lambda realm, _one: realm.stage.begun_at),
    }
    offer(Entity(_name, _listed, _only, _show, _id, _updated, _fields))
