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


class TestBesideTheWords:
    def test_a_secret_among_the_sources_does_not_leave(self, tmp_path: Path) -> None:
        """
        P9: what a Gemini event says beside its words is judged before the event leaves, though the
        answer goes on after it.
        """
        sources = {"webSearchQueries": [f"who has {SECRET}"]}
        answer = HEAD + b"".join(
            [
                candidate("One "),
                candidate("two ", groundingMetadata=sources),
                candidate("three.", finishReason="STOP"),
            ]
        )
        with serving(reading(answer)) as base:
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
            said = given.get_data(as_text=True)
            made.close()

        assert given.status_code == 200
        assert "One" in said
        assert SECRET not in said


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
