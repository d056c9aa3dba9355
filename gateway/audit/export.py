"""Writing a log so that others can prove it without this gateway.

One sequence of JSON lines, in one file or cut into chunks with a manifest;
`gateway.audit.verify` reads both.
"""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import ExitStack
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from gateway.audit import note as notes
from gateway.audit import proofs
from gateway.audit.checkpoint import Statement, origin_of, read_statement
from gateway.audit.log import Frozen, pieces
from gateway.audit.verify import FORMAT, MANIFEST
from gateway.audit.walk import Receipt, Record
from gateway.db import log_tables, seal_tables
from gateway.errors import LogTampered, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from gateway.audit.log import DecisionLog, Piece
    from gateway.core.identifiers import TenantId

CHUNK_LINES = 100_000


def lines(log: DecisionLog, tenant: TenantId) -> Iterator[str]:
    """The log of one instant as JSON lines, with a checkpoint that covers all of it.

    A log that was tampered with is exported as it is found, without a new checkpoint: its
    verification then says what is wrong.
    """
    with ExitStack() as opened:
        try:
            frozen = opened.enter_context(log.frozen(tenant))
        except LogTampered:
            steady = log.database.connection(tenant, steady=True)
            frozen = Frozen(opened.enter_context(steady), None, None)
        yield from _written(log, tenant, frozen)


def _written(log: DecisionLog, tenant: TenantId, frozen: Frozen) -> Iterator[str]:
    connection, until, note = frozen
    counts = {"entry": 0, "checkpoint": 0, "receipt": 0, "proof": 0}
    keys = [key.verifier.written() for key in log.signer.keys(connection, tenant)]
    yield _line(type="header", format=FORMAT, origin=origin_of(tenant), keys=keys)
    newest: Iterable[Piece] = () if note is None else (note,)
    for piece in chain(pieces(connection, tenant, until), newest):
        kind, fields = _fields(piece)
        counts[kind] += 1
        yield _line(type=kind, **fields)
    proof = _whole(connection, tenant, note) if until else None
    if proof is not None:
        counts["proof"] += 1
        yield _line(type="proof", document=proof)
    yield _line(type="end", counts=counts)


def to_file(log: DecisionLog, tenant: TenantId, path: Path) -> int:
    """Write an export into one file; how many lines it has."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        return sum(bool(file.write(line)) for line in lines(log, tenant))


def to_folder(
    log: DecisionLog, tenant: TenantId, folder: Path, chunk_lines: int = CHUNK_LINES
) -> int:
    """Write an export into a folder of its own, in chunks with a manifest; how many lines."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[dict[str, Any]] = []
    source = lines(log, tenant)
    for first in source:
        name = f"log-{len(files):06}.jsonl"
        chunk = chain((first,), islice(source, chunk_lines - 1))
        files.append({"name": name, **_write_chunk(folder / name, chunk)})
    total = sum(int(item["lines"]) for item in files)
    manifest = {"format": FORMAT, "origin": origin_of(tenant), "lines": total, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return total


def prove(log: DecisionLog, tenant: TenantId, sequence: int) -> dict[str, Any]:
    """The proof that one entry is in the log, showing no other.

    Raises:
        NotFound: there is no such entry, or it has expired.
        LogTampered: no checkpoint covers it, and none may be signed.
    """
    with log.database.connection(tenant) as connection:
        row = log_tables.entry_at(connection, tenant, sequence)
        latest = seal_tables.latest_checkpoint(connection, tenant)
    if row is None:
        raise NotFound("The log has no such entry.")
    if row.canonical is None:
        raise NotFound("This entry has expired: only its hash is kept.")
    if latest is None or latest.size <= sequence:
        log.seal(tenant)
    with log.database.connection(tenant) as connection:
        sealed = _sealed(log.latest(tenant))
        leaves = log_tables.leaf_hashes(connection, tenant, sealed[0].size)
        return proofs.inclusion(tenant, leaves, sequence, bytes(row.canonical), sealed)


def sequences_of(log: DecisionLog, tenant: TenantId, exchange_id: str) -> list[int]:
    """The places of the entries about one exchange."""
    with log.database.connection(tenant) as connection:
        return [row.sequence for row in log_tables.about_exchange(connection, tenant, exchange_id)]


def consistency(log: DecisionLog, tenant: TenantId, earlier: str, later: str) -> dict[str, Any]:
    """The proof that the checkpoint `later` only added to `earlier`; both are signed notes.

    The proof is made of what is in the log now: if the log was rewritten, the proof fails.

    Raises:
        BadCheckpoint: one of the notes cannot be read.
        NotFound: the log never had these sizes.
    """
    first, second = _sealed(earlier), _sealed(later)
    with log.database.connection(tenant) as connection:
        leaves = log_tables.leaf_hashes(connection, tenant, second[0].size)
        try:
            return proofs.consistency(tenant, leaves, first, second)
        except IndexError as error:
            raise NotFound(
                "The first checkpoint is not the earlier one, or the log is shorter than they say."
            ) from error


def _whole(connection: Connection, tenant: TenantId, note: str | None) -> dict[str, Any] | None:
    """That the newest checkpoint extends the oldest, for those who keep only checkpoints.

    The newest is `note`, where one was made just now.
    """
    if note is None:
        row = seal_tables.latest_checkpoint(connection, tenant)
        note = None if row is None else str(row.note)
    if note is None:
        return None
    latest = _sealed(note)
    oldest = next(seal_tables.checkpoints(connection, tenant, until=latest[0].size), None)
    if oldest is None or oldest.size in {0, latest[0].size}:
        return None
    leaves = log_tables.leaf_hashes(connection, tenant, latest[0].size)
    try:
        return proofs.consistency(tenant, leaves, _sealed(str(oldest.note)), latest)
    except IndexError:
        return None  # entries are missing, which the verification says


def _sealed(note: str) -> tuple[Statement, str]:
    return read_statement(notes.parse(note)), note


def _fields(piece: Piece) -> tuple[str, dict[str, Any]]:
    if isinstance(piece, Record):
        return "entry", {
            "sequence": piece.sequence,
            "leaf_hash": piece.leaf_hash.hex(),
            "canonical": None
            if piece.canonical is None
            else base64.b64encode(piece.canonical).decode(),
        }
    if isinstance(piece, Receipt):
        return "receipt", {
            "size": piece.size,
            "witness": piece.witness,
            "kind": piece.kind,
            "content": base64.b64encode(piece.content).decode(),
        }
    return "checkpoint", {"note": piece}


def _write_chunk(path: Path, chunk: Iterable[str]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as file:
        for line in chunk:
            content = line.encode()
            digest.update(content)
            file.write(content)
            count += 1
    return {"sha256": digest.hexdigest(), "lines": count}


def _line(**fields: object) -> str:
    return json.dumps(fields, sort_keys=True) + "\n"
