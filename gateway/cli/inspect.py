"""``proviso inspect``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from gateway.content.inspect import Inspector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO


@click.command()
@click.option("--jsonl", is_flag=True, help='Read {"id", "text"} lines, write {"id", "findings"}.')
@click.argument("file", type=click.File("rb"), default="-")
def inspect(jsonl: bool, file: BinaryIO) -> None:  # noqa: FBT001
    """Say what the detectors see in a text; places are code points. Exit code 1 for a bad line."""
    inspector = Inspector()
    if not jsonl:
        text = file.read().decode("utf-8", "surrogatepass")
        click.echo(json.dumps(_findings(inspector, text), indent=2))
        return
    bad = False
    for answer in inspected(inspector, file):
        bad |= "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    if bad:
        raise click.exceptions.Exit(1)


def inspected(inspector: Inspector, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that is not what it should be is answered with an ``error``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            yield {"id": None, "error": f"line {number} is not JSON", "findings": []}
            continue
        if not isinstance(document, dict) or not isinstance(document.get("text"), str):
            yield {"id": None, "error": f"line {number} has no text", "findings": []}
            continue
        yield {"id": document.get("id"), "findings": _findings(inspector, document["text"])}


def _findings(inspector: Inspector, text: str) -> list[dict[str, Any]]:
    return [
        {
            "type": item.type,
            "start": item.start,
            "end": item.end,
            "confidence": item.confidence,
            "rule": item.rule,
        }
        for item in inspector.inspect(text)
    ]
