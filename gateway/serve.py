"""Starting the HTTP server: Granian, a thread per request, a few worker processes."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces

from gateway import telemetry
from gateway.errors import ConfigurationError
from gateway.settings import CONFIG_VARIABLE

if TYPE_CHECKING:
    from gateway.settings import Settings

SWITCH_INTERVAL = 0.1
"""Seconds between offers of the interpreter's lock. At the default 5 ms a thousand waiting stream
threads wake so often that the hand-over itself can take the whole core."""

_BACKLOG = 4_096


def run(settings: Settings, config: Path | None, host: str, port: int) -> None:
    """Serve until told to stop.

    Raises:
        ConfigurationError: the address is taken. Granian would share it with whoever has it, and
            each would get half of the requests.
    """
    require_free(host, port)
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config.resolve())
    if settings.server.workers > 1:
        telemetry.prepare_multiprocess(Path(tempfile.mkdtemp(prefix="proviso-metrics-")))
    Granian(
        "gateway.wsgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.server.workers,
        blocking_threads=settings.server.threads,
        backlog=_BACKLOG,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
        workers_kill_timeout=10,
    ).serve()


def require_free(host: str, port: int) -> None:
    """Return if nobody listens there.

    Raises:
        ConfigurationError: somebody does, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"{host}:{port} cannot be used: {error.strerror}. Choose another --port."
            ) from error
