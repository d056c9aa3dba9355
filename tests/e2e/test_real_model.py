"""A real language model behind the gateway: something that really generates, and really stops."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import an_installation
from tests.integration.test_chat import events, text_of
from tests.simulators import llama as llama_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def llama() -> Iterator[tuple[str, bool]]:
    """A server with a model of 135 million parameters, on one core."""
    try:
        with llama_server.running() as found:
            yield found
    except llama_server.NotHere:
        pytest.skip("no server for the small model runs here (make model)")


@pytest.fixture(params=["openai", "anthropic"])
def small(
    request: pytest.FixtureRequest, tmp_path: Path, llama: tuple[str, bool]
) -> Iterator[Installation]:
    """A gateway whose one model is the real one, over each wire its server speaks."""
    address, both = llama
    if request.param == "anthropic" and not both:
        pytest.skip("the compiled server speaks OpenAI's wire only")
    base = f"{address}/v1" if request.param == "openai" else address
    provider = {
        "wire": request.param, "base_url": base, "tier": "selfhosted/own-infrastructure",
        "region": "own", "transfer": "none_needed", "self_hosted": True,
    }  # fmt: skip
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
        Real text comes through, whole or streamed; its usage is recorded and the log verifies.
        """
        options: dict[str, Any] = {"max_tokens": 24, "temperature": 0}
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
        assert stream or outcome["usage"]["output_tokens"] > 3
        assert outcome["replaced"] == {"EMAIL_ADDRESS": 1}
        assert "jane" not in json.dumps([decision, outcome])
        assert small.verify().intact

    @pytest.mark.parametrize("stream", [False, True])
    def test_it_generates_through_messages(
        self, small: Installation, llama: tuple[str, bool], stream: bool
    ) -> None:
        """
        The same in Anthropic's form: told as a chat where the server is asked in OpenAI's.

        The compiled server counts no tokens in streams.
        """
        _, both = llama
        asked = {
            "model": "small", "max_tokens": 24, "temperature": 0, "stream": stream,
            "messages": [{"role": "user", "content": "Say hello to jane.doe@customer.example."}],
        }  # fmt: skip
        headers = {"x-api-key": small.key_for(), "anthropic-version": "2023-06-01"}
        answer = small.client.post("/v1/messages", json=asked, headers=headers)
        said = answer.get_data(as_text=True)
        decision, outcome = small.entries()

        assert answer.status_code == 200
        assert len(messages_text(said) if stream else answer.json["content"][0]["text"]) > 5
        assert not stream or "event: message_stop" in said
        assert outcome["status"] == "completed"
        assert outcome["usage"]["output_tokens"] > 3 or (stream and not both)
        assert outcome["replaced"] == {"EMAIL_ADDRESS": 1}
        assert "jane" not in json.dumps([decision, outcome])
        assert small.verify().intact


def messages_text(stream: str) -> str:
    """The words of a stream of Messages."""
    events = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    return "".join(event.get("delta", {}).get("text", "") for event in events)
