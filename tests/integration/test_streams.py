"""Streams through the whole gateway, from a provider whose events come in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.pep.ports import Entrypoint
from tests.factories import an_installation
from tests.integration.test_promises import with_room
from tests.simulators.sockets import reading, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.decision import Decision
    from gateway.core.identifiers import TenantId
    from gateway.pep.ports import PolicyDecisionPoint
    from tests.factories import Installation

ASKED = "asked"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
WORDS = ("The ", "mail ", "is ")
MAIL = "peter@other.example. "


def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
    """One chunk."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    document = {"id": "c", "object": "chat.completion.chunk", "created": 1, "choices": [choice]}
    return b"data: " + orjson.dumps(document) + b"\n\n"


ANSWER = b"".join(
    [
        HEAD,
        *(event({"content": word}) for word in (*WORDS, MAIL, "Nothing ", "else.")),
        event({}, "stop"),
        b"data: [DONE]\n\n",
    ]
)


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Installation]:
    """A gateway whose provider says all of `ANSWER` at once."""
    with serving(reading(ANSWER)) as base:
        made = an_installation(tmp_path, f"{base}/v1")
        yield made
        made.close()


class Listening:
    """A policy decision point that writes down when it is asked about the output."""

    def __init__(self, pdp: PolicyDecisionPoint) -> None:
        self._pdp = pdp
        self.heard: list[str] = []

    def note(self, what: str) -> None:
        """Write down what happened."""
        self.heard.append(what)

    def decide(self, tenant: TenantId, entrypoint: Entrypoint, question: bytes) -> Decision:
        """See `gateway.pep.ports.PolicyDecisionPoint`."""
        if entrypoint is Entrypoint.OUTPUT:
            self.note(ASKED)
        return self._pdp.decide(tenant, entrypoint, question)


SECRET = "AKIAIOSFODNN7EXAMPLE"


def candidate(text: str, **beside: Any) -> bytes:
    """One event of Gemini's."""
    said = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0, **beside}
    return b"data: " + orjson.dumps({"candidates": [said], "responseId": "r"}) + b"\n\n"


