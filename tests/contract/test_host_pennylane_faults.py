"""The Pennylane adapter when the connection fails or the token ends: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from connector.errors import RateLimited, Unauthorized, Unavailable
from connector.hosts.oauth import Pair
from connector.hosts.pennylane import PennylaneHost, Place
from connector.hosts.pennylane.settings import lent
from connector.http import Http, Pace
from connector.model import Kind, Ref
from connector.sandbox.pennylane import PennylaneOptions
from connector.sandbox.pennylane.oauth import CLIENT_ID, CLIENT_SECRET
from connector.testing import Ledger
from tests.contract.pennylane_clock import Clock
from tests.contract.pennylane_played import PLENTY, TODAY, Played, load_mapping, playing

COMMENTS = "write customer_invoices/{id}/comments"


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def pulled_anew(played: Played) -> Ledger:
    """What a host that never failed pulls from the start."""
    fresh = Ledger(load_mapping("pennylane"))
    fresh.take(played.host().pull(None))
    return fresh


# the rate -----------------------------------------------------------------------------------------------
def test_a_few_refusals_for_the_rate_are_waited_out(played: Played) -> None:
    played.sandbox.faults.arm("rate_limited", "customer_invoices", times=3)
    assert pulled_anew(played).records.keys() == played.ledger.records.keys()


def test_a_storm_of_refusals_ends_the_pull_and_the_next_one_goes_on(played: Played) -> None:
    ledger = Ledger(load_mapping("pennylane"))
    played.sandbox.faults.arm("rate_limited", "customers/{id}/contacts", times=40, after=2)
    cut = 0
    for _ in range(20):
        try:
            ledger.take(played.host().pull(ledger.cursor))
        except RateLimited:
            cut += 1
        else:
            break
    assert cut
    assert ledger.records.keys() == played.ledger.records.keys()


def test_a_comment_refused_for_the_rate_is_made_once(played: Played) -> None:
    played.sandbox.faults.arm("rate_limited", COMMENTS, times=2)
    (written,) = played.host().write([played.note()])
    assert written.error is None
    assert played.comments() == ["Relance 1 envoyée"]


# the token ----------------------------------------------------------------------------------------------
def test_a_token_revoked_in_mid_pull_stops_it_and_a_new_one_goes_on(played: Played) -> None:
    ledger, tokens = Ledger(load_mapping("pennylane")), played.sandbox.pennylane.tokens
    host = played.host()
    pages = host.pull(None)
    ledger.take([next(pages), next(pages)])
    tokens.revoke(played.settings.token or "")
    with pytest.raises(Unauthorized, match="token"):
        ledger.take(pages)
    new = tokens.issue("relance").value
    ledger.take(played.host(token=new).pull(ledger.cursor))
    assert ledger.records.keys() == played.ledger.records.keys()


def test_a_token_revoked_before_a_write_writes_nothing_and_says_so(played: Played) -> None:
    host = played.host()
    played.sandbox.pennylane.tokens.revoke(played.settings.token or "")
    with pytest.raises(Unauthorized):
        list(host.write([played.note()]))
    assert played.comments() == []


def test_a_lent_token_revoked_in_mid_pull_is_renewed_once_however_many_calls_it_fails(played: Played) -> None:
    app, memo = played.sandbox.pennylane, played.memo
    credentials = lent(played.settings.base_url, CLIENT_ID, CLIENT_SECRET)
    model = app.tokens.issue("relance")
    access, refresh = app.tokens.pair(model)
    pair = {"access_token": access.value, "refresh_token": refresh.value, "expires_at": 4e9}
    Pair(credentials, memo).save(pair)
    before = len(app.tokens.refreshes)
    ledger = Ledger(load_mapping("pennylane"))
    pages = played.host(token=None, credentials=credentials).pull(None)
    ledger.take([next(pages)])
    access.revoked = True
    ledger.take(pages)
    assert ledger.records.keys() == played.ledger.records.keys()
    assert len(app.tokens.refreshes) == before + 1
    assert (Pair(credentials, memo).load() or {})["access_token"] != access.value


def test_a_new_token_of_the_company_makes_no_order_of_his_a_new_one(played: Played) -> None:
    on = Ref(Kind.CUSTOMER, str(played.act.people.id_of(played.act.customer(played.on))))
    played.act.say(on, "#attente 31/12")
    heard = played.pull()
    customer = played.act.customer(on)
    played.act.note(customer, f"#litige prix\n{customer.notes}")
    heard += played.pull()
    refs = [ref for ref in heard if ref.kind is Kind.REMARK]
    assert len(refs) == 2
    played.settings = replace(played.settings, token=played.sandbox.pennylane.tokens.issue("relance").value)
    played.act.note(customer, f"{customer.notes}\nmerci")
    assert [ref for ref in played.pull() if ref.kind is Kind.REMARK] == []


def test_access_that_leads_to_another_company_reads_nothing_of_it(played: Played) -> None:
    credentials = lent(played.settings.base_url, CLIENT_ID, CLIENT_SECRET)
    tokens = played.sandbox.pennylane.tokens
    names = [company.name for company in played.sandbox.ledger.companies]

    def pull(name: str, cursor: str | None) -> str | None:
        access, refresh = tokens.pair(tokens.issue("relance", company=name))
        pair = {"access_token": access.value, "refresh_token": refresh.value, "expires_at": 4e9}
        Pair(credentials, played.memo).save(pair)
        host = played.host(token=None, credentials=credentials)
        return [page.cursor for page in host.pull(cursor)][-1]

    cursor = pull(names[0], None)
    with pytest.raises(Unauthorized, match="another id"):
        pull(names[1], cursor)
    assert pull(names[0], cursor)


# the moment between reading and writing -------------------------------------------------------------------
class Held:
    """A gate that holds the next change of a customer back, while ``meanwhile`` happens."""

    def __init__(self, clock: Clock, after: int, meanwhile: Callable[[], object], seconds: float) -> None:
        self.clock, self.left, self.meanwhile, self.seconds = clock, after, meanwhile, seconds

    def before(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.clock.sleep(self.seconds)
            self.meanwhile()

    def after(self, answer: object) -> None:
        """It learns nothing."""


def writing_held(played: Played, meanwhile: Callable[[], object], seconds: float, **other: object) -> str:
    """The notes after we wrote into them, held back between the reading and the writing."""
    clock = Clock()
    gate = Held(clock, 3, meanwhile, seconds)  # the invoice, the customer, then the notes
    http = Http(pace=Pace(clock.now, clock.sleep), gate=gate)
    settings = replace(played.settings, write_to=(Place.NOTES,), **other)  # type: ignore[arg-type]
    host = PennylaneHost(settings, load_mapping("pennylane"), played.memo, http=http, sleep=clock.sleep)
    (written,) = host.write([played.note()])
    host.close()
    assert written.error is None
    assert gate.left < 0
    return played.notes()


def test_what_a_person_writes_while_the_rate_holds_us_back_stays(played: Played) -> None:
    customer = played.act.customer(played.on)
    notes = writing_held(played, lambda: played.act.note(customer, "Payé par chèque, dit-il"), 3.0)
    assert notes.startswith("Payé par chèque, dit-il\n")
    assert notes.count("Relance 1 envoyée") == 1


def test_what_a_person_writes_while_our_token_is_renewed_stays(played: Played) -> None:
    credentials = lent(played.settings.base_url, CLIENT_ID, CLIENT_SECRET)
    tokens, customer = played.sandbox.pennylane.tokens, played.act.customer(played.on)
    access, refresh = tokens.pair(tokens.issue("relance"))
    pair = {"access_token": access.value, "refresh_token": refresh.value, "expires_at": 4e9}
    Pair(credentials, played.memo).save(pair)

    def meanwhile() -> None:
        access.revoked = True
        played.act.note(customer, "Payé par chèque, dit-il")

    notes = writing_held(played, meanwhile, 0.0, token=None, credentials=credentials)
    assert notes.startswith("Payé par chèque, dit-il\n")
    assert notes.count("Relance 1 envoyée") == 1


def test_notes_that_are_too_long_for_pennylane_are_put_back_and_another_place_takes_ours() -> None:
    answers = PennylaneOptions(rate=PLENTY, comments=False, notes_max=60)
    with playing(answers, Place.COMMENT, Place.NOTES, Place.APPENDIX) as played:
        played.act.note(played.act.customer(played.on), "Payeur lent, appeler Mme Exemple")
        (written,) = played.host().write([played.note()])
        assert written.error is None
        assert (written.ref or "").startswith("appendix/")
        assert played.notes() == "Payeur lent, appeler Mme Exemple"


def test_a_missing_scope_is_named(played: Played) -> None:
    token = played.sandbox.pennylane.tokens.issue("relance", scopes=("customer_invoices:readonly",)).value
    with pytest.raises(Unauthorized, match="customers:readonly"):
        list(played.host(token=token).pull(None))
    report = played.host(token=token).check()
    missing = [finding.what for finding in report.findings if not finding.ok and not finding.warning]
    assert not report.ok
    assert any("customers:readonly" in what for what in missing)
    assert any("transactions:readonly" in what for what in missing)


# the changelog ------------------------------------------------------------------------------------------
def test_after_five_weeks_without_a_pull_everything_is_read_again_and_said_so(played: Played) -> None:
    invoice = played.ledger.open_invoice()
    played.act.pay(invoice.ref)
    played.sandbox.ledger.advance(TODAY.replace(month=12, day=28))
    with capture_logs() as said:
        played.pull()
    assert [each["event"] for each in said] == ["everything is read again"]
    assert not played.invoice(invoice.ref).is_open
    assert played.pull() == []


def test_a_change_that_shows_late_in_the_changelog_is_not_missed() -> None:
    with playing(PennylaneOptions(rate=PLENTY, lag=1.0)) as played:
        first, *others = [
            fact for fact in played.ledger.facts(Kind.INVOICE) if getattr(fact, "is_open", False)
        ]
        played.act.pay(first.ref)
        played.pull()
        for other in others[:6]:
            played.act.pay(other.ref)
            played.pull()
        assert not played.invoice(first.ref).is_open


def test_an_invoice_that_is_deleted_is_gone(played: Played) -> None:
    on = played.on
    number = played.act.people.document_of(on.id).number
    played.sandbox.ledger.reset_to_draft(number)
    played.pull()
    assert on not in played.ledger.records
    assert on not in played.host().open_refs()


# a comment whose end was not seen -------------------------------------------------------------------------
@pytest.mark.parametrize(("fault", "made"), [("lost_after", 1), ("lost_before", 0)])
def test_a_comment_whose_end_was_not_seen_is_not_made_again_but_noted_with_the_customer(
    played: Played, fault: str, made: int
) -> None:
    note = played.note()
    list(played.host().write([played.note("other")]))
    before = len(played.comments())
    played.sandbox.faults.arm(fault, COMMENTS)  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as caught:
        list(played.host().write([note]))
    assert caught.value.maybe_done
    refs = {written.ref for _ in range(3) for written in played.host().write([note], again=[note.key])}
    assert len(played.comments()) == before + made
    assert len(refs) == 1
    assert played.notes().count("Relance 1 envoyée") == 1


def test_a_comment_whose_end_was_not_seen_is_not_made_again_with_another_token_either(played: Played) -> None:
    list(played.host().write([played.note("other")]))
    before = len(played.comments())
    played.sandbox.faults.arm("lost_after", COMMENTS)
    with pytest.raises(Unavailable):
        list(played.host().write([played.note()]))
    host = played.host(token=played.sandbox.pennylane.tokens.issue("relance").value)
    list(host.write([played.note()], again=[played.note().key]))
    assert len(played.comments()) == before + 1
    assert played.notes().count("Relance 1 envoyée") == 1


def test_a_comment_that_was_never_tried_is_made_though_its_batch_was_cut(played: Played) -> None:
    notes = [played.note(f"note/{n}", f"<p>Relance {n}</p>") for n in range(4)]
    list(played.host().write([played.note("warm")]))
    played.sandbox.faults.arm("lost_after", COMMENTS, after=1)
    with pytest.raises(Unavailable):
        list(played.host().write(notes))
    written = list(played.host().write(notes, again=[note.key for note in notes]))
    assert all(each.error is None for each in written)
    said = [*played.comments()[1:], played.notes()]
    assert [sum(f"Relance {n}" in text for text in said) for n in range(4)] == [1, 2, 1, 1]
    assert played.comments().count("Relance 1") == 1


def test_notes_whose_answer_was_lost_are_found_again(played: Played) -> None:
    host = played.host(write_to=("notes",))
    played.sandbox.faults.arm("lost_after", "write *_customers/{id}")
    with pytest.raises(Unavailable):
        list(host.write([played.note()]))
    (written,) = host.write([played.note()], again=[played.note().key])
    assert written.error is None
    assert played.notes().count("Relance 1 envoyée") == 1
