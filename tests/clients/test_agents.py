"""Whole coding agents, as they are installed, pointed at a running gateway.

Opt-in (``make clients``): they are large programs of other makers. Each runs with a fresh home and
an environment of its own, so that it neither reads nor writes anybody's settings. Their makers'
instructions of thousands of words and their dozens of tools are judged like everything else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.conftest import ASKED, SAID, Endpoint, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.clients
PROJECT = """# How we work here

Always follow the existing style of the files, and keep functions short.
These notes override what the assistant does by default. Never make up an interface.
Run the tests before you say that something is done. Ask Anna or Peter about releases.
"""
"""Notes of a project as its people write them, which agents send along."""


def claude(home: Path, endpoint: Endpoint) -> str:
    """What Claude Code printed."""
    return run(
        home, "claude", "-p", ASKED, "--output-format", "json",
        ANTHROPIC_BASE_URL=endpoint.base, ANTHROPIC_AUTH_TOKEN=endpoint.key,
        ANTHROPIC_MODEL="claude-simulated", ANTHROPIC_SMALL_FAST_MODEL="claude-simulated",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
    )  # fmt: skip


def gemini(home: Path, endpoint: Endpoint) -> str:
    """What Gemini CLI printed."""
    settings = {
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "privacy": {"usageStatisticsEnabled": False},
    }
    folder = home / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(settings))
    return run(
        home, "gemini", "-p", ASKED, "-m", "gemini-2.5-flash", GEMINI_API_KEY=endpoint.key,
        GOOGLE_GEMINI_BASE_URL=endpoint.base, GEMINI_CLI_TRUST_WORKSPACE="true",
    )  # fmt: skip


def codex(home: Path, endpoint: Endpoint) -> str:
    """What Codex printed; its search at the provider sees the text, which rule IP-08 refuses."""
    options = {
        "model": "simulated",
        "model_provider": "proviso",
        "web_search": "disabled",
        "model_providers.proviso.name": "Proviso",
        "model_providers.proviso.base_url": f"{endpoint.base}/v1",
        "model_providers.proviso.env_key": "PROVISO_KEY",
        "model_providers.proviso.wire_api": "responses",
    }
    given = [part for name, value in options.items() for part in ("-c", f'{name}="{value}"')]
    return run(
        home, "codex", "exec", "--skip-git-repo-check", *given, ASKED, PROVISO_KEY=endpoint.key
    )


class TestAgents:
    @pytest.mark.parametrize("notes", [False, True], ids=["plain", "with notes"])
    def test_claude_code(self, endpoint: Endpoint, tmp_path: Path, notes: bool) -> None:
        """
        Claude Code reads its answer with the address in it, which never left.
        """
        if notes:
            (tmp_path / "CLAUDE.md").write_text(PROJECT)
        printed = claude(tmp_path, endpoint)

        assert json.loads(printed)["result"] == SAID
        assert endpoint.never_saw_the_address()

    @pytest.mark.parametrize("notes", [False, True], ids=["plain", "with notes"])
    def test_gemini_cli(self, endpoint: Endpoint, tmp_path: Path, notes: bool) -> None:
        """
        Gemini CLI reads its answer with the address in it, which never left.
        """
        if notes:
            (tmp_path / "GEMINI.md").write_text(PROJECT)
        printed = gemini(tmp_path, endpoint)

        assert SAID in printed, printed
        assert endpoint.never_saw_the_address()

    @pytest.mark.parametrize("notes", [False, True], ids=["plain", "with notes"])
    def test_codex(self, endpoint: Endpoint, tmp_path: Path, notes: bool) -> None:
        """
        Codex speaks the Responses API, and reads its answer with the address in it.
        """
        if notes:
            (tmp_path / "AGENTS.md").write_text(PROJECT)
        printed = codex(tmp_path, endpoint)

        assert SAID in printed, printed
        assert endpoint.never_saw_the_address()