def gemini_said(tmp_path: Path, events: list[bytes]) -> str:
    """What a caller gets of Gemini's events."""
    with serving(reading(HEAD + b"".join(events))) as base:
        provider = {
            "wire": "gemini", "base_url": base, "region": "eu", "transfer": "none_needed",
            "tier": "openai/api-default", "api_key": "key",
        }  # fmt: skip
        models = {"gem": {"provider": "sim", "upstream": "gem"}}
        made = an_installation(tmp_path, base, providers={"sim": provider}, models=models)
        given = made.client.post(
            "/v1beta/models/gem:streamGenerateContent?alt=sse",
            json={"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]},
            headers={"x-goog-api-key": made.key_for()},
        )
        text = given.get_data(as_text=True)
        made.close()
    assert given.status_code == 200, text
    return text


class TestBesideTheWords:
    def test_a_secret_beside_the_parts_does_not_leave(self, tmp_path: Path) -> None:
        """
        P9: who speaks is told in every Gemini event, and anybody may be told to.
        """
        content = {"parts": [{"text": "two "}], "role": SECRET}
        text = gemini_said(
            tmp_path, [candidate("One "), candidate("", content=content), candidate("three.")]
        )

        assert "One" in text
        assert SECRET not in text

    def test_nor_does_one_beside_the_candidates(self, tmp_path: Path) -> None:
        """
        P9: neither in an event nor in the one that says that the rest is withheld.
        """
        told = {"candidates": [{"content": {"parts": [{"text": "two "}]}}], "responseId": SECRET}
        named = b"data: " + orjson.dumps(told) + b"\n\n"
        text = gemini_said(tmp_path, [candidate("One "), named, candidate("three.")])

        assert "One" in text
        assert "SAFETY" in text
        assert SECRET not in text

    def test_a_secret_among_the_sources_does_not_leave(self, tmp_path: Path) -> None:
        """
        P9: what a Gemini event says beside its words is judged before the event leaves, though the
        answer goes on after it.
        """
        sources = {"webSearchQueries": [f"who has {SECRET}"]}
        text = gemini_said(
            tmp_path,
            [
                candidate("One "),
                candidate("two ", groundingMetadata=sources),
                candidate("three.", finishReason="STOP"),
            ],
        )

        assert "One" in text
        assert SECRET not in text


ORDINARY = [
    {"id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "system_fingerprint": "fp_560af6e559"},
    {"id": "chatcmpl-6f1c7d3e-2b4a-4c8d-9e0f-a1b2c3d4e5f6", "service_tier": "default"},
    {"id": "gen-1758000000-Zq3vXbT7LkWmPaYc9RdE", "system_fingerprint": None},
    {"id": "chatcmpl-907", "system_fingerprint": "fp_ollama"},
    {"id": "3f2504e04f8941d39a0c0305e82c3301", "system_fingerprint": "b4719-d7d1eccac"},
    {"id": 7, "service_tier": "priority"},
]
"""As OpenAI, vLLM, OpenRouter, Ollama, Mistral and llama.cpp write them."""


def chunk(text: str, reason: str | None = None, **frame: Any) -> bytes:
    """One chunk of a chat in a frame of its own."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": reason}
    document = {"id": "c", "object": "chat.completion.chunk", "choices": [choice], **frame}
    return b"data: " + orjson.dumps(document) + b"\n\n"


CHAT, COMPLETIONS, RESPONSES = "/v1/chat/completions", "/v1/completions", "/v1/responses"
ASKED_IN: dict[str, dict[str, Any]] = {
    CHAT: {"messages": [{"role": "user", "content": "Hello"}]},
    COMPLETIONS: {"prompt": "Hello"},
    RESPONSES: {"input": "Hello", "store": False},
}


def said(tmp_path: Path, events: list[bytes], path: str = CHAT) -> str:
    """What a caller gets of an OpenAI-shaped provider's events."""
    with serving(reading(HEAD + b"".join(events) + b"data: [DONE]\n\n")) as base:
        made = an_installation(tmp_path, f"{base}/v1")
        body = {"model": "echo", "stream": True, **ASKED_IN[path]}
        given = made.client.post(
            path, json=body, headers={"Authorization": f"Bearer {made.key_for()}"}
        )
        text = given.get_data(as_text=True)
        made.close()
    assert given.status_code == 200, text
    return text


class TestWhatWasUsed:
    @pytest.mark.parametrize("counts", [[3], [3, 7], [3, 7, 7]])
    def test_it_is_recorded_when_the_end_does_not_come(
        self, tmp_path: Path, counts: list[int]
    ) -> None:
        """
        A provider bills what it has said: the newest counts are in the log however a stream ended.
        """
        usages = [{"prompt_tokens": 5, "completion_tokens": made} for made in counts]
        events = b"".join([chunk("so ", usage=usage) for usage in usages])
        with serving(reading(HEAD + events)) as base:
            made = an_installation(tmp_path, f"{base}/v1")
            made.chat(made.key_for(), stream=True).get_data()
            (outcome,) = [entry for entry in made.entries() if entry["kind"] == "outcome"]
            made.close()

        assert outcome["status"] == "failed"
        assert outcome["usage"]["output_tokens"] == counts[-1]


class TestTheFrameOfAChunk:
    @pytest.mark.parametrize("name", ["id", "object", "created", "service_tier"])
    def test_a_secret_in_it_does_not_leave(self, tmp_path: Path, name: str) -> None:
        """
        P9: what stands beside the words of a chunk is judged like them, also in one that differs
        from those before it.
        """
        text = said(tmp_path, [chunk("One "), chunk("two ", **{name: SECRET}), chunk("three")])

        assert "One" in text
        assert "content_filter" in text
        assert SECRET not in text

    @pytest.mark.parametrize(
        "last",
        [
            chunk("", "stop", system_fingerprint={"of": [f"made by {SECRET}"]}),
            chunk("", SECRET),
            chunk("", choices=[], usage={"prompt_tokens": 1}, id=SECRET),
            chunk("", choices=[], usage={"prompt_tokens": 1, "note": SECRET}),
            chunk("", choices=[], id=SECRET) + chunk("ABCD"),
        ],
    )
    def test_nor_does_one_at_the_end(self, tmp_path: Path, last: bytes) -> None:
        """
        P9: the reason of an ending and the counts of tokens are the provider's words as well, and
        what was held back leaves in no frame that was not judged.
        """
        text = said(tmp_path, [chunk("One "), last])

        assert "One" in text
        assert SECRET not in text

    @pytest.mark.parametrize("frame", ORDINARY)
    def test_ordinary_identifiers_pass_as_they_are(
        self, tmp_path: Path, frame: dict[str, Any]
    ) -> None:
        """
        A provider's name for an answer is no secret, and reaches the caller unchanged.
        """
        text = said(tmp_path, [chunk("So ", **frame), chunk("it is.", "stop", **frame)])
        events = [
            orjson.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")
        ]

        assert "content_filter" not in text
        assert all(item.items() >= frame.items() for item in events)

    def test_it_is_so_in_completions(self, tmp_path: Path) -> None:
        """
        P9: the older API has the same frame.
        """
        choice = {"index": 0, "text": "One ", "finish_reason": None}
        document = {"id": "c", "object": "text_completion", "choices": [choice]}
        events = [
            b"data: " + orjson.dumps({**document, **more}) + b"\n\n"
            for more in ({}, {"system_fingerprint": SECRET})
        ]
        text = said(tmp_path, events, COMPLETIONS)

        assert "One" in text
        assert SECRET not in text

    @pytest.mark.parametrize(
        "more",
        [
            {"item_id": SECRET},
            {"summary_index": SECRET},
            {"type": f"{SECRET}.delta"},
            {"type": "response.in_progress", "response": {"id": "r", "metadata": {"a": SECRET}}},
        ],
    )
    def test_it_is_so_in_responses(self, tmp_path: Path, more: dict[str, Any]) -> None:
        """
        P9: where a piece of a response belongs is said beside it in every event.
        """
        where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        piece = {"type": "response.output_text.delta", **where, "delta": "One "}
        events = [b"data: " + orjson.dumps({**piece, **told}) + b"\n\n" for told in ({}, {}, more)]
        text = said(tmp_path, events, RESPONSES)

        assert "One" in text
        assert SECRET not in text


class TestWhatCameTogether:
    def test_what_is_judged_does_not_wait_for_a_question(self, acme: Installation) -> None:
        """
        P9: the words before a finding leave before the policy is asked about it, though all of
        them came at once; a policy that takes its time delays what it is asked about alone.
        """
        listening = Listening(acme.gateway.pdp)
        with_room(acme, pdp=listening)
        for chunk in acme.chat(acme.key_for(), stream=True).iter_encoded():
            listening.note(chunk.decode())
        heard = listening.heard

        second = heard.index(ASKED, heard.index(ASKED) + 1)
        before, after = "".join(heard[:second]), "".join(heard[second:])
        assert all(word in before for word in WORDS)
        assert "other.example" not in before
        assert MAIL.strip() in after
        assert "else." in after
        assert after.endswith("data: [DONE]\n\n")
