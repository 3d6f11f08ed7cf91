"""The six verbs in order, one module each: the imperative shell. It knows the ports, never an adapter."""

from connector.company import Company, Limits
from connector.pipeline.report import PassReport
from connector.pipeline.run import run_pass

__all__ = ["Company", "Limits", "PassReport", "run_pass"]
