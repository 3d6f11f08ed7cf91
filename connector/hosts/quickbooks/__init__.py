"""The QuickBooks Online adapter.

``client`` speaks to the API, ``pace`` keeps within its limits, ``refusals`` sorts its errors; ``query`` and
``paging`` ask, ``changes`` reads the change feed, ``pulling`` goes through it all; ``standing`` and ``join``
make records of it, ``reading`` reads what they need beside them, ``looking`` looks again, ``known`` keeps
what was learned of customers. ``writing`` attaches our notes (``attachables``) and puts the days of promises
on invoices (``promises``); ``remarks`` and ``private_note`` are what people and we write there.
"""

from connector.hosts.quickbooks.host import QuickBooksHost
from connector.hosts.quickbooks.settings import BASE_URL, QuickBooksSettings

__all__ = ["BASE_URL", "QuickBooksHost", "QuickBooksSettings"]
