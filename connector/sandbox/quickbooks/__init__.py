"""QuickBooks Online's Accounting API v3 as a WSGI application over the ledger.

Start it in the process, on a free port:

    sandbox = build(SandboxOptions(today=date(2026, 11, 20), host="quickbooks", customers=12, documents=60,
                                   quickbooks=QuickBooksOptions(per_minute=10**6, per_second=10**6)))
    app = sandbox.quickbooks
    with serving(sandbox) as url:
        at = sandbox.address(url)          # at.url; at.database is the realm; at.key a token that never ends
        requests.get(f"{at.url}{BASE}/{at.database}/query", params={"query": "select * from Invoice"},
                     headers={"Authorization": f"Bearer {at.key}"})

Set ``base_url`` to ``at.url``, ``authorize_url`` to ``at.url + AUTHORIZE``, ``token_url`` to ``at.url +
TOKEN``, ``revoke_url`` to ``at.url + REVOKE``; the program is ``CLIENT_ID`` with ``CLIENT_SECRET``, known by
Basic authentication alone. As over there, ``redirect_uri`` may be https or ``http://localhost:…``, never an
address in figures.

    app.tokens.connect()                   # the pair of a grant just given, as the token endpoint answers
    app.tokens.connect("Exemple Deux SAS") # our second company, another realm
    app.oauth.consents, app.oauth.company  # what the person in front of the browser answers
    app.people                             # what people do: write_memo, fill_custom, delete, copy, deposit,
                                           # close_books, subscribe, disconnect, lose_admin …; memo, notes …
    sandbox.ledger                         # and what they do in every ledger: pay, cancel (a void), credit …
    app.bill.billed, app.bill.free         # calls that cost and that do not, by name; app.bill.reset()
    app.rate.refused                       # calls over the rate
    app.webhooks.deliver()                 # announce now what changed; .start() has a thread do it
    sandbox.faults.arm("lost_after", "write attachable")   # names of calls: QuickBooksApp.name_call

Tokens end on the ledger's clock: after ``ledger.advance`` they have. ``MetaData`` has whole seconds, while
the clock moves by quarters: a cursor needs an overlap. Options are described with ``QuickBooksOptions``.

Not played: XML bodies, reports, other entities than Customer, Invoice, Payment, CreditMemo, Term, Item,
Attachable, CompanyInfo and Preferences, taxes, payments that mix money and credit memos.
"""

from connector.sandbox.quickbooks.app import BASE, WRONG_KEY, QuickBooksApp
from connector.sandbox.quickbooks.oauth import AUTHORIZE, CLIENT_ID, CLIENT_SECRET, REVOKE, SCOPE, TOKEN
from connector.sandbox.quickbooks.options import QuickBooksOptions

__all__ = [
    "AUTHORIZE",
    "BASE",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "REVOKE",
    "SCOPE",
    "TOKEN",
    "WRONG_KEY",
    "QuickBooksApp",
    "QuickBooksOptions",
]
