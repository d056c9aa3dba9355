"""OpenTelemetry logs: an ExportLogsServiceRequest as OTLP/HTTP JSON, for ``/v1/logs``.

Source: OTLP specification 1.x (https://opentelemetry.io/docs/specs/otlp/) and the log data model.
Numbers of 64 bits are texts in that encoding, as proto3's JSON mapping has it. The names under
``gen_ai.`` are the GenAI semantic conventions' (status: development).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from gateway import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.outflow.record import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INFO, _WARN = 9, 13
_TEXT = {_INFO: "INFO", _WARN: "WARN"}


def encode(records: Sequence[Record]) -> bytes:
    """The request; one resource for each tenant."""
    resources = [
        {
            "resource": {
                "attributes": [
                    _text("service.name", "proviso"),
                    _text("service.version", __version__),
                    _text("proviso.tenant", tenant),
                ]
            },
            "scopeLogs": [
                {
                    "scope": {"name": "proviso.decision_log", "version": __version__},
                    "logRecords": [_log(record) for record in group],
                }
            ],
        }
        for tenant, group in groupby(records, lambda record: record.tenant)
    ]
    return orjson.dumps({"resourceLogs": resources})


def _log(record: Record) -> dict[str, Any]:
    entry = record.document
    severity = _WARN if entry["effect"] == "deny" or entry["status"] == "withheld" else _INFO
    at = datetime.fromisoformat(entry["at"]) - _EPOCH
    named = {
        "proviso.entry.id": record.id,
        "proviso.entry.leaf_hash": record.leaf_hash.hex(),
        "proviso.exchange": entry["exchange"],
        "proviso.effect": entry["effect"],
        "proviso.status": entry["status"],
        "proviso.principal": entry["principal"],
        "gen_ai.request.model": entry["model"],
        "gen_ai.provider.name": entry.get("destination", {}).get("provider", ""),
    }
    attributes = [_text(name, value) for name, value in named.items() if value]
    if record.rules:
        values = [{"stringValue": rule} for rule in record.rules]
        attributes.append({"key": "proviso.rules", "value": {"arrayValue": {"values": values}}})
    return {
        "timeUnixNano": str(at // timedelta(microseconds=1) * 1_000),
        "severityNumber": severity,
        "severityText": _TEXT[severity],
        "eventName": f"proviso.{record.kind}",
        "body": {"stringValue": record.canonical.decode()},
        "attributes": attributes,
    }


def _text(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}
