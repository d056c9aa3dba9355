"""The log as a table: one row an entry, the same columns in CSV and Parquet."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.outflow.record import Record

TEXTS = (
    "id", "at", "kind", "exchange", "effect", "status", "principal", "model", "provider", "tier",
    "rules", "findings", "code", "revision", "leaf_hash", "entry",
)  # fmt: skip
NUMBERS = ("sequence", "input_tokens", "output_tokens")
COLUMNS = ("sequence", *TEXTS, "input_tokens", "output_tokens")
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""What spreadsheets begin a formula with; some pass over blanks, and take wide signs for narrow."""


def row(record: Record) -> dict[str, Any]:
    """The entry's columns; texts are never None, numbers are None where there are none."""
    entry = record.document
    destination, usage = entry.get("destination", {}), entry.get("usage", {})
    return {
        "sequence": record.sequence,
        "id": record.id,
        **{name: entry[name] for name in ("at", "kind", "exchange", "effect", "status")},
        "principal": entry["principal"],
        "model": entry["model"],
        "provider": destination.get("provider", ""),
        "tier": destination.get("tier", ""),
        "rules": " ".join(record.rules),
        "findings": " ".join(sorted({item["type"] for item in entry.get("findings", ())})),
        "code": entry.get("code", ""),
        "revision": entry.get("decision", {}).get("revision", ""),
        "leaf_hash": record.leaf_hash.hex(),
        "entry": record.canonical.decode(),
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
    }


def heading() -> bytes:
    """The first line of a CSV file."""
    return (",".join(COLUMNS) + "\r\n").encode()


def encode(records: Sequence[Record]) -> bytes:
    """CSV lines (RFC 4180) without heading."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    for record in records:
        writer.writerow({name: _harmless(value) for name, value in row(record).items()})
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet would read as a formula gets an apostrophe in front (CWE-1236)."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
