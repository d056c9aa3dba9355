"""Responses through the whole gateway: as they are, and told as a chat to another provider."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests import files
from tests.factories import UPSTREAM_KEY, Installation, an_installation
from tests.samples.responses import events_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
FERNET = "gAAAAABo" + "Zm9vYmFyLWFfYi" * 8 + "=="
BASE64 = base64.b64encode(b"\xff" + f"a sealed thought of {MAIL} and more".encode() * 3).decode()
READABLE = base64.b64encode(f"a thought of {MAIL} that nobody sealed".encode()).decode()
FUNCTION = {"type": "function", "name": "mail", "parameters": {"type": "object"}}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Installation]:
    """A gateway with a provider that speaks Responses, and one that speaks Messages."""
    said = {"tier": "openai/api-default", "api_key": UPSTREAM_KEY, "region": "eu"}
    said |= {"transfer": "none_needed"}
    own = {**said, "wire": "openai", "base_url": upstream.base_url}
    other = {**said, "wire": "anthropic", "base_url": upstream.base_url.removesuffix("/v1")}
    made = an_installation(
        tmp_path_factory.mktemp("responses"),
        upstream.base_url,
        providers={"own": own, "other": other},
        models={
            "echo": {"provider": "own", "upstream": "echo"},
            "translated": {"provider": "other", "upstream": "echo"},
            "calling": {"provider": "other", "upstream": "tool"},
        },
    )
    yield made
    made.close()


def ask(made: Installation, model: str, given: Any, **more: Any) -> Any:
    """The answer to a request for a response."""
    headers = {"Authorization": f"Bearer {made.key_for()}"}
    body = {"model": model, "input": given, **more}
    return made.client.post("/v1/responses", headers=headers, json=body)


def said(*parts: dict[str, Any], text: str = "Hello") -> dict[str, Any]:
    """An item that the caller says."""
    return {"role": "user", "content": [*parts, {"type": "input_text", "text": text}]}


class TestAsItIs:
    @pytest.mark.parametrize("sealed", [FERNET, BASE64])
    @pytest.mark.parametrize("kind", ["reasoning", "compaction"])
    def test_sealed_thoughts_come_out_byte_for_byte(
        self, gateway: Installation, upstream: Upstream, kind: str, sealed: str
    ) -> None:
        """
        Beside a value that is replaced, an earlier thought is what the provider sealed.
        """
        thought = {"type": kind, "id": "rs_1", "encrypted_content": sealed}
        thought |= {"summary": []} if kind == "reasoning" else {}
        answer = ask(gateway, "echo", [thought, said(text=f"Write to {MAIL}")], store=False)

        assert answer.status_code == 200, answer.json
        sent = upstream.calls[-1]["input"]
        assert sent[0] == thought
        assert MAIL.encode() not in upstream.raw
        assert MAIL in answer.json["output"][0]["content"][0]["text"]

    @pytest.mark.parametrize("unsealed", [f"of {MAIL} " * 4, READABLE])
    def test_what_is_not_sealed_is_read_under_that_name_too(
        self, gateway: Installation, upstream: Upstream, unsealed: str
    ) -> None:
        """
        Nothing is carried past the detectors by calling it a thought.
        """
        thought = {"type": "reasoning", "summary": [], "encrypted_content": unsealed}
        answer = ask(gateway, "echo", [thought, said()], store=False)

        assert answer.status_code == 200, answer.json
        assert MAIL.encode() not in upstream.raw
        assert unsealed.encode() not in upstream.raw

    def test_a_file_that_leaves_as_its_text_is_a_part_of_this_api(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Its words stand in an ``input_text``, which is the only text a caller may send.
        """
        file = {
            "type": "input_file", "filename": "notes.pdf",
            "file_data": files.data_url(files.pdf(f"Write to {MAIL}")),
        }  # fmt: skip
        answer = ask(gateway, "echo", [said(file)], store=False)

        assert answer.status_code == 200, answer.json
        part = upstream.calls[-1]["input"][0]["content"][0]
        assert part.keys() == {"type", "text"}
        assert part["type"] == "input_text"
        assert "Write to [EMAIL_ADDRESS_1]" in part["text"]
        assert MAIL.encode() not in upstream.raw


class TestTranslated:
    @pytest.mark.parametrize("stream", [False, True])
    def test_a_coding_client(self, gateway: Installation, upstream: Upstream, stream: bool) -> None:
        """
        What Codex sends is a chat with its tools; nothing that keeps anything is sent.
        """
        answer = ask(
            gateway, "calling", [said(text=f"Write to {MAIL}")],
            instructions="Be brief.", tools=[{**FUNCTION, "strict": False}], tool_choice="auto",
            parallel_tool_calls=True, reasoning=None, store=False, include=[], stream=stream,
            prompt_cache_key="key", metadata={"topic": "post"},
        )  # fmt: skip

        assert answer.status_code == 200, answer.data
        whole = events_of(answer)[-1]["response"] if stream else answer.json
        (call,) = whole["output"]
        assert (call["type"], call["name"]) == ("function_call", "mail")
        assert json.loads(call["arguments"]) == {"city": "Oslo"}
        assert (whole["instructions"], whole["store"]) == ("Be brief.", False)
        assert whole["metadata"] == {"topic": "post"}
        sent = upstream.calls[-1]
        assert not {"store", "metadata", "prompt_cache_key", "input"} & sent.keys()
        assert MAIL.encode() not in upstream.raw

    def test_a_conversation_goes_on(self, gateway: Installation, upstream: Upstream) -> None:
        """
        The result of a tool finds its call, and replaced values come back in the answer.
        """
        call = {"type": "function_call", "call_id": "t1", "name": "mail", "arguments": "{}"}
        result = {"type": "function_call_output", "call_id": "t1", "output": f"sent to {MAIL}"}
        thought = {"type": "reasoning", "summary": [], "encrypted_content": FERNET}
        given = [said(), thought, call, result, said(text=f"Again to {MAIL}")]
        answer = ask(gateway, "translated", given, tools=[FUNCTION])

        assert answer.status_code == 200, answer.json
        assert MAIL in answer.json["output"][0]["content"][0]["text"]
        assert MAIL.encode() not in upstream.raw
        assert FERNET.encode() not in upstream.raw
        roles = [message["role"] for message in upstream.calls[-1]["messages"]]
        assert roles == ["user", "assistant", "user"]

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"truncation": "auto"}, "truncation"),
            ({"max_tool_calls": 1}, "max_tool_calls"),
            ({"tools": [{"type": "custom", "name": "x"}]}, "tools.0.type"),
        ],
    )
    @pytest.mark.parametrize("stream", [False, True])
    def test_what_cannot_be_carried_is_refused_by_name(
        self,
        gateway: Installation,
        upstream: Upstream,
        more: dict[str, Any],
        param: str,
        stream: bool,
    ) -> None:
        """
        Before anything is sent.
        """
        before = upstream.count
        answer = ask(gateway, "translated", "Hello", stream=stream, **more)

        assert answer.status_code == 400
        assert answer.json["error"]["param"] == param
        assert upstream.count == before
