"""The labelled sets: apart from each other, large enough, and the figures that are claimed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from bench.signals import measure
from gateway.content.signals.reader import SignalReader
from gateway.core.signals import MISUSE

SETS = Path(__file__).resolve().parents[3] / "data" / "signals"
ENOUGH = 40
IMPORTANT = (
    "biometric_categorisation",
    "disinformation",
    "emotion_inference",
    "fraud",
    "harassment",
    "impersonation",
    "intimate_imagery",
    "malware",
    "manipulation",
    "political_campaign",
    "privacy_invasion",
    "strip_marks",
)


def entries(name: str) -> list[dict[str, Any]]:
    """The lines of one set."""
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text().splitlines()]


class TestSets:
    def test_the_held_out_texts_are_in_no_other_set(self) -> None:
        """
        What was learned from is not measured on.
        """
        seen = {entry["text"] for name in ("tuning", "development") for entry in entries(name)}

        assert {entry["text"] for entry in entries("test")} & seen == set()

    def test_there_are_enough_of_each(self) -> None:
        """
        At least forty texts of each important category, and forty that only resemble it.
        """
        count = Counter((entry["about"], entry["positive"]) for entry in entries("test"))

        assert all(count[name, side] >= ENOUGH for name in IMPORTANT for side in (True, False))
        assert {name for name, _ in count} >= set(MISUSE)

    def test_the_figures_hold(self) -> None:
        """
        A change that makes the signals clearly worse than docs/reference/signals.md says is seen.
        """
        counts, flagged = measure(SignalReader.standard(), SETS / "test.jsonl")
        hit, miss, false = (
            sum(count for key, count in counts.items() if key[2] == outcome)
            for outcome in ("hit", "miss", "false")
        )

        assert hit / (hit + miss) >= 0.58
        assert hit / (hit + false) >= 0.92
        assert flagged["flagged"] / flagged["harmless"] <= 0.05
