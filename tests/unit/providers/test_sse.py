"""Server-Sent Events in any pieces (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.errors import ProviderGarbage
from gateway.providers.sse import EventParser

pieces = st.sampled_from(
    [b"data: a\n", b"event: x\ndata: a\n\n", b"data: a\r\n\r\n", b"data:b\r\n",
     b"data\r", b"event: ping\n", b": comment\n", b"id: 5\n", b"\n",
     b"\r\n", b"\r", b'data: {"x": 1}\n\n', b"nonsense\n", b"\xff\n", b"data: "]
)  # fmt: skip


def parsed(chunks: list[bytes]) -> list[bytes]:
    """Every event of a stream that came in these pieces."""
    parser = EventParser()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    return events + parser.end()


class TestParsing:
    @given(st.lists(pieces, max_size=12).map(b"".join), st.lists(st.integers(0, 200), max_size=12))
    @example(b"data: a\n\n\n\ndata: b\nevent: x\n\ndata: c\n\n", [9, 10])
    @example(b"event: a\nevent: b\ndata: c\n\ndata: d\n\n", [])
    @example(b"foodata: a\n\ndata: b\n\n", [])
    @example(b"data: a\ndata: b\n\nevent: c\n\n", [])
    @example(b"event: x\n\n\ndata: a\r\n\r\ndata: b\n\n", [9])
    @settings(max_examples=300, deadline=None)
    def test_any_split_is_the_same(self, stream: bytes, cuts: list[int]) -> None:
        """
        Where the network cuts changes no event; the stream one byte at a time is the truth.
        """
        places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
        chunks = [stream[a:b] for a, b in pairwise(places)]
        slowly = parsed([stream[at : at + 1] for at in range(len(stream))])

        assert parsed(chunks) == slowly
        assert parsed([stream]) == slowly

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_line_ends(self, end: bytes) -> None:
        """
        All three line ends are read; several data lines are one text.
        """
        stream = end.join([b"event: x", b"data: one", b"data:two", b": no", b"", b""])

        assert parsed([stream]) == [b"one\ntwo"]

    @pytest.mark.parametrize(
        "stream",
        [[b"data: " + b"x" * 100_000] * 100, [b"data: " + b"x" * 5_000_000 + b"\n\n"],
         [b"data: x\n" * 1_000_000], [b"x" * 65_536] * 100],
    )  # fmt: skip
    def test_an_endless_event_is_garbage(self, stream: list[bytes]) -> None:
        """
        P10: an event that never ends is refused at 4 MiB, whether in one line or in many.
        """
        parser = EventParser()
        with pytest.raises(ProviderGarbage):
            for piece in stream * 5:
                parser.feed(piece)
