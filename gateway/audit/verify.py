"""Proving an exported log, with a public key and nothing else of the gateway.

Run alone: ``python -m gateway.audit.verify EXPORT --key VERIFIER_KEY``. An export
is JSON lines: a header, every entry in order, and the signed checkpoints. The
verifier recomputes the tree from the entries' bytes and holds it against every
checkpoint, so that an edit, deletion, insertion, reordering, truncation or full
rewrite after a checkpoint is found, and where possible the entry named.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.audit import tree
from gateway.audit.checkpoint import BadCheckpoint, Statement, open_note, read_verifier_key
from gateway.audit.expired import Expired

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "proviso-log/v1"
SEARCHED = ("effect", "status", "model", "principal", "rules")
"""Columns kept beside an entry for searching; they must say what its hashed bytes say."""


@dataclass(frozen=True, slots=True)
class Record:
    """One stored entry, as it is found."""

    sequence: int
    canonical: bytes | None
    """None when the entry has expired: a tombstone further on must say so."""

    leaf_hash: bytes
    columns: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong."""

    kind: str
    """``edited``, ``missing``, ``duplicated``, ``truncated``, ``rewritten``, ``foreign``,
    ``forged``, ``checkpoint``, ``column``, ``emptied`` or ``unreadable``."""

    sequence: int | None
    """The entry concerned, where one can be named."""

    text: str


