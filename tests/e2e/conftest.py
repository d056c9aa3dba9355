"""Gateways as processes of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml
from click.testing import CliRunner

from gateway.cli import proviso

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVISO = Path(sys.executable).with_name("proviso")
OFFICER, PERSON = "officer@acme.example", "someone@acme.example"


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Company:
    """A folder with a configuration, and the command line that works in it."""

    def __init__(self, folder: Path, configuration: dict[str, Any]) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        configuration.setdefault("server", {"threads": 32, "streams": 16})
        configuration["server"]["public_url"] = self.base
        (folder / "proviso.yaml").write_text(yaml.safe_dump(configuration))
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, code: int = 0) -> str:
        """A command's output; it must end with `code`."""
        done = subprocess.run(
            [PROVISO, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def do(self, *arguments: str) -> str:
        """A command's output, from this process: starting one for each takes seconds."""
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(proviso, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """A command's result as JSON."""
        return json.loads(self.run(*arguments, "--json"))

    def found(self, *tiers: str) -> str:
        """Everything up to a usable key, as the README says; the key."""
        self.do("db", "upgrade")
        self.do("tenant", "create", "acme")
        agreement = self.folder / "agreement.txt"
        agreement.write_text("Data processing agreement")
        for tier in tiers:
            self.do("terms", "review", tier, "--tenant", "acme", "--as", OFFICER)
            self.do(
                "terms", "contract", tier, "--tenant", "acme", "--as", OFFICER,
                "--document", str(agreement),
            )  # fmt: skip
        key: str = json.loads(
            self.do("key", "create", "--tenant", "acme", "--for", PERSON, "--json")
        )["key"]
        self.do("code", "accept", "--tenant", "acme", "--for", PERSON)
        self.do(
            "training", "record", "--tenant", "acme", "--for", PERSON, "--course", "literacy",
            "--completed-on", "2026-01-01", "--valid-until", "2099-12-31",
        )  # fmt: skip
        return key

    def start(self) -> None:
        """``proviso serve``, until it is ready."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [PROVISO, "serve", "--config", "proviso.yaml", "--port", str(self.port)],
                cwd=self.folder,
                start_new_session=True,
                stderr=log,
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if requests.get(f"{self.base}/readyz", timeout=2).status_code == 200:
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def workers(self) -> set[int]:
        """The processes that the server started."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid) for pid in children.read_text().split()}

    def kill(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server and its workers."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(20)
            self.process = None


def openai_shaped(upstream: str, *models: str, **more: Any) -> dict[str, Any]:
    """A configuration with one OpenAI-shaped provider."""
    return {
        "providers": {
            "sim": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "openai/api-default",
                "region": "eu",
                "transfer": "none_needed",
            }
        },
        "models": {name: {"provider": "sim", "upstream": name} for name in models},
        **more,
    }


@pytest.fixture
def company(tmp_path: Path, upstream: Any) -> Iterator[Company]:
    """A company whose provider is the simulator."""
    made = Company(tmp_path, openai_shaped(upstream.base_url, "echo", "slow:0.05"))
    yield made
    made.kill(signal.SIGKILL)
