"""Surrogates: values that read well, belong to nobody, and come back as what they stand for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban

from gateway.content.inspect import Inspector
from gateway.content.pseudonyms import Protected, Ways, opening, protect
from gateway.content.restore import Restorer
from gateway.content.surrogates import names
from gateway.content.surrogates.stand_in import StandIns, Surrogate
from tests.unit.content.inspecting import inspect_request
from tests.unit.content.test_restore import split

INSPECTOR = Inspector()
TYPES = frozenset({"PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "IBAN_CODE", "IP_ADDRESS"})
KEY = b"k" * 32
JANE = "Jane Doe"
LETTER = (
    "Please write to Jane Doe at jane.doe@acme.example, phone +49 30 901820. Her IBAN is "
    "DE89 3704 0044 0532 0130 00. Jane's colleague is Peter van der Berg, server 10.1.2.3."
)
TABLE = (
    Surrogate("Robin", "Jane", loose=False),
    Surrogate("Ashford", "Doe", loose=False),
    Surrogate("robin.ashford@example.com", "jane@acme.example", loose=False),
    Surrogate("+1 202-555-0147", "+49 30 901820", loose=True),
    Surrogate("192.0.2.11", "10.0.0.1", loose=False),
    Surrogate("192.0.21.1", "10.0.0.2", loose=False),
)

values = st.sampled_from([LETTER, JANE, "Jane", "jane.doe@acme.example", "Peter Berg", "10.1.2.3"])
plain = st.text(alphabet="abc RobinAshford.,\n'[]_1", max_size=16)
texts = st.lists(st.one_of(values, plain), min_size=1, max_size=4).map(" ".join)
turns = st.lists(texts, min_size=1, max_size=4)


def replaced(messages: list[dict[str, Any]], key: bytes = KEY) -> Protected:
    """A conversation with surrogates in it."""
    inspected = inspect_request({"model": "m", "messages": messages}, INSPECTOR)
    said = opening(inspected)
    ways = Ways(StandIns(key, said), TYPES)
    return protect(inspected, TYPES, frozenset({"SECRET"}), frozenset(), ways)


def said(*contents: str) -> list[dict[str, Any]]:
    """Messages of one person."""
    return [{"role": "user", "content": content} for content in contents]


def left(sent: Protected, at: int = 0) -> str:
    """What one message left as."""
    return str(sent.body["messages"][at]["content"])


class TestWhatLeaves:
    def test_nothing_of_the_values_is_left(self) -> None:
        """
        Names, addresses and numbers are others, and the sentence stays one.
        """
        text = left(replaced(said(LETTER)))

        for raw in ("Jane", "Doe", "Peter", "Berg", "acme", "901820", "3704", "10.1.2.3"):
            assert raw not in text
        assert "[" not in text
        assert re.fullmatch(
            r"Please write to \w+ \w+ at \S+@example\.(com|org|net), phone .*", text
        )

    def test_numbers_belong_to_nobody(self) -> None:
        """
        Reserved domains and networks, numbers kept for films, an account whose digits check.
        """
        made = {item.value: item.text for item in replaced(said(LETTER)).surrogates}

        assert made["jane.doe@acme.example"].rpartition("@")[2].startswith("example.")
        assert made["10.1.2.3"].startswith(("192.0.2.", "198.51.100.", "203.0.113."))
        assert made["+49 30 901820"].startswith("+49 ")
        account = made["DE89 3704 0044 0532 0130 00"]
        assert iban.is_valid(account)
        assert account[5:9] == "0000"

    @pytest.mark.parametrize(
        ("written", "shape"),
        [
            ("+44 20 7123 4567", r"\+44 (7700 900|20 7946 0|161 496 0|113 496 0|1632 960)\d{3}"),
            (
                "+33 1 42 68 53 00",
                r"\+33 (1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98) \d\d \d\d",
            ),
            ("+1 212 736 5000", r"\+1 \d{3}-555-01\d\d"),
            ("+46 8 123 456 78", r"\+1 \d{3}-555-01\d\d"),
        ],
    )
    def test_telephone_numbers_are_of_the_country_where_it_has_any(
        self, written: str, shape: str
    ) -> None:
        """
        Ofcom's, Arcep's and the North American plan's; the last where a country set none aside.
        """
        made = StandIns(KEY, "").stand_in("PHONE_NUMBER", written, restorable=True)

        assert re.fullmatch(shape, made or "")

    def test_names_are_of_the_language_of_the_conversation(self) -> None:
        """
        A German letter names people as Germans are named; a known gender is kept.
        """
        sent = replaced(said("Bitte schreibe für mich an Sabine Krause, und nicht an die Firma."))
        given_name = left(sent).split("an ")[1].split()[0]

        assert given_name in names.GIVEN["de"][0]

    def test_another_script_gets_a_placeholder(self) -> None:
        """
        A Latin name in a Greek text would read as a mistake.
        """
        made = StandIns(KEY, "").stand_in("PERSON", "Γιάννης Παπαδόπουλος", restorable=True)

        assert made is None

    def test_when_names_run_out_placeholders_stand_in(self) -> None:
        """
        No two people share a surrogate: rather than that, the value is replaced visibly.
        """
        stand_ins = StandIns(KEY, "")
        many = [f"Jane{'abcdefghij'[at % 10]}{'klmnopqrst'[at // 10]}" for at in range(100)]
        made = [stand_ins.stand_in("PERSON", f"{name} Doe", restorable=True) for name in many]
        whole = [item for item in made if item is not None]

        assert None in made
        assert len(set(whole)) == len(whole)


class TestStability:
    @given(turns, texts)
    @settings(max_examples=60, deadline=None)
    def test_earlier_turns_stay_byte_for_byte(self, before: list[str], following: str) -> None:
        """
        One more turn changes nothing in the turns before, whatever it holds.
        """
        earlier = replaced(said(*before)).body["messages"]
        later = replaced(said(*before, following)).body["messages"]

        assert json.dumps(later[: len(earlier)]) == json.dumps(earlier)

    @given(turns)
    @settings(max_examples=60, deadline=None)
    def test_an_echo_gives_back_what_was_typed(self, given_texts: list[str]) -> None:
        """
        Restoring what left gives the caller's words again, their own surrogates-to-be included.
        """
        sent = replaced(said(*given_texts))
        restorer = Restorer(sent.table, sent.surrogates)
        for at, text in enumerate(given_texts):
            assert restorer.text(left(sent, at)) == text

    def test_a_name_the_caller_writes_later_is_the_callers(self) -> None:
        """
        The surrogate of turn one, typed in turn two, is somebody else and comes back as typed.
        """
        first = replaced(said(f"Write to {JANE}."))
        taken = left(first).split()[2]
        text = f"And to {taken} Miller, or {taken.upper()}, please."
        second = replaced(said(f"Write to {JANE}.", text))

        assert left(second) == left(first)
        assert taken not in left(second, 1)
        assert Restorer(second.table, second.surrogates).text(left(second, 1)) == text

    def test_two_keys_share_nothing(self) -> None:
        """
        Another tenant, person or conversation has other surrogates for the same values.
        """
        one = {item.value: item.text for item in replaced(said(LETTER)).surrogates}
        other = {item.value: item.text for item in replaced(said(LETTER), b"o" * 32).surrogates}

        assert one.keys() == other.keys()
        assert sum(one[value] == other[value] for value in one) <= 1

    def test_instructions_are_replaced_and_not_restored(self) -> None:
        """
        A name that only the system prompt holds is never given out.
        """
        sent = replaced([{"role": "system", "content": f"You work for {JANE}."}, *said("Hello")])

        assert JANE not in json.dumps(sent.body)
        assert sent.surrogates == ()


class TestRestoring:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Robin's", "Jane's"),
            ("Robin\u2019s", "Jane\u2019s"),
            ("Robins Brief", "Janes Brief"),
            ("ROBIN ASHFORD", "JANE DOE"),
            ("Ashford, Robin", "Doe, Jane"),
            ("die Ashfords", "die Does"),
            ("Robin.Ashford@Example.com", "jane@acme.example"),
            ("+1 202 555 0147", "+49 30 901820"),
            ("+1-202-555-0147.", "+49 30 901820."),
            ("192.0.2.11, 192.0.21.1", "10.0.0.1, 10.0.0.2"),
        ],
    )
    def test_as_models_write_them(self, written: str, meant: str) -> None:
        """
        Endings, capitals, order, blanks.
        """
        assert Restorer({}, TABLE).text(f"So: {written}") == f"So: {meant}"

    @pytest.mark.parametrize(
        "text",
        [
            "Robinson", "McRobin", "robin", "Ashfordshire", "555-01478", "192.0.2.111",
            "https://x.example/?q=Robin", "[x](Robin)", "<a title='Robin'>",
        ],
    )  # fmt: skip
    def test_what_is_not_one_stays(self, text: str) -> None:
        """
        Longer words, other words, addresses and attributes.
        """
        assert Restorer({}, TABLE).text(text) == text

    @given(
        st.lists(
            st.sampled_from(
                [
                    "Robin", "Ashford", "ROBIN", "Rob", "in", "s", "'s", "en", " ", ".", "-", "x",
                    "robin.ashford@example.com", "robin.", "@", "+1 202-555-0147", "+1 202", "+",
                    "[PERSON_1]", "[", "A", "https://x/?", "\n", "[PERSON_1s", "PERSON_1s",
                    "\uff3bPERSON_1\uff3d", "[PERSON_1 ", "]", "\\",
                ]
            ),
            max_size=14,
        ).map("".join),
        st.lists(st.integers(min_value=0), max_size=12),
        st.booleans(),
    )  # fmt: skip
    @settings(max_examples=400, deadline=None)
    def test_any_split_equals_the_whole(self, text: str, cuts: list[int], as_json: bool) -> None:
        """
        P9: where a stream is cut changes nothing in what comes out.
        """
        from gateway.content.placeholders import Name

        restorer = Restorer({Name("PERSON", 1): "Max Muster"}, TABLE)
        stream = restorer.stream(json=as_json)
        out = "".join(stream.feed(piece) for piece in split(text, cuts)) + stream.end()

        assert out == restorer.text(text, json=as_json)
