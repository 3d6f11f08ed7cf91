"""The rules, in the order in which they are looked at. The first that applies gives the decision.

A rule is a function that returns a ``Verdict`` when it applies and None when it does not. Those of the
company and the customer see a ``Chase`` and are looked at once; those of the installment see a ``Case``. To
add one: write the function, put it at its place in its module's ``RULES``, add its reason to
``model.Reason``, its words to ``templates/*/wording.toml`` and, for the explanation when it does not apply,
the figures it saw to ``seen``.
"""

from connector.dunning.rules import company, customer, installment
from connector.dunning.rules.applicable import CaseRules, rules_for
from connector.dunning.rules.seen import seen
from connector.dunning.rules.verdict import Verdict

CHASE_RULES = (*company.RULES, *customer.RULES)
CASE_RULES = installment.RULES

__all__ = ["CASE_RULES", "CHASE_RULES", "CaseRules", "Verdict", "rules_for", "seen"]
