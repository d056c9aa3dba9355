"""SDKs that run on Node, pointed at a running gateway: address and key changed, nothing else.

Opt-in (``make clients``). Those in Python are in tests/e2e.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.clients.conftest import ASKED, HERE, SAID, Endpoint, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.clients
SDKS = {
    "openai-chat": "simulated",
    "openai-responses": "simulated",
    "ai-openai-chat": "simulated",
    "ai-openai-responses": "simulated",
    "ai-anthropic": "claude-simulated",
}
"""What asks, and a model for it: ``openai``, and Vercel's ``ai`` with its providers."""


class TestSdks:
    @pytest.mark.parametrize("how", ["plain", "stream"])
    @pytest.mark.parametrize("sdk", SDKS)
    def test_it_reads_its_answer(
        self, endpoint: Endpoint, tmp_path: Path, sdk: str, how: str
    ) -> None:
        """
        The answer has the address in it, and the address never left.
        """
        if not (HERE / "node_modules" / "openai").exists():
            pytest.skip("the SDKs are not installed (make clients)")
        node = shutil.which("node") or "node"
        script = str(HERE / "ask.mjs")
        model = SDKS[sdk]
        printed = run(tmp_path, node, script, sdk, how, endpoint.base, endpoint.key, model, ASKED)

        assert printed.strip() == SAID
        assert endpoint.never_saw_the_address()
