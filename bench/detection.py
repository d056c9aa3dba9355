"""``python -m bench.detection``: what we find and what Presidio finds.

Only texts that are held from training are scored: whole documents of the labelled sets, where
these are at hand, and made-up texts in five languages. Spans agree when half of one is covered.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import presidio
from bench.names import corpora, frames
from bench.names.score import Score, scores
from gateway.content.inspect import Inspector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.names.corpora import Labelled
    from bench.names.score import Span

_ALIKE = {"ADDRESS": "LOCATION", "BIRTH_DATE": "DATE_TIME"}
"""What Presidio has no type for is scored as the type that it gives."""

PROMPT = 350
"""Code points of a prompt whose cost is measured (`bench.inspection`)."""

_MADE = 4


def held_sets() -> dict[str, list[Labelled]]:
    """The held texts by set."""
    found: dict[str, list[Labelled]] = {}
    place = corpora.folder()
    if place is not None:
        for name in corpora.SETS:
            found[name] = [item for item in corpora.read(place, name) if item.held]
    for item in frames.made(seed=99, times=_MADE):
        if item.held:
            found.setdefault(item.set, []).append(item)
    return found


def alike(spans: Iterable[Span], kinds: set[str]) -> list[Span]:
    """The spans with the types that are scored."""
    named = [(start, end, _ALIKE.get(kind, kind)) for start, end, kind in spans]
    return [span for span in named if span[2] in kinds]


def kinds_of(items: Sequence[Labelled]) -> set[str]:
    """The types that are labelled in a set; others are not scored there."""
    return {_ALIKE.get(span[2], span[2]) for item in items for span in item.spans}


def by_type(items: Sequence[Labelled], spans: Sequence[Sequence[Any]]) -> dict[str, Score]:
    """Scores of one detector on one set."""
    kinds = kinds_of(items)
    return scores(
        (alike(item.spans, kinds), alike([(s, e, k) for s, e, k in found], kinds))
        for item, found in zip(items, spans, strict=True)
    )


def ours(inspector: Inspector, texts: Sequence[str]) -> list[list[Span]]:
    """What our inspector finds in each text."""
    return [[(it.start, it.end, it.type) for it in inspector.inspect(text)] for text in texts]


def prompts(items: Iterable[Labelled], size: int) -> list[str]:
    """The texts cut into prompts of `size` characters, distinct."""
    line = "\n".join(item.text for item in items)
    return [line[at : at + size] for at in range(0, len(line) - size, size)]


def figures(score: Score) -> str:
    """Precision, recall and F1 of one type."""
    return f"P {score.precision:.3f} R {score.recall:.3f} F1 {score.f1:.3f}"


def show_scores(title: str, kinds: dict[str, Score], other: dict[str, Score] | None) -> None:
    """Print one set's table."""
    print(f"\n{title}")
    for kind, score in sorted(kinds.items()):
        if not score.gold:
            continue
        line = f"  {kind:16} n {score.gold:5}  {figures(score)}"
        if other is not None:
            theirs = other.get(kind, Score())
            line += f"   Presidio {figures(theirs)}"
        print(line)


def main() -> None:
    """Score every set; `bench.inspection` measures the cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alone", action="store_true", help="without Presidio")
    parser.add_argument("--json", type=Path, help="also write the scores here")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sets = held_sets()
    inspector = Inspector()
    if not options.alone:
        print(f"beside {presidio.MODEL}")
    written: dict[str, Any] = {}
    for name, items in sets.items():
        texts = [item.text for item in items]
        own = by_type(items, ours(inspector, texts))
        other = None
        if not options.alone:
            other = by_type(items, presidio.run(texts, 0)["spans"])
        show_scores(f"{corpora.SETS.get(name, name)}: {len(items)} texts", own, other)
        written[name] = {kind: round(score.f1, 3) for kind, score in own.items()}
    if options.json:
        options.json.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
