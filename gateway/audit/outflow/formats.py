"""The formats by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.outflow import lines, ocsf, opa, otlp, rows
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.audit.outflow.record import Record


@dataclass(frozen=True, slots=True)
class Format:
    """How records become bytes that a receiver understands."""

    encode: Callable[[Sequence[Record]], bytes]
    """Empty bytes when none of the records is one that the format can say."""

    content_type: str
    encoding: str = ""
    """The HTTP content coding of what `encode` gives."""

    asked: bool = False
    """Whether it needs what the policy was asked."""

    heading: bytes = b""
    """What a file of it begins with."""


FORMATS = {
    "jsonl": Format(lines.encode, "application/x-ndjson"),
    "opa": Format(opa.encode, "application/json", encoding="gzip", asked=True),
    "ocsf": Format(ocsf.encode, "application/x-ndjson"),
    "otlp": Format(otlp.encode, "application/json"),
    "csv": Format(rows.encode, "text/csv; charset=utf-8", heading=rows.heading()),
}
"""What can be sent piece by piece. Parquet cannot: its index stands at the end of the file."""
