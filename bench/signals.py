"""``python -m bench.signals``: precision, recall and speed of the signals, on the held-out set.

A text counts as seen from a score of 50 on. Precision counts every harmless text of the whole
set against a category; recall counts the category's own texts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from gateway.content.signals.fields import SpokenField
from gateway.content.signals.reader import SignalReader
from gateway.core.signals import LIKELY

ROOT = Path(__file__).resolve().parents[1]
SETS = ROOT / "tests" / "data" / "signals"
LANGUAGES = ("en", "de", "fr", "nl")
_ROUNDS = 20


def categories(reader: SignalReader, about: str, text: str) -> set[str]:
    """What is seen in a text of the set."""
    if about == "injection":
        score = reader.read([SpokenField(text, "document")]).injection
        return {"injection"} if score >= LIKELY else set()
    if about.startswith("special:"):
        found, _ = reader.special([SpokenField(text, "user")])
        return {f"special:{name}" for name in found.special}
    told = reader.read([SpokenField(text, "user")]).as_input()["misuse"]
    return {item["category"] for item in told if item["score"] >= LIKELY}


def measure(reader: SignalReader, path: Path) -> tuple[Counter[tuple[str, str, str]], Counter[str]]:
    """Counts by category, language and outcome (hit, miss, false), and harmless texts flagged."""
    counts: Counter[tuple[str, str, str]] = Counter()
    flagged: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        about, language = entry["about"], entry["lang"]
        seen = categories(reader, about, entry["text"])
        if entry["positive"]:
            counts[about, language, "hit" if about in seen else "miss"] += 1
        else:
            counts.update((category, language, "false") for category in seen)
            flagged["harmless"] += 1
            flagged["flagged"] += bool(seen)
    return counts, flagged


def figures(counts: Counter[tuple[str, str, str]], about: str, languages: tuple[str, ...]) -> str:
    """Precision and recall of a category over some languages, as ``0.98/0.50``."""
    hit, miss, false = (
        sum(counts[about, language, outcome] for language in languages)
        for outcome in ("hit", "miss", "false")
    )
    precision = f"{hit / (hit + false):.2f}" if hit + false else "   -"
    return f"{precision}/{hit / (hit + miss):.2f}" if hit + miss else "   -/-   "


def show(counts: Counter[tuple[str, str, str]], flagged: Counter[str]) -> None:
    """Print the table."""
    print(f"{'precision/recall':28}{'all':>12}" + "".join(f"{name:>12}" for name in LANGUAGES))
    for about in sorted({key[0] for key in counts if key[2] != "false"}):
        row = [LANGUAGES, *((name,) for name in LANGUAGES)]
        print(f"{about:28}" + "".join(f"{figures(counts, about, names):>12}" for names in row))
    total = {
        outcome: sum(count for key, count in counts.items() if key[2] == outcome)
        for outcome in ("hit", "miss", "false")
    }
    print(
        f"all: precision {total['hit'] / max(1, total['hit'] + total['false']):.2f}, "
        f"recall {total['hit'] / max(1, total['hit'] + total['miss']):.2f}; "
        f"{flagged['flagged']} of {flagged['harmless']} harmless texts flagged"
    )


def speed(reader: SignalReader, name: str) -> None:
    """Print the CPU time for one KB of plain prose that nobody read before."""
    prose = (ROOT / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")[:8_192]
    said = [SpokenField(prose, "user")]
    start = time.process_time()
    for _ in range(_ROUNDS):
        reader.read(said)
    spent = (time.process_time() - start) * 1_000 / _ROUNDS / (len(prose) / 1_024)
    print(f"{name}: {spent:.3f} CPU-ms for a KB of prose")


def main() -> None:
    """Measure both tiers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="test", choices=("test", "development", "tuning"))
    options = parser.parse_args()
    path = SETS / f"{options.set}.jsonl"
    for name, reader in (
        ("lexicon alone", SignalReader()),
        ("lexicon and model", SignalReader.standard()),
    ):
        print(f"\n{name}, {path.name}")
        show(*measure(reader, path))
        speed(reader, name)


if __name__ == "__main__":
    main()
