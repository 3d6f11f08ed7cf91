"""Accounting hosts to practise on: small WSGI servers over one generated ledger, for demo, tests and
configuring.

``ledger`` holds the books and what people do to them, ``generate`` fills them, ``odoo``, ``pennylane`` and
``quickbooks`` play those hosts over them, ``faults`` spoils the connection, ``server`` puts all of it
together and serves it on loopback.
"""
