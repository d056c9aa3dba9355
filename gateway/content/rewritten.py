"""Putting other strings in the places of those that a walk has reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.content.walk import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.attachments.parts import Path


def rewritten(
    body: dict[str, Any],
    changes: list[tuple[TextField, str]],
    parts: Mapping[Path, Any] | None = None,
) -> dict[str, Any]:
    """A copy of `body` with these fields changed; what is not touched is shared, not copied.

    `parts` are values put in whole, strings or objects; no change may stand inside one of them.
    """
    if not changes and not parts:
        return body
    document: dict[str, Any] = dict(body)
    owned: dict[Path, Any] = {(): document}
    embedded: dict[Path, list[tuple[TextField, str]]] = {}
    keys = []
    for path, value in (parts or {}).items():
        _own(owned, path[:-1])[path[-1]] = value
    for item, text in changes:
        if item.inside is not None:
            embedded.setdefault(item.path, []).append((item, text))
        elif item.key:
            keys.append((item, text))
        else:
            _own(owned, item.path[:-1])[item.path[-1]] = text
    for path, inner in embedded.items():
        holder = _own(owned, path[:-1])
        holder[path[-1]] = _embedded(holder[path[-1]], inner)
    # Keys last, deepest first: a renamed key must not move the path of another change.
    for item, text in sorted(keys, key=lambda change: -len(change[0].path)):
        holder = _own(owned, item.path[:-1])
        items = [(text if key == item.path[-1] else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)
    return document


def _own(owned: dict[Path, Any], path: Path) -> Any:
    """The container at `path`, copied once so that the original stays as it was."""
    known = owned.get(path)
    if known is None:
        parent = _own(owned, path[:-1])
        known = parent[path[-1]]
        known = dict(known) if isinstance(known, dict) else list(known)
        parent[path[-1]] = owned[path] = known
    return known


def _embedded(text: str, changes: list[tuple[TextField, str]]) -> str:
    """JSON text with strings inside it changed."""
    inner = [
        (TextField(item.inside or (), item.text, item.own, item.key), new) for item, new in changes
    ]
    return orjson.dumps(rewritten({"": orjson.loads(text)}, _below(inner))[""]).decode()


def _below(changes: list[tuple[TextField, str]]) -> list[tuple[TextField, str]]:
    return [
        (TextField(("", *item.path), item.text, item.own, item.key), new) for item, new in changes
    ]
