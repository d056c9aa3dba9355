"""What the compiled reading of words says, beside the same rules in plain Python."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.names import words as cutting
from gateway.content.names.model import Model
from gateway.content.names.reading import (
    CALENDAR,
    CAPITAL,
    CAPITALS,
    CITY,
    COMMON,
    COUNTRY,
    FIRST,
    GLUE,
    HOWS,
    INITIAL,
    LAST,
    LOWER,
    MIXED,
    ORG,
    OTHER,
    PEOPLE,
    REGION,
    ROLE,
    SPELLING,
    STOP,
    TITLE,
    Lists,
    Reader,
    Table,
    group,
    hashed,
    spelling,
    word_class,
    writing,
    written,
)
from gateway.content.names.words import tokens

MODEL = Model.shipped()
PARTS = [
    "Anna", "berlin", "GmbH", "of", "U.S.", "J.", "O'Neil", "d'Arc", "Jean-Luc", "Anna's", "x-",
    "l\u2019a", "http", "https://a.b/c", "www", "www.x.de", "h:", "w.", "2019", "1,5", "12:30",
    "@me", "#a_b", "_", "a_b", "\u0130stanbul", "Stra\u00dfe", "\u00b2", "\u0663", "\u2167",
    "\u01c5", "\u00e9a", "\u4e2d\u6587", "x\u0301", "\n", "\n\n", "\t", "\x00", "\x1c",
    "\u2028", "\ud800", "\U0001f600", "\U00010400", "---", "(", "\u2019",
]  # fmt: skip
ANY = st.lists(st.sampled_from(PARTS) | st.text(max_size=6), max_size=12).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda between: between.join(parts))
)
WORD = ANY.filter(bool) | st.from_regex(r"[A-Za-z0-9\u00e9'-]{1,30}", fullmatch=True)


def shape(word: str, how: int) -> str:
    """Capitals, small letters and digits drawn; the sign itself for everything else."""
    if how == CAPITALS and word.isalpha():
        return "X" * min(6, len(word))
    drawn = "".join(
        "X" if sign.isupper() else "x" if sign.isalpha() else "0" if sign.isdigit() else sign
        for sign in word[:24]
    )
    return re.sub("x{2,}", "x", drawn)[:6]


def said(word: str, how: int) -> dict[str, int]:
    """What the letters of a word say, by the names of `SPELLING`."""
    raw = word.lower().encode("utf-8", "surrogatepass")
    if how == OTHER:
        return {"w": seeded("w", re.sub(rb"[0-9]+", b"0", raw)), "s": hashed(shape(word, how))}
    parts = {
        "w": seeded("w", raw),
        "s": hashed(shape(word, how)),
        "q1": seeded("q1", raw[-1:]),
        "U": seeded(f"U {how}", raw[-3:]),
        "L": seeded("L", b"%d,%d" % (how, min(12, len(raw)))),
    }
    for length in range(2, 5):
        if len(raw) > length:
            parts[f"p{length}"] = seeded(f"p{length}", raw[:length])
            parts[f"q{length}"] = seeded(f"q{length}", raw[-length:])
    return parts


def seeded(name: str, data: bytes) -> int:
    return crc32(data, crc32(f"seed {name}".encode()))


def how_of(word: str) -> int:
    """By the letters' cases: one of `LOWER` to `OTHER`."""
    if not word[0].isalpha():
        return OTHER
    if word.islower():
        return LOWER
    if len(word) <= 2 and word[0].isupper() and not word[1:].isalpha():
        return INITIAL
    if word.isupper():
        return CAPITALS
    return CAPITAL if word[0].isupper() and word[1:].islower() else MIXED


def kind(word: str, how: int, flags: int) -> str:
    """Whether a word may be a name, stand in one, or neither."""
    if how == OTHER:
        return "g" if word[0].isdigit() or word in GLUE else "o"
    if how == LOWER and word not in GLUE:
        listed = flags & (FIRST | CITY | COUNTRY) and not flags & (COMMON | STOP)
        return "C" if listed and len(word) > 2 else "o"
    if how == LOWER or flags & STOP:
        return "g" if word.lower() in GLUE else "o"
    return "C"


def folded(flags: int) -> int:
    """The lists as one number: some decide alone, the others by what they are together."""
    alone = (TITLE, CALENDAR, STOP, ORG, COUNTRY, PEOPLE, ROLE)
    if found := [number for number, flag in enumerate(alone, 1) if flags & flag]:
        return found[0]
    common, last = bool(flags & COMMON), bool(flags & LAST)
    if flags & FIRST:
        return {(False, False): 9, (False, True): 10}.get((common, last), 8)
    if flags & (CITY | REGION):
        return 11 if common or last else 12
    return {(False, False): 0, (True, False): 15, (False, True): 14, (True, True): 13}[common, last]


