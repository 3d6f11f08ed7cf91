"""Whom to call, how the number is dialled, and who of our own people is asked."""

from __future__ import annotations

import pytest

from connector.model import Contact, Person, Role, Step
from connector.tasks.people import callees, person
from connector.tasks.phone import dialled
from tests.builders import account, customer, invoice

ADA = Contact("a", "Ada", "ada@example.com", "01 99 00 00 01", roles=frozenset({Role.ACCOUNTING}))
BASILE = Contact("b", "Basile", None, "01 99 00 00 02", roles=frozenset({Role.PURCHASING}))
DORA = Contact("d", "Dora", None, "01 99 00 00 04", roles=frozenset({Role.DECISION_MAKER}))
SACHA, CAMILLE = Person("7", "Sacha"), Person("8", "Camille")


def named(*contacts: Contact, **options: object) -> list[str]:
    him = customer(contacts=contacts, phone="01 99 00 00 09")
    return [one.name for one in callees(account(customer=him), **options)]  # type: ignore[arg-type]


def test_the_accounting_desk_is_called_first_then_the_customer_then_who_decides() -> None:
    assert named(DORA, BASILE, ADA) == ["Ada", "Exemple c1", "Dora"]


def test_the_buyer_is_called_for_what_only_he_knows() -> None:
    assert named(ADA, BASILE, roles=(Role.PURCHASING,))[0] == "Basile"


def test_whoever_was_chosen_goes_before_all() -> None:
    assert named(ADA, BASILE, DORA, contact_ref="d") == ["Dora", "Ada", "Exemple c1"]


def test_a_person_with_a_number_goes_before_one_without() -> None:
    silent = Contact("s", "Sans numéro", "s@example.com", roles=frozenset({Role.ACCOUNTING}))
    assert named(silent, DORA) == ["Exemple c1", "Dora"]


def test_without_any_number_it_is_said_whose_to_find() -> None:
    item = account(customer=customer(phone=None))
    (only,) = callees(item)
    assert (only.name, only.phone) == ("Service comptable", None)


@pytest.mark.parametrize(
    ("written", "abroad", "number", "link"),
    [
        ("+33 1 99 00 00 00", "FR", "01 99 00 00 00", "tel:+33-1-99-00-00-00"),
        ("01.99.00.00.00", None, "01 99 00 00 00", "tel:+33-1-99-00-00-00"),
        ("020 7946 0000", "GB", "+44 20 7946 0000", "tel:+44-20-7946-0000"),
        ("01 99 00 00 00 / 06 99 00 00 00", "FR", "01 99 00 00 00 / 06 99 00 00 00", None),
        ('" onclick="x', "FR", '" onclick="x', None),
        ("12", "FR", "12", None),
    ],
)
def test_a_number_is_written_as_it_is_dialled_from_here(
    written: str, abroad: str | None, number: str, link: str | None
) -> None:
    assert dialled(written, "FR", abroad) == (number, link)


def test_the_salesperson_of_the_invoice_goes_before_that_of_the_customer() -> None:
    item = account(customer=customer(salesperson=SACHA))
    assert person(item, invoice(salesperson=CAMILLE)) == "8"
    assert person(item, invoice()) == "7"
    assert person(account(), invoice()) is None


def test_whom_the_step_names_goes_before_both() -> None:
    item = account(customer=customer(salesperson=SACHA))
    call = Step("call", 20, "call", "call")
    assert person(item, None, Step("call", 20, "call", "call", assign="camille")) == "camille"
    assert person(item, None, Step("call", 20, "call", "call", assign="fallback")) is None
    assert person(item, None, Step("call", 20, "call", "call", assign="salesperson")) == "7"
    assert person(item, None, call) == "7"
