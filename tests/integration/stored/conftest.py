"""A company whose answers providers may keep, and one of its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.storing import a_storing_company, client_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    import openai

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Installation]:
    """A company that lets answers up to confidential be kept."""
    made = a_storing_company(tmp_path_factory.mktemp("storing"), upstream.base_url)
    yield made
    made.close()


@pytest.fixture
def emma(company: Installation) -> openai.OpenAI:
    """Her client."""
    return client_for(company, "emma@acme.example")
