"""The configuration: TOML files in, typed settings out, every problem at once.

``load`` is the door. The tables are in ``settings``, ``hosts``, ``rules``, ``calendar`` and ``scenario``; a
description of each option stands at its field, and the example, the JSON Schema and the messages are made
from it.
"""

from connector.config.calendar import CalendarSettings
from connector.config.checks import secrets_of
from connector.config.hosts import HostSettings, OdooSettings, OtherHostSettings, PennylaneSettings
from connector.config.load import load, load_sound
from connector.config.quickbooks import QuickBooksSettings
from connector.config.rules import BudgetSettings, RuleSettings
from connector.config.scenario import AmountSettings, ScenarioSettings, StepSettings, WhenSettings
from connector.config.schema import json_schema
from connector.config.secrets import Secret, Source
from connector.config.serve import ServeSettings
from connector.config.settings import (
    CompanySettings,
    Configuration,
    EmailSettings,
    LogSettings,
    ScheduleSettings,
    SenderSettings,
    SmtpSettings,
    StoreSettings,
    TemplateSettings,
)
from connector.config.starter import starter
from connector.config.variant import variant

__all__ = [
    "AmountSettings",
    "BudgetSettings",
    "CalendarSettings",
    "CompanySettings",
    "Configuration",
    "EmailSettings",
    "HostSettings",
    "LogSettings",
    "OdooSettings",
    "OtherHostSettings",
    "PennylaneSettings",
    "QuickBooksSettings",
    "RuleSettings",
    "ScenarioSettings",
    "ScheduleSettings",
    "Secret",
    "SenderSettings",
    "ServeSettings",
    "SmtpSettings",
    "Source",
    "StepSettings",
    "StoreSettings",
    "TemplateSettings",
    "WhenSettings",
    "json_schema",
    "load",
    "load_sound",
    "secrets_of",
    "starter",
    "variant",
]
