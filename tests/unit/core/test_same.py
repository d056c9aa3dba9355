"""What is known again of values that are the very same objects."""

from __future__ import annotations

from gateway.core import same
from gateway.core.same import OfTheSame


class TestOfTheSame:
    def test_only_the_same_two_objects_find_what_was_made_of_them(self) -> None:
        """
        What is merely equal may be changed apart from it, so it is made anew.
        """
        known: OfTheSame[str] = OfTheSame()
        one, other = ["a"], ["b"]
        known.put(one, other, "made")

        assert known.get(one, other) == "made"
        assert known.get(["a"], other) is None
        assert known.get(one, ["b"]) is None
        assert known.get(other, one) is None

    def test_nobody_else_gets_the_id_of_what_is_known(self) -> None:
        """
        What is let go of by everybody else is held here, or a new object might stand for it.
        """
        known: OfTheSame[int] = OfTheSame()
        for number in range(1_000):
            assert known.get(object(), known) is None
            known.put(object(), known, number)

    def test_it_is_bounded(self) -> None:
        """
        Questions of which no two are alike fill no memory.
        """
        known: OfTheSame[int] = OfTheSame()
        for number in range(2 * same._MOST):
            known.put(object(), known, number)

        assert len(known._known) <= same._MOST
