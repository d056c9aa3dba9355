from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.pdp import bundle as bundles
from tests.contract.pdp.engines import ENGINES, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.pdp.bundle import Bundle
    from gateway.pep.ports import PolicyDecisionPoint


@pytest.fixture(scope="session")
def shipped() -> Bundle:
    """The policies that ship."""
    return bundles.load()


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def pdp(
    engine: str, shipped: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PolicyDecisionPoint]:
    """Each engine in turn, with the policies that ship."""
    with opened(engine, shipped, tmp_path_factory.mktemp("bundle")) as started:
        yield started
