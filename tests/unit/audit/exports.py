"""Genuine exports made in memory, for tests that then spoil them."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

from gateway.audit import canonical, checkpoint, tree
from gateway.audit.checkpoint import Statement
from gateway.audit.keyring import ROTATED
from gateway.audit.verify import FORMAT, Trust, verify_lines

TENANT = UUID(int=7)
OTHER = UUID(int=8)
ORIGIN = checkpoint.origin_of(TENANT)
KEY = checkpoint.key_from_seed(b"s" * 32)
NEXT = checkpoint.key_from_seed(b"t" * 32)
STRANGER = checkpoint.key_from_seed(b"x" * 32)
Lines = list[dict[str, Any]]


def named(key: Any, origin: str = ORIGIN) -> str:
    """The verifier key of a signing key."""
    return checkpoint.Verifier(origin, key.public_key()).written()


VERIFIER = named(KEY)


class Log:
    """A log that is written line by line."""

    def __init__(self, tenant: UUID = TENANT, *keys: Any) -> None:
        self.tenant = tenant
        self.origin = checkpoint.origin_of(tenant)
        claimed = [named(key, self.origin) for key in keys or (KEY,)]
        self.lines: Lines = [
            {"type": "header", "format": FORMAT, "origin": self.origin, "keys": claimed}
        ]
        self.frontier = tree.Frontier()

    def add(self, **more: Any) -> Log:
        """One more entry."""
        content = canonical.encode({"tenant": str(self.tenant), "n": self.frontier.size, **more})
        self.lines.append(entry(self.frontier.size, content))
        self.frontier.append(tree.leaf_hash(content))
        return self

    def note(self, *keys: Any) -> str:
        """A checkpoint of what is here."""
        statement = Statement(self.origin, self.frontier.size, self.frontier.root())
        return checkpoint.sign(statement, *(keys or (KEY,)))

    def seal(self, *keys: Any) -> Log:
        """A checkpoint in the export."""
        self.lines.append({"type": "checkpoint", "note": self.note(*keys)})
        return self

    def rotate(self, old: Any, new: Any) -> Log:
        """A change of key: the entry that names both, and the checkpoint both sign."""
        params = {"old": named(old, self.origin), "new": named(new, self.origin)}
        return self.add(kind="administration", status=ROTATED, params=params).seal(old, new)

    def whole(self) -> Lines:
        """All lines, with the end."""
        return counted([*self.lines, {"type": "end"}])


def an_export(count: int = 8, sealed_at: tuple[int, ...] = (5, 8), tenant: UUID = TENANT) -> Lines:
    """A genuine export of `count` entries with checkpoints at these sizes.

    With the defaults: the header, entries 0 to 4, a checkpoint, entries 5 to 7, a checkpoint.
    """
    log = Log(tenant)
    for size in range(1, count + 1):
        log.add()
        if size in sealed_at:
            log.seal()
    return log.whole()


def entry(sequence: int, content: bytes) -> dict[str, Any]:
    """One entry's line."""
    return {
        "type": "entry",
        "sequence": sequence,
        "leaf_hash": tree.leaf_hash(content).hex(),
        "canonical": base64.b64encode(content).decode(),
    }


def counted(lines: Lines) -> Lines:
    """What a careful forger does: make the last line fit."""
    counts = {
        kind: sum(line["type"] == kind for line in lines)
        for kind in ("entry", "checkpoint", "receipt", "proof")
    }
    return [*lines[:-1], {"type": "end", "counts": counts}]


def text(lines: Lines) -> str:
    """The export as a file."""
    return "".join(json.dumps(line) + "\n" for line in lines)


def found(lines: Lines, *keys: str, kept: tuple[str, ...] = ()) -> list[tuple[str, int | None]]:
    """The kinds of defects found, and the entries they name."""
    trust = Trust(keys or (VERIFIER,), kept)
    verdict = verify_lines(text(lines).splitlines(keepends=True), trust)
    return [(item.kind, item.sequence) for item in verdict.defects]


def kinds(lines: Lines, *keys: str, kept: tuple[str, ...] = ()) -> set[str]:
    """The kinds of defects found."""
    return {kind for kind, _ in found(lines, *keys, kept=kept)}
