"""Credentials by the rules of Kingfisher, beside our own (optional: the extra ``kingfisher``).

It knows some five hundred kinds of keys by their vendors. Only its scanner is used: its live
validation would send what it found to a provider, so it is never called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kingfisher_sdk import Rules, Scanner

from gateway.content.detectors.secret import TYPE
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECONDS = 2.0
"""How long one text may take; past it the scanner raises, and the detector has failed (P2)."""

_CONFIDENCE = {"high": 0.95, "medium": 0.8, "low": 0.6}


class KingfisherDetector:
    """Finds credentials by vendors' formats."""

    name = "kingfisher"

    def __init__(self, cache: Path) -> None:
        """Load the rules; compiled they are kept in `cache`, which nobody else may write to.

        The first start takes some ten seconds, later ones less than one.
        """
        rules = Rules(cache_dir=str(cache))
        self._scanner = Scanner(rules, base64=False, dedup=False)

    def find(self, text: str) -> Iterator[Finding]:
        """Each credential; a name of the rule, never the value."""
        data = text.encode("utf-8", "replace")
        for item in self._scanner.scan(data, timeout=_SECONDS):
            if item.visible:
                place = item.location
                first = len(data[: place["start_offset"]].decode("utf-8", "ignore"))
                last = len(data[: place["end_offset"]].decode("utf-8", "ignore"))
                confidence = _CONFIDENCE.get(item.confidence, 0.6)
                yield Finding(TYPE, first, last, confidence, f"secret.{item.rule_id}")
