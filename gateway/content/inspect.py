"""Seeing what is in a text: every detector, merged into findings that do not overlap."""

from __future__ import annotations

import logging
import time
from bisect import bisect_left
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

import orjson

from gateway.content import normalise
from gateway.content.known import Known, Texts
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector
from gateway.content.patterns import PatternDetector
from gateway.content.remembered import Remembered, Room
from gateway.core.content import (
    DETECTOR_FAILED,
    DETECTOR_SKIPPED,
    DataClass,
    Finding,
    FindingSummary,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateway.content.deep import DeepRequest, DeepTier
    from gateway.content.names.known import KnownNames

_LOG = logging.getLogger(__name__)
_SECRET = "SECRET"
_LESSER = frozenset({"secret.assignment", "secret.jwt"})
"""Secrets that may be taken out of a text and the rest still sent (rule IP-07)."""

_REMEMBERED = 8_192
_WORTH_REMEMBERING = 64
"""How long a piece of an answer must be: shorter ones come by the hundred and never again. The
short strings of requests (roles, names of fields and models) come with every one."""

_DEEPEST = 3
"""How often a text may be encoded in itself and still be read."""

_JSON_STARTS = ("{", "[", '"')
_BUDGET = 1.0
_BUDGET_PER_MEGABYTE = 8.0
"""CPU seconds a detector may take for a text, and more for each million code points."""

CIRCUMSTANCES = frozenset({"LOCATION", "ORGANIZATION", "DATE_TIME", "URL"})
"""Types that say something of a person without saying who it is: they raise no class alone."""


_NOBODY = CIRCUMSTANCES | {DETECTOR_SKIPPED}


class Detector(Protocol):
    """Something that sees one kind of thing in a text."""

    name: str

    def find(self, text: str) -> Iterable[Finding]:
        """What it sees; places are code points of `text`."""


class Inspector:
    """Runs the detectors over texts, and remembers what they found."""

    def __init__(
        self,
        detectors: Sequence[Detector] | None = None,
        names: NameDetector | None = None,
        clock: Callable[[], float] = time.thread_time,
        besides: Sequence[Detector] = (),
        deep: DeepTier | None = None,
        remembered: Remembered[Known] | None = None,
        *,
        plain: bool = False,
    ) -> None:
        """With `detectors` and, for what leaves, `names`; or the built-in ones and those `besides`.

        `deep` is asked about sentences in a conversation that `names` is unsure of. `clock` gives
        the CPU seconds of this thread: a detector that takes longer than its budget
        has failed. `remembered` is where it remembers: else in a room of its own. `plain` says
        that some of `detectors` find plain words too.
        """
        if detectors is None:
            detectors = (PatternDetector(), *besides)
            names = names or NameDetector(Model.shipped())
        self._always = tuple(detectors)
        self._with_names = (*self._always, names) if names is not None else self._always
        self._names = names
        self._clock = clock
        self._deep = deep
        self.plain = plain
        """Whether something may be found in plain words: a tenant's own terms."""

        self._remembered: Remembered[Known] = remembered or Remembered(Room(_REMEMBERED))

    def inspect(self, text: str, *, names: bool = True) -> tuple[Finding, ...]:
        """What is in `text`, by place, without overlaps. Never raises for what a text holds.

        Without `names` only what identifies by its shape or by a list is looked for: that is what
        is asked of a model's output, where names, places and dates are mostly the caller's own.
        """
        if not names and len(text) < _WORTH_REMEMBERING:
            return self._look(text, names=False)
        return self.found(text, self.texts().of(text), names=names)

    def found(self, text: str, known: Known, *, names: bool = True) -> tuple[Finding, ...]:
        """As `inspect`, of a text of which something may be `known`."""
        before = known.found if names else known.bare
        if before is not None:
            return before
        found = self._look(text, names=names)
        if _failed(found):
            return found
        if names:
            known.found = found
        else:
            known.bare = found
        return found

    def look(self, text: str) -> tuple[Finding, ...]:
        """As `inspect` without names, of a text that never comes again and is not remembered."""
        return self._look(text, names=False)

    def beside(self, detectors: Sequence[Detector]) -> Inspector:
        """An inspector that also has `detectors`, such as those for one tenant's terms.

        What is compiled is shared, and the room for what was seen; no finding is (P4).
        """
        always = (*self._always, *detectors)
        return Inspector(
            always, self._names, self._clock, deep=self._deep,
            remembered=self._remembered.apart(), plain=self.plain or bool(detectors),
        )  # fmt: skip

    def texts(self) -> Texts:
        """For the texts of one request, with what is remembered of them."""
        return Texts(self._remembered)

    def conversation(self, texts: Texts | None = None) -> Conversation:
        """For the texts of one conversation, in order; `texts` are those of its request."""
        names = self._names.known() if self._names is not None else None
        deep = self._deep.request() if self._deep is not None else None
        return Conversation(self, texts or self.texts(), names, deep)

    def _look(self, text: str, *, names: bool) -> tuple[Finding, ...]:
        if not text or text.isspace():
            return ()
        detectors = self._with_names if names else self._always
        name = "normalise"
        try:
            seen = normalise.view(text)
            found: list[Finding] = []
            # A stream is read in many short pieces, most of them plain.
            for said in _ways(seen.text) if "\\" in seen.text else (seen.text,):
                for detector in detectors:
                    name = detector.name
                    found += self._within_budget(detector, said)
                name = "encoded"
                for blob in normalise.blobs(said):
                    found += _encoded(blob, detectors)
        # A detector is somebody else's code over hostile text. Whatever it raises must
        # become a finding that policy refuses, never a text that passed unseen (P2).
        except Exception as error:  # noqa: BLE001
            _LOG.error("detector %s failed: %s", name, type(error).__name__)
            return (Finding(DETECTOR_FAILED, 0, len(text), 1.0, name),)
        if found and not names:
            found = [item for item in found if item.type not in CIRCUMSTANCES]
        if not found:
            return ()
        return merged(_placed(found, seen) if seen.firsts else found)

    def _within_budget(self, detector: Detector, text: str) -> list[Finding]:
        began = self._clock()
        found = list(detector.find(text))
        if self._clock() - began > _BUDGET + _BUDGET_PER_MEGABYTE * len(text) / 1e6:
            raise OverBudget(detector.name)
        return found


def _ways(text: str) -> tuple[str, ...]:
    """`text` in each way it may be meant; a document of JSON means its escapes as such."""
    apart = normalise.apart(text)
    if apart == text:
        return (text,)
    return (apart,) if _is_json(text) else (text, apart)


def _is_json(text: str) -> bool:
    if not text.startswith(_JSON_STARTS):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _encoded(
    blob: normalise.Blob, detectors: Sequence[Detector], depth: int = 1
) -> Iterator[Finding]:
    """The gravest of what an encoded run holds, as one finding over the whole run."""
    said = normalise.view(blob.text).text
    inner = [item for way in _ways(said) for detector in detectors for item in detector.find(way)]
    if depth < _DEEPEST:
        inner += [
            item for run in normalise.blobs(said) for item in _encoded(run, detectors, depth + 1)
        ]
    for item in sorted(inner, key=_rank)[:1]:
        rule = f"encoded.{item.rule.removeprefix('encoded.')}"
        yield replace(item, start=blob.start, end=blob.end, rule=rule)


class Conversation:
    """Texts in order: a name that was seen in one is known in those that follow.

    What is found in a text depends on it and on those before it, never on a later one, so that
    earlier turns come out the same on every call.
    """

    def __init__(
        self,
        inspector: Inspector,
        texts: Texts,
        names: KnownNames | None,
        deep: DeepRequest | None = None,
    ) -> None:
        """Judged by `inspector` and, where it is unsure, `deep`; nobody is known yet."""
        self._inspector = inspector
        self._texts = texts
        self._names = names
        self._deep = deep

    def inspect(self, text: str) -> tuple[Finding, ...]:
        """As `Inspector.inspect`, with the names known by now and what the deep tier finds."""
        found = self._inspector.found(text, self._texts.of(text))
        if self._deep is not None and not _failed(found):
            found = merged((*found, *self._deep.find(text)))
        if self._names is None:
            return found
        # Most conversations name nobody, and most of their strings hold nothing.
        again = list(self._names.find(text, found)) if self._names.parts else []
        if found:
            self._names.learn(text, found)
        return merged([*found, *again]) if again else found


def _failed(found: Iterable[Finding]) -> bool:
    """Whether a detector failed: what is seen without it is not remembered."""
    return any(item.type == DETECTOR_FAILED for item in found)


class OverBudget(Exception):
    """A detector took longer than it may."""


def _placed(found: Iterable[Finding], seen: normalise.View) -> Iterator[Finding]:
    """The findings at the places of the text as it was."""
    for item in found:
        start, end = seen.original(item.start, item.end)
        yield Finding(item.type, start, end, item.confidence, item.rule, item.validator)


_place = attrgetter("start", "end")


def _rank(item: Finding) -> tuple[bool, bool, bool, int, float, int, str]:
    return (
        item.type != _SECRET,
        not item.validator,
        item.type in CIRCUMSTANCES,
        item.start - item.end,
        -item.confidence,
        item.start,
        item.rule,
    )


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that remain when overlaps are settled, by place.

    A secret wins over everything, what a validator confirmed over what only looks like it, what
    identifies a person over a circumstance, then the longer and the surer. A finding is kept whole
    or not at all.
    """
    placed = sorted(findings, key=_place)
    if all(one.end <= other.start for one, other in pairwise(placed)):
        return tuple(placed)
    starts: list[int] = []
    kept: list[Finding] = []
    for candidate in sorted(placed, key=_rank):
        at = bisect_left(starts, candidate.start)
        before_ends = at == 0 or kept[at - 1].end <= candidate.start
        if before_ends and (at == len(kept) or kept[at].start >= candidate.end):
            starts.insert(at, candidate.start)
            kept.insert(at, candidate)
    return tuple(kept)


def summarise(findings: Iterable[Finding]) -> tuple[FindingSummary, ...]:
    """Findings as counts by type: what policies and the log may know."""
    confidence: dict[str, float] = {}
    count: dict[str, int] = {}
    rules: dict[str, set[str]] = {}
    for finding in findings:
        kind = finding.type
        count[kind] = count.get(kind, 0) + 1
        confidence[kind] = max(confidence.get(kind, 0.0), finding.confidence)
        rules.setdefault(kind, set()).add(finding.rule)
    return tuple(
        [
            FindingSummary(kind, count[kind], confidence[kind], tuple(sorted(rules[kind])))
            for kind in sorted(count)
        ]
    )


def data_class(summaries: Iterable[FindingSummary], floor: DataClass) -> DataClass:
    """How sensitive content with these findings is, at least `floor`.

    A secret, or what nobody could inspect, is restricted; a lesser token, and anything that
    identifies a person, is confidential. A place, an organisation, a date or a web address alone
    identifies nobody. A kind that is not known here is taken to identify.
    """
    seen = list(summaries)
    kinds = {item.type for item in seen}
    grave = _SECRET in kinds and not all(
        _LESSER.issuperset(item.rules) for item in seen if item.type == _SECRET
    )
    if grave or DETECTOR_FAILED in kinds:
        return max(floor, DataClass.RESTRICTED)
    return max(floor, DataClass.CONFIDENTIAL) if kinds - _NOBODY else floor
