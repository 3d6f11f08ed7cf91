"""The endpoint on a real server: what the host announces makes a pass come sooner, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from queue import Queue

import pytest
import requests

from connector.app import lent_access
from connector.cli import run
from connector.config import load
from connector.errors import ConfigError
from connector.hosts.quickbooks.webhooks import HEADER, PATH
from connector.serve.endpoint import LONGEST, Caller
from connector.serve.known import DOORS, callers
from connector.serve.listening import listening
from connector.serve.service import Service
from connector.serve.waking import Wakes
from connector.store.database import open_store
from tests.system.world import World

PATIENCE = 60.0
KEY, OTHER_KEY = "verifier-of-the-example", "verifier-of-another-app"
NORD, SUD, OUEST = "310687", "310688", "310689"


def sign(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def classic(*realms: str) -> bytes:
    changed = {"id": "12", "operation": "Create", "name": "Payment", "lastUpdated": "2026-11-21"}
    events = [{"realmId": realm, "dataChangeEvent": {"entities": [changed]}} for realm in realms]
    return json.dumps({"eventNotifications": events}).encode()


def cloud(*realms: str) -> bytes:
    base = {"specversion": "1.0", "id": "1", "type": "qbo.payment.created.v1", "intuitentityid": "12"}
    return json.dumps([{**base, "intuitaccountid": realm} for realm in realms]).encode()


@dataclass
class Served:
    """A service at work, as a caller and a person see it."""

    url: str
    wakes: Wakes
    looked: list[str] = field(default_factory=list)

    def post(self, body: bytes, signature: str | None = None, path: str = PATH) -> requests.Response:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers[HEADER] = sign(body) if signature is None else signature
        return requests.post(f"{self.url}{path}", data=body, headers=headers, timeout=PATIENCE)

    def health(self) -> Mapping[str, object]:
        return requests.get(f"{self.url}/health", timeout=PATIENCE).json()  # type: ignore[no-any-return]

    def announcements(self) -> Mapping[str, int]:
        return self.health()["announcements"]  # type: ignore[return-value]

    def wait(self, what: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < until, f"waited in vain: {self.looked} {self.health()}"
            time.sleep(0.02)


class Serving:
    """Starts services; ends them all."""

    def __init__(self) -> None:
        self._ends: list[Callable[[], None]] = []

    def __call__(
        self,
        look: Callable[[str], bool] = lambda _: True,
        *,
        quiet: float = 0.0,
        at_most: int = 120,
        callers: Sequence[Caller] | None = None,
        interval: timedelta = timedelta(days=1),
    ) -> Served:
        stop, address = threading.Event(), Queue[tuple[str, int]]()
        served = Served("", Wakes(timedelta(seconds=quiet), at_most))
        door = DOORS["quickbooks"]
        known = callers or [
            Caller(door, KEY, {NORD: "nord", SUD: "sud"}),
            Caller(door, OTHER_KEY, {OUEST: "ouest"}),
        ]

        def seen(company: str) -> bool:
            served.looked.append(company)
            return look(company)

        service = Service(("nord", "sud", "ouest"), seen, lambda: known, served.wakes, interval, stop)
        thread = threading.Thread(target=service.run, args=("127.0.0.1", 0, lambda *at: address.put(at)))
        thread.start()
        self._ends += [stop.set, lambda: thread.join(PATIENCE)]
        host, port = address.get(timeout=PATIENCE)
        served.url = f"http://{host}:{port}"
        return served

    def end(self) -> None:
        for end in self._ends:
            end()


@pytest.fixture
def serving() -> Iterator[Serving]:
    made = Serving()
    yield made
    made.end()


FIRST_ROUND = ["nord", "sud", "ouest"]


def after_first_round(served: Served) -> Served:
    served.wait(lambda: _passes(served) == 3)
    assert served.looked == FIRST_ROUND
    return served


def _passes(served: Served) -> int:
    companies: Mapping[str, Mapping[str, int]] = served.health()["companies"]  # type: ignore[assignment]
    return sum(one["passes"] for one in companies.values())


def _waits(served: Served) -> bool:
    companies: Mapping[str, Mapping[str, bool]] = served.health()["companies"]  # type: ignore[assignment]
    return any(one["waits"] or one["under_way"] for one in companies.values())


# who is heard --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [classic, cloud])
def test_both_formats_wake_the_companies_they_name_and_no_other(
    serving: Serving, written: Callable[..., bytes]
) -> None:
    served = after_first_round(serving())
    assert served.post(written(SUD)).status_code == 200
    served.wait(lambda: _passes(served) == 4)
    assert served.post(written(NORD, SUD)).status_code == 200
    served.wait(lambda: _passes(served) == 6)
    assert served.looked[3:] == ["sud", "nord", "sud"]


def test_a_wrong_signature_is_refused_without_a_word_and_wakes_nobody(serving: Serving) -> None:
    served = after_first_round(serving())
    body = classic(NORD)
    for signature in ("", "x", sign(body, "guess"), sign(body + b" "), sign(body).lower()):
        answer = served.post(body, signature)
        assert (answer.status_code, answer.content) == (401, b"")
    without = requests.post(f"{served.url}{PATH}", data=body, timeout=PATIENCE)
    assert (without.status_code, without.content) == (401, b"")
    assert served.announcements() == {"taken": 0, "unknown": 0, "unreadable": 0, "refused": 6}
    assert not _waits(served)
    assert served.looked == FIRST_ROUND


def test_a_key_opens_for_its_own_companies_alone(serving: Serving) -> None:
    served = after_first_round(serving())
    body = classic(NORD, OUEST)
    assert served.post(body, sign(body, OTHER_KEY)).status_code == 200
    served.wait(lambda: _passes(served) == 4)
    assert served.looked[3:] == ["ouest"]
    assert served.announcements()["unknown"] == 1


def test_an_unknown_company_is_taken_and_counted(serving: Serving) -> None:
    served = after_first_round(serving())
    for body in (classic("999"), cloud("999"), b"[]", cloud(NORD)):
        assert served.post(body).status_code == 200
    served.wait(lambda: _passes(served) == 4)
    assert served.announcements() == {"taken": 1, "unknown": 2, "unreadable": 0, "refused": 0}


@pytest.mark.parametrize("body", [b"", b"not json", b"{}", b"\xff\xfe", b"[" * 100_000])
def test_what_is_signed_and_cannot_be_read_is_taken_so_that_it_is_not_sent_for_ever(
    serving: Serving, body: bytes
) -> None:
    served = after_first_round(serving())
    assert served.post(body).status_code == 200
    assert served.announcements()["unreadable"] == 1
    assert not _waits(served)


def test_a_body_too_long_is_refused(serving: Serving) -> None:
    served = after_first_round(serving())
    body = b" " * (LONGEST + 1)
    with suppress(requests.ConnectionError):  # it may hang up while we are still sending
        assert served.post(body).status_code == 413
    assert served.announcements()["taken"] == 0
    fits = classic(NORD).ljust(LONGEST)
    assert served.post(fits).status_code == 200


def test_only_what_is_there_is_answered(serving: Serving) -> None:
    served = after_first_round(serving())
    answers = {
        ("GET", PATH): 405,
        ("PUT", PATH): 405,
        ("POST", "/health"): 405,
        ("POST", "/webhooks/other"): 404,
        ("GET", "/"): 404,
        ("HEAD", "/health"): 200,
    }
    for (method, path), status in answers.items():
        answer = requests.request(method, f"{served.url}{path}", data=b"", timeout=PATIENCE)
        assert (method, path, answer.status_code, answer.content) == (method, path, status, b"")


def test_nothing_of_the_server_or_of_secrets_is_told(serving: Serving) -> None:
    served = after_first_round(serving())
    answer = requests.get(f"{served.url}/health", timeout=PATIENCE)
    assert "Server" not in answer.headers
    assert not any(secret in answer.text for secret in (KEY, OTHER_KEY, NORD, SUD, OUEST))


# when a pass is run ---------------------------------------------------------------------------------------


def test_a_burst_is_one_pass(serving: Serving) -> None:
    served = after_first_round(serving(quiet=1.0))
    for n in range(30):
        assert served.post((classic if n % 2 else cloud)(NORD)).status_code == 200
    served.wait(lambda: _passes(served) == 4)
    assert not _waits(served), "nothing more is to come"
    assert served.looked[3:] == ["nord"]
    assert served.announcements()["taken"] == 30


def test_beyond_the_cap_an_hour_holds_no_more_passes(serving: Serving) -> None:
    served = after_first_round(serving(at_most=1))
    served.post(classic(NORD))
    served.wait(lambda: _passes(served) == 4)
    for _ in range(5):
        assert served.post(classic(NORD)).status_code == 200
    served.post(classic(SUD))
    served.wait(lambda: _passes(served) == 5)
    assert served.looked[3:] == ["nord", "sud"]
    assert served.wakes.waits("nord"), "it is not forgotten"


def test_the_answer_does_not_wait_for_the_pass(serving: Serving) -> None:
    """The host takes for ever: whoever calls is answered while the pass is under way."""
    going_on, begun = threading.Event(), threading.Event()

    def look(_company: str) -> bool:
        begun.set()
        assert going_on.wait(PATIENCE)
        return True

    served = serving(look)
    assert begun.wait(PATIENCE)
    try:
        assert served.post(classic(SUD)).status_code == 200
        assert served.post(cloud(NORD)).status_code == 200
        assert served.looked == ["nord"], "the first pass has not ended, and no other has begun beside it"
        assert served.health()["companies"]["nord"]["under_way"]  # type: ignore[index]
    finally:
        going_on.set()
    served.wait(lambda: not _waits(served) and set(served.looked) == {"nord", "sud", "ouest"})
    assert served.looked.count("nord") == 2, "what was announced during its pass made another"


def test_what_is_announced_before_the_timers_pass_of_that_company_makes_no_other(serving: Serving) -> None:
    going_on, begun = threading.Event(), threading.Event()

    def look(_company: str) -> bool:
        begun.set()
        return going_on.wait(PATIENCE)

    served = serving(look)
    assert begun.wait(PATIENCE)
    for _ in range(5):
        served.post(classic(OUEST), sign(classic(OUEST), OTHER_KEY))  # its turn in the round is still to come
    going_on.set()
    served.wait(lambda: _passes(served) >= 3 and not _waits(served))
    assert sorted(served.looked) == sorted(FIRST_ROUND)


def test_passes_never_overlap(serving: Serving) -> None:
    at_once, most = threading.Semaphore(0), []

    def look(_company: str) -> bool:
        at_once.release()
        most.append(at_once._value)
        time.sleep(0.01)
        at_once.acquire()
        return True

    served = serving(look)
    for _ in range(20):
        served.post(classic(NORD, SUD))
    served.wait(lambda: not _waits(served) and len(most) > 3)
    assert set(most) == {1}


def test_a_pass_that_fails_or_breaks_is_told_and_ends_neither_timer_nor_waker(serving: Serving) -> None:
    outcomes = {"nord": iter([False, True]), "sud": iter([True])}

    def look(company: str) -> bool:
        if company == "ouest":
            raise RuntimeError("broken")
        return next(outcomes[company])

    served = serving(look)
    served.wait(lambda: _passes(served) == 3)
    answer = requests.get(f"{served.url}/health", timeout=PATIENCE)
    assert answer.status_code == 503
    companies = answer.json()["companies"]
    assert [companies[one]["ended_well"] for one in FIRST_ROUND] == [False, True, False]
    assert all(one["last_pass_at"] for one in companies.values())
    served.post(classic(NORD))
    served.wait(lambda: _passes(served) == 4)
    assert served.health()["companies"]["nord"]["ended_well"]  # type: ignore[index]
    assert served.health()["companies"]["nord"]["woken"] == 1  # type: ignore[index]


def test_a_real_pass_reads_what_was_announced_from_the_host(serving: Serving, tmp_path: Path) -> None:
    world = World(tmp_path)

    def look(company: str) -> bool:
        if company != "nord":
            return True
        report = world.run()
        return report is not None and not report.errors

    served = after_first_round(serving(look))
    world.host.customer("alpha", "Exemple alpha")
    world.host.invoice("1", "alpha", [(world.today - timedelta(days=8), "100.00")])
    for _ in range(3):  # the same again, and of what is long gone
        served.post(classic(NORD))
    served.wait(lambda: world.channel.accepted and not _waits(served))
    assert len(world.channel.accepted) == 1
    world.close()


# the server -----------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_a_problem_of_the_configuration() -> None:
    def app(_environ: object, _start: object) -> list[bytes]:
        return [b""]

    with (
        listening(app, "127.0.0.1", 0, longest=10) as (host, port),
        pytest.raises(ConfigError, match=str(port)),
        listening(app, host, port, longest=10),
    ):
        pass


def test_a_caller_who_says_nothing_holds_up_nobody(serving: Serving) -> None:
    served = after_first_round(serving())
    silent = []
    for _ in range(12):
        connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=PATIENCE)
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"{")
        silent.append(connection)
    assert served.post(classic(NORD)).status_code == 200
    served.wait(lambda: _passes(served) == 4)
    for connection in silent:
        connection.close()


# the command ----------------------------------------------------------------------------------------------

CONFIG = """
id = "exemple"
name = "Exemple SARL"
language = "fr"
country = "FR"
time_zone = "Europe/Paris"

