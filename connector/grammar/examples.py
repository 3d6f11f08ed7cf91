"""What can be written: examples of each order, which can be copied as they are on the day they are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from connector.grammar.order_words import Order

_EXAMPLES: Mapping[str, Mapping[Order, tuple[str, ...]]] = {
    "fr": {
        Order.PROMISE: ("#promesse {day}", "#promesse {day} 1 200,50"),
        Order.DISPUTE: ("#litige prix facturé", "#litige quantité", "#litige réglé"),
        Order.WAIT: ("#attente {day}", "#attente"),
        Order.RESUME: ("#reprise", "#lu"),
        Order.EXCLUDE: ("#exclure",),
        Order.INCLUDE: ("#inclure",),
        Order.PLAN: ("#plan 3 x mensuel", "#plan 4 fois tous les 15 jours à partir du {day}"),
        Order.TYPE: (
            *("#type ponctuel", "#type distrait", "#type chronique", "#type contestataire"),
            *("#type en difficulté", "#type injoignable"),
        ),
        Order.SEGMENT: (
            *("#segment pme", "#segment grand compte", "#segment public", "#segment multi-sites"),
            *("#segment particulier", "#segment autre"),
        ),
    },
    "en": {
        Order.PROMISE: ("#promise {day}", "#promise {day} 1200.50"),
        Order.DISPUTE: ("#dispute price", "#dispute quantity", "#dispute settled"),
        Order.WAIT: ("#wait {day}", "#wait"),
        Order.RESUME: ("#resume", "#read"),
        Order.EXCLUDE: ("#exclude",),
        Order.INCLUDE: ("#include",),
        Order.PLAN: ("#plan 3 x monthly", "#plan 4 times every 2 weeks from {day}"),
        Order.TYPE: (
            *("#type prompt", "#type forgetful", "#type chronic", "#type disputing"),
            *("#type in difficulty", "#type unreachable"),
        ),
        Order.SEGMENT: (
            *("#segment sme", "#segment key account", "#segment public", "#segment multi-site"),
            *("#segment consumer", "#segment other"),
        ),
    },
}

#: What can be said when a task of ours is marked done, by the kind of task; "" for any other kind.
_ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "fr": {
        "approve": ("oui", "non : client rencontré ce matin"),
        "promise": ("reporté au {day}", "payé hier", "annuler"),
        "dispute": ("litige réglé", "promis le {day}", "conteste la quantité"),
        "": ("promis le {day}", "payé hier", "conteste le prix", "rappeler le {day}", "pas de réponse"),
    },
    "en": {
        "approve": ("yes", "no: met the customer this morning"),
        "promise": ("moved to {day}", "paid yesterday", "cancel"),
        "dispute": ("dispute settled", "promised by {day}", "disputes the quantity"),
        "": ("promised by {day}", "paid yesterday", "disputes the price", "call again on {day}", "no answer"),
    },
}


def examples(order: Order, language: str, today: date) -> tuple[str, ...]:
    """Return examples of an order in "fr" or "en"; their days lie some weeks after ``today``."""
    return _dated(_EXAMPLES[language][order], language, today)


def answers(task: str, language: str, today: date) -> tuple[str, ...]:
    """Return what can be said when a task of that kind is marked done."""
    known = _ANSWERS[language]
    return _dated(known.get(task, known[""]), language, today)


def _dated(texts: tuple[str, ...], language: str, today: date) -> tuple[str, ...]:
    day = today + relativedelta(weeks=3)
    day = day if day.day > 12 else day.replace(day=15)  # then no figure of it can be taken for the month
    written = f"{day:%d/%m/%Y}" if language == "fr" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return tuple(text.format(day=written) for text in texts)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
