"""Starting the HTTP server: Granian, a thread per request, a few worker processes."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gateway import telemetry
from gateway.errors import ConfigurationError
from gateway.settings import CONFIG_VARIABLE

if TYPE_CHECKING:
    from gateway.sections import ServerSettings
    from gateway.settings import Settings

SWITCH_INTERVAL = 0.1
"""Seconds between offers of the interpreter's lock. At the default 5 ms a thousand waiting stream
threads wake so often that the hand-over itself can take the whole core."""

_SMALL_PAGES = "MIMALLOC_ALLOW_THP"
"""Read by the allocator of the policy engine: with pages of 2 MB a worker holds 8 MB more than its
policies take."""

_APPLICATION = "gateway.wsgi:create"
_BACKLOG = 4_096
_DRAIN_SECONDS = 10


def run(settings: Settings, config: Path | None, host: str, port: int) -> None:
    """Become the server, until told to stop; does not return.

    The server replaces this process, so that its workers begin clean: prometheus_client decides
    when it is first imported whether several workers are counted together.

    Raises:
        ConfigurationError: the address is taken. Granian would share it with whoever has it, and
            each would get half of the requests.
    """
    require_free(host, port)
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config.resolve())
    if settings.server.workers > 1:
        telemetry.prepare_multiprocess(Path(tempfile.mkdtemp(prefix="proviso-metrics-")))
    os.environ.setdefault(_SMALL_PAGES, "0")
    arguments = command(settings.server, host, port)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter


def command(
    server: ServerSettings,
    host: str,
    port: int,
    application: str = _APPLICATION,
    *,
    log_level: str = "warning",
) -> list[str]:
    """The command line of the server."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(server.workers),
        "--blocking-threads": str(server.threads),
        "--backlog": str(_BACKLOG),
        "--workers-kill-timeout": str(_DRAIN_SECONDS),
        "--log-level": log_level,
    }
    switches = ["--factory", "--no-ws", "--respawn-failed-workers"]
    pairs = [part for pair in options.items() for part in pair]
    return [sys.executable, "-m", "granian", *switches, *pairs, application]


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
