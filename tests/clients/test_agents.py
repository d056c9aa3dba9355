"""Whole coding agents, as they are installed, pointed at a running gateway.

Opt-in (``make clients``): they are large programs of other makers. Each runs with a fresh home and
an environment of its own, so that it neither reads nor writes anybody's settings.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from gateway.web.api.routes import ROUTES
from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.clients
PROGRAMS = Path(__file__).parent / "node_modules" / ".bin"
ASKED = "Write to jane.doe@customer.example"
SAID = "The gateway answered"
CONFIRMED = ("personal_data.others_unconfirmed", "rights.third_party_work")
"""What the person confirms: an agent's instructions are long, and name people and works."""


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, upstream: Upstream
) -> Iterator[tuple[Company, str]]:
    """A gateway whose provider speaks Messages, and one whose provider speaks chat; and a key."""
    configuration = openai_shaped(upstream.base_url)
    chat = configuration["providers"]["sim"]
    native = {**chat, "wire": "anthropic", "base_url": upstream.base_url.removesuffix("/v1")}
    configuration["providers"]["native"] = native
    configuration["models"] = {
        "claude-simulated": {"provider": "native", "upstream": f"say:{SAID}"},
        "gemini-2.5-flash": {"provider": "sim", "upstream": f"say:{SAID}"},
        "simulated": {"provider": "sim", "upstream": f"say:{SAID}"},
    }
    made = Company(tmp_path_factory.mktemp("clients"), configuration)
    key = made.found("openai/api-default")
    made.start()
    for code in CONFIRMED:
        requests.post(
            f"{made.base}/v1/confirmations", json={"code": code}, timeout=5,
            headers={"Authorization": f"Bearer {key}"},
        ).raise_for_status()  # fmt: skip
    yield made, key
    made.kill(signal.SIGTERM)


def run(home: Path, program: str, *arguments: str, **environment: str) -> str:
    """What a program printed, in an environment of its own."""
    found = PROGRAMS / program
    if not found.exists():
        pytest.skip(f"{program} is not installed (make clients)")
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


class TestAgents:
    def test_claude_code(
        self, company: tuple[Company, str], tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        Claude Code reads its answer, and the address in its question never left.
        """
        made, key = company
        printed = run(
            tmp_path, "claude", "-p", ASKED, "--output-format", "json",
            ANTHROPIC_BASE_URL=made.base, ANTHROPIC_AUTH_TOKEN=key,
            ANTHROPIC_MODEL="claude-simulated", ANTHROPIC_SMALL_FAST_MODEL="claude-simulated",
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        )  # fmt: skip
        assert json.loads(printed)["result"] == SAID
        assert b"jane.doe@" not in upstream.raw
        assert b"[EMAIL_ADDRESS_" in upstream.raw

    def test_gemini_cli(
        self, company: tuple[Company, str], tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        Gemini CLI reads its answer, or is told by name why there is none.

        Its instructions may break a rule, and its thinking settings are what a chat cannot carry.
        """
        made, key = company
        settings = {
            "security": {"auth": {"selectedType": "gemini-api-key"}},
            "privacy": {"usageStatisticsEnabled": False},
        }
        folder = tmp_path / ".gemini"
        folder.mkdir()
        (folder / "settings.json").write_text(json.dumps(settings))
        printed = run(
            tmp_path, "gemini", "-p", ASKED, "-m", "gemini-2.5-flash",
            GEMINI_API_KEY=key, GOOGLE_GEMINI_BASE_URL=made.base, GEMINI_CLI_TRUST_WORKSPACE="true",
        )  # fmt: skip
        told = (SAID, "generationConfig.thinkingConfig", "Your company's policy does not allow")
        assert any(words in printed for words in told), printed
        assert b"jane.doe@" not in upstream.raw

    def test_codex(self, company: tuple[Company, str], tmp_path: Path, upstream: Upstream) -> None:
        """
        Codex speaks the Responses API, and reads its answer.
        """
        if "/v1/responses" not in {route.path for route in ROUTES}:
            pytest.skip("this gateway does not serve the Responses API")
        made, key = company
        options = {
            "model": "simulated",
            "model_provider": "proviso",
            "model_providers.proviso.name": "Proviso",
            "model_providers.proviso.base_url": f"{made.base}/v1",
            "model_providers.proviso.env_key": "PROVISO_KEY",
            "model_providers.proviso.wire_api": "responses",
        }
        given = [part for key, value in options.items() for part in ("-c", f'{key}="{value}"')]
        printed = run(
            tmp_path, "codex", "exec", "--skip-git-repo-check", *given, ASKED, PROVISO_KEY=key
        )
        assert SAID in printed, printed
        assert b"jane.doe@" not in upstream.raw
