"""The sandbox's Odoo: ``OdooApp`` is the WSGI application."""

from connector.sandbox.odoo.app import DATABASE, VERSIONS, WRONG_KEY, OdooApp

__all__ = ["DATABASE", "VERSIONS", "WRONG_KEY", "OdooApp"]
