"""Render: a plan becomes the words that a customer and a controller read. Pure once texts are loaded."""

from connector.message.check import check_templates
from connector.message.company import CompanyText
from connector.message.note import folded
from connector.message.render import fingerprint, message_key, render
from connector.message.templates import Templates

__all__ = ["CompanyText", "Templates", "check_templates", "fingerprint", "folded", "message_key", "render"]
