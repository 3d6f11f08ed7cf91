"""What a person says when he marks a task of ours done: an order, consent, or an outcome in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from connector.grammar.clear import clear_amount, clear_day, lies_ahead, only_figures
from connector.grammar.consent import consent, taken_back
from connector.grammar.cue_words import Cue
from connector.grammar.cues import PAYS_OR_PAID, find_cues
from connector.grammar.doubt import Doubt
from connector.grammar.examples import answers, examples
from connector.grammar.figures import Figures, Piece, find_figures
from connector.grammar.kinds import reason_of
from connector.grammar.letters import clean, one_line
from connector.grammar.order_words import Order
from connector.grammar.orders import read_orders
from connector.grammar.plans import read_plan
from connector.grammar.quoting import own_lines
from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysDispute,
    SaysNothing,
    SaysPaid,
    SaysPromise,
    SaysSettled,
    SaysWait,
    Unclear,
)
from connector.grammar.setting import Setting, language_of
from connector.grammar.settled import is_settled
from connector.grammar.spoken import CONDITION

#: Kinds of task (``TaskKind``) whose answer may be yes or no …
_ASKS = frozenset({"approve", "todo"})
#: … and whose answer is expected to say when: a day that is not explained is asked about.
_EXPECTS_DAY = frozenset({"call", "promise", "dispute"})
#: A payment said to be older than this was more likely meant to come.
_RECENT = timedelta(days=92)
_LONGEST = 200


def read_feedback(text: str, task: str, today: date, *, country: str = "FR", currency: str = "EUR") -> Saying:
    """Return what the feedback on a done task says; ``SaysNothing`` when it asks nothing of us.

    ``task`` is the kind of task (a ``TaskKind`` or its value), ``country`` and ``currency`` the company's. An
    ``#order`` in it goes first; of several, ``read_orders`` gives each. An approval is a yes only where
    nothing or a clear yes was written. Never raises.
    """
    orders = read_orders(text, today, country=country, currency=currency)
    if len(orders) == 1:
        return orders[0]
    whole = clean(text)
    own = "\n".join(own_lines(whole) if task != "approve" else [whole]).strip()  # a quotation is no yes
    piece = Piece.of(own)
    setting = Setting(today, country, currency, language_of(piece.folded, country))
    written = one_line(own)[:_LONGEST]
    allowed = answers(str(task), setting.language, today)
    if orders:
        unclear = [said for said in orders if isinstance(said, Unclear)]
        return unclear[0] if unclear else Unclear(written, "several_orders", (), allowed)
    try:
        return _spoken(piece, str(task), setting)
    except Doubt as doubt:
        if doubt.problem == "several_days" or doubt.problem.startswith("plan"):
            allowed = (*allowed, *examples(Order.PLAN, setting.language, today))
        return Unclear(written, doubt.problem, doubt.seen, allowed)


def _spoken(piece: Piece, task: str, setting: Setting) -> Saying:
    if task in _ASKS and (task == "approve" or piece.text):
        agreed = consent(piece)
        if agreed is not None:
            return agreed
    if task == "approve":
        raise Doubt("consent")
    taken = taken_back(piece) if task == "promise" else None
    if taken is not None:
        return taken
    figures = find_figures(piece, setting)
    if is_settled(piece, task, figures, setting):
        return SaysSettled()
    return _outcome(figures, task, setting)


def _outcome(figures: Figures, task: str, setting: Setting) -> Saying:
    cues, denied, rest = find_cues(figures.rest)
    cues = _main(cues)
    if not cues and (said := PAYS_OR_PAID.search(rest)):
        return _paid_or_promised(figures, setting, sure=_accented(said, figures))
    if len(cues) > 1:
        raise Doubt("several_things")
    for cue in cues:
        return _SAY[cue](figures, setting) if cue is not Cue.MONEY else _money(figures, task, setting)
    return _no_cue(figures, task, setting, denied=denied)


def _accented(said: re.Match[str], figures: Figures) -> bool:
    """Whether it has the accent that makes it "paid": "payé", "payée", "réglés"."""
    return any(char in "éÉ" for char in figures.piece.text[said.end() - 3 : said.end()])


def _main(cues: frozenset[Cue]) -> frozenset[Cue]:
    """Drop the words that only go with others: the transfer of a promise, the voicemail before a call."""
    if Cue.REFUSES in cues:
        return frozenset({Cue.REFUSES})
    if Cue.PLAN in cues:
        cues -= {Cue.PROMISE, Cue.MONEY}
    if cues & {Cue.PROMISE, Cue.PAID, Cue.DISPUTE, Cue.PLAN}:
        cues -= {Cue.MONEY}
    return cues - {Cue.NO_ANSWER} if Cue.CALL in cues else cues


def _no_cue(figures: Figures, task: str, setting: Setting, *, denied: bool) -> Saying:
    left = only_figures(figures)
    if task == "promise" and figures.days and _MOVED.fullmatch(left):
        return _promise(figures, setting)
    if task == "promise" and not figures.days and _MOVES.search(figures.rest):
        raise Doubt("no_day")
    if denied and (figures.days or figures.amounts):
        raise Doubt("negated")
    if task in _EXPECTS_DAY and lies_ahead(figures, setting):
        first = figures.days[0]
        raise Doubt("day_unexplained", ("what", figures.piece.written(first.start, first.end)))
    if task in _EXPECTS_DAY and figures.amounts and not left:
        raise Doubt("no_day")
    return SaysNothing(one_line(figures.piece.text))


_MOVED = re.compile(
    r"(?:(?:nouvelle|new|date|reporte\w*|repousse\w*|decale\w*|deplace\w*|finalement|moved|postponed"
    r"|delayed|plutot|rather"
    r"|instead|est|is|a|mtn|maintenant|now|ok|client|customer)\W*)*"
)


_MOVES = re.compile(r"(?<![a-z])(?:report|repouss|decal|deplac|moved|postpon|delay)")


def _promise(figures: Figures, setting: Setting) -> SaysPromise:
    condition = CONDITION.search(figures.piece.folded)
    if condition:
        raise Doubt("condition", ("what", figures.piece.written(*condition.span())))
    _no_question(figures)
    on = clear_day(figures, setting)
    amount = clear_amount(figures, setting)
    if on is None:
        raise Doubt("no_day")
    return SaysPromise(on, amount)


def _no_question(figures: Figures) -> None:
    if "?" in figures.piece.text:
        raise Doubt("question")


def _paid(figures: Figures, setting: Setting) -> SaysPaid | SaysPromise:
    """ "paid by 15 Dec" is a promise; "payé le 20/11" was paid on the last 20th of November."""
    _no_question(figures)
    if any(day.said == "by" for day in figures.days):
        return _promise(figures, setting)
    days = {day.readings.back for day in figures.days}
    if len(days) > 1:
        raise Doubt("several_days")
    on = days.pop() if days else ()
    if figures.days and len(on) != 1:
        return SaysPaid(None, clear_amount(figures, setting)) if _vague(figures) else _ask_day(figures)
    if on and not setting.today - _RECENT <= on[0] <= setting.today:
        raise Doubt("paid_ahead", *_meant(figures))
    return SaysPaid(on[0] if on else None, clear_amount(figures, setting))


def _vague(figures: Figures) -> bool:
    return all(day.readings.problem == "day_vague" for day in figures.days)


def _ask_day(figures: Figures) -> SaysPaid:
    day = figures.days[0]
    what = ("what", figures.piece.written(day.start, day.end))
    raise Doubt(
        day.readings.problem or "day_two_ways", what, *(("meant", on.isoformat()) for on in day.readings.back)
    )


def _meant(figures: Figures) -> tuple[tuple[str, str], ...]:
    days = {on for day in figures.days for on in (*day.readings.back, *day.readings.ahead)}
    return tuple(("meant", on.isoformat()) for on in sorted(days))


def _paid_or_promised(figures: Figures, setting: Setting, *, sure: bool = False) -> SaysPaid | SaysPromise:
    """ "paye le 15/12", "virement vendredi": the day says which it is, when it can only be one. ``sure``: the
    accent says that it has been."""
    if sure or any(day.said == "by" for day in figures.days):
        return _paid(figures, setting)
    if not figures.days:
        raise Doubt("pays_or_paid")
    readings = figures.days[0].readings
    soon = any(setting.today <= on <= setting.today + _RECENT for on in readings.ahead)
    lately = any(setting.today - _RECENT <= on < setting.today for on in readings.back)
    if soon and lately:
        raise Doubt("pays_or_paid", *_meant(figures))
    return _paid(figures, setting) if lately else _promise(figures, setting)


def _money(figures: Figures, task: str, setting: Setting) -> Saying:
    if task in _EXPECTS_DAY:
        return _paid_or_promised(figures, setting)
    return SaysNothing(one_line(figures.piece.text))


def _dispute(figures: Figures, _setting: Setting) -> SaysDispute:
    return SaysDispute(reason_of(figures.piece.folded), one_line(figures.piece.text))


def _no_answer(figures: Figures, setting: Setting) -> SaysCallAgain:
    """Days that are past tell when nobody was reached."""
    return (
        _call(figures, setting)
        if lies_ahead(figures, setting)
        else SaysCallAgain(None, one_line(figures.piece.text))
    )


def _call(figures: Figures, setting: Setting) -> SaysCallAgain:
    on = clear_day(figures, setting, from_too=True)
    begins = [day.readings.begins for day in figures.days if day.readings.begins]
    return SaysCallAgain(begins[0] if on and begins else on, one_line(figures.piece.text))


def _wait(figures: Figures, setting: Setting) -> SaysWait:
    until = clear_day(figures, setting)
    if until is None:
        raise Doubt("no_day")
    return SaysWait(until, one_line(figures.piece.text))


def _plan(figures: Figures, setting: Setting) -> Saying:
    return read_plan(figures.piece, setting)


def _refuses(_figures: Figures, _setting: Setting) -> Saying:
    raise Doubt("refuses")


_SAY: Mapping[Cue, Callable[[Figures, Setting], Saying]] = {
    Cue.PROMISE: _promise,
    Cue.PAID: _paid,
    Cue.DISPUTE: _dispute,
    Cue.NO_ANSWER: _no_answer,
    Cue.CALL: _call,
    Cue.WAIT: _wait,
    Cue.PLAN: _plan,
    Cue.REFUSES: _refuses,
}
