"""Server-Sent Events in any pieces (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import ProviderGarbage
from gateway.providers.sse import Event, EventParser

pieces = st.sampled_from(
    [b"data: a\n", b"data:b\r\n", b"data\r", b"event: ping\n", b": comment\n", b"id: 5\n", b"\n",
     b"\r\n", b"\r", b'data: {"x": 1}\n\n', b"nonsense\n", b"\xff\n", b"data: "]
)  # fmt: skip


def parsed(chunks: list[bytes]) -> list[Event]:
    """Every event of a stream that came in these pieces."""
    parser = EventParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.end()


class TestParsing:
    @given(st.lists(pieces, max_size=12).map(b"".join), st.lists(st.integers(0, 200), max_size=12))
    @settings(max_examples=300, deadline=None)
    def test_any_split_is_the_same(self, stream: bytes, cuts: list[int]) -> None:
        """
        Where the network cuts changes no event.
        """
        places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
        chunks = [stream[a:b] for a, b in pairwise(places)]

        assert parsed(chunks) == parsed([stream])

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_line_ends(self, end: bytes) -> None:
        """
        All three line ends are read; several data lines are one text.
        """
        stream = end.join([b"event: x", b"data: one", b"data:two", b": no", b"", b""])

        assert parsed([stream]) == [Event("x", b"one\ntwo")]

    def test_an_endless_event_is_garbage(self) -> None:
        """
        P10: an event that never ends is refused at 4 MiB.
        """
        parser = EventParser()
        with pytest.raises(ProviderGarbage):
            for _ in range(100):
                parser.feed(b"data: " + b"x" * 100_000)
