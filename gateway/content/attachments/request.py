"""The attachments of one request: what nobody looked at in them, and how they leave.

A value inside a file cannot be replaced in place. A file with something to take out therefore
leaves as its text, in which it can; everything else leaves as a file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.content.attachments.attachment import PICTURED, Kind, Reason
from gateway.content.walk import TextField
from gateway.core.content import DETECTOR_FAILED, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.content.attachments.parts import Attached, Path

Found = tuple[tuple[TextField, tuple[Finding, ...]], ...]
Changes = list[tuple[TextField, str]]
_FAILED = (Finding(DETECTOR_FAILED, 0, 0, 1.0, "attachment"),)


def failed(attached: Sequence[Attached]) -> Found:
    """A finding for each attachment whose reader broke down or took too long (promise P2)."""
    return tuple(
        (TextField(item.path, "", item.own, attached=True), _FAILED)
        for item in attached
        if item.reading.reason is Reason.FAILED
    )


def settled(attached: Sequence[Attached], found: Found) -> tuple[Attached, ...]:
    """The attachments, with those that may only leave as text marked.

    Pictures inside a document are not looked at, so they stay behind when anything was found in
    its words.
    """
    spoken = {item.path for item, _ in found if item.attached}
    return tuple(
        replace(item, as_text=True)
        if item.path in spoken and item.reading.textual and item.reading.pictures
        else item
        for item in attached
    )


def unscanned(attached: Sequence[Attached]) -> dict[str, int]:
    """What leaves and nobody looked at, by kind."""
    counts: dict[str, int] = {}
    for item in attached:
        reading = item.reading
        if reading.kind in PICTURED or not reading.readable:
            counts[reading.kind.value] = counts.get(reading.kind.value, 0) + 1
        elif reading.pictures and not item.as_text:
            counts[Kind.IMAGE.value] = counts.get(Kind.IMAGE.value, 0) + reading.pictures
    return counts


def outgoing(
    attached: Sequence[Attached], changes: Changes, stripped: frozenset[str]
) -> tuple[Changes, dict[Path, Any]]:
    """The changes to strings that remain, and what stands in place of parts and bytes.

    `changes` are those to all strings of the request; `stripped` the kinds of attachments that
    leave without their metadata.
    """
    texts = {item.path: text for item, text in changes if item.attached}
    texts |= {
        item.path: item.reading.text for item in attached if item.as_text and item.path not in texts
    }
    parts: dict[Path, Any] = {}
    names: dict[Path, str] = {}
    for item in attached:
        file = item.renamed(clean=item.reading.kind in stripped)
        value = None if file is not None else item.cleaned_value()
        if item.path in texts:
            parts[item.path] = item.text_part(texts[item.path])
        elif file is not None:
            parts[item.path] = file
        elif value is not None and item.reading.kind in stripped:
            parts[item.data_path] = value
        if item.name_path:
            names[item.name_path] = item.neutral_name
    whole = {*texts, *(item.path for item in attached if item.upload is not None)}
    kept = [
        (item, names.get(item.path, text) if not item.key else text)
        for item, text in changes
        if not item.attached and not any(_within(item.path, path) for path in whole)
    ]
    return kept, parts


def _within(path: Path, part: Path) -> bool:
    return path[: len(part)] == part
