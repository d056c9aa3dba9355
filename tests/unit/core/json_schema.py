"""The part of JSON Schema (draft 2020-12) that policies/schemas uses, and not a keyword more.

A keyword it does not know is an error, so a schema cannot ask for what is not checked. The same
schemas are checked with OPA's own validator in tests/contract/pdp.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gateway.pdp.bundle import shipped_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
_NOTES = {"$schema", "$id", "title", "description"}


def schema(name: str) -> dict[str, Any]:
    """A published schema."""
    document = json.loads((shipped_folder() / "schemas" / name).read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def problems(schema: dict[str, Any], value: Any, at: str = "$") -> Iterator[str]:
    """What is wrong with `value`."""
    for keyword, wanted in schema.items():
        if keyword not in _NOTES:
            yield from _KEYWORDS[keyword](schema, wanted, value, at)


def _type(_schema: Any, wanted: str, value: Any, at: str) -> Iterator[str]:
    of_type = isinstance(value, _TYPES[wanted])
    if not of_type or (wanted == "integer" and isinstance(value, bool)):
        yield f"{at} is not of type {wanted}"


def _properties(_schema: Any, wanted: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in wanted.items():
            if name in value:
                yield from problems(inner, value[name], f"{at}.{name}")


def _additional(schema: Any, wanted: Any, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value.keys() - schema.get("properties", {}).keys():
            if wanted is False:
                yield f"{at}.{name} is not known"
            else:
                yield from problems(wanted, value[name], f"{at}.{name}")


def _names(_schema: Any, wanted: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value:
            yield from problems(wanted, name, f"{at}: name {name}")


def _required(_schema: Any, wanted: list[str], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{at}.{name} is missing" for name in wanted if name not in value)


def _items(_schema: Any, wanted: dict[str, Any], value: Any, at: str) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(wanted, item, f"{at}[{index}]")


def _any_of(_schema: Any, wanted: list[dict[str, Any]], value: Any, at: str) -> Iterator[str]:
    if all(any(problems(inner, value, at)) for inner in wanted):
        yield f"{at} is none of the alternatives"


def _enum(_schema: Any, wanted: list[Any], value: Any, at: str) -> Iterator[str]:
    if not any(value == item and type(value) is type(item) for item in wanted):
        yield f"{at} is not one of {wanted}"


def _const(_schema: Any, wanted: Any, value: Any, at: str) -> Iterator[str]:
    yield from _enum(_schema, [wanted], value, at)


def _minimum(_schema: Any, wanted: int, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, int) and value < wanted:
        yield f"{at} is below {wanted}"


def _maximum(_schema: Any, wanted: int, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, int) and value > wanted:
        yield f"{at} is above {wanted}"


def _min_length(_schema: Any, wanted: int, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) < wanted:
        yield f"{at} is too short"


def _max_length(_schema: Any, wanted: int, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) > wanted:
        yield f"{at} is too long"


def _max_items(_schema: Any, wanted: int, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, list) and len(value) > wanted:
        yield f"{at} has too many members"


def _pattern(_schema: Any, wanted: str, value: Any, at: str) -> Iterator[str]:
    if isinstance(value, str) and re.search(wanted, value) is None:
        yield f"{at} does not match {wanted}"


_KEYWORDS = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "anyOf": _any_of,
    "enum": _enum,
    "const": _const,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "maxItems": _max_items,
    "pattern": _pattern,
}
