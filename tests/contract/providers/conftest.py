"""Every wire, each before the same simulated provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.core.catalogue import Wire
from tests.contract.providers.asking import REMOTE, TRANSLATED, Asking, entry
from tests.simulators.google_tokens import GoogleTokenService
from tests.simulators.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream


@pytest.fixture(scope="session")
def google() -> Iterator[GoogleTokenService]:
    """Google's token service."""
    with GoogleTokenService() as service:
        yield service


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory, google: GoogleTokenService) -> Path:
    """A service account's key."""
    return google.credentials(tmp_path_factory.mktemp("google"))


@pytest.fixture(scope="session")
def published() -> Published:
    """What vendors have published of their APIs."""
    return Published()


def _asked(
    wire: Wire, upstream: Upstream, credentials: Path, published: Published, seconds: float = 5.0
) -> Iterator[Asking]:
    before = upstream.count
    host = upstream.base_url.removesuffix("/v1")
    asking = Asking(entry(wire, host, credentials), seconds=seconds)
    yield asking
    asking.providers.close()
    # Whatever a test sent, the vendor's own description of the API must allow.
    for body in upstream.calls[len(upstream.calls) - (upstream.count - before) :]:
        assert published.problems(wire, body) == []


@pytest.fixture(params=list(Wire))
def ask(
    request: pytest.FixtureRequest, upstream: Upstream, credentials: Path, published: Published
) -> Iterator[Asking]:
    """Every wire."""
    yield from _asked(request.param, upstream, credentials, published)


@pytest.fixture(params=REMOTE)
def remote(
    request: pytest.FixtureRequest, upstream: Upstream, credentials: Path, published: Published
) -> Iterator[Asking]:
    """Every wire with a provider at the other end of it, which is not waited for long."""
    yield from _asked(request.param, upstream, credentials, published, seconds=0.8)


@pytest.fixture(params=TRANSLATED)
def translated(
    request: pytest.FixtureRequest, upstream: Upstream, credentials: Path, published: Published
) -> Iterator[Asking]:
    """Every wire that another shape is made for; OpenAI's and Azure's carry a chat as it is."""
    yield from _asked(request.param, upstream, credentials, published)
