"""Seeing before acting: what will leave, what would leave under other rules, what would have left."""

from connector.dunning.forecast.difference import Change, CustomerChange, MessageChange, compare
from connector.dunning.forecast.events import ComingEnding, ComingMessage, ComingTask, ForecastEvent
from connector.dunning.forecast.replay import Paid, Past, ReplayedMessage, replay
from connector.dunning.forecast.timeline import Still, Timeline
from connector.dunning.forecast.wake import next_look
from connector.dunning.forecast.walk import forecast, walk

__all__ = [
    "Change",
    "ComingEnding",
    "ComingMessage",
    "ComingTask",
    "CustomerChange",
    "ForecastEvent",
    "MessageChange",
    "Paid",
    "Past",
    "ReplayedMessage",
    "Still",
    "Timeline",
    "compare",
    "forecast",
    "next_look",
    "replay",
    "walk",
]
