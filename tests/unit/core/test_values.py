"""Values: equal where they say the same, and as good as any other key."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from gateway.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A value."""

    town: str
    country: str = "NO"


@dataclass(slots=True)
class Draft:
    """What is still written on."""

    text: str = ""


class TestValues:
    def test_values_that_say_the_same_are_the_same(self) -> None:
        """
        They are equal, and one key of a dictionary.
        """
        assert Place("Bergen") == Place("Bergen", "NO") != Place("Bergen", "DE")
        assert {Place("Bergen"): 1}[Place("Bergen")] == 1

    def test_another_one_is_made_with_a_change(self) -> None:
        """
        The standard library's functions know them as its own.
        """
        assert replace(Place("Bergen"), country="DE") == Place("Bergen", "DE")
        assert [item.name for item in fields(Place)] == ["town", "country"]

    def test_what_is_no_value_is_no_key(self) -> None:
        """
        What may change is not found again by what it said.
        """
        with pytest.raises(TypeError, match="unhashable"):
            hash(Draft())

    def test_a_value_is_guarded_by_the_type_checker_alone(self) -> None:
        """
        That is what makes it cheap; nothing else may be added to it.
        """
        with pytest.raises(AttributeError) as error:
            Place("Bergen").region = "west"  # type: ignore[attr-defined]

        assert not isinstance(error.value, FrozenInstanceError)
