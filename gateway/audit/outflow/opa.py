"""OPA's decision-log events: a gzip JSON array, as OPA posts them to its own log service.

Source: https://www.openpolicyagent.org/docs/management-decision-logs. `input` is what the
policy was asked, which holds labels only, so nothing is ever erased or masked on the way. Only
decisions are such events; other entries are passed over.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import orjson

from gateway import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.outflow.record import Record

PATH = "gateway/decision"
BUNDLE = "proviso"


def encode(records: Sequence[Record]) -> bytes:
    """The decisions among `records`; empty bytes when there are none."""
    events = [_event(record) for record in records if record.kind == "decision"]
    # Without a time in the gzip header, the same entries are the same bytes.
    return gzip.compress(orjson.dumps(events), mtime=0) if events else b""


def _event(record: Record) -> dict[str, Any]:
    entry = record.document
    decision = entry.get("decision", {})
    return {
        "labels": {
            "app": "proviso",
            "version": __version__,
            "tenant": record.tenant,
            "entry_id": record.id,
            "leaf_hash": record.leaf_hash.hex(),
        },
        "decision_id": entry["exchange"],
        "bundles": {BUNDLE: {"revision": decision.get("revision", "")}},
        "path": PATH,
        "input": orjson.loads(record.question) if record.question else {},
        "result": {"effect": entry["effect"], **decision},
        "timestamp": entry["at"],
    }
