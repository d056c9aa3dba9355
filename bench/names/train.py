"""``python -m bench.names.train``: builds the lexicon and trains the tagger that ships."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pycrfsuite

from bench.names import corpora, features, frames
from gateway.content.names.lexicon import Lexicon
from gateway.content.names.model import LABELS, TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.names.corpora import Labelled

DATA = Path(__file__).resolve().parents[2] / "gateway/content/names/data"
_SETTINGS = {"c1": 0.02, "c2": 0.05, "max_iterations": 120, "feature.minfreq": 2}
_FORBIDDEN = -30.0
_FILLS = 6
_TURNS = 3
_SPELT_OTHERWISE = {"lower": 0.06, "upper": 0.03}


def respelt(items: Iterable[Labelled], seed: int) -> Iterator[Labelled]:
    """The texts, and some of them once more in lower case or in capitals."""
    chance = random.Random(seed)
    for item in items:
        yield item
        draw = chance.random()
        for way, share in _SPELT_OTHERWISE.items():
            text = getattr(item.text, way)()
            if draw < share and len(text) == len(item.text):
                yield corpora.Labelled(item.set, item.id, text, item.spans)
            draw -= share


def training_texts(
    place: Path, turn: int = 0, without: frozenset[str] = frozenset()
) -> list[Labelled]:
    """What the tagger may learn from: no text that is held, and no set of `without`.

    The names that fill the frames are others in each `turn`.
    """
    items = [
        item for name in corpora.SETS if name not in without for item in corpora.read(place, name)
    ]
    items += frames.made(seed=7 + turn, times=_FILLS)
    return [item for item in items if not item.held]


def train(turns: Iterable[list[Labelled]], lexicon: Lexicon) -> dict[str, np.ndarray]:
    """The arrays of the model: the mean of what is learnt in each turn.

    The turns differ in the names that fill the frames, and in what of a word is forgotten. The
    mean of linear models costs what one of them does, and is less sure of what only one has seen.
    """
    states: dict[tuple[str, str], float] = defaultdict(float)
    steps: dict[tuple[str, str], float] = defaultdict(float)
    count = 0
    for count, items in enumerate(turns, 1):
        learnt, followed = _learnt(items, lexicon, count)
        for name, weight in learnt.items():
            states[name] += weight
        for name, weight in followed.items():
            steps[name] += weight
    return exported(
        {name: weight / count for name, weight in states.items()},
        {name: weight / count for name, weight in steps.items()},
    )


def _learnt(
    items: list[Labelled], lexicon: Lexicon, turn: int
) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """The weights of attributes and of steps from label to label."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for sequence in features.sequences(respelt(items, seed=2 + turn), lexicon, seed=4 + turn):
        trainer.append(sequence.attributes, sequence.labels)
    trainer.set_params(_SETTINGS)
    with tempfile.NamedTemporaryFile(suffix=".crf") as file:
        trainer.train(file.name)
        tagger = pycrfsuite.Tagger()
        tagger.open(file.name)
        info = tagger.info()
    return info.state_features, info.transitions


def exported(
    states: dict[tuple[str, str], float], transitions: dict[tuple[str, str], float]
) -> dict[str, np.ndarray]:
    """The weights by attribute and offset, and the tables of word classes."""
    number = {label: index for index, label in enumerate(LABELS)}
    width = len(LABELS)
    rows: dict[int, np.ndarray] = defaultdict(
        lambda: np.zeros((len(features.OFFSETS), width), dtype=np.float32)
    )
    size = 64
    pairs = {sign: np.zeros((size, size, width), dtype=np.float32) for sign in "<>"}
    triples: list[tuple[int, int, float]] = []
    for (name, label), weight in states.items():
        if name[0] in "<>":
            first, second = map(int, name[1:].split(","))
            pairs[name[0]][first, second, number[label]] = weight
        elif name[0] == "^":
            first, second, third = map(int, name[1:].split(","))
            triples.append(((first * size + second) * size + third, number[label], weight))
        else:
            offset, _, attribute = name.partition(":")
            rows[int(attribute)][int(offset) + 2, number[label]] = weight
    steps = np.zeros((width, width), dtype=np.float32)
    for (first_label, second_label), weight in transitions.items():
        steps[number[first_label], number[second_label]] = weight
    for first, begin in enumerate(LABELS):
        for second, end in enumerate(LABELS):
            if end[0] == "I" and begin[1:] != end[1:]:
                steps[first, second] = _FORBIDDEN
    keys = sorted(rows)
    return {
        "keys": np.array(keys, dtype=np.uint32),
        "weights": np.stack([rows[item] for item in keys]).astype(np.float16),
        "before": pairs["<"].astype(np.float16),
        "after": pairs[">"].astype(np.float16),
        "triples": np.array([item[0] * width + item[1] for item in triples], dtype=np.uint32),
        "triple_weights": np.array([item[2] for item in triples], dtype=np.float16),
        "transitions": steps,
    }


def main() -> None:
    """Train on everything that is not held, and write the two files of the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], help="sets to leave out")
    parser.add_argument("--lexicon", action="store_true", help="build the lexicon as well")
    parser.add_argument("--to", type=Path, default=DATA)
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        sys.exit(
            "set PYTHONHASHSEED=0: Faker draws from sets, and the file is to come out the same"
        )
    place = corpora.folder()
    if place is None:
        sys.exit(f"the labelled texts are not at hand: set {corpora.VARIABLE}")
    if options.lexicon:
        from bench.names import lexicon as builder  # noqa: PLC0415 - spaCy is only needed here

        arrays = builder.build(corpora.lower_case_words(place))
        np.savez_compressed(options.to / "lexicon.npz", **cast("dict[str, Any]", arrays))
    lexicon = Lexicon(np.load(DATA / "lexicon.npz"))
    without = frozenset(options.without)
    turns = (training_texts(place, turn, without) for turn in range(_TURNS))
    model = train(turns, lexicon)
    model["common"] = np.frombuffer(" ".join(corpora.common_words(place)).encode(), dtype=np.uint8)
    np.savez_compressed(options.to / "model.npz", **cast("dict[str, Any]", model))
    print(f"{len(model['keys'])} attributes, {sorted(set(TYPES))}")


if __name__ == "__main__":
    main()
