"""Noticing that an answer repeats the request's instructions, as it is being written.

Runs of eight words, in order, without regard to case and signs, are looked up among
those of the instructions. How much is repeated is a finding with a confidence; from
which on it is withheld is policy's to say (rule BS-03). What the person wrote
as well is not hidden from them.
"""

from __future__ import annotations

import hashlib
import re
from copy import copy
from typing import TYPE_CHECKING, Any

from gateway.content.remembered import Remembered, Room
from gateway.content.signals.outputs import holds
from gateway.content.walk import messages, said
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gateway.content.walk import Turns

    Number = Callable[[tuple[str, ...]], int]
    """What a run of words is known by."""

TYPE = "HIDDEN_CONTEXT"
_RULE = "hidden_context.repeated"
_RUN = 8
"""Words of one run. Shorter ones are common property: "you are a helpful assistant"."""

_LONG = 40
"""Words from which on instructions are long enough to be recognised."""

_WHOLE = 160
"""Words in a row that count as much as the whole of the instructions."""

_LEAST, _STEP = 0.25, 0.1
_REMEMBERED, _MOST_CHARACTERS = 1_024, 1_000_000
"""Texts that are not read again. A run takes some 75 bytes: 13 MB of usual words, 40 MB of words of
one letter."""

_MOST_KEPT = 20_000
"""Runs that are written down of instructions: those of 150 kB of usual words."""

_WORD = re.compile(r"\w+")
_OPEN = re.compile(r"\w+$")
_LONGEST_WORD = 64
_MARK = "CANARY"
_MARKED = re.compile(rf"\b{_MARK}[-:][A-Za-z0-9_-]{{8,64}}")
"""What an application puts into its instructions to notice that they are given away."""


class Instructions:
    """Reads the instructions of requests, and remembers it: agents send the same each time.

    What is kept of a text is the numbers of its runs, which this process alone can make.
    """

    def __init__(self) -> None:
        """Nothing is remembered as yet."""
        self._remembered: Remembered[frozenset[int]] = Remembered(
            Room(_REMEMBERED, _MOST_CHARACTERS)
        )

    def apart(self) -> Instructions:
        """One that remembers nothing of what this one read (P4)."""
        other = copy(self)
        other._remembered = self._remembered.apart()  # noqa: SLF001 - of the same class
        return other

    def of(self, body: dict[str, Any], turns: Turns = messages) -> HiddenContext:
        """What is hidden in `body`, the request that was sent, values already out of it.

        `turns` reads its form.
        """
        orders = list(said(body, "system", turns))
        if not orders:
            return NOTHING
        # With their lengths, so that no other texts are written alike.
        whole = "".join([f"{len(text)}:{text}" for text in orders])
        digest = self._remembered.digest(whole)
        runs = self._remembered.get(digest)
        if runs is None:
            runs = frozenset(_runs_of(orders))
            self._remembered.put(digest, runs, whole)
        marked = _marked(orders)
        # What the person wrote is read only where there is something it could be taken from.
        wrote = list(said(body, "user", turns)) if runs or marked else []
        if runs:
            runs = runs.difference(*[self._shared(text, runs, digest) for text in wrote])
        return HiddenContext(runs, tuple(sorted(marked - _marked(wrote))))

    def _shared(self, text: str, runs: frozenset[int], orders: bytes) -> frozenset[int]:
        """Those of the `runs` of the instructions of this digest that the person's `text` has."""
        digest = self._remembered.digest(text, orders)
        shared = self._remembered.get(digest)
        if shared is None:
            shared = runs.intersection(_runs(_words(text)))
            self._remembered.put(digest, shared, text)
        return shared


class HiddenContext:
    """The instructions of one request, as the model was given them."""

    def __init__(
        self, runs: frozenset[int], canaries: tuple[str, ...] = (), number: Number = hash
    ) -> None:
        """`runs` of words and marked strings that the person has not written as well.

        A run is known by its `number`.
        """
        self._runs = runs
        self._number = number
        self.canaries = canaries
        """The marked strings of the instructions that the person has not written as well."""

        self.empty = not runs and not canaries
        """Whether nothing is hidden at all."""

    def document(self) -> dict[str, Any]:
        """As it is sealed, for an answer that is fetched later: see `lasting`."""
        return {"runs": sorted(self._runs), "canaries": list(self.canaries)}

    def repetition(self) -> Repetition:
        """For one text of the answer."""
        return Repetition(self._runs, self._number)

    def row(self) -> Row:
        """For texts of the answer that arrive between each other."""
        return Row(self._runs, self._number)

    def repeated(self, texts: Iterable[str]) -> tuple[Finding, ...]:
        """How much all of these repeat together, one read behind the other: one finding."""
        if not self._runs:
            return ()
        repetition = self.repetition()
        found = [item for text in texts for item in repetition.feed(f"{text} ")]
        return tuple(found[-1:])

    def given_away(self, texts: Iterable[str]) -> bool:
        """Whether a marked string of the instructions is in these texts, one behind the other."""
        if not self.canaries:
            return False
        said = "".join(texts)
        return any(holds(said, canary) for canary in self.canaries)


