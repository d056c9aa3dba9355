"""One entry of the log as it leaves: labels, counts and keyed digests, as they were hashed (P7)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.values import dataclass
from gateway.db import outflow_tables

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Record:
    """An entry with its place."""

    tenant: str
    sequence: int
    canonical: bytes
    leaf_hash: bytes
    question: bytes | None = None
    """What the policy was asked (labels), where the entry is a decision and it was looked up."""

    @property
    def id(self) -> str:
        """What receivers deduplicate by: the same for the same entry, in every format, for ever."""
        return f"{self.tenant}:{self.sequence}"

    @cached_property
    def document(self) -> dict[str, Any]:
        """The entry."""
        parsed: dict[str, Any] = orjson.loads(self.canonical)
        return parsed

    @property
    def kind(self) -> str:
        """What the entry is about."""
        return str(self.document["kind"])

    @property
    def rules(self) -> list[str]:
        """The rules that spoke."""
        return [rule for rule in self.document["rules"].split(",") if rule]


def read(
    connection: Connection,
    tenant: UUID,
    first: int,
    limit: int,
    *,
    asked: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Record]:
    """At most `limit` entries from `first` on, in order.

    `asked` looks up what the policy was asked; `since` and `until` bound the time of recording.
    """
    rows = outflow_tables.entries_from(connection, tenant, first, limit, since=since, until=until)
    name = str(tenant)
    plain = [Record(name, row.sequence, bytes(row.canonical), bytes(row.leaf_hash)) for row in rows]
    if not asked:
        return plain
    digests = {item.sequence: _digest(item) for item in plain if item.kind == "decision"}
    known = outflow_tables.questions(connection, tenant, filter(None, digests.values()))
    return [
        Record(name, item.sequence, item.canonical, item.leaf_hash, known.get(digest))
        if (digest := digests.get(item.sequence))
        else item
        for item in plain
    ]


def _digest(record: Record) -> bytes:
    return bytes.fromhex(record.document.get("input_digest", ""))
