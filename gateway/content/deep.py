"""The deep tier: a slower detector of names, asked only where the tagger is unsure.

Off unless an operator chooses one. It adds findings and takes none away. It has a time budget for
each request; past it, or when it fails, the text is a finding: `DETECTOR_FAILED`, which policy
refuses, or `DETECTOR_SKIPPED`, which policy and the log see. It is never passed over in silence.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateway.content import normalise
from gateway.core.content import DETECTOR_FAILED, DETECTOR_SKIPPED, Finding
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateway.content.names.tagger import NameDetector
    from gateway.core.clock import Clock

_LOG = logging.getLogger(__name__)
_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]*\s+(?=[^\W\d_a-zß-ÿ]|[\"'\u201c(])|\n+")
"""Where a sentence ends: a stop before what does not begin in lower case, or a line's end."""

_LONGEST = 1_000
"""Code points of a sentence; a longer one is cut."""

_AT_ONCE = 4_000
"""Code points sent together; time is looked at in between."""

_REMEMBERED = 4_096
TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
"""What it is asked for: everything else is found by its shape."""


class DeepDetector(Protocol):
    """Something that finds names, well and slowly."""

    name: str
    """A label for rules, metrics and logs."""

    def find(self, text: str, seconds: float) -> Iterable[Finding]:
        """The names of `TYPES` in `text`, found within `seconds` of wall time.

        Raises:
            Exception: of any kind, when it cannot, or not in time.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """When it is asked, and how long it may take."""

    unsure: tuple[float, float] = (0.25, 0.7)
    """The tagger's confidence, from and to, that makes it unsure of a word."""

    seconds: float = 1.0
    """Wall time for all texts of a request."""

    refuse: bool = True
    """Whether a text it failed on is a failed detection; else one without it, and said so."""


class DeepTier:
    """One detector, and what it found lately."""

    def __init__(
        self,
        detector: DeepDetector,
        names: NameDetector,
        limits: Limits,
        clock: Clock,
        report: Callable[[str], object] = str,
    ) -> None:
        """`names` says what is unsure; `report` is told ``found`` or ``failed`` of each text."""
        self.detector = detector
        self.limits = limits
        self.clock = clock
        self.report = report
        self._names = names
        self._key = os.urandom(32)
        self._lock = Lock()
        self._seen: OrderedDict[bytes, tuple[Finding, ...]] = OrderedDict()

    def request(self) -> DeepRequest:
        """For the texts of one request, with the budget of one."""
        return DeepRequest(self)

    def unsure(self, text: str) -> list[tuple[int, int]]:
        """The sentences of `text` with a word in it that may be part of a name, or not."""
        doubts = self._names.doubts(text, *self.limits.unsure)
        if not doubts:
            return []
        found = list(_sentences(text))
        starts = [start for start, _ in found]
        return [found[at] for at in sorted({bisect_right(starts, at) - 1 for at in doubts})]

    def remembered(self, text: str) -> tuple[bytes, tuple[Finding, ...] | None]:
        """The digest of a text, with a key of this process, and what was found in it."""
        raw = text.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(raw, digest_size=16, key=self._key).digest()
        with self._lock:
            return digest, self._seen.get(digest)

    def remember(self, digest: bytes, found: tuple[Finding, ...]) -> None:
        """Clients send the whole conversation each time: what was asked is not asked again."""
        with self._lock:
            self._seen[digest] = found
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)


class DeepRequest:
    """The tier for one request: what is left of its time."""

    def __init__(self, tier: DeepTier) -> None:
        """All of it is left."""
        self._tier = tier
        self._left = tier.limits.seconds

    def find(self, text: str) -> tuple[Finding, ...]:
        """The names in the sentences of `text` that the tagger is unsure of; never raises."""
        tier = self._tier
        digest, known = tier.remembered(text)
        if known is not None:
            return known
        try:
            seen = normalise.view(text)
            sentences = tier.unsure(seen.text)
            found = [item for batch in _batches(sentences) for item in self._ask(seen.text, batch)]
        # A detector is somebody else's code, or a server, over hostile text. Whatever it raises
        # must become a finding, never a text that passed unseen (P2).
        except Exception as error:  # noqa: BLE001
            self._left = 0.0
            tier.report("failed")
            _LOG.warning("deep detector %s failed: %s", tier.detector.name, type(error).__name__)
            return (self._failure(text),)
        if sentences:
            tier.report("found")
        placed = tuple(
            replace(item, start=start, end=end)
            for item in found
            for start, end in [seen.original(item.start, item.end)]
        )
        tier.remember(digest, placed)
        return placed

    def _ask(self, text: str, sentences: Sequence[tuple[int, int]]) -> Iterator[Finding]:
        """What the detector finds in these sentences, at their places in `text`."""
        if self._left <= 0:
            raise OutOfTime
        began = self._tier.clock.monotonic()
        joined = _joined(text, sentences)
        found = list(self._tier.detector.find(joined.text, self._left))
        self._left -= self._tier.clock.monotonic() - began
        if self._left <= 0:
            raise OutOfTime
        for item in found:
            yield from _placed(item, joined, sentences)

    def _failure(self, text: str) -> Finding:
        rule = f"deep.{self._tier.detector.name}"
        if self._tier.limits.refuse:
            return Finding(DETECTOR_FAILED, 0, len(text), 1.0, rule)
        # It stands behind the last character, so that it displaces nothing.
        return Finding(DETECTOR_SKIPPED, len(text), len(text), 1.0, rule)


class OutOfTime(Exception):
    """A request's time for the deep tier is used up."""


class _Joined(NamedTuple):
    """Sentences in one text, and where in it each begins."""

    text: str
    starts: list[int]


def _joined(text: str, sentences: Sequence[tuple[int, int]]) -> _Joined:
    """The sentences, a line each; without lone surrogates, which neither JSON nor spaCy has."""
    parts, starts, at = [], [], 0
    for start, end in sentences:
        parts.append(text[start:end])
        starts.append(at)
        at += end - start + 1
    joined = "\n".join(parts)
    return _Joined(_SURROGATE.sub("\ufffd", joined), starts)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _placed(
    item: Finding, joined: _Joined, sentences: Sequence[tuple[int, int]]
) -> Iterator[Finding]:
    """The finding at its place; over several sentences, a part in each.

    Raises:
        ValueError: it is not within the text.
    """
    if not 0 <= item.start < item.end <= len(joined.text):
        raise ValueError
    first = bisect_right(joined.starts, item.start) - 1
    for begin, (start, end) in zip(joined.starts[first:], sentences[first:], strict=True):
        if begin >= item.end:
            return
        left = start + max(0, item.start - begin)
        right = min(end, start + item.end - begin)
        if left < right:
            yield replace(item, start=left, end=right)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        yield from _cut(start, match.end())
        start = match.end()
    yield from _cut(start, len(text))


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _LONGEST):
        yield at, min(end, at + _LONGEST)


def _batches(sentences: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    batch: list[tuple[int, int]] = []
    size = 0
    for start, end in sentences:
        if batch and size + end - start > _AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append((start, end))
        size += end - start
    if batch:
        yield batch
