"""Questions of the published form and damaged ones, made from a seed."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from gateway.pdp import bundle as bundles
from gateway.pdp.form import ENTRYPOINTS, examples
from gateway.pdp.syntax import parse, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.pdp.bundle import Bundle

_SCHEMAS = bundles.shipped_folder() / "schemas"
_ODD = ["", "é😀", "ẞß İ", "a" * 200, "\u202e", "0", "no", "NaN", "input", "\x00", " PERSON"]
_STRANGE: list[Any] = [
    None, True, 0, -1, 1.5, 10**12, 2**53 + 1, 2**64 - 1, "", "é😀", [], {}, ["x"],
    {"x": 1}, [[1]], {"type": {"type": []}}, 0.1, [None], "x" * 5_000,
]  # fmt: skip


class Mutator:
    """Changes the complete examples, mostly within the form and now and then beyond it."""

    def __init__(self, bundle: Bundle, seed: int) -> None:
        self._random = Random(seed)
        self._words, self._numbers = _vocabulary(bundle)
        self._schemas = {
            phase: orjson.loads(Path(_SCHEMAS, f"{phase}.v2.json").read_bytes())
            for phase in ENTRYPOINTS
        }
        self._examples = examples()

    def fitting(self, phase: str) -> dict[str, Any]:
        """A question of the form in which one to eight attributes are something else."""
        random, question = self._random, deepcopy(self._examples[phase])
        properties = self._schemas[phase]["properties"]
        sections = [key for key in properties if key not in ("version", "phase")]
        for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
            section = random.choice(sections)
            schema = properties[section]
            if schema.get("type") == "object" and schema.get("properties"):
                key = random.choice(list(schema["properties"]))
                if key not in schema.get("required", []) and random.random() < 0.3:
                    question[section].pop(key, None)
                    continue
                question[section][key] = self._instance(schema["properties"][key])
            elif section == "parameters":
                self._tuned(question)
            else:
                question[section] = self._instance(schema)
        return question

    def damaged(self, phase: str) -> dict[str, Any]:
        """A question with something deleted, of another type, added, swapped or nested."""
        random, question = self._random, self.fitting(phase)
        for _ in range(random.randint(1, 3)):
            paths = list(_paths(question))
            if not paths:
                break
            holder, key = random.choice(paths)
            action = random.random()
            if action < 0.3 and isinstance(holder, dict):
                del holder[key]
            elif action < 0.6:
                holder[key] = deepcopy(random.choice(_STRANGE))
            elif action < 0.75:
                holder[key] = deepcopy(_value(random.choice(paths)))
            elif action < 0.9 and isinstance(holder, dict):
                holder[random.choice([*self._words, *_ODD])] = random.choice(_STRANGE)
            else:
                holder[key] = [[[holder[key]]]]
        return question

    def _tuned(self, question: dict[str, Any]) -> None:
        parameters = question["parameters"]
        if parameters:
            name = self._random.choice(sorted(parameters))
            value = parameters[name]
            if isinstance(value, bool):
                parameters[name] = not value
            elif isinstance(value, int):
                parameters[name] = self._random.choice([0, value - 1, value + 1, 10 * value])
            elif isinstance(value, list):
                parameters[name] = [item for item in value if self._random.random() < 0.5]

    def _instance(self, schema: dict[str, Any]) -> Any:
        """Something of a schema, from the words and numbers that the rules know."""
        random = self._random
        if "const" in schema or "enum" in schema:
            return random.choice(schema.get("enum") or [schema["const"]])
        if "anyOf" in schema:
            return self._instance(random.choice(schema["anyOf"]))
        if schema["type"] in ("object", "array"):
            return self._filled(schema)
        if schema["type"] == "boolean":
            return random.random() < 0.5
        if schema["type"] == "integer":
            low, high = schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)
            near = [n + step for n in self._numbers for step in (-1, 0, 1)]
            return random.choice([n for n in near if low <= n <= high] + [low, high])
        return random.choice(self._words if random.random() < 0.8 else _ODD)

    def _filled(self, schema: dict[str, Any]) -> Any:
        if schema["type"] == "object":
            named = schema.get("properties", {}).items()
            return {key: self._instance(item) for key, item in named}
        longest = min(schema.get("maxItems", 4), 4)
        return [self._instance(schema["items"]) for _ in range(self._random.randint(0, longest))]


def _paths(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document: what holds it, and the key there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(pairs):
        yield value, key
        if isinstance(item, dict | list):
            yield from _paths(item)


def _value(place: tuple[Any, Any]) -> Any:
    return place[0][place[1]]


def _vocabulary(bundle: Bundle) -> tuple[list[str], list[int]]:
    """Every string and number that the rules speak of."""
    words, numbers = {"unknown"}, {0, 1, 100}
    for name, text in bundle.modules:
        for rule in parse(name, text).rules:
            for kind, body in walk(rule.node):
                if kind == "String" and len(body["value"]) <= 200:
                    words.add(body["value"])
                elif kind == "Number" and isinstance(body["value"], int):
                    numbers.add(body["value"])
    return sorted(words), sorted(numbers)
