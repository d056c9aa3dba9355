"""A stream that is taken up again says what the caller has not had, and always how it ended."""

from __future__ import annotations

import pytest

from gateway.web.dialects.choice import OPENAI_RESPONSES, STORED_RESPONSES


def _event(number: int, kind: str = "response.output_text.delta") -> dict[str, object]:
    return {"type": kind, "sequence_number": number}


class TestResumed:
    def test_what_the_caller_has_is_a_sign_of_life(self) -> None:
        """
        Up to the event of that number, and with it.
        """
        resumed = STORED_RESPONSES.framing({"starting_after": "4"})

        assert resumed.event(_event(4)) == resumed.alive
        assert b"delta" in resumed.event(_event(5))

    @pytest.mark.parametrize(
        "kind", ["response.completed", "response.failed", "response.incomplete"]
    )
    def test_its_end_is_always_told(self, kind: str) -> None:
        """
        A stream that merely stops looks whole.
        """
        resumed = STORED_RESPONSES.framing({"starting_after": "99"})

        assert kind.encode() in resumed.event(_event(4, kind))
        assert b"error" in resumed.event({"error": {"message": "It went wrong."}})

    @pytest.mark.parametrize("query", [{}, {"starting_after": ""}, {"starting_after": "-1"}])
    def test_without_a_number_it_is_whole(self, query: dict[str, str]) -> None:
        """
        As is every stream of an answer that is new.
        """
        assert b"delta" in STORED_RESPONSES.framing(query).event(_event(0))
        assert b"delta" in OPENAI_RESPONSES.framing({"starting_after": "4"}).event(_event(0))