@dataclass(slots=True)
class Verdict:
    """What verification found."""

    origin: str
    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    checkpoints: int = 0
    """Checkpoints whose signature and root were confirmed."""

    covered: int = 0
    """How many entries the newest confirmed checkpoint covers."""

    defects: list[Defect] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.defects

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON."""
        return {
            "origin": self.origin,
            "intact": self.intact,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoints": self.checkpoints,
            "covered": self.covered,
            "defects": [
                {"kind": item.kind, "sequence": item.sequence, "text": item.text}
                for item in self.defects
            ],
        }


def verify(
    origin: str,
    records: Iterable[Record],
    notes: Sequence[str],
    public: Ed25519PublicKey,
    head: Statement | None = None,
) -> Verdict:
    """Verify `records` against signed `notes` and, where it is known, the writer's own head.

    `head` is the size and root the writer believes in; it is not signed, so it only shows an
    accident or a careless hand, never proves anything by itself.
    """
    verdict = Verdict(origin)
    wanted = _read_notes(verdict, notes, public)
    roots = _walk(verdict, records, {statement.size for statement in wanted})
    for statement in wanted:
        _compare(verdict, statement, roots)
    if head is not None and (head.size, head.root) != (verdict.size, verdict.root):
        kind = "truncated" if verdict.size < head.size else "forged"
        text = f"The log's head says {head.size} entries, and {verdict.size} are here."
        if verdict.size == head.size:
            kind, text = "edited", "The entries do not hash to the log's own head."
        _once(verdict, Defect(kind, None, text))
    return verdict


def _read_notes(
    verdict: Verdict, notes: Sequence[str], public: Ed25519PublicKey
) -> list[Statement]:
    statements = []
    for note in notes:
        try:
            statement = open_note(note, public)
        except BadCheckpoint as error:
            verdict.defects.append(Defect("checkpoint", None, f"A checkpoint is bad: {error}."))
            continue
        if statement.origin != verdict.origin:
            verdict.defects.append(
                Defect("foreign", None, "A checkpoint belongs to another tenant's log.")
            )
            continue
        statements.append(statement)
    return sorted(statements, key=lambda item: item.size)


def _walk(verdict: Verdict, records: Iterable[Record], sizes: set[int]) -> dict[int, bytes]:
    """Rebuild the tree entry by entry; the roots at the sizes that checkpoints speak of."""
    frontier = tree.Frontier()
    roots = {0: tree.EMPTY_ROOT}
    tenant = verdict.origin.partition("/")[2]
    expired = Expired()
    for record in records:
        _check_place(verdict, record, frontier.size)
        if record.canonical is None:
            expired.empty(record.sequence)
            leaf = record.leaf_hash
        else:
            expired.read(record.sequence, record.canonical)
            leaf = tree.leaf_hash(record.canonical)
        if leaf != record.leaf_hash:
            verdict.defects.append(
                Defect(
                    "edited",
                    record.sequence,
                    f"Entry {record.sequence} was edited: its bytes do not match its hash.",
                )
            )
        if record.canonical is not None:
            _check_meaning(verdict, record, record.canonical, tenant)
        # The stored hash goes into the tree: one edited entry is then named once, and
        # checkpoints still show whether the hashes themselves were rewritten.
        frontier.append(record.leaf_hash)
        if frontier.size in sizes:
            roots[frontier.size] = frontier.root()
    verdict.size, verdict.root = frontier.size, frontier.root()
    verdict.defects += [
        Defect("emptied", at, f"Entry {at} was emptied, and no tombstone says so.")
        for at in expired.unexplained()
    ]
    return roots


def _check_place(verdict: Verdict, record: Record, expected: int) -> None:
    if record.sequence == expected or any(
        item.kind in {"missing", "duplicated"} for item in verdict.defects
    ):
        return
    if record.sequence > expected:
        defect = Defect("missing", expected, f"Entry {expected} is missing.")
    else:
        defect = Defect(
            "duplicated", record.sequence, f"Entry {record.sequence} stands out of order."
        )
    verdict.defects.append(defect)


def _check_meaning(verdict: Verdict, record: Record, canonical: bytes, tenant: str) -> None:
    try:
        document = json.loads(canonical)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        verdict.defects.append(
            Defect("unreadable", record.sequence, f"Entry {record.sequence} is not JSON.")
        )
        return
    if document.get("tenant") != tenant:
        verdict.defects.append(
            Defect(
                "foreign",
                record.sequence,
                f"Entry {record.sequence} belongs to another tenant's log.",
            )
        )
    for name, value in (record.columns or {}).items():
        if document.get(name) != value:
            verdict.defects.append(
                Defect(
                    "column",
                    record.sequence,
                    f"Entry {record.sequence}: the search column {name} was changed.",
                )
            )


def _compare(verdict: Verdict, statement: Statement, roots: dict[int, bytes]) -> None:
    if statement.size > verdict.size:
        _once(
            verdict,
            Defect(
                "truncated",
                verdict.size,
                f"A signed checkpoint covers {statement.size} entries; only {verdict.size} are "
                "here: the end was cut off.",
            ),
        )
    elif roots.get(statement.size) != statement.root:
        covered = f"the first {statement.size} entries"
        text = f"A signed checkpoint does not fit {covered}: history was rewritten after it."
        _once(verdict, Defect("rewritten", None, text))
    else:
        verdict.checkpoints += 1
        verdict.covered = statement.size


def _once(verdict: Verdict, defect: Defect) -> None:
    """Add the defect unless one of its kind is known: later checkpoints repeat the first."""
    if not any(item.kind == defect.kind for item in verdict.defects):
        verdict.defects.append(defect)


class BadExport(Exception):
    """An export that cannot be read."""


def read_export(lines: Iterable[str]) -> tuple[str, list[Record], list[str]]:
    """The origin, entries and checkpoints of an export.

    Raises:
        BadExport: it is not one, or was cut off: its last line says how much there must be.
    """
    origin, records, notes, complete = "", [], [], False
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line)
            kind = item["type"]
            if kind == "header" and item["format"] == FORMAT:
                origin = item["origin"]
            elif kind == "entry":
                records.append(
                    Record(
                        item["sequence"],
                        None if item["canonical"] is None else base64.b64decode(item["canonical"]),
                        bytes.fromhex(item["leaf_hash"]),
                    )
                )
            elif kind == "checkpoint":
                notes.append(item["note"])
            elif kind == "end":
                complete = item["entries"] == len(records) and item["checkpoints"] == len(notes)
            else:
                raise BadExport(f"line {number} is of an unknown type")
        except (ValueError, KeyError, TypeError) as error:
            raise BadExport(f"line {number} cannot be read") from error
    if not origin or not complete:
        raise BadExport("the file is not a whole export: it was cut off or lines were removed")
    return origin, records, notes


def verify_export(lines: Iterable[str], key: str) -> Verdict:
    """Verify an export with a verifier key.

    Raises:
        BadExport: the export cannot be read.
        BadCheckpoint: the key cannot be read.
    """
    named, public = read_verifier_key(key)
    origin, records, notes = read_export(lines)
    verdict = verify(origin, records, notes, public)
    if named != origin:
        verdict.defects.insert(0, Defect("foreign", None, "The key is for another tenant's log."))
    if records and not verdict.checkpoints and verdict.intact:
        verdict.defects.append(
            Defect("checkpoint", None, "No signed checkpoint covers any entry: nothing is proved.")
        )
    return verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when intact, 1 when not, 2 for a file or key that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m gateway.audit.verify", description=__doc__)
    parser.add_argument("export", help="file written by `proviso audit export`")
    parser.add_argument("--key", required=True, help="the tenant's verifier key (origin+id+base64)")
    options = parser.parse_args(arguments)
    try:
        with open(options.export, encoding="utf-8") as file:  # noqa: PTH123 - stands alone
            verdict = verify_export(file, options.key)
    except (OSError, UnicodeDecodeError, BadExport, BadCheckpoint) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    json.dump(verdict.as_dict(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0 if verdict.intact else 1


if __name__ == "__main__":
    raise SystemExit(main())
