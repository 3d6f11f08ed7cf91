"""What people said goes over what the host says, and only where it was said."""

from __future__ import annotations

from connector.dunning.marks import with_marks
from connector.model import Mark, MarkName, PayerType, Segment
from tests.builders import account, customer, invoice


def marked(*marks: Mark):
    return with_marks(account(invoice("i1"), invoice("i2", customer_ref="site"), marks=marks))


def test_a_word_on_the_customer_goes_over_the_host_s():
    seen = marked(
        Mark("c1", None, MarkName.SEGMENT, "public"),
        Mark("c1", None, MarkName.PAYER_TYPE, "chronic"),
        Mark("c1", None, MarkName.INSOLVENT, "yes"),
    ).customer
    assert (seen.segment, seen.payer_type, seen.insolvent) == (Segment.PUBLIC, PayerType.CHRONIC, True)


def test_a_word_on_a_site_concerns_the_site_s_invoices_alone():
    seen = marked(Mark("site", None, MarkName.EXCLUDED, "yes"))
    assert not seen.customer.no_reminders
    assert [i.no_reminders for i in seen.invoices] == [False, True]


def test_a_word_on_an_invoice_goes_over_one_on_its_customer():
    seen = marked(
        Mark("site", None, MarkName.SCENARIO, "soft"), Mark("site", "i2", MarkName.SCENARIO, "hard")
    )
    assert [i.scenario for i in seen.invoices] == [None, "hard"]


def test_a_value_that_is_none_of_ours_is_left_out():
    assert marked(Mark("c1", None, MarkName.SEGMENT, "nonsense")).customer == customer()
