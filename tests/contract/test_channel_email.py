"""A real SMTP dialogue, with a server that can refuse, hang up and keep silent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from connector.channels import EmailChannel, EmailSettings
from connector.model import Party
from connector.ports import ReceiptStatus
from connector.testing import ChannelTests, a_message

LOGIN, PASSWORD = "relance", "correct horse"


class Server:
    """What the mail server does at each step of the dialogue; None: as usual."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.at_mail: str | None = None
        self.at_rcpt: str | None = None
        self.at_data: str | None = None
        self.hang_up_at: str | None = None
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.hang_up_at == "mail":
            server.transport.abort()
        if self.at_mail:
            return self.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.at_rcpt:
            return self.at_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.hang_up_at == "before data is taken":
            server.transport.abort()
            return "250 never read"
        if self.at_data is None or self.hang_up_at == "after data is taken":
            self.received.append(envelope)
        if self.hang_up_at == "after data is taken":
            server.transport.abort()
        return self.at_data or "250 taken as 1"


class Running:
    """A server on a free port of the loopback."""

    def __init__(self, handler: Server, **options: Any) -> None:
        self.controller = FreePort(handler, hostname="127.0.0.1", port=0, **options)
        self.controller.start()
        self.port = self.controller.server.sockets[0].getsockname()[1]


