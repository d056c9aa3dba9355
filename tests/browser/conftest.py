"""A demonstration in which the tour has been taken, and a browser to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.demo import stage
from gateway.demo.picture import FILE
from gateway.demo.tour import Guide
from tests.browser.visitor import CHROMIUM
from tests.e2e.conftest import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps what it makes."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def walked(folder: Path) -> Iterator[str]:
    """A demonstration in which the tour has been taken, so that there is something to see."""
    port = free_port()
    config = stage.prepare(folder, port)
    with stage.served(config, port) as base:
        assert Guide(base, config).take()
        yield base


@pytest.fixture(scope="session")
def picture(folder: Path, walked: str) -> Path:
    """The picture that the tour generated."""
    return folder / FILE


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Chromium from the system's packages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
