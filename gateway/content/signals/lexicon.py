"""The lexicon: cues and the rules that combine them, from files a privacy officer can read.

A file has ``cues`` (words by language) and ``rules``. A rule fires where a hit of its first
cue has one of every other near it. What is not understood is refused, not skipped.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.content.signals.fold import fold
from gateway.core.values import dataclass
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES = frozenset({"en", "de", "fr", "nl", "es", "any", "raw"})
"""``any`` is every language; ``raw`` is for expressions that are not words."""

SOFTENERS = ("teaching", "defending", "reading")
"""Cues of contexts that make a text harmless more often than not."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RULE = {"id", "label", "all", "score"}
_RULE_TOO = {"unless", "hard"}
_TOKEN = re.compile(r"\\.|\[[^\]]*\]| \?| |\*|.")
_GAP = r"[\s'_-]"
_ANYTHING = re.compile(r"\[[^\]]* [^\]]*\]\*")
_SHORTEST = 3
_UMLAUTS = str.maketrans({"ä": "ae?", "ö": "oe?", "ü": "ue?", "Ä": "ae?", "Ö": "oe?", "Ü": "ue?"})
"""German is also written without umlauts: fuer, Gefaelscht."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Cues that together mean a label."""

    id: str
    label: str
    score: int
    all: tuple[frozenset[int], ...]
    """One of each must be there; the first is where the rule looks from."""

    unless: frozenset[int]
    """None of these may be near."""

    soft: bool
    """Whether a harmless context lowers the score."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every cue and every rule."""

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    triggers: tuple[str, ...]
    """Wider than `expressions`, and cheap to look for together."""

    rules: tuple[Rule, ...]

    def numbers(self, prefix: str) -> Mapping[str, int]:
        """The cues whose name starts with `prefix`, by the rest of the name."""
        return {
            name.removeprefix(prefix): number
            for number, name in enumerate(self.names)
            if name.startswith(prefix)
        }


def load(folder: Path | None = None) -> Lexicon:
    """The lexicon in `folder`, or the one that ships.

    Raises:
        ConfigurationError: a file is not what it should be; the message says where.
    """
    root = folder or Path(__file__).parent / "lexicon"
    cues: dict[str, tuple[str, str]] = {}
    written: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(root.glob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - safe loader
        if not isinstance(document, dict) or set(document) - {"about", "cues", "rules"}:
            raise ConfigurationError(f"{path.name}: expected about, cues and rules.")
        for name, words in document.get("cues", {}).items():
            if name in cues:
                raise ConfigurationError(f"{path.name}: the cue {name} is in another file too.")
            entries = _entries(f"{path.name}: {name}", words)
            cues[name] = (_any_of(entries), _any_of(map(trigger, entries)))
        written += [(path.name, rule) for rule in document.get("rules", ())]
    names = tuple(cues)
    numbers = {name: number for number, name in enumerate(names)}
    rules = tuple(_rule(where, rule, numbers) for where, rule in written)
    expressions, triggers = zip(*cues.values(), strict=True)
    return Lexicon(names, expressions, triggers, rules)


def trigger(entry: str) -> str:
    """What an entry starts with, up to words that may be anything.

    Many entries with such a gap, looked for together, need an automaton without bound; their
    beginnings do not. The entry itself is looked for where its beginning was found.
    """
    gap = _ANYTHING.search(entry)
    if gap is None:
        return entry
    open_at: list[int] = []
    for at, char in enumerate(entry):
        if at == gap.start():
            head = entry[: open_at[0] if open_at else at]
        if char == "(":
            open_at.append(at)
        elif char == ")":
            open_at.pop()
        elif char == "|" and not open_at:
            return entry
    return head if len(head.removeprefix(r"\b")) >= _SHORTEST else entry


def _any_of(entries: Iterable[str]) -> str:
    return "(?:" + "|".join(dict.fromkeys(entries)) + ")"


def _entries(where: str, words: Any) -> list[str]:
    if not isinstance(words, dict) or not words or set(words) - LANGUAGES:
        raise ConfigurationError(f"{where}: words are given by language.")
    entries: list[str] = []
    for language, listed in words.items():
        each = re.split(r",\s+", str(listed).strip())
        entries += each if language == "raw" else map(translated, each)
    return entries


def translated(entry: str) -> str:
    """An entry in the lexicon's notation as an expression over folded text."""
    plain = fold(entry.translate(_UMLAUTS)).data.decode()
    parts: list[str] = []
    for token in _TOKEN.findall(plain):
        if token == " ?":
            parts.append(_GAP + "*")
        elif token == " ":
            parts.append(_GAP + "+")
        elif token == "*" and not (parts and parts[-1][-1] in "])"):
            parts.append("[a-z0-9]*")
        else:
            parts.append(token)
    last = "" if plain[-1] in ":+#>" else r"\b"
    return r"\b" + "".join(parts) + last


def _rule(where: str, rule: Any, numbers: Mapping[str, int]) -> Rule:
    if not isinstance(rule, dict) or not rule.keys() >= _RULE or rule.keys() - _RULE - _RULE_TOO:
        raise ConfigurationError(f"{where}: a rule has {sorted(_RULE | _RULE_TOO)}.")
    place = f"{where}: {rule['id']}"

    def known(names: Iterable[str]) -> frozenset[int]:
        try:
            return frozenset(numbers[name] for name in names)
        except KeyError as error:
            raise ConfigurationError(f"{place}: there is no cue {error}.") from None

    if not isinstance(rule["score"], int) or not 0 < rule["score"] <= 100:
        raise ConfigurationError(f"{place}: a score is 1 to 100.")
    return Rule(
        rule["id"],
        rule["label"],
        rule["score"],
        tuple(known(item.split("|")) for item in rule["all"]),
        known(rule.get("unless", ())),
        not rule.get("hard", False),
    )
