"""What kind of customer it is, and what that changes: who is written to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.dunning import decide, plan_messages
from connector.dunning.contacts import choose_recipient
from connector.dunning.segments import is_french_public_body, segment_of
from connector.model import Account, Contact, Mark, MarkName, Role, Segment
from tests.builders import FRESH, TODAY, account, customer, invoice, policy

BOSS = Contact("b", "Dominique Dirigeante", "direction@example.com", roles=frozenset({Role.DECISION_MAKER}))
BUYER = Contact("p", "Andrea Acheteuse", "achats@example.com", roles=frozenset({Role.PURCHASING}))
DESK = Contact("a", "Service comptable", "compta@example.com", roles=frozenset({Role.ACCOUNTING}))


def with_contacts(*contacts: Contact, **changes: object) -> Account:
    return account(customer=customer(contacts=contacts, **changes))


def written_to(item: Account) -> str:
    found = choose_recipient(item, item.invoices, policy())
    assert found is not None
    return found.address


@pytest.mark.parametrize(
    ("who", "public"),
    [
        ({"registry": "217 500 016"}, True),
        ({"registry": "21750001600019"}, True),
        ({"vat": "FR 37 217 500 016"}, True),
        ({"registry": "900 000 000"}, False),
        ({"vat": "FR00900000000"}, False),
        ({"registry": "217 500"}, False),  # a number of another kind
        ({"registry": "217 500 016", "country": "BE"}, False),
        ({"registry": "217 500 016", "country": None}, False),
    ],
)
def test_a_french_public_body_is_known_by_its_number(who, public):
    item = customer(**who)
    assert is_french_public_body(item) is public
    assert segment_of(item, policy()) is (Segment.PUBLIC if public else Segment.SME)


def test_what_a_person_says_goes_over_the_number():
    said = customer(registry="217 500 016", segment=Segment.KEY_ACCOUNT)
    assert segment_of(said, policy()) is Segment.KEY_ACCOUNT


def test_in_a_small_business_the_one_who_decides_is_written_to_before_the_common_address():
    assert written_to(with_contacts(BOSS)) == "direction@example.com"


def test_the_accounting_desk_goes_before_the_one_who_decides():
    assert written_to(with_contacts(BOSS, DESK)) == "compta@example.com"


@pytest.mark.parametrize("segment", [s for s in Segment if s is not Segment.SME])
def test_nowhere_else_is_a_manager_written_to(segment):
    assert written_to(with_contacts(BOSS, segment=segment)) == "c1@example.com"


def test_a_manager_is_not_written_to_for_want_of_another_address():
    item = with_contacts(BOSS, email=None, segment=Segment.KEY_ACCOUNT)
    assert choose_recipient(item, item.invoices, policy()) is None


def test_of_two_who_decide_neither_is_chosen():
    second = replace(BOSS, ref="b2", email="gerance@example.com")
    assert written_to(with_contacts(BOSS, second)) == "c1@example.com"


def test_a_buyer_is_never_written_to_for_being_one():
    assert written_to(with_contacts(BUYER)) == "c1@example.com"


def test_a_message_knows_its_customers_segment_as_people_see_it():
    item = account(invoice(due=-10), marks=(Mark("c1", None, MarkName.SEGMENT, "public"),))
    (plan,) = plan_messages(item, decide(item, FRESH, policy(), TODAY), policy(), TODAY)
    assert plan.segment is Segment.PUBLIC
