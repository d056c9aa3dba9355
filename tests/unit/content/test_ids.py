"""Ids that machines give: no part of one is a number, and true numbers beside them are found."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from gateway.content.inspect import Inspector
from gateway.content.patterns import PatternDetector

if TYPE_CHECKING:
    from collections.abc import Callable

DETECTOR = PatternDetector()
CHANCE = random.Random(4122)
"""Seeded: a failure is a failure again."""


def a_uuid() -> str:
    """A random one (RFC 9562, version 4)."""
    return str(UUID(int=CHANCE.getrandbits(128), version=4))


def a_trace() -> str:
    """A ``traceparent`` (W3C Trace Context)."""
    return f"00-{CHANCE.getrandbits(128):032x}-{CHANCE.getrandbits(64):016x}-01"


def a_hash() -> str:
    """A digest whose first digits look like a country code, whole or as Git shortens it."""
    digest = f"00{CHANCE.randint(1, 9)}" + hashlib.sha256(CHANCE.randbytes(8)).hexdigest()
    return digest[: CHANCE.choice((7, 12, 32, 40, 64))]


def a_ulid() -> str:
    """26 signs of Crockford's base 32, the first at most 7."""
    signs = CHANCE.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=25)
    return CHANCE.choice("01234567") + "".join(signs)


def cut(frame: str, value: str) -> list[str]:
    """What is found that starts or ends inside of `value`."""
    text = frame.format(value)
    start = text.index(value)
    end = start + len(value)
    return [
        f"{item.rule}: {text[item.start : item.end]}"
        for item in DETECTOR.find(text)
        if start < item.start < end or start < item.end < end
    ]


class TestIds:
    @pytest.mark.parametrize(
        ("made", "count"), [(a_uuid, 10_000), (a_trace, 4_000), (a_hash, 6_000), (a_ulid, 2_000)]
    )
    def test_no_finding_starts_or_ends_inside_of_one(
        self, made: Callable[[], str], count: int
    ) -> None:
        """
        Of thousands of ids after words that make a number of digits, none is cut.
        """
        ids = [made() for _ in range(count)]

        assert [found for each in ids for found in cut("Call 12 {} 0171 2345678.", each)] == []

    @pytest.mark.parametrize(
        "value",
        [
            "07934878-4204-4738-a2db-be3fce62cc37",
            "63149191-2715-4832-83D9-DDB861F0FB80",
            "1a08bab8-6487-4995-9603-21c127c9ebde",
            "cd9942ed-0756-4099-9117-bfd80bfbd5fb",
            "d6e5b4e1-5e04-4774-8bc1-008246201dc9",
            "00-8dfeea3f918b38c45c579d4b0289c2ea-002906416de300fe-01",
        ],
    )
    def test_what_was_taken_for_a_number_is_none(self, value: str) -> None:
        """
        Ids that held a telephone or card number, alone, after a word for one, and in a name.
        """
        assert [list(DETECTOR.find(f"{frame}{value}")) for frame in ("", "tel. ", "id_")] == [
            []
        ] * 3

    @pytest.mark.parametrize(
        "frame",
        ["Passport {}", "driver's license: {}", "ID card {}.", "Ihr Zeichen: 12 {}", "case id {}"],
    )
    def test_an_id_that_is_named_as_a_number_is_found_whole(self, frame: str) -> None:
        """
        What is called a passport or a file is one, in whatever form its number is.
        """
        value = "63149191-2715-4832-83d9-ddb861f0fb80"
        text = frame.format(value)

        found = [item for item in DETECTOR.find(text) if item.end > text.index(value)]

        assert found
        assert {item.end for item in found} == {text.index(value) + len(value)}

    @pytest.mark.parametrize(
        "value",
        [
            "video_ex_01a21c75be6777aea0295009336acd73",
            "video_ex_01a21c75bccc7cdd9c9dbc5cc5cbe463",
            "01a21c6f-5d64-7c14-9aea-9612c3a0e19b",
            "video_01a21c753cdd7929bcd394cc9d9c7268",
        ],
    )
    def test_no_letters_of_one_are_a_name(self, value: str) -> None:
        """
        One in two thousand held a place or a firm, such as "aea".
        """
        assert Inspector().inspect(f"Show {value} again") == ()

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("We moved to aea last year.", "aea"),
            ("The firm BCD signed.", "BCD"),
            ("She works at ABB, 2024.", "ABB"),
        ],
    )
    def test_a_word_of_such_letters_is_a_name_where_it_stands_alone(
        self, text: str, name: str
    ) -> None:
        """
        Only beside digits are they an id's.
        """
        assert name in [text[item.start : item.end] for item in Inspector().inspect(text)]


class TestNumbersBesideIds:
    @pytest.mark.parametrize(
        ("kind", "number"),
        [
            ("PHONE_NUMBER", "0800-123-4567"),
            ("PHONE_NUMBER", "+49 30 901820"),
            ("PHONE_NUMBER", "0049 30 901820"),
            ("PHONE_NUMBER", "004930901820"),
            ("CREDIT_CARD", "4111-1111-1111-1111"),
            ("IBAN_CODE", "DE89370400440532013000"),
            ("US_SSN", "123-45-6789"),
            ("ES_NIF", "12345678Z"),
            ("IP_ADDRESS", "2001:db8::1"),
        ],
    )
    @pytest.mark.parametrize("frame", ["{number} {id}", "{id} {number}", "{id}: {number}, {id}"])
    def test_a_number_is_found_whole(self, kind: str, number: str, frame: str) -> None:
        """
        An id before or after a number, even one of digits, takes nothing of it away.
        """
        text = "Call " + frame.format(number=number, id="12345678-1234-4123-8123-123456789012")
        found = {(item.type, text[item.start : item.end]) for item in DETECTOR.find(text)}

        assert (kind, number) in found

    @pytest.mark.parametrize("text", ["0049 30 901820bis", "+4930901820a", "0049 171 2345678 fax"])
    def test_letters_after_a_number_take_nothing_away(self, text: str) -> None:
        """
        Only digits in one, without a plus, that go on in letters are how a hash begins.
        """
        assert any(item.type == "PHONE_NUMBER" for item in DETECTOR.find(text))
