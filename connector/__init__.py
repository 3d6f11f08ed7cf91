"""Relance: chases unpaid invoices from beside the accounting system, and writes back what it did.

The flow is one way: pull, map, decide, render, deliver, write back. ``connector.app`` puts the parts
together; the pure ones (``model``, ``mapping``, ``dunning``, ``message``) know nothing of the others.
"""

__version__ = "0.1.0"
