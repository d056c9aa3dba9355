"""Fixtures that many rooms share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.factories import Installation, an_installation
from tests.simulators.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# A developer's runs search further each time; CI's judge one change, always by the same examples.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

pytest_plugins = ["tests.plugins.databases"]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """A provider that can be told to misbehave."""
    with Upstream() as simulator:
        yield simulator


@pytest.fixture
def acme(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A whole gateway in this process, with the organisation ``acme``."""
    installation = an_installation(tmp_path, upstream.base_url)
    yield installation
    installation.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Installation]:
    """The same, for tests that only look at answers and can share one."""
    installation = an_installation(tmp_path_factory.mktemp("shared"), upstream.base_url)
    yield installation
    installation.close()
