"""What is found beside the words: keys, numbers, what tokens spell, and what is sealed."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.content.answer import places
from gateway.content.hidden import Instructions
from gateway.content.spelt import spelt
from gateway.errors import ProviderGarbage

ORDERS = " ".join(f"word{at}" for at in range(60))


def said(node: Any, **how: Any) -> list[str]:
    """What stands in `node`."""
    return [place.text for place in places(node, **how)]


class TestPlaces:
    def test_keys_of_the_apis_say_nothing(self) -> None:
        """
        Others are words of the provider's.
        """
        assert said({"content": "a", "my note": {"role": "b"}}) == ["a", "my note", "b"]

    def test_long_numbers_are_read(self) -> None:
        """
        Counts and times are not: they are short, or what their keys say.
        """
        node = {
            "created": 1_758_000_000, "expires_at": 1_758_000_000_000, "total_tokens": 9_999_999,
            "index": 12_345_678, "start": [4111111111111111.0], "end": -12_345_678.0, "seed": None,
        }  # fmt: skip

        assert said(node) == ["12345678", "4111111111111111", "-12345678", "seed"]

    def test_a_time_under_another_name_is_a_number(self) -> None:
        """
        Only a key that tells a time makes one.
        """
        assert said({"index": 1_758_000_000}) == ["1758000000"]

    def test_each_is_replaced_in_its_place(self) -> None:
        """
        A key keeps its place, a number becomes a string, and likelihoods go as a whole.
        """
        node = {"a": 12_345_678, "logprobs": {"content": [{"token": "b"}]}, "text": "c"}
        for place in sorted(places(node), key=lambda place: place.kind == "key"):
            place.put("X")

        assert list(node.items()) == [("X", "X"), ("logprobs", None), ("text", "X")]

    @pytest.mark.parametrize("text", ["four words of prose " * 5, "4111-1111-1111-1111"])
    def test_prose_is_never_sealed(self, text: str) -> None:
        """
        Whatever key it stands under.
        """
        for key in ("signature", "encrypted_content", "thoughtSignature", "result"):
            node = {"type": "thinking", key: text}

            assert text in said(node, opaque=frozenset({"result"}))

    def test_vectors_are_not_looked_at(self) -> None:
        """
        But words among the numbers are, and numbers that no vector has.
        """
        opaque = frozenset({"embedding"})

        assert said({"embedding": [0.5, -127, 0]}, opaque=opaque) == []
        assert said({"embedding": []}, opaque=opaque) == []
        assert said({"embedding": [0.5, "word"]}, opaque=opaque) == ["word"]
        for number in (4111111111111111, -4111111111111111, 4111111111111111.0):
            assert said({"embedding": [0.5, number]}, opaque=opaque)[0].endswith(str(int(number)))

    def test_what_is_too_deep_is_no_answer(self) -> None:
        """
        P10: neither objects nor lists, nor in likelihoods.
        """
        objects: Any = "a"
        lists: Any = "a"
        for _ in range(300):
            objects, lists = {"a": objects}, [lists]
        for node in (objects, lists):
            with pytest.raises(ProviderGarbage):
                places(node)
        with pytest.raises(ProviderGarbage):
            spelt(lists)


class TestSpelt:
    def test_every_row_is_read(self) -> None:
        """
        The tokens, their bytes, and what could have stood in their places, rank by rank.
        """
        node = {
            "content": [
                {"token": "a", "bytes": [120], "top_logprobs": [{"token": "1"}, {"token": "3"}]},
                {"token": "b", "bytes": [121], "top_logprobs": [{"token": "2"}, {"token": "4"}]},
            ]
        }

        assert spelt(node).splitlines() == ["ab", "xy", "12", "34"]

    def test_the_older_form_is_read(self) -> None:
        """
        Its tokens stand in a list, and as keys.
        """
        node = {"tokens": ["a", "b"], "top_logprobs": [{"x": -1.0}, {"y": -2.0}]}

        assert spelt(node).splitlines() == ["ab", "xy"]


class TestTogether:
    def test_instructions_are_recognised_over_many_texts(self) -> None:
        """
        A word each.
        """
        context = Instructions().of({"messages": [{"role": "system", "content": ORDERS}]})
        [found] = context.repeated(ORDERS.split())

        assert found.confidence > 0.8
        assert context.repeated(["something", "else"]) == ()

    def test_they_are_recognised_between_each_other(self) -> None:
        """
        Texts that arrive in turns, a word of each.
        """
        row = Instructions().of({"messages": [{"role": "system", "content": ORDERS}]}).row()
        texts = [row.text(), row.text()]
        found = [
            item for at, word in enumerate(ORDERS.split()) for item in texts[at % 2].feed(word)
        ]

        assert found[-1].confidence > 0.8
