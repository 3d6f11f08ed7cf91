"""Options that are set and change nothing, because the host does not tell what they look at. Whoever wrote
them counts on them: that a customer with a tag is left alone, that nothing leaves while the bank is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.config import CompanySettings
from connector.pipeline import Company
from connector.ports import Ability, Finding, HostReport

#: Conditions of a scenario -> the field of a customer that only the host can tell.
_CONDITIONS = {"tag": "tags", "salesperson": "salesperson", "payment_method": "payment_method"}
_BY_HAND = "take it out, and say it of each customer: `relance mark NAME excluded yes`"
_BY_SEGMENT = "take it out, and say it of each customer: `relance mark NAME segment …`"
_OWN_FIELD = "take it out, or name a field of yours that tells it: [host.mapping.customer]"


def findings(company: Company, settings: CompanySettings, report: HostReport) -> list[Finding]:
    """A warning for each option of this company that has no effect with its host and its mapping."""
    idle = [*_untold(company, settings), *_unseen(company, settings, report)]
    return [
        Finding(False, f"{option} changes nothing: {why}", remedy, warning=True)
        for option, why, remedy in idle
    ]


def _untold(company: Company, settings: CompanySettings) -> Iterator[tuple[str, str, str]]:
    """Options that look at a field of customers that the mapping does not give."""
    rules = settings.rules
    given = {
        "rules.exclude_tags": (rules.exclude_tags, "tags", _BY_HAND),
        "segments": (settings.segments, "tags", _BY_SEGMENT),
    }
    if "exclude_payment_methods" in rules.model_fields_set:
        given["rules.exclude_payment_methods"] = (rules.exclude_payment_methods, "payment_method", _BY_HAND)
    for n, scenario in enumerate(settings.scenario):
        for name, field in _CONDITIONS.items():
            wanted = getattr(scenario.when, name) if scenario.when else ()
            given[f"scenario[{n}].when.{name}"] = (wanted, field, _OWN_FIELD)
    for option, (value, field, remedy) in given.items():
        if value and not company.mapping.gives("customer", field):
            yield option, f"{company.host.name} tells no {field.replace('_', ' ')} of customers", remedy


def _unseen(
    company: Company, settings: CompanySettings, report: HostReport
) -> Iterator[tuple[str, str, str]]:
    """Options about what the host does not show, or cannot keep."""
    if settings.rules.max_bank_age is not None and report.bank_entry_on is None:
        why = f"no bank entry is seen in {company.host.name}"
        yield "rules.max_bank_age", why, "take it out: payments count when they stand at their invoices"
    if settings.write_back.attach_message and Ability.ATTACHMENT not in company.host.supports:
        yield "write_back.attach_message", f"{company.host.name} keeps no files of ours", "take it out"
