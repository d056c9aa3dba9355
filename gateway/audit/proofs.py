"""Proofs about a log that show nothing else of it: one entry is in it, one state extends another.

A proof is a small JSON document. It can be checked with the log's public key
alone, by whoever is shown one entry and must not see the others.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from gateway.audit import tree
from gateway.audit.checkpoint import origin_of
from gateway.audit.keyring import Keyring
from gateway.audit.note import BadCheckpoint, from_base64, from_hex
from gateway.audit.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from gateway.audit.checkpoint import Statement

INCLUSION = "proviso-inclusion/v1"
CONSISTENCY = "proviso-consistency/v1"


def inclusion(
    tenant: UUID,
    leaves: Iterable[bytes],
    sequence: int,
    canonical: bytes,
    sealed: tuple[Statement, str],
) -> dict[str, Any]:
    """The proof that `canonical` is entry `sequence` of the tree that `sealed` speaks of.

    `leaves` are the tree's leaf hashes from the first on; `sealed` is a checkpoint's statement
    and its note.

    Raises:
        IndexError: the checkpoint does not cover the entry, or `leaves` ended early.
    """
    statement, note = sealed
    return {
        "format": INCLUSION,
        "origin": origin_of(tenant),
        "sequence": sequence,
        "canonical": base64.b64encode(canonical).decode(),
        "path": _hex(tree.inclusion_proof(leaves, sequence, statement.size)),
        "checkpoint": note,
    }


def consistency(
    tenant: UUID,
    leaves: Iterable[bytes],
    earlier: tuple[Statement, str],
    later: tuple[Statement, str],
) -> dict[str, Any]:
    """The proof that the later checkpoint's tree only added to the earlier one's.

    Raises:
        IndexError: the first is not the earlier one, or `leaves` ended early.
    """
    path = tree.consistency_proof(leaves, earlier[0].size, later[0].size)
    return {
        "format": CONSISTENCY,
        "origin": origin_of(tenant),
        "earlier": earlier[1],
        "later": later[1],
        "path": _hex(path),
    }


def is_proof(document: Any) -> bool:
    """Whether this is a document of ours."""
    return isinstance(document, dict) and document.get("format") in {INCLUSION, CONSISTENCY}


def check(document: dict[str, Any], keys: Sequence[str]) -> Verdict:
    """Check a proof with the log's verifier keys.

    Raises:
        BadCheckpoint: one of the keys cannot be read.
    """
    origin = str(document.get("origin"))
    keyring, verdict = Keyring(origin, keys), Verdict(origin)
    if keyring.foreign:
        verdict.add("foreign", None, "The key is for another tenant's log.")
        return verdict
    try:
        path = [from_hex(item) for item in document["path"]]
        if document["format"] == INCLUSION:
            _check_inclusion(verdict, keyring, document, path)
        else:
            _check_consistency(verdict, keyring, document, path)
    except BadCheckpoint as error:
        verdict.add("checkpoint", None, f"A checkpoint is bad: {error}.")
    except (KeyError, TypeError, ValueError):
        verdict.add("unreadable", None, "The proof cannot be read.")
    return verdict


def _check_inclusion(
    verdict: Verdict, keyring: Keyring, document: dict[str, Any], path: list[bytes]
) -> None:
    statement = _trusted(verdict, keyring, document["checkpoint"])
    canonical = from_base64(document["canonical"])
    sequence, leaf = int(document["sequence"]), tree.leaf_hash(canonical)
    if statement is None:
        return
    if not tree.includes(leaf, sequence, statement.size, path, statement.root):
        text = f"The entry is not number {sequence} of the log that the checkpoint speaks of."
        verdict.add("edited", sequence, text)


def _check_consistency(
    verdict: Verdict, keyring: Keyring, document: dict[str, Any], path: list[bytes]
) -> None:
    earlier = _trusted(verdict, keyring, document["earlier"])
    later = _trusted(verdict, keyring, document["later"])
    if earlier is None or later is None:
        return
    if not tree.extends(earlier.size, earlier.root, later.size, later.root, path):
        text = "The later checkpoint does not extend the earlier one: history was rewritten."
        verdict.add("rewritten", None, text)


def _trusted(verdict: Verdict, keyring: Keyring, written: str) -> Statement | None:
    signed = keyring.open(written)
    statement = signed.statement
    if statement.origin != keyring.origin:
        verdict.add("foreign", None, "A checkpoint belongs to another tenant's log.")
        return None
    if not signed.by:
        verdict.add("unknown_key", None, "A checkpoint is not signed by the key that was given.")
        return None
    verdict.checkpoints += 1
    if statement.size >= verdict.size:
        verdict.size = verdict.covered = statement.size
        verdict.root = statement.root
    return statement


def _hex(path: list[bytes]) -> list[str]:
    return [item.hex() for item in path]
