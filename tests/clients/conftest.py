"""A gateway for programs of other makers, and how they are run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

HERE = Path(__file__).parent
PROGRAMS = HERE / "node_modules" / ".bin"
ADDRESS = "jane.doe@customer.example"
ASKED = f"Write to {ADDRESS}"
SAID = f"Written to {ADDRESS}."
"""The simulated provider names the placeholder that reached it; the gateway puts the value back."""


class Endpoint(NamedTuple):
    """A running gateway, a key, and what stands behind it."""

    base: str
    key: str
    upstream: Upstream

    def never_saw_the_address(self) -> bool:
        """Whether a placeholder reached the provider, and the address in no call."""
        raw = self.upstream.raw
        return ADDRESS.encode() not in raw and b"[EMAIL_ADDRESS_" in raw


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Endpoint]:
    """A company as it is set up by default: nothing confirmed, no rule tuned."""
    configuration = openai_shaped(upstream.base_url)
    chat = configuration["providers"]["sim"]
    bare = upstream.base_url.removesuffix("/v1")
    configuration["providers"] |= {
        "messages": {**chat, "wire": "anthropic", "base_url": bare},
        "google": {**chat, "wire": "gemini", "base_url": bare},
    }
    said = "to:EMAIL_ADDRESS"
    configuration["models"] = {
        "claude-simulated": {"provider": "messages", "upstream": said},
        "gemini-2.5-flash": {"provider": "google", "upstream": said},
        "simulated": {"provider": "sim", "upstream": said},
    }
    made = Company(tmp_path_factory.mktemp("clients"), configuration)
    key = made.found("openai/api-default")
    made.start()
    yield Endpoint(made.base, key, upstream)
    made.kill(signal.SIGTERM)


def run(home: Path, program: Path | str, *arguments: str, **environment: str) -> str:
    """What a program printed, in a home and an environment of its own."""
    found = PROGRAMS / program
    if not found.exists():
        pytest.skip(f"{found.name} is not installed (make clients)")
    path = os.pathsep.join({str(Path(shutil.which("node") or "node").parent), "/usr/bin", "/bin"})
    done = subprocess.run(
        [str(found), *arguments],
        cwd=home,
        env={"PATH": path, "HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.stdout + done.stderr
