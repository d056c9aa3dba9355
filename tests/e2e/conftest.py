"""The demonstration as a process of its own, for tests that need a real server."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from gateway.demo import stage

if TYPE_CHECKING:
    from collections.abc import Iterator


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, object]]:
    """A running demonstration: its address and its configuration file."""
    port = free_port()
    config = stage.prepare(tmp_path_factory.mktemp("demo"), port)
    with stage.served(config, port) as base:
        yield base, config
