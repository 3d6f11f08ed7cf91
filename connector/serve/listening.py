"""Serving a WSGI application on an address of this machine (waitress) while a block runs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from connector.errors import ConfigError, Problem

#: An answer takes no time: few threads serve many callers.
_THREADS = 4
#: Seconds for which a caller may be silent before he is let go.
_SILENCE = 15


@contextmanager
def listening(
    app: Callable[..., Iterable[bytes]], host: str, port: int, *, longest: int
) -> Iterator[tuple[str, int]]:
    """Serve ``app`` in threads of its own, and give the address (port 0 takes a free one). A body of more
    than ``longest`` bytes is refused before it is read. Raises ConfigError when the port cannot be had."""
    door = _socket(host, port)
    server = _server(app, door, longest)
    thread = threading.Thread(target=server.run, name="endpoint", daemon=True)
    thread.start()
    try:
        yield door.getsockname()[0], door.getsockname()[1]
    finally:
        # in the server's own thread; it may have ended by itself, and left nothing to wake
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join()
        server.task_dispatcher.shutdown(timeout=5)


def _socket(host: str, port: int) -> socket.socket:
    """Ours, and not the library's: that one leaves what it has opened when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        problem = f"{host}:{port} cannot be listened at: {error.strerror or error}"
        remedy = "choose another address or port under [serve], or end the program that has this one"
        raise ConfigError([Problem("serve", "port", problem, remedy)]) from None


def _server(app: Callable[..., Iterable[bytes]], door: socket.socket, longest: int) -> Any:
    return create_server(
        app,
        sockets=[door],
        threads=_THREADS,
        max_request_body_size=longest + 1,  # it refuses what reaches this
        max_request_header_size=32 * 1024,
        channel_timeout=_SILENCE,
        cleanup_interval=_SILENCE,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
