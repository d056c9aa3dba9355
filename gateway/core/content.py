"""What is in a text, said without repeating the text: findings and data classes."""

from __future__ import annotations

from enum import IntEnum

from gateway.core.values import dataclass


class DataClass(IntEnum):
    """How sensitive content is. Ordered: a higher class is more sensitive."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3

    @property
    def label(self) -> str:
        """The lower-case name used on the wire and in policies."""
        return self._name_.lower()

    @classmethod
    def parse(cls, label: str) -> DataClass:
        """The class named by `label`.

        Raises:
            KeyError: there is no such class.
        """
        return cls[label.upper()]


DETECTOR_FAILED = "detector.failed"
"""The type of the finding that stands for text nobody could inspect (promise P2)."""

DETECTOR_SKIPPED = "detector.skipped"
"""The type of the empty finding that says: a detector that was to look as well did not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector saw. Holds the place and the kind, never the text."""

    type: str
    """Presidio's entity name where it has one, ``SECRET`` for credentials, or `DETECTOR_FAILED`."""

    start: int
    """First code point of the span in the inspected text."""

    end: int
    """One past the last code point."""

    confidence: float
    """0 to 1."""

    rule: str
    """Which detector rule fired, such as ``iban`` or ``secret.aws_access_key``."""

    validator: str = ""
    """What confirmed it, such as ``iban.mod97``; empty when nothing did."""


@dataclass(frozen=True, slots=True)
class FindingSummary:
    """How often one type was found: what policies and the log may know."""

    type: str
    count: int
    confidence: float
    """The highest confidence among them."""

    rules: tuple[str, ...]
    """The distinct detector rules that fired, sorted."""
