"""How the table of orders writes down what was understood."""

from __future__ import annotations

from connector.grammar.sayings import (
    Saying,
    SaysCallAgain,
    SaysDispute,
    SaysExclude,
    SaysNo,
    SaysNothing,
    SaysPaid,
    SaysPlan,
    SaysPromise,
    SaysResume,
    SaysSegment,
    SaysSettled,
    SaysType,
    SaysWait,
    SaysYes,
    Unclear,
)


def told(saying: Saying) -> str:
    """Say in a few words what was understood, as ``orders.toml`` does."""
    match saying:
        case SaysPromise(on, amount, confirmed):
            return _words("promise", on, amount, "confirmed" if confirmed else "")
        case SaysPaid(on, amount):
            return _words("paid", on, amount)
        case SaysWait(until, why):
            return _words("wait", until, f"({why})" if why else "")
        case SaysCallAgain(on):
            return _words("call again", on)
        case SaysPlan(parts, months, days, first_on):
            every = f"{months} months" if months else f"{days} days"
            return _words(f"plan {parts} x {every}", f"from {first_on}" if first_on else "")
        case SaysNo(why):
            return _words("no", f"({why})" if why else "")
        case Unclear():
            meant = [value for name, value in saying.seen if name == "meant"]
            return _words("ask", saying.problem, f"({' / '.join(meant)})" if meant else "")
    return _kind(saying)


def _kind(saying: Saying) -> str:
    match saying:
        case SaysDispute(reason):
            return f"dispute {reason}"
        case SaysType(payer_type):
            return f"type {payer_type}"
        case SaysSegment(segment):
            return f"segment {segment}"
        case SaysExclude(excluded):
            return "exclude" if excluded else "include"
    plain = {SaysSettled: "settled", SaysResume: "resume", SaysYes: "yes", SaysNothing: "nothing"}
    return plain[type(saying)]


def _words(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part)