class TestCutting:
    @given(ANY)
    @settings(max_examples=400, deadline=None)
    def test_plain_words_end_where_the_expression_ends_them(self, text: str) -> None:
        """
        What is told without the expression is what it matches.
        """
        matches = list(cutting._TOKEN.finditer(text))

        assert tokens(text) == ([one[0] for one in matches], [one.start() for one in matches])


class TestLetters:
    @given(WORD)
    @settings(max_examples=400, deadline=None)
    def test_a_word_is_written_and_spelt_by_the_rules(self, word: str) -> None:
        """
        Every hash is of the letters it is said to be of, in the order of their names.
        """
        how = writing(word)
        expected = said(word, how)

        assert how == how_of(word)
        assert spelling(word, how) == [expected[name] for name in SPELLING if name in expected]

    @given(WORD)
    @settings(max_examples=200, deadline=None)
    def test_what_a_number_says_is_left_out(self, word: str) -> None:
        """
        Digits become zeros, six for a run at most; addresses and handles are all alike.
        """
        if word[0].isalpha():
            expected = "://" if "/" in word or word.startswith("www.") else word
        elif word[0] in "@#":
            expected = word[0] + "w"
        elif word[0].isdigit():
            expected = re.sub("[0-9]+", lambda run: "0" * min(6, len(run[0])), word[:24])
        else:
            expected = word[:24]

        assert written(word) == expected

    @given(st.integers(0, (1 << 13) - 1))
    def test_classes_of_words_stay_apart(self, flags: int) -> None:
        """
        A word's class tells how it is written and its group of lists.
        """
        classes = [word_class("anna", how, flags) for how in (LOWER, CAPITAL, CAPITALS, MIXED)]

        assert group(flags) == folded(flags)
        assert classes == [at + group(flags) for at in (16, 32, 48, 48)]


class TestReader:
    @given(st.lists(WORD, max_size=8))
    @settings(max_examples=200, deadline=None)
    def test_words_that_were_never_met_are_read_by_the_rules(self, words: list[str]) -> None:
        """
        Where each may stand, its class, and the sum of what its letters, lists and use say.
        """
        names = sorted({number for word in words for number in said(word, writing(word)).values()})
        rng = np.random.default_rng(len(names))
        rows = rng.integers(-9, 9, (len(names), 35)).astype(np.float32)
        table = Table(np.array(names, np.uint32), rows)
        entries = [MODEL.lexicon.entry(word) for word in words]
        listed = {flags: at * HOWS for at, flags in enumerate({item.flags for item in entries})}
        more = rng.integers(-9, 9, (len(listed) * HOWS + 1001 * HOWS, 35)).astype(np.float32)
        first = table.add(more)
        listed = {flags: first + at for flags, at in listed.items()}
        used = first + len(listed) * HOWS
        kinds, classes, weights = Reader(MODEL.lexicon.lists, table, listed, used).read(words)
        everything = np.concatenate([rows, more])

        for at, (word, entry) in enumerate(zip(words, entries, strict=True)):
            how = writing(word)
            places = [names.index(number) for number in said(word, how).values()]
            places += [listed[entry.flags] + how, used + entry.cluster * HOWS + how]

            assert chr(kinds[at]) == kind(word, how, entry.flags)
            assert classes[at] == word_class(word, how, entry.flags)
            assert np.array_equal(weights[at], everything[places].sum(axis=0))

    def test_a_hyphenated_word_is_known_by_its_last_part(self) -> None:
        """
        Unless it is listed itself; that its last part is no name says nothing of the whole.
        """
        keys = sorted(
            (crc32(word.encode()), at) for at, word in enumerate(("the", "berlin", "a-the"))
        )
        flags = np.array([(STOP, CITY, LAST)[at] for _, at in keys], np.uint16)
        clusters = np.array([at + 1 for _, at in keys], np.uint16)
        lists = Lists(np.array([key for key, _ in keys], np.uint32), flags, clusters)

        assert lists.entry("The") == (STOP, 1)
        assert lists.entry("West-Berlin") == (CITY, 2)
        assert lists.entry("West-the") == (0, 1)
        assert lists.entry("A-the") == (LAST, 3)
        assert lists.entry("-the") == (0, 0)
        assert lists.entry("nowhere") == (0, 0)
