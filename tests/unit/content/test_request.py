"""A request as a whole: whom it names, and what instructions and tools add to that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.content.assembly import assemble
from gateway.content.inspect import Inspector
from gateway.content.pseudonyms import protect

if TYPE_CHECKING:
    from gateway.content.request import InspectedRequest, RequestReader

NAMES = ("Anna Keller", "Peter Vogt", "Julia Brandt", "Thomas Lindner", "Maria Fuchs")


@pytest.fixture(scope="module")
def reader() -> RequestReader:
    """As the gateway reads."""
    return assemble()


def read(reader: RequestReader, body: dict[str, Any]) -> InspectedRequest:
    """A chat that is read whole."""
    return reader.read(body, None, "chat")


class TestPeopleNamed:
    def test_capitals_in_instructions_are_no_people(self, reader: RequestReader) -> None:
        """
        "Mark" and "Claude" in instructions and in the description of a tool count for nobody, and
        what is found there is replaced all the same.
        """
        described = "Mark tasks as done. Ask Claude or Jordan Miller. Then Peter and Anna decide."
        tool = {"type": "function", "function": {"name": "mark", "description": described}}
        found = read(
            reader,
            {
                "messages": [
                    {"role": "system", "content": "You are Claude. Peter and Thomas helped."},
                    {"role": "user", "content": "Hello."},
                ],
                "tools": [tool],
            },
        )
        counts = {item.type: item.count for item in found.summaries}

        assert counts["PERSON"] > 3
        assert found.people == 1
        assert "Peter" not in str(protect(found, frozenset({"PERSON"}), frozenset()).body)

    @pytest.mark.parametrize("role", ["system", "developer", "user"])
    def test_a_list_of_people_is_one_wherever_it_stands(
        self, reader: RequestReader, role: str
    ) -> None:
        """
        An application that puts its records into the instructions sends people's data.
        """
        told = "\n".join(f"Customer: {name}, born 3 May 1980." for name in NAMES)
        asked = {"role": "user", "content": "Who pays late?"}
        found = read(reader, {"messages": [{"role": role, "content": told}, asked]})

        assert found.people == len(NAMES)

    def test_an_address_in_instructions_is_somebodys(self, reader: RequestReader) -> None:
        """
        What identifies by its form counts in instructions, too.
        """
        told = {"role": "system", "content": "Escalate to a.keller@customer.example."}

        assert read(reader, {"messages": [told]}).people == 1

    def test_a_first_name_of_the_conversation_counts(self, reader: RequestReader) -> None:
        """
        What the person writes is taken at its word.
        """
        body = {"messages": [{"role": "user", "content": "Anna and Peter quarrelled yesterday."}]}

        assert any(item.type == "PERSON" for item in Inspector().inspect("Anna and Peter met."))
        assert read(reader, body).people == 2
