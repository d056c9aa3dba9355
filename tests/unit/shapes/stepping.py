"""Reading events step by step, also those that carry more of one text and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.shapes.shape import Events, Step


def steps_of(reader: Events, event: dict[str, Any]) -> Iterator[Step]:
    """What `reader` makes of `event`."""
    for step in reader.steps(event):
        yield step.step()