NOTHING = HiddenContext(frozenset())
"""Of a request without instructions."""


class Repetition:
    """How much of the instructions one text repeats, while it arrives."""

    def __init__(self, runs: frozenset[int], number: Number = hash) -> None:
        """`runs` are those of the instructions, each known by its `number`."""
        self.runs = runs
        """What could be repeated; where there is none, nothing need be fed."""

        self._number = number
        self._tail: tuple[str, ...] = ()
        self._open = ""
        self._seen: set[int] = set()
        self._row = self._longest = 0
        self._told = 0.0

    def feed(self, piece: str) -> tuple[Finding, ...]:
        """A finding when clearly more is repeated than was before this piece."""
        if not self.runs:
            return ()
        text = self._open + piece
        last = _OPEN.search(text[-_LONGEST_WORD:])
        self._open = last[0] if last else ""
        return self._read(text[: len(text) - len(self._open)])

    def end(self) -> tuple[Finding, ...]:
        """As `feed`, for the last word."""
        text, self._open = self._open, ""
        return self._read(text)

    def _read(self, text: str) -> tuple[Finding, ...]:
        for word in _words(text):
            self._tail = (*self._tail[1 - _RUN :], word)
            run = self._number(self._tail)
            if run in self.runs and len(self._tail) == _RUN:
                self._seen.add(run)
                self._row = self._row + 1 if self._row else _RUN
                self._longest = max(self._longest, self._row)
            else:
                self._row = 0
        return self._finding()

    def _finding(self) -> tuple[Finding, ...]:
        if not self._seen:
            return ()
        share = len(self._seen) / len(self.runs)
        confidence = min(1.0, max(share, self._longest / _WHOLE))
        if confidence < max(_LEAST, self._told + _STEP):
            return ()
        self._told = confidence
        return (Finding(TYPE, 0, 0, confidence, _RULE),)


class Row:
    """Texts that arrive between each other: what they repeat together, one behind the other."""

    def __init__(self, runs: frozenset[int], number: Number) -> None:
        """`runs` are those of the instructions, each known by its `number`."""
        self._runs = runs
        self._number = number
        self._together = Repetition(runs, number)
        self._newest: InRow | None = None

    def text(self) -> InRow:
        """One more of them."""
        return InRow(self._runs, self, self._number)

    def feed(self, text: InRow, piece: str) -> tuple[Finding, ...]:
        """A piece of that text, which is another word where the one before was another's."""
        if text is not self._newest:
            self._newest, piece = text, f" {piece}"
        return self._together.feed(piece)


class InRow(Repetition):
    """How much of the instructions one text repeats, or all of its row with it."""

    def __init__(self, runs: frozenset[int], row: Row, number: Number) -> None:
        """In `row`."""
        super().__init__(runs, number)
        self._row_of = row

    def feed(self, piece: str) -> tuple[Finding, ...]:
        """See `Repetition`."""
        if not self.runs:
            return ()
        alone, together = super().feed(piece), self._row_of.feed(self, piece)
        return alone or together


def lasting(
    body: dict[str, Any], turns: Turns, earlier: Mapping[str, Any] | None = None
) -> HiddenContext:
    """What is hidden in `body`, in numbers that every process has for the same words.

    `earlier` is what was written down of the turns before, or of the request whose answer is
    fetched: the longest time ago goes first where there is too much.
    """
    orders, wrote = list(said(body, "system", turns)), list(said(body, "user", turns))
    runs, marked = _runs_of(orders, _lasting), _marked(orders)
    if earlier is not None:
        runs += earlier["runs"]
        marked |= set(earlier["canaries"])
    theirs = {run for text in wrote for run in _runs(_words(text), _lasting)}
    own = [run for run in runs if run not in theirs][:_MOST_KEPT]
    return HiddenContext(frozenset(own), tuple(sorted(marked - _marked(wrote))), _lasting)


def _lasting(run: tuple[str, ...]) -> int:
    said = "\0".join(run).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")


def _runs_of(orders: Iterable[str], number: Number = hash) -> list[int]:
    """The runs in all of these instructions; none where they are too short to be recognised."""
    worded = [_words(text) for text in orders]
    if sum(map(len, worded)) < _LONG:
        return []
    return [run for words in worded for run in _runs(words, number)]


def _marked(texts: Iterable[str]) -> set[str]:
    """The marked strings in all of these."""
    return {found for text in texts if _MARK in text for found in _MARKED.findall(text)}


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: list[str], number: Number = hash) -> Iterator[int]:
    """A number for each run of words, in order."""
    return map(number, zip(*(words[at:] for at in range(_RUN)), strict=False))
