"""Seeing what is in a text: every detector, merged into findings that do not overlap."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from gateway.content.patterns import PatternDetector
from gateway.core.content import DETECTOR_FAILED, DataClass, Finding, FindingSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LOG = logging.getLogger(__name__)
_SECRET = "SECRET"
_LESSER = frozenset({"secret.assignment", "secret.jwt"})
"""Secrets that may be taken out of a text and the rest still sent (rule IP-07)."""

_REMEMBERED = 4_096
_WORTH_REMEMBERING = 64


class Detector(Protocol):
    """Something that sees one kind of thing in a text."""

    name: str

    def find(self, text: str) -> Iterable[Finding]:
        """What it sees; places are code points of `text`."""


class Inspector:
    """Runs the detectors over texts.

    Clients of chat APIs send the whole conversation each time, so findings of a text are
    remembered under a digest with a key of this process; the text itself is not kept.
    """

    def __init__(self, detectors: Sequence[Detector] | None = None) -> None:
        """With `detectors`, or the built-in ones."""
        self._detectors = tuple(detectors) if detectors is not None else (PatternDetector(),)
        self._key = os.urandom(32)
        self._lock = Lock()
        self._seen: OrderedDict[bytes, tuple[Finding, ...]] = OrderedDict()

    def inspect(self, text: str) -> tuple[Finding, ...]:
        """What is in `text`, by place, without overlaps. Never raises for what a text holds."""
        if len(text) < _WORTH_REMEMBERING:
            return self._look(text)
        digest = hashlib.blake2b(
            text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key
        ).digest()
        with self._lock:
            known = self._seen.get(digest)
            if known is not None:
                self._seen.move_to_end(digest)
                return known
        found = self._look(text)
        if not any(finding.type == DETECTOR_FAILED for finding in found):
            with self._lock:
                self._seen[digest] = found
                while len(self._seen) > _REMEMBERED:
                    self._seen.popitem(last=False)
        return found

    def _look(self, text: str) -> tuple[Finding, ...]:
        if not text or text.isspace():
            return ()
        found: list[Finding] = []
        for detector in self._detectors:
            try:
                found += detector.find(text)
            # A detector is somebody else's code over hostile text. Whatever it raises must
            # become a finding that policy refuses, never a text that passed unseen (P2).
            except Exception as error:  # noqa: BLE001
                _LOG.error("detector %s failed: %s", detector.name, type(error).__name__)
                return (Finding(DETECTOR_FAILED, 0, len(text), 1.0, detector.name),)
        return merged(found)


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that remain when overlaps are settled, by place.

    A secret wins over everything, what a validator confirmed over what only looks like it, then
    the longer and the surer. A finding is kept whole or not at all.
    """
    ranked = sorted(
        findings,
        key=lambda item: (
            item.type != _SECRET,
            not item.validator,
            item.start - item.end,
            -item.confidence,
            item.start,
            item.rule,
        ),
    )
    kept: list[Finding] = []
    for candidate in ranked:
        if all(candidate.end <= other.start or candidate.start >= other.end for other in kept):
            kept.append(candidate)
    return tuple(sorted(kept, key=lambda item: item.start))


def summarise(findings: Iterable[Finding]) -> tuple[FindingSummary, ...]:
    """Findings as counts by type: what policies and the log may know."""
    by_type: dict[str, list[Finding]] = {}
    for finding in findings:
        by_type.setdefault(finding.type, []).append(finding)
    return tuple(
        FindingSummary(
            type=kind,
            count=len(group),
            confidence=max(item.confidence for item in group),
            rules=tuple(sorted({item.rule for item in group})),
        )
        for kind, group in sorted(by_type.items())
    )


def data_class(summaries: Iterable[FindingSummary], floor: DataClass) -> DataClass:
    """How sensitive content with these findings is, at least `floor`.

    A secret, or what nobody could inspect, is restricted; a lesser token, and anything that
    identifies a person, is confidential.
    """
    seen = list(summaries)
    kinds = {item.type for item in seen}
    grave = any(item.type == _SECRET and not _LESSER.issuperset(item.rules) for item in seen)
    if grave or DETECTOR_FAILED in kinds:
        return max(floor, DataClass.RESTRICTED)
    return max(floor, DataClass.CONFIDENTIAL) if kinds else floor
