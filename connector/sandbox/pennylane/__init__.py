"""Pennylane's Company API v2 as a WSGI application over the ledger."""

from connector.sandbox.pennylane.app import WRONG_KEY, PennylaneApp
from connector.sandbox.pennylane.calls import BASE
from connector.sandbox.pennylane.stage import PennylaneOptions

__all__ = ["BASE", "WRONG_KEY", "PennylaneApp", "PennylaneOptions"]
