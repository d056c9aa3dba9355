"""The page of the formats in which the decision log leaves, with an event of each, made by them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gateway.audit import tree
from gateway.audit.entries import Entry
from gateway.audit.outflow import lines, ocsf, opa, otlp, rows
from gateway.audit.outflow.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

_TENANT = UUID(int=0x01900000000070008000000000000001)
_AT = datetime(2026, 11, 26, 9, 30, 0, 125000, tzinfo=UTC)
_QUESTION = b'{"data":{"class":"internal"},"purpose":{"code":"general"}}'
_SAID: dict[str, Any] = {
    "principal_kind": "person",
    "request": {"kind": "chat", "api": "chat", "stream": False, "bytes": 412},
    "purpose": "general",
    "destination": {"provider": "main", "tier": "openai/api-default", "region": "eu"},
    "findings": [{"type": "EMAIL_ADDRESS", "count": 1, "confidence": 95}],
    "decision": {
        "revision": "2f6c1a",
        "reasons": [{"rule": "IP-02", "code": "data_terms.training", "kind": "final"}],
        "obligations": [],
        "advice": [],
    },
}
_ABOUT = {
    "jsonl": "JSON lines: each entry as it was hashed, beside its id, its place and its leaf hash. "
    "Whoever keeps them can recompute the leaf.",
    "opa": "The decision-log events of the Open Policy Agent: a gzip JSON array a post. Decisions "
    "only. `input` is what the policy was asked: labels.",
    "ocsf": "OCSF 1.5.0, class API Activity (6003), one JSON object a line.",
    "otlp": "OpenTelemetry logs: an `ExportLogsServiceRequest` as OTLP/HTTP JSON, for `/v1/logs`.",
    "csv": "A row an entry (RFC 4180). A cell that a spreadsheet would run begins with an "
    "apostrophe. Parquet (`proviso audit export-rows --format parquet`, extra `parquet`) has the "
    "same columns.",
}


_LEAD = (
    "What `audit.sinks` and `proviso audit export-rows` write; how it gets there is told in "
    "[the log on its way to others](../explanation/outflow.md).\n"
    "Labels, counts and keyed digests: no content leaves in any of them.\n"
    "Receivers deduplicate by the id, which is the same in every format."
)


def page() -> str:
    """The page without its first line."""
    parts = [
        "# Formats of the decision log outside",
        _LEAD,
        *(f"## {name}\n\n{_ABOUT[name]}\n\n{shown}" for name, shown in _shown()),
    ]
    return "\n\n".join(parts) + "\n"


def example() -> Record:
    """A refused decision."""
    entry = Entry(
        "decision", _AT, _SAID, "ex_01", effect="deny", model="fast", principal="p_7Q",
        rules=("IP-02",),
    )  # fmt: skip
    canonical = entry.encoded(_TENANT)
    return Record(str(_TENANT), 41, canonical, tree.leaf_hash(canonical), _QUESTION)


def _shown() -> Iterator[tuple[str, str]]:
    record = example()
    yield "jsonl", _json(lines.encode([record]))
    yield "opa", _json(gzip.decompress(opa.encode([record])))
    yield "ocsf", _json(ocsf.encode([record]))
    yield "otlp", _json(otlp.encode([record]))
    (made,) = csv.reader(io.StringIO(rows.encode([record]).decode(), newline=""))
    columns = [
        f"| `{name}` | {_cell(value)} |" for name, value in zip(rows.COLUMNS, made, strict=True)
    ]
    yield "csv", "\n".join(["| Column | Example |", "|---|---|", *columns])


def _json(text: bytes) -> str:
    return f"```json\n{json.dumps(json.loads(text), indent=2)}\n```"


def _cell(value: str) -> str:
    return f"`{value}`" if value else ""
