"""QuickBooks' errors as it puts them on the wire: a ``Fault`` from the service, another envelope from the
gateway before it, XML over the rate.

The texts of the common codes are those of its documentation and of published answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connector.sandbox.quickbooks.values import told

VALIDATION = "ValidationFault"
STALE = (
    "Stale Object Error : You and root were working on this at the same time. root finished before you did, "
    "so your work was not saved."
)
INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields with "
    "accounts, customers, items, vendors or employees."
)
DELETED = "Object Not Found : Another user has deleted this transaction."
CLOSED = (
    "The account period has closed and the account books cannot be updated through through the QBO Services "
    "API. Please use the QBO website to make these changes."
)
LAPSED = (
    "Subscription period has ended or canceled or there was a billing problem : You can't perform this "
    "action because of the status of the company's subscription."
)
NO_VALUE = "Required param missing, need to supply the required value for the API"
THROTTLED = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="{time}"><Fault type="SERVICE">'
    '<Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>'
    "<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
)


class ApiError(Exception):
    """A refusal of the service: ``fault`` is what stands under ``Fault``, in an item of a batch too."""

    def __init__(self, code: str, message: str, detail: str = "", *, element: str = "", status: int = 400,
                 kind: str = VALIDATION) -> None:  # fmt: skip
        super().__init__(f"{code} {message}: {detail}")
        self.status = status
        error = {"Message": message, "Detail": detail or message, "code": code, "element": element}
        self.fault: dict[str, Any] = {"Error": [error], "type": kind}

    def body(self, now: datetime) -> dict[str, Any]:
        return {"Fault": self.fault, "time": told(now)}


class GatewayError(Exception):
    """A refusal before the service: lower-case keys, and the time in milliseconds of the epoch."""

    def __init__(self, status: int, code: str, message: str, detail: str, kind: str) -> None:
        super().__init__(f"{code} {message}")
        self.status = status
        self._error = {"message": message, "detail": detail, "code": code, "element": None}
        self._kind = kind

    def body(self, now: datetime) -> dict[str, Any]:
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [self._error], "type": self._kind},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(now.timestamp() * 1000),
            "status": None,
            "cdcresponse": [],
        }


def unauthenticated(detail: str) -> GatewayError:
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return GatewayError(401, "3200", message, detail, "AUTHENTICATION")


def wrong_realm() -> GatewayError:
    """The token is of another company, or of the other of sandbox and production."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return GatewayError(403, "3100", message, "", "SERVICE")


def no_admin() -> ApiError:
    detail = "Authorization Failure : -11014-You do not have access to this company."
    return ApiError("120", "Authorization Failure", detail, status=401, kind="AuthorizationFault")


def broken() -> ApiError:
    message = "An application error has occurred while processing your request"
    detail = "System Failure Error: the sandbox was told to fail"
    return ApiError("10000", message, detail, status=500, kind="SystemFault")


def over_rate(now: datetime) -> bytes:
    return THROTTLED.format(time=told(now)).encode()


def parse_error(detail: str) -> ApiError:
    return ApiError("4000", "Error parsing query", f"QueryParserError: {detail}")


def not_queryable(detail: str) -> ApiError:
    return ApiError("4001", "Invalid query", f"QueryValidationError: {detail}")


def stale() -> ApiError:
    return ApiError("5010", "Stale Object Error", STALE)


def not_found(*, deleted: bool = False) -> ApiError:
    return ApiError("610", "Object Not Found", DELETED if deleted else INACTIVE)


def missing(parameter: str) -> ApiError:
    detail = f"Required parameter {parameter} is missing in the request"
    return ApiError("2020", NO_VALUE, detail, element=parameter)


def unsupported(name: str) -> ApiError:
    detail = f"Property Name:{name} specified is unsupported or invalid"
    return ApiError("2010", "Request has invalid or unsupported property", detail, element=name)


def too_long(name: str, length: int, most: int) -> ApiError:
    message = "String length is either shorter or longer than supported by specification"
    detail = (
        "String length specified does not match the supported length. "
        f"Min:0 Max:{most} supported. Supplied Length:{length}"
    )
    return ApiError("2050", message, detail, element=name)


def invalid_choice(name: str, value: object) -> ApiError:
    detail = f"Property Name:{name} specified is unsupported or invalid enumeration value : {value}"
    return ApiError("2170", "Invalid Enumeration", detail, element=name)


def invalid_reference(name: str, value: object) -> ApiError:
    detail = f"Invalid Reference Id : {name} element id {value} not found"
    return ApiError("2500", "Invalid Reference Id", detail, element=name)


def business(detail: str, element: str = "") -> ApiError:
    return ApiError("6000", "A business validation error has occurred while processing your request",
                    f"Business Validation Error: {detail}", element=element)  # fmt: skip


def duplicate_name() -> ApiError:
    detail = (
        "The name supplied already exists. : Another customer, vendor or employee is already using this \n"
        "name. Please use a different name."
    )
    return ApiError("6240", "Duplicate Name Exists Error", detail)


def closed_books() -> ApiError:
    return ApiError("6210", "Account Period Closed, Cannot Update Through Services API", CLOSED)


def lapsed() -> ApiError:
    return ApiError("6190", "Invalid Company Status", LAPSED)
