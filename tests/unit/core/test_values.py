"""Values: equal where they say the same, and as good as any other key."""

from __future__ import annotations

import enum
from dataclasses import FrozenInstanceError, fields, replace

import orjson
import pytest

from gateway.core.values import StrEnum, dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A value."""

    town: str
    country: str = "NO"


@dataclass(slots=True)
class Draft:
    """What is still written on."""

    text: str = ""


class Ours(StrEnum):
    """Words."""

    NORTH = "north"
    SOUTH = "south"


class Theirs(enum.StrEnum):
    """The same words, of the standard library's kind."""

    NORTH = "north"
    SOUTH = "south"


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


class TestWords:
    @pytest.mark.parametrize("kind", [Ours, Theirs])
    def test_a_member_says_what_one_of_the_standard_library_says(
        self, kind: type[enum.StrEnum]
    ) -> None:
        """
        Its name and value, what it is looked up by, and what it is as text, key and JSON.
        """
        north = kind("north")

        assert north is kind["NORTH"]
        assert (north.name, north.value, str(north)) == ("NORTH", "north", "north")
        assert list(kind) == ["north", "south"]
        assert {north: 1}["north"] == 1
        assert orjson.dumps([north]) == b'["north"]'

    @pytest.mark.parametrize("kind", [Ours, Theirs])
    @pytest.mark.parametrize("part", ["name", "value"])
    def test_what_a_member_says_cannot_be_set(self, kind: type[enum.StrEnum], part: str) -> None:
        """
        A word stays what it is; and one that is none is refused.
        """
        with pytest.raises(AttributeError):
            setattr(kind("north"), part, "west")
        with pytest.raises(ValueError, match="west"):
            kind("west")
