"""What stands between the gateway and a server: it can stop, cut, and change what passes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from sqlalchemy import make_url

if TYPE_CHECKING:
    from collections.abc import Callable


def passing(data: bytes) -> bytes:
    """Let everything through."""
    return data


class Cut(Exception):
    """Raised by a hook: end the connection here and now."""


class Between:
    """A proxy before a PostgreSQL that is reached through a socket in a folder."""

    def __init__(self, server: str) -> None:
        """Stands before the server of that URL."""
        url = make_url(server)
        self._folder = str(url.query["host"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        changed = url.set(host="127.0.0.1", port=port, query={})
        self.url = changed.render_as_string(hide_password=False)
        self.to_server: Callable[[bytes], bytes] = passing
        self.to_client: Callable[[bytes], bytes] = passing
        self.accepted = 0
        self.running = threading.Event()
        self.running.set()
        """Cleared, nothing passes in either way: what is sent is taken, and lies there."""

        self._open: list[socket.socket] = []
        self._passing: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.running.set()
        # Closing alone would not end an accept that waits: it would take one connection more.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        self.cut()
        for thread in self._passing:
            thread.join()
        for item in self._open:
            item.close()

    def cut(self) -> None:
        """End every connection."""
        for item in self._open:
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self._folder}/.s.PGSQL.5432")
            self._open += (client, server)
            for ends in ((client, server, "to_server"), (server, client, "to_client")):
                thread = threading.Thread(target=self._pass, args=ends, daemon=True)
                self._passing.append(thread)
                thread.start()

    def _pass(self, source: socket.socket, target: socket.socket, hook: str) -> None:
        with suppress(OSError, Cut):
            while data := source.recv(65_536):
                changed = getattr(self, hook)(data)
                self.running.wait()
                target.sendall(changed)
        for item in (source, target):
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
