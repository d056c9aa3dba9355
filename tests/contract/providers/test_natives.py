"""Providers of Google's asked in their own API, as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.call import NativeCall
from gateway.core.catalogue import Wire
from gateway.core.clock import Deadline, SystemClock
from gateway.errors import ProviderCredentials, ProviderCut, ProviderError
from gateway.shapes.registry import GENERATE_CONTENT
from tests.contract.providers.asking import SECRET, Asking, entry
from tests.simulators.google_tokens import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.catalogue import ModelEntry
    from tests.simulators.published import Published
    from tests.simulators.upstream import Upstream

BODY = {
    "contents": [{"parts": [{"text": "Hello there"}]}],
    "safetySettings": [
        {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"}
    ],
    "generationConfig": {"topK": 3, "thinkingConfig": {"thinkingBudget": 9}},
}
"""With what no chat can say."""


@pytest.fixture(params=[Wire.GEMINI, Wire.VERTEX])
def google_wire(
    request: pytest.FixtureRequest, upstream: Upstream, credentials: Path
) -> Iterator[Asking]:
    """Either of Google's wires."""
    host = upstream.base_url.removesuffix("/v1")
    asking = Asking(entry(request.param, host, credentials), seconds=5)
    yield asking
    asking.providers.close()


def call(model: ModelEntry, *, stream: bool) -> NativeCall:
    """The call of a caller who speaks Google's API."""
    return NativeCall(
        model=model,
        shape=GENERATE_CONTENT.name,
        path=GENERATE_CONTENT.path(model.upstream, stream=stream),
        body=GENERATE_CONTENT.sent(BODY, model.upstream),
        deadline=Deadline(SystemClock(), 5),
        stream=stream,
        ends=GENERATE_CONTENT.ends,
    )


def answered(asking: Asking, upstream: str = "echo", *, stream: bool) -> list[dict[str, Any]]:
    """The whole answer, or the events of a streamed one."""
    model = asking.model(upstream)
    provider = asking.providers.for_model(model)
    if not stream:
        return [provider.native(call(model, stream=False)).body]
    events = provider.native_stream(call(model, stream=True))
    try:
        return list(events)
    finally:
        events.close()


class TestGoogle:
    @pytest.mark.parametrize("stream", [False, True])
    def test_an_answer_is_what_google_said(self, google_wire: Asking, stream: bool) -> None:
        """
        In Google's form, whole or in pieces, with its reason and its counts.
        """
        events = answered(google_wire, stream=stream)
        parts = [part for it in events for part in it["candidates"][0]["content"]["parts"]]

        assert "".join(part["text"] for part in parts) == "Hello there"
        assert events[-1]["candidates"][0]["finishReason"] == "STOP"
        assert events[-1]["usageMetadata"]["totalTokenCount"] == 12
        assert (len(events) > 1) is stream

    def test_what_is_sent(
        self, google_wire: Asking, upstream: Upstream, published: Published
    ) -> None:
        """
        The caller's own body, under our credential; what the vendor's document allows.
        """
        vertex = google_wire.wire is Wire.VERTEX
        answered(google_wire, "echo" if vertex else "models/echo", stream=False)
        sent, headers = upstream.calls[-1], upstream.headers[-1]
        headers = {name.lower(): value for name, value in headers.items()}

        said = BODY["contents"]
        if vertex:
            said = [{"role": "user", "parts": [{"text": "Hello there"}]}]
            assert headers["authorization"] == f"Bearer {TOKEN}"
        else:
            assert headers["x-goog-api-key"] == SECRET
        assert sent == {**BODY, "contents": said}
        assert published.problems(google_wire.wire, sent) == []

    @pytest.mark.parametrize(
        ("upstream_name", "stream", "error"),
        [
            ("unauthorized", False, ProviderCredentials),
            ("errorstream", True, ProviderError),
            ("ended", True, ProviderCut),
        ],
    )
    def test_what_goes_wrong_is_told(
        self, google_wire: Asking, upstream_name: str, stream: bool, error: type[Exception]
    ) -> None:
        """
        An answer that was cut, refused or an error is never taken for whole.
        """
        with pytest.raises(error):
            answered(google_wire, upstream_name, stream=stream)


class TestOthers:
    def test_a_wire_that_speaks_another_api_is_not_asked(self, upstream: Upstream) -> None:
        """
        Whoever asks it by mistake gets an error, and nothing is sent.
        """
        asking = Asking(entry(Wire.MISTRAL, upstream.base_url.removesuffix("/v1")))
        before = upstream.count

        for stream in (False, True):
            with pytest.raises(ProviderError):
                answered(asking, stream=stream)
        assert upstream.count == before
        asking.providers.close()
