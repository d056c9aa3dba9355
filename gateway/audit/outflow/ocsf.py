"""OCSF events: API Activity (class 6003) of OCSF 1.5.0, one JSON object a line.

Source: https://schema.ocsf.io/1.5.0/classes/api_activity. A decision is an allowed or a denied
API call (the profile ``security_control``); an outcome its result; a change of policy or keys an
update, and somebody's reading of the log a read. What OCSF has no name for stands, as the log has
it, under ``unmapped``. The actor is a pseudonym.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from gateway import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.audit.outflow.record import Record

VERSION = "1.5.0"
CLASS = 6003
_CREATE, _READ, _UPDATE, _DELETE, _OTHER = 1, 2, 3, 4, 99
_ACTIVITY = {
    "decision": _CREATE,
    "outcome": _CREATE,
    "administration": _UPDATE,
    "reading": _READ,
    "unmasking": _READ,
    "erasure": _DELETE,
}
_SUCCESS, _FAILURE, _UNKNOWN = 1, 2, 0
_STATUS = {"permit": _SUCCESS, "deny": _FAILURE, "completed": _SUCCESS, "failed": _FAILURE}
_INFORMATIONAL, _LOW, _MEDIUM = 1, 2, 3


def encode(records: Sequence[Record]) -> bytes:
    """One event a line."""
    return b"".join(
        orjson.dumps(event(record), option=orjson.OPT_APPEND_NEWLINE) for record in records
    )


def event(record: Record) -> dict[str, Any]:
    """The entry as an API Activity event."""
    entry = record.document
    activity = _ACTIVITY.get(record.kind, _OTHER)
    shaped: dict[str, Any] = {
        "activity_id": activity,
        "category_uid": 6,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + activity,
        "time": _milliseconds(entry["at"]),
        "severity_id": _severity(entry),
        "status_id": _STATUS.get(entry["effect"] or entry["status"], _UNKNOWN),
        "status_detail": entry["status"] or entry["effect"],
        "metadata": {
            "uid": record.id,
            "version": VERSION,
            "tenant_uid": record.tenant,
            "correlation_uid": entry["exchange"],
            "sequence": record.sequence,
            "product": {
                "name": "Proviso", "vendor_name": "Proviso", "version": __version__,
            },
            "profiles": ["security_control"],
        },
        "actor": {"user": {"uid": entry["principal"] or "gateway"}},
        "api": {"operation": _operation(entry)},
        # The log keeps no address of a caller: it would single people out.
        "src_endpoint": {"name": "not recorded"},
        "resources": [{"type": "model", "name": entry["model"]}] if entry["model"] else [],
        "unmapped": {"leaf_hash": record.leaf_hash.hex(), "entry": entry},
    }  # fmt: skip
    if record.kind == "decision":
        shaped |= _control(record)
    return shaped


def _operation(entry: dict[str, Any]) -> str:
    """What was called: a change's name, a request's kind, or else the entry's."""
    return str(entry.get("action") or entry.get("request", {}).get("kind", entry["kind"]))


def _control(record: Record) -> dict[str, Any]:
    """What policy did to the call, in the words of the profile ``security_control``."""
    permitted = record.document["effect"] == "permit"
    control: dict[str, Any] = {
        "action_id": 1 if permitted else 2,
        "disposition_id": 1 if permitted else 2,
    }
    if record.rules:
        control["policy"] = {
            "uid": ",".join(record.rules),
            "version": record.document.get("decision", {}).get("revision", ""),
            "is_applied": True,
        }
    return control


def _severity(entry: dict[str, Any]) -> int:
    if entry["kind"] in ("unmasking", "erasure"):
        return _MEDIUM
    return _LOW if entry["effect"] == "deny" or entry["status"] == "withheld" else _INFORMATIONAL


def _milliseconds(at: str) -> int:
    return int(datetime.fromisoformat(at).astimezone(UTC).timestamp() * 1_000)
