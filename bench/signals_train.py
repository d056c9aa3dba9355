"""Train the small model of `gateway.content.signals.classifier`.

``python -m bench.signals_train`` writes ``gateway/content/signals/model.bin``. The run is
repeatable: the same sets and lexicon give the same bytes. It reads the tuning and the
development set and the training half of the everyday prompts, and never what is held out.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from pathlib import Path

from gateway.content.signals.classifier import Features, gain, stored
from gateway.content.signals.lexicon import load
from gateway.core.signals import MISUSE

ROOT = Path(__file__).resolve().parents[1]
SETS = tuple(
    ROOT / "tests" / "data" / "signals" / name
    for name in ("tuning.jsonl", "development.jsonl", "everyday.jsonl")
)
MODEL = ROOT / "gateway" / "content" / "signals" / "model.bin"

EPOCHS, RATE, DECAY = 10, 0.15, 1e-4
WEIGHT = 6.0
"""How much a text of a category counts against one of the many that are not of it."""

_FRAMES = {
    "en": ("Please {}", "Hi, {} Thanks!", "{} It is for work.", "For tomorrow: {}"),
    "de": ("Bitte {}", "Hallo, {} Danke!", "{} Es ist für die Arbeit.", "Für morgen: {}"),
    "fr": ("Merci : {}", "Bonjour, {} Merci !", "{} C'est pour le travail.", "Pour demain : {}"),
    "nl": ("Graag: {}", "Hallo, {} Bedankt!", "{} Het is voor het werk.", "Voor morgen: {}"),
    "es": ("Por favor: {}", "Hola, {} ¡Gracias!", "{} Es para el trabajo.", "Para mañana: {}"),
}

Example = tuple[list[int], int]
"""The features of a text, and its category's place in `MISUSE`; -1 for none."""


def examples(path: Path, features: Features, chance: random.Random) -> list[Example]:
    """The texts of a set and variations of them, as features."""
    found: list[Example] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        about, positive = entry["about"], entry.get("positive", False)
        label = MISUSE.index(about) if positive and about in MISUSE else -1
        if (positive and label < 0) or entry.get("half") == "held":
            continue
        for text in (entry["text"], *varied(entry["text"], entry["lang"], chance)):
            found += [(sorted(buckets), label) for buckets in features.of(text)]
    return found


def varied(text: str, language: str, chance: random.Random) -> list[str]:
    """The text in a frame, and with a word missing."""
    words = text.split()
    dropped = chance.randrange(len(words))
    return [
        chance.choice(_FRAMES[language]).format(text),
        " ".join(words[:dropped] + words[dropped + 1 :]),
    ]


def train(data: list[Example], chance: random.Random) -> tuple[list[float], dict[int, list[float]]]:
    """One logistic regression for each category, by stochastic gradient descent."""
    width = len(MISUSE)
    bias = [-2.0] * width
    rows: dict[int, list[float]] = {}
    for epoch in range(EPOCHS):
        chance.shuffle(data)
        rate = RATE / (1 + epoch / 4)
        for buckets, label in data:
            weights = [rows.setdefault(bucket, [0.0] * width) for bucket in buckets]
            share = gain(len(buckets))
            scale = share / math.sqrt(len(buckets))
            for category in range(width):
                total = bias[category] + share * sum(row[category] for row in weights)
                error = (category == label) - 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
                if abs(error) < 0.01:
                    continue
                if category == label:
                    error *= WEIGHT
                bias[category] += rate * error * 0.02
                for row in weights:
                    row[category] += rate * scale * error - DECAY * row[category]
    return bias, rows


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    features = Features(load())
    data = [example for path in SETS for example in examples(path, features, chance)]
    raw = stored(*train(data, chance))
    MODEL.write_bytes(raw)
    print(f"{len(data)} examples, {len(raw):,} bytes in {MODEL.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
