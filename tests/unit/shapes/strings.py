"""Every string of a JSON document, for tests that claim that all of them are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def strings_of(node: Any, *, top: bool = True) -> Iterator[str]:
    """The strings at and below `node`; keys too, but for those of the API's own frame."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from strings_of(item, top=False)
    elif isinstance(node, dict):
        for key, value in node.items():
            if not top:
                yield key
            yield from strings_of(value, top=False)