class FreePort(Controller):
    def _trigger_server(self) -> None:
        """The base class knocks at the port it was given; ours is known only now."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def handler() -> Server:
    return Server()


@pytest.fixture
def serve(handler: Server) -> Iterator[Any]:
    running: list[Running] = []

    def start(**options: Any) -> int:
        running.append(Running(handler, **options))
        return running[-1].port

    yield start
    for one in running:
        one.controller.stop()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path):
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
def opened() -> Iterator[Any]:
    made: list[EmailChannel] = []

    def make(port: int, **settings: Any) -> EmailChannel:
        made.append(EmailChannel(EmailSettings("127.0.0.1", port, **{"security": "none", **settings})))
        return made[-1]

    yield make
    for channel in made:
        channel.close()


class TestEmailChannel(ChannelTests):
    @pytest.fixture
    def channel(self, serve, opened):
        return opened(serve())

    @pytest.fixture
    def received(self, handler):
        return lambda: handler.received


def test_a_mail_arrives_as_it_was_written(serve, opened, handler):
    message = a_message(recipient="claire@société.example")
    receipt = opened(serve()).send(message)
    (envelope,) = handler.received
    assert (receipt.status, receipt.ref) == (ReceiptStatus.SENT, message.message_id)
    assert envelope.rcpt_tos == ["claire@xn--socit-esab.example"]
    assert message_from_bytes(envelope.content, policy=policy.default)["Subject"] == message.subject


@pytest.mark.parametrize(
    ("step", "reply", "status", "says"),
    [
        ("at_rcpt", "550 5.1.1 no such user", ReceiptStatus.REJECTED, "no such user"),
        ("at_rcpt", "451 4.7.1 try later", ReceiptStatus.FAILED, "try later"),
        ("at_rcpt", "452 mailbox full", ReceiptStatus.FAILED, "mailbox full"),
        ("at_rcpt", "550 5.7.1 Relaying denied", ReceiptStatus.FAILED, "`login`"),
        ("at_rcpt", "530 5.7.0 Authentication required", ReceiptStatus.FAILED, "`login`"),
        ("at_mail", "550 not your domain", ReceiptStatus.FAILED, "check the sender"),
        ("at_mail", "451 later", ReceiptStatus.FAILED, "451"),
        ("at_data", "550 5.1.1 no such user", ReceiptStatus.REJECTED, "no such user"),
        ("at_data", "554 looks like spam", ReceiptStatus.INVALID, "spam"),
        ("at_data", "451 try later", ReceiptStatus.FAILED, "try later"),
        ("at_data", "421 closing", ReceiptStatus.FAILED, "closing"),
    ],
)
def test_a_refusal_says_what_it_means_and_spoils_nothing_after_it(
    serve, opened, handler, step, reply, status, says
):
    channel = opened(serve())
    setattr(handler, step, reply)
    receipt = channel.send(a_message())
    assert receipt.status is status
    assert says in receipt.detail
    assert handler.received == []
    setattr(handler, step, None)
    assert channel.send(a_message()).accepted
    assert len(handler.received) == 1


@pytest.mark.parametrize("moment", ["before data is taken", "after data is taken"])
def test_a_line_that_breaks_while_the_text_is_under_way_leaves_it_unknown(serve, opened, handler, moment):
    channel = opened(serve())
    handler.hang_up_at = moment
    receipt = channel.send(a_message())
    assert receipt.status is ReceiptStatus.UNKNOWN
    handler.hang_up_at = None
    assert channel.send(a_message()).accepted


def test_a_line_that_breaks_before_the_text_has_sent_nothing(serve, opened, handler):
    handler.hang_up_at = "mail"
    assert opened(serve()).send(a_message()).status is ReceiptStatus.FAILED


def test_a_server_that_keeps_silent_is_not_waited_for(serve, opened):
    port = serve()
    silent = EmailChannel(EmailSettings("127.0.0.1", port, "tls", timeout=0.2))
    receipt = silent.send(a_message())  # it waits for our first word, we for its TLS
    assert receipt.status is ReceiptStatus.FAILED
    assert "`security`" in receipt.detail


def test_nobody_there_is_told_with_the_options_to_look_at(opened, serve):
    port = serve()
    receipt = opened(1).send(a_message())
    assert port != 1
    assert receipt.status is ReceiptStatus.FAILED
    assert "127.0.0.1:1" in receipt.detail
    assert "`host` and `port`" in receipt.detail


def test_one_connection_serves_a_batch_and_is_renewed_after_it(serve, opened, handler):
    channel = opened(serve(), batch=2)
    assert all(channel.send(a_message()).accepted for _ in range(3))
    assert handler.connections == 2


def test_a_connection_that_died_in_between_is_made_anew(serve, opened, handler):
    channel = opened(serve())
    channel.send(a_message())
    channel._server.sock.close()
    channel._server.file.close()
    assert channel.send(a_message()).accepted
    assert len(handler.received) == 2


@pytest.mark.parametrize("name", ["subject", "recipient"])
def test_a_message_that_cannot_be_written_is_invalid_and_asks_no_server(opened, name):
    changes = {"subject": "a\nb", "recipient": Party("x", "nobody")}
    assert opened(1).send(replace(a_message(), **{name: changes[name]})).status is ReceiptStatus.INVALID


def test_letters_before_the_at_sign_need_a_server_that_takes_them(serve, opened, handler):
    message = a_message(recipient="élodie@exemple.example")
    assert opened(serve(enable_SMTPUTF8=False)).send(message).status is ReceiptStatus.INVALID
    assert opened(serve(enable_SMTPUTF8=True)).send(message).accepted
    assert handler.received[0].rcpt_tos == ["élodie@exemple.example"]


# TLS and login --------------------------------------------------------------------------------------------


def judge(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    ok = (data.login, data.password) == (LOGIN.encode(), PASSWORD.encode())
    return AuthResult(success=ok, handled=False) if not ok else AuthResult(success=True)


def test_starttls_and_login(serve, opened, handler, tls, ca_file):
    port = serve(tls_context=tls, require_starttls=True, authenticator=judge, auth_required=True)
    channel = opened(port, security="starttls", ca_file=ca_file, login=LOGIN, password=PASSWORD)
    assert channel.send(a_message()).accepted
    assert len(handler.received) == 1


def test_tls_from_the_first_byte(serve, opened, handler, tls, ca_file):
    port = serve(ssl_context=tls)
    assert opened(port, security="tls", ca_file=ca_file).send(a_message()).accepted
    assert len(handler.received) == 1


@pytest.mark.parametrize(
    ("server", "settings", "says"),
    [
        ({}, {"security": "starttls"}, "no STARTTLS"),
        ({}, {"login": LOGIN, "password": PASSWORD}, "takes no login"),
        ({}, {"security": "tls"}, "no TLS there"),
    ],
)
def test_protection_is_never_given_up(serve, opened, handler, ca_file, server, settings, says):
    receipt = opened(serve(**server), ca_file=ca_file, **settings).send(a_message())
    assert receipt.status is ReceiptStatus.FAILED
    assert says in receipt.detail
    assert handler.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_a_stranger_is_not_accepted(serve, opened, handler, tls, security):
    port = serve(**({"tls_context": tls} if security == "starttls" else {"ssl_context": tls}))
    receipt = opened(port, security=security).send(a_message())
    assert receipt.status is ReceiptStatus.FAILED
    assert "certificate" in receipt.detail
    assert handler.received == []


def test_a_wrong_password_is_told_without_it(serve, opened, tls, ca_file, caplog):
    port = serve(tls_context=tls, require_starttls=True, authenticator=judge, auth_required=True)
    channel = opened(port, security="starttls", ca_file=ca_file, login=LOGIN, password="wrong-secret")
    receipt = channel.send(a_message())
    assert receipt.status is ReceiptStatus.FAILED
    assert "`login` and `password`" in receipt.detail
    for told in (receipt.detail, repr(channel), repr(vars(channel)), caplog.text):
        assert "wrong-secret" not in told
