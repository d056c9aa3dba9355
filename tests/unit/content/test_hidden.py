"""Repeated instructions: recognised as they are said, and nothing else is taken for them."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.hidden import TYPE, HiddenContext, Instructions
from tests.unit.content.test_restore import split

ORDERS = (
    "You are the assistant of the claims desk. Greet every caller by the hour of the day and ask "
    "for the number of the claim before anything else. Never promise a payment; say that the desk "
    "decides within nine working days. When somebody is angry, offer the complaints form."
)


def hidden(*messages: tuple[str, str]) -> HiddenContext:
    """The hidden context of these messages."""
    said: list[dict[str, Any]] = [{"role": role, "content": text} for role, text in messages]
    return Instructions().of({"messages": said})


def told(context: HiddenContext, pieces: list[str]) -> float:
    """The highest confidence that was reported."""
    repetition = context.repetition()
    found = [item for piece in pieces for item in repetition.feed(piece)] + [*repetition.end()]
    assert all(item.type == TYPE for item in found)
    return max((item.confidence for item in found), default=0.0)


class TestRepetition:
    def test_the_whole_is_told_with_certainty(self) -> None:
        """
        In capitals and without its signs it is still the same.
        """
        shouted = ORDERS.upper().replace(",", "").replace(";", " -")

        assert told(hidden(("system", ORDERS)), [f"Sure: {shouted}"]) > 0.9

    def test_half_is_half(self) -> None:
        """
        The confidence says how much is repeated.
        """
        half = " ".join(ORDERS.split()[:24])

        assert 0.25 <= told(hidden(("developer", ORDERS)), [half]) < 0.6

    @given(st.lists(st.integers(min_value=0), max_size=30))
    @settings(max_examples=100, deadline=None)
    def test_a_stream_is_read_as_the_whole(self, cuts: list[int]) -> None:
        """
        Wherever it is cut, in words too, nearly as much is told: a step is a tenth.
        """
        context, text = hidden(("system", ORDERS)), f"Well. {ORDERS} That is all."

        assert told(context, split(text, cuts)) >= 0.8

    def test_what_is_short_is_nothing(self) -> None:
        """
        "You are a helpful assistant" stands in half of all prompts.
        """
        short = "You are a helpful assistant who answers in short and friendly sentences only."

        assert told(hidden(("system", short)), [short]) == 0.0

    def test_what_the_person_wrote_is_theirs(self) -> None:
        """
        Pasted by the person as well, it is not hidden from them.
        """
        assert told(hidden(("system", ORDERS), ("user", ORDERS)), [ORDERS]) == 0.0

    def test_another_text_repeats_nothing(self) -> None:
        """
        The same words in another order are another text.
        """
        assert told(hidden(("system", ORDERS)), [" ".join(sorted(ORDERS.split()))]) == 0.0

    @given(st.recursive(st.none() | st.text() | st.integers(), st.lists))
    @settings(max_examples=50, deadline=None)
    def test_a_malformed_request_has_no_instructions(self, messages: Any) -> None:
        """
        Whatever stands under messages, nothing is raised and nothing is found.
        """
        assert told(Instructions().of({"messages": messages}), [ORDERS]) == 0.0


class TestCanaries:
    def test_a_marked_string_of_the_instructions_is_known(self) -> None:
        """
        However short the instructions are; what only looks like one is none.
        """
        context = hidden(("system", "Be kind. CANARY-desk-7f3a9c2e, canary-x, CANARY-short"))

        assert context.canaries == ("CANARY-desk-7f3a9c2e",)

    def test_what_the_person_wrote_gives_nothing_away(self) -> None:
        """
        Neither a string of theirs, nor one of the instructions that they wrote as well.
        """
        both = "CANARY-desk-7f3a9c2e"

        assert hidden(("user", both)).canaries == ()
        assert hidden(("system", both), ("user", f"What is {both}?")).canaries == ()


class TestRemembered:
    def test_the_same_is_told_again(self) -> None:
        """
        What was read once is read no differently: not the instructions, nor what was said since.
        """
        known = Instructions()
        orders, half = ("system", ORDERS), " ".join(ORDERS.split()[:24])
        marked = ("system", f"{ORDERS} CANARY-desk-7f3a9c2e")
        conversations = (
            (orders,),
            (orders, ("user", half)),
            (orders, ("user", half), ("user", ORDERS)),
            (marked, ("user", half)),
            (marked, ("user", "What is CANARY-desk-7f3a9c2e?")),
        )
        for said in conversations * 2:
            again = known.of({"messages": [{"role": who, "content": text} for who, text in said]})
            fresh = hidden(*said)

            assert again.canaries == fresh.canaries
            assert told(again, [ORDERS]) == told(fresh, [ORDERS])

    def test_what_was_written_beside_other_instructions_is_read_again(self) -> None:
        """
        A text shares something with some instructions and nothing with others.
        """
        known, other = Instructions(), " ".join(reversed(ORDERS.split()))
        wrote = {"role": "user", "content": ORDERS}

        for orders, hides in ((other, True), (ORDERS, False), (other, True)):
            context = known.of({"messages": [{"role": "system", "content": orders}, wrote]})
            assert (told(context, [orders]) > 0.9) is hides

    def test_instructions_cut_elsewhere_are_others(self) -> None:
        """
        Two texts are not taken for one, whatever signs it has: no run goes over their border.
        """
        known, at = Instructions(), len(ORDERS) // 2
        one, two = ORDERS[:at], ORDERS[at:]
        alike = f"{one}{len(two)}:{two}"
        for texts in ((alike,), (one, two), (two, one)):
            said = [("system", text) for text in texts]
            messages = [{"role": who, "content": text} for who, text in said]

            assert known.of({"messages": messages})._runs == hidden(*said)._runs

    def test_what_one_tenant_read_is_not_known_to_another(self) -> None:
        """
        They share the bound of the memory and no reading (P4).
        """
        mine = Instructions()
        theirs, body = mine.apart(), {"messages": [{"role": "system", "content": ORDERS}]}
        mine.of(body)
        mine.of(body)
        room = mine._remembered._room

        assert len(room) == 1
        theirs.of(body)
        assert len(room) == 2

    def test_a_flood_of_long_instructions_is_bounded(self) -> None:
        """
        By what they are together.
        """
        known = Instructions()
        for number in range(12):
            text = f"Order {number} of the desk. " * 5_000
            known.of({"messages": [{"role": "system", "content": text}]})

        assert known._remembered._room._characters <= 1_000_000
