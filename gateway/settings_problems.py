"""What is wrong with a configuration, in words that say what would be right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError


def explain(error: ValidationError, schema: dict[str, Any]) -> str:
    """Every problem as a sentence; a key that is not known comes with the nearest one that is."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"{path} is not a setting.{_nearest(problem['loc'], schema)}")
        else:
            lines.append(f"{path}: {problem['msg']}.")
    return " ".join(lines)


def _nearest(loc: tuple[int | str, ...], schema: dict[str, Any]) -> str:
    known = _keys_at(loc[:-1], schema)
    found = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    if found:
        return f" Did you mean {'.'.join([*map(str, loc[:-1]), found[0]])}?"
    return f" Known here: {', '.join(sorted(known))}." if known else ""


def _keys_at(loc: tuple[int | str, ...], schema: dict[str, Any]) -> list[str]:
    """The keys that the JSON Schema knows at a place of the document."""
    node: dict[str, Any] = schema
    for part in loc:
        node = node.get("properties", {}).get(str(part)) or node.get("additionalProperties") or {}
        if not isinstance(node, dict):
            return []
        reference = node.get("$ref")
        if reference:
            node = schema["$defs"][reference.rsplit("/", 1)[1]]
    return list(node.get("properties", {}))
