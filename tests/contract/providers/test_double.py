"""Wires against a provider double nobody here wrote (npm @copilotkit/aimock)."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from gateway.core.catalogue import Catalogue, ModelEntry, Wire
from gateway.core.clock import Deadline, SystemClock
from gateway.errors import ProviderRejected
from gateway.providers.registry import Providers
from gateway.sections import LimitSettings, TimeoutSettings
from tests.contract.providers.asking import entry
from tests.e2e.conftest import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parents[2] / "npm" / "node_modules" / ".bin" / "llmock"

if shutil.which("node") is None or not PROGRAM.exists():
    pytest.skip("the provider double is not installed (make npm)", allow_module_level=True)

FIXTURES: dict[str, Any] = {
    "fixtures": [
        {"match": {"userMessage": "hello"}, "response": {"content": "Hello from the double."}},
        {
            "match": {"userMessage": "weather"},
            "response": {"toolCalls": [{"name": "weather", "arguments": '{"city":"Oslo"}'}]},
        },
        {
            "match": {"userMessage": "too much"},
            "response": {"error": {"message": "Slow down", "type": "rate_limit"}, "status": 429},
        },
    ]
}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The double's address."""
    folder = tmp_path_factory.mktemp("double")
    (folder / "answers.json").write_text(json.dumps(FIXTURES))
    port = free_port()
    command = [PROGRAM, "-p", str(port), "-f", str(folder), "--log-level", "silent"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        base = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                requests.get(f"{base}/__aimock/journal", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield base
        process.terminate()


WIRES = [
    Wire.OPENAI, Wire.AZURE, Wire.ANTHROPIC, Wire.GEMINI, Wire.VERTEX, Wire.BEDROCK, Wire.COHERE,
]  # fmt: skip
"""What the double speaks. Mistral's API is OpenAI's to it."""


@pytest.fixture(params=WIRES)
def asked(request: pytest.FixtureRequest, double: str, credentials: Path) -> Iterator[Any]:
    """Asks the double over one wire: a function of the text."""
    wire: Wire = request.param
    model = ModelEntry("m", entry(wire, double, credentials), "gpt-4o")
    providers = Providers(Catalogue({"m": model}), TimeoutSettings(), LimitSettings())
    adapter = providers.for_model(model)

    def ask(text: str, *, stream: bool = False, **more: Any) -> Any:
        body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
        deadline = Deadline(SystemClock(), 10)
        if stream:
            return list(adapter.stream(model, {**body, "stream": True}, deadline))
        return adapter.generate(model, body, deadline).body

    yield ask
    providers.close()


class TestWires:
    def test_plain(self, asked: Any) -> None:
        """
        A whole answer in OpenAI's shape, whatever the wire.
        """
        answer = asked("hello")

        assert answer["object"] == "chat.completion"
        assert answer["choices"][0]["message"]["content"] == "Hello from the double."
        assert answer["choices"][0]["finish_reason"] == "stop"

    def test_streamed(self, asked: Any) -> None:
        """
        The same text in pieces, ended by a reason.
        """
        chunks = asked("hello", stream=True)
        text = "".join(
            choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]
        )
        reasons = [choice["finish_reason"] for chunk in chunks for choice in chunk["choices"]]

        assert text == "Hello from the double."
        assert "stop" in reasons

    @pytest.mark.parametrize("stream", [False, True])
    def test_tool_calls(self, asked: Any, stream: bool) -> None:
        """
        A call with its name and its arguments, whole or in pieces.
        """
        answer = asked("weather", stream=stream, tools=[TOOL])
        if stream:
            parts = [
                call
                for chunk in answer
                for choice in chunk["choices"]
                for call in choice["delta"].get("tool_calls") or ()
            ]
            name = "".join(part["function"].get("name") or "" for part in parts)
            arguments = "".join(part["function"].get("arguments") or "" for part in parts)
        else:
            function = answer["choices"][0]["message"]["tool_calls"][0]["function"]
            name, arguments = function["name"], function["arguments"]

        assert name == "weather"
        assert json.loads(arguments) == {"city": "Oslo"}

    @pytest.mark.parametrize("stream", [False, True])
    def test_a_rejection(self, asked: Any, stream: bool) -> None:
        """
        A rate limit is the provider's own, with its status and words.
        """
        with pytest.raises(ProviderRejected) as rejection:
            asked("too much", stream=stream)

        assert rejection.value.upstream_status == 429
        assert "Slow down" in json.dumps(rejection.value.body)