[host]
type = "quickbooks"
client_id = "app-of-the-example"
client_secret = { env = "QB_SECRET" }
realm = "310687"
webhook_verifier = { env = "QB_VERIFIER" }

[sender]
name = "Exemple SARL"
email = "compta@exemple.example"

[[scenario]]
name = "standard"
step = [{ name = "reminder_1", day = 7 }]

[schedule]
every = "24 hours"

[serve]
port = 0
quiet = "1 second"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "exemple.toml"
    file.write_text(CONFIG)
    return file


def spawn(config: Path, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "connector", "serve", "--json", "--config", str(config)]
    known = {**os.environ, "QB_SECRET": "secret-of-the-example", **environment}
    root = Path(__file__).parents[2]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=root, env=known, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def test_the_command_serves_passes_and_ends_when_asked(config: Path) -> None:
    """The company was never connected: its passes fail at once, without a call, and are told."""
    process = spawn(config, QB_VERIFIER=KEY)
    assert process.stdout is not None
    served = Served(json.loads(process.stdout.readline())["listening"], Wakes(timedelta(0), 1))
    first = json.loads(process.stdout.readline())
    assert "relance connect quickbooks" in first["errors"][0]
    assert served.post(classic("310687", "999")).status_code == 200
    assert served.post(classic("310687"), "wrong").status_code == 401
    second = json.loads(process.stdout.readline())
    assert second["company"] == "exemple"
    served.wait(lambda: served.health()["companies"]["exemple"]["passes"] == 2)  # type: ignore[index]
    assert served.announcements() == {"taken": 1, "unknown": 1, "unreadable": 0, "refused": 1}
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert KEY not in err


