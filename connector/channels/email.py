"""E-mail through a mail server (SMTP), one connection for a batch."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from connector.channels.mime import address_of, needs_utf8, to_mime
from connector.errors import ChannelUnavailable, Undeliverable
from connector.model import Message
from connector.ports import Receipt, ReceiptStatus

_LOST = (smtplib.SMTPServerDisconnected, OSError)
_LOGIN_WANTED = frozenset({530, 534, 535, 538})
_ADDRESS_REFUSED = frozenset({550, 551, 553})
_RELAY = re.compile(rb"\brelay", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """A mail server and how to talk to it. ``timeout`` in seconds, for each answer of the server."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    ca_file: Path | None = None  # trusted instead of the system's own authorities
    batch: int = 50  # messages after which the connection is renewed

    def __post_init__(self) -> None:
        if self.security not in ("starttls", "tls", "none"):
            raise ValueError('security is "starttls", "tls" or "none"')
        if (self.login is None) != (self.password is None):
            raise ValueError("login and password go together: give both or none")


class EmailChannel:
    """Sends each message as one e-mail to one recipient. TLS is never given up silently."""

    name = "email"

    def __init__(self, settings: EmailSettings, *, clock: Callable[[], datetime] | None = None) -> None:
        self._settings = settings
        self._clock = clock or (lambda: datetime.now(UTC))
        self._server: smtplib.SMTP | None = None
        self._handed_over = 0

    def send(self, message: Message) -> Receipt:
        """See ``Channel.send``. UNKNOWN only when the line broke while the text was under way."""
        try:
            content = to_mime(message, self._clock()).as_bytes()
            sender, recipient = address_of(message.sender), address_of(message.recipient)
        except Undeliverable as error:
            return Receipt(ReceiptStatus.INVALID, detail=str(error))
        try:
            server = self._connection()
        except ChannelUnavailable as error:
            return Receipt(ReceiptStatus.FAILED, detail=str(error))
        options = ["SMTPUTF8"] if needs_utf8(message) else []
        if options and not server.has_extn("smtputf8"):
            detail = "the mail server does not take addresses with such letters before the @"
            return Receipt(ReceiptStatus.INVALID, detail=detail)
        refusal = self._announce(server, sender, recipient, options)
        return refusal or self._hand_over(server, content, message.message_id)

    def find(self, message: Message) -> Receipt:
        """A mail server cannot be asked what became of a message."""
        return Receipt(ReceiptStatus.UNKNOWN, detail="a mail server cannot tell whether a message had left")

    def close(self) -> None:
        """End the connection, if there is one."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    # the dialogue --------------------------------------------------------------------------------------

    def _announce(
        self, server: smtplib.SMTP, sender: str, recipient: str, options: list[str]
    ) -> Receipt | None:
        """Name sender and recipient; return a receipt when one is refused. Nothing has left by then."""
        try:
            code, reply = server.mail(sender, options)
            if code != 250:
                return self._refused(
                    code, reply, "the mail server refuses the sender: check the sender's address"
                )
            code, reply = server.rcpt(recipient)
        except _LOST as error:
            self._forget()
            return Receipt(ReceiptStatus.FAILED, detail=f"the mail server hung up: {_words(str(error))}")
        if code in (250, 251):
            return None
        if code in _LOGIN_WANTED or (code >= 500 and _RELAY.search(reply)):
            return self._refused(code, reply, "the mail server wants a login: check `login` and `password`")
        status = ReceiptStatus.REJECTED if code >= 500 else ReceiptStatus.FAILED
        return self._refused(code, reply, "the recipient was refused", status)

    def _hand_over(self, server: smtplib.SMTP, content: bytes, message_id: str) -> Receipt:
        """Send the text. From here on, no answer means that it may have left."""
        try:
            code, reply = server.data(content)
        except smtplib.SMTPDataError as error:  # the server did not want to begin
            code, reply = error.smtp_code, _bytes(error.smtp_error)
        except _LOST as error:
            self._forget()
            detail = f"the line broke before the mail server had answered: {_words(str(error))}"
            return Receipt(ReceiptStatus.UNKNOWN, ref=message_id, detail=detail)
        if code == 250:
            self._handed_over += 1
            return Receipt(ReceiptStatus.SENT, ref=message_id, detail=_words(reply))
        if code in _ADDRESS_REFUSED:
            return self._refused(code, reply, "the message was refused", ReceiptStatus.REJECTED)
        status = ReceiptStatus.INVALID if code >= 500 else ReceiptStatus.FAILED
        return self._refused(code, reply, "the message was refused", status)

    def _refused(
        self, code: int, reply: bytes, what: str, status: ReceiptStatus = ReceiptStatus.FAILED
    ) -> Receipt:
        if code == 421:  # the server is about to hang up
            self._forget()
        elif self._server is not None:
            try:
                self._server.rset()
            except (smtplib.SMTPException, OSError):
                self._forget()
        return Receipt(status, detail=f"{what} ({code} {_words(reply)})")

    # the connection ------------------------------------------------------------------------------------

    def _connection(self) -> smtplib.SMTP:
        if self._server is not None and self._handed_over >= self._settings.batch:
            self.close()
        if self._server is not None and not _alive(self._server):
            self._forget()
        if self._server is None:
            self._server, self._handed_over = _connect(self._settings), 0
        return self._server

    def _forget(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _alive(server: smtplib.SMTP) -> bool:
    try:
        return bool(server.noop()[0] == 250)
    except (smtplib.SMTPException, OSError):
        return False


def _connect(settings: EmailSettings) -> smtplib.SMTP:
    """Connect, protect and log in. Raises ChannelUnavailable with the option to look at."""
    where = f"{settings.host}:{settings.port}"
    server: smtplib.SMTP | None = None
    try:
        server = _greet(settings)
        if settings.login is not None and settings.password is not None:
            server.login(settings.login, settings.password)
    except (smtplib.SMTPException, OSError) as error:
        if server is not None:
            server.close()
        raise ChannelUnavailable(f"{where}: {_remedy(error)}") from None  # the cause may hold credentials
    return server


def _greet(settings: EmailSettings) -> smtplib.SMTP:
    """Connect, and protect the line before anything else is said."""
    where, wait = (settings.host, settings.port), settings.timeout
    tls = ssl.create_default_context(cafile=settings.ca_file) if settings.security != "none" else None
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=wait, context=tls)
    else:
        server = smtplib.SMTP(*where, timeout=wait)
    try:
        if settings.security == "starttls":
            server.starttls(context=tls)
        server.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError):
        server.close()
        raise
    return server


def _remedy(error: Exception) -> str:
    """Say which option to look at. Never the server's words on a login: they may repeat it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the login was refused ({error.smtp_code}): check `login` and `password`"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "STARTTLS" in str(error):
            return 'the server offers no STARTTLS: set `security` to "tls", or to "none" for a local relay'
        return "the server takes no login: remove `login` and `password`, or check `security`"
    if isinstance(error, ssl.SSLError):
        return _tls_remedy(error)
    if isinstance(error, TimeoutError):
        return "no answer in time: check `host`, `port` and `security`, or raise `timeout`"
    return f"cannot be reached ({_words(str(error))}): check `host` and `port`"


def _tls_remedy(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted ({error.verify_message}): check `host` or `ca_file`"
    return 'no TLS there: check `port` and `security` ("starttls" is usual on 587, "tls" on 465)'


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode(errors="replace")


def _words(reply: bytes | str) -> str:
    """The other side's words, on one line and of bounded length."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:300]
