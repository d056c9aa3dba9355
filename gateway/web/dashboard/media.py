"""What a page says of media that a model made: what they are, and the marks they bear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_MARK: dict[str, Any] = {"c2pa": "none"}
_AI_GENERATED = "ai_generated"


def pieces(ended: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The media of an outcome's entry, one by one; none when there were none.

    ``verified`` means that the manifest was read again from the very bytes that left, held, and
    was signed with the organisation's own certificate. Marks of which nothing is on record count
    as none.
    """
    rights, found = ended.get("rights", {}), ended.get("media", [])
    came, leave = (_aligned(rights.get(name, []), len(found)) for name in ("marks_in", "marks_out"))
    labelled = _AI_GENERATED in ended.get("output", {}).get("labels", [])
    return [
        {
            "content_type": item["content_type"] or "not said",
            "bytes": item["bytes"],
            "digest": item["digest"],
            "delivered_digest": item["delivered_digest"],
            "came_with": mark(came[at]),
            "left_with": mark(leave[at]),
            "verified": leave[at]["c2pa"] == "valid" and leave[at].get("ours") is True,
            "labelled": labelled,
        }
        for at, item in enumerate(found)
    ]


def mark(said: Mapping[str, Any]) -> str:
    """A mark in words, from what a rights record says of it."""
    if said["c2pa"] == "none":
        return "no content credentials"
    if said["c2pa"] != "valid":
        return "content credentials that do not hold"
    return "content credentials of " + ("your organisation" if said.get("ours") else "others")


def _aligned(marks: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return [*marks, *[_NO_MARK] * count][:count]
