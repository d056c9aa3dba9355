"""OpenAI-shaped upstreams: where a stream ends, and what a refusal may say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers.calls import native_events, scrubbed
from gateway.providers.openai import _check, _chunks

CALL: Any = SimpleNamespace(ends=bool)


class Body:
    """A reply whose body comes in these pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self.given = pieces
        self.finished = False

    def pieces(self) -> Any:
        yield from self.given

    def finish(self) -> None:
        self.finished = True


def chunk(index: int = 0, reason: str | None = None, **more: Any) -> bytes:
    """One event."""
    choice = {"index": index, "delta": {}, "finish_reason": reason}
    return b"data: " + orjson.dumps({"choices": [choice], **more}) + b"\n\n"


def read(*pieces: bytes) -> list[dict[str, Any]]:
    """The chunks of a stream in these pieces."""
    reply: Any = Body(*pieces)
    return list(_chunks(reply))


class TestTheEndOfAStream:
    def test_after_done_nothing_counts(self) -> None:
        """
        What a provider says after ``[DONE]`` is not waited for, and not read.
        """
        reply: Any = Body(chunk(), b"data: [DONE]\n\ndata: {garbage\n\n", b"more")

        assert len(list(_chunks(reply))) == 1
        assert reply.finished

    @pytest.mark.parametrize("events", [_chunks, lambda reply: native_events(reply, CALL)])
    def test_what_came_together_is_told(self, events: Any) -> None:
        """
        P9: after each event it is known whether the next one is here; the end, whose reading may
        wait for the network, is not counted, and neither is one of which only a part has come.
        """
        whole = chunk() + chunk(0, "stop") + b"data: [DONE]\n\n"
        reply: Any = Body(chunk() + chunk() + chunk()[:-9], chunk()[-9:], b"", whole)

        assert [reply.more for _ in events(reply)] == [True, False, False, False, True, False]

    def test_without_done_every_choice_must_have_finished(self) -> None:
        """
        Some servers never say ``[DONE]``; a reason to finish from every choice is as good.
        """
        assert len(read(chunk(0), chunk(1), chunk(1, "stop"), chunk(0, "length"))) == 4
        with pytest.raises(ProviderCut):
            read(chunk(0), chunk(1), chunk(1, "stop"))

    def test_a_choice_that_has_finished_stays_so(self) -> None:
        """
        An empty chunk behind the last one takes nothing back.
        """
        assert len(read(chunk(0, "stop"), chunk(0))) == 2

    def test_a_last_line_without_its_end(self) -> None:
        """
        A stream whose last blank line is missing is read to its end all the same.
        """
        assert len(read(chunk(), b"data: [DONE]")) == 1

    def test_nothing_at_all(self) -> None:
        """
        An empty stream was cut.
        """
        with pytest.raises(ProviderCut):
            read()


class TestErrorsInAStream:
    @pytest.mark.parametrize("error", [{"message": "sk-secret", "code": 500}, "sk-secret"])
    def test_an_error_is_an_error(self, error: Any) -> None:
        """
        It ends the stream, without the provider's words.
        """
        with pytest.raises(ProviderError) as failure:
            read(chunk(error=error))

        assert "sk-secret" not in failure.value.message

    def test_an_error_that_is_none(self) -> None:
        """
        Some servers send ``"error": null`` with every chunk.
        """
        assert len(read(chunk(0, "stop", error=None))) == 1


class TestShape:
    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"choices": []},
            {"choices": [{"index": 0}]},
            {"choices": [{"message": "text"}]},
            {"choices": [{"message": {}, "index": "0"}]},
            {"choices": [{"message": {}, "finish_reason": {"a": 1}}]},
            {"choices": [{"message": {}}], "usage": [1]},
            {"choices": [{"message": {}}], "usage": {"prompt_tokens": "5"}},
            {"choices": [{"message": {}}], "usage": {"completion_tokens": -5}},
        ],
    )
    def test_what_is_no_completion(self, answer: dict[str, Any]) -> None:
        """
        What the pipeline would stumble over later is garbage here.
        """
        with pytest.raises(ProviderGarbage):
            _check(answer, "message")


class TestScrubbing:
    def test_the_credential_is_taken_out_wherever_it_stands(self) -> None:
        """
        In keys and values, however deep, and also where JSON writes it with escapes.
        """
        key = 'sk-"quoted"\\'
        body = {"error": {"message": f"bad {key}!", "list": [{key: 1}]}}

        assert scrubbed(body, key) == {
            "error": {"message": "bad [credential]!", "list": [{"[credential]": 1}]}
        }

    def test_without_a_credential_nothing_is_taken_out(self) -> None:
        """
        An empty key stands everywhere; it is not looked for.
        """
        assert scrubbed({"error": "x"}, "") == {"error": "x"}