def test_beside_a_timer_that_runs_it_does_not_begin(config: Path) -> None:
    first = spawn(config, QB_VERIFIER=KEY)
    assert first.stdout is not None
    first.stdout.readline()
    second = spawn(config, QB_VERIFIER=KEY)
    _, err = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert "A timer runs already" in err
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0


def test_without_a_key_there_is_nobody_to_hear(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QB_VERIFIER", raising=False)
    assert run(["serve", "--config", str(config)]) == 2
    assert "relance check" in capsys.readouterr().err
    config.write_text(CONFIG.replace("webhook_verifier", "#"))
    assert run(["serve", "--config", str(config)]) == 2
    assert "host.webhook_verifier" in capsys.readouterr().err


def test_who_may_call_is_learned_from_settings_and_from_connecting(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QB_VERIFIER", KEY)
    monkeypatch.setenv("QB_SECRET", "secret-of-the-example")
    configuration = load(config)
    with closing(open_store(configuration.store.address())) as store:
        (caller,) = callers(configuration.companies, store)
        assert (caller.key, caller.companies) == (KEY, {"310687": "exemple"})
        assert KEY not in repr(caller)
        config.write_text(CONFIG.replace('realm = "310687"\n', ""))
        companies = load(config).companies
        assert [caller.companies for caller in callers(companies, store)] == [{}], "not connected yet"
        _, pair = lent_access(companies[0], store)
        pair.save({"access_token": "a", "refresh_token": "r", "expires_at": 1.0, "realm": "4711"})
        assert [caller.companies for caller in callers(companies, store)] == [{"4711": "exemple"}]
        monkeypatch.delenv("QB_VERIFIER")
        assert callers(companies, store) == []
