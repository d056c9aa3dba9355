"""Walking through a log from its first entry, and holding it against what was signed.

One pass, in constant memory: the tree is rebuilt from the entries' own bytes,
and each checkpoint is met right behind the last entry it covers. So an edit,
deletion, insertion, reordering, truncation or rewrite is found, and named as
closely as the checkpoints allow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.audit import note as notes
from gateway.audit import tree
from gateway.audit.expired import Expired
from gateway.audit.note import BadCheckpoint
from gateway.audit.verdict import Defect, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.audit.checkpoint import Statement, Verifier
    from gateway.audit.keyring import Keyring, Signed

SEARCHED = ("effect", "status", "model", "principal", "rules")
"""Columns kept beside an entry for searching; they must say what its hashed bytes say."""

COSIGNATURE, TIME_STAMP = "cosignature", "rfc3161"
"""Kinds of receipts that prove something to others; any other kind only says it was delivered."""


@dataclass(frozen=True, slots=True)
class Record:
    """One stored entry, as it is found."""

    sequence: int
    canonical: bytes | None
    """None when the entry has expired: a tombstone further on must say so."""

    leaf_hash: bytes
    columns: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a witness gave back for a checkpoint."""

    size: int
    witness: str
    kind: str
    content: bytes
    """A cosignature line, or the DER of an RFC 3161 response."""


class Walk:
    """The verification of one log, fed piece by piece in the log's order."""

    def __init__(
        self,
        keyring: Keyring,
        witnesses: Mapping[str, Verifier] | None = None,
        stamped_at: Callable[[bytes, bytes], str] | None = None,
    ) -> None:
        """`witnesses` are trusted cosigners by name.

        `stamped_at` gives the time of an RFC 3161 response (second argument) over a message
        (first), or raises `ValueError`; without it time stamps are not looked at.
        """
        self.keyring = keyring
        self._witnesses = witnesses or {}
        self._stamped_at = stamped_at
        self._frontier = tree.Frontier()
        self._tenant = keyring.origin.partition("/")[2]
        self._kept: dict[int, list[str]] = {}
        self._fitting = 0
        self._gap: tuple[int, int] | None = None
        self._last: tuple[str, int] = ("", -1)
        self._expired = Expired()
        self.verdict = Verdict(keyring.origin)

    def expect(self, written: str) -> None:
        """Hold the log against a checkpoint that the auditor has kept."""
        signed = self._opened(written)
        if signed is not None:
            self._kept.setdefault(signed.statement.size, []).append(written)
            if not signed.statement.size:
                self.checkpoint(written)

    def entry(self, record: Record) -> None:
        """Take the next entry."""
        expected = self._frontier.size
        if record.sequence != expected and record.sequence != expected + self._shift:
            self._misplaced(record.sequence, expected)
        # The stored hash goes into the tree: one edited entry is then named once, and
        # checkpoints still show whether the hashes themselves were rewritten.
        self._frontier.append(record.leaf_hash)
        if record.canonical is None:
            self._expired.empty(record.sequence)
        else:
            self._read(record, record.canonical)
        if self._kept:
            for written in self._kept.pop(self._frontier.size, ()):
                self.checkpoint(written)

    def checkpoint(self, written: str) -> None:
        """Take a checkpoint; it must cover exactly the entries before it."""
        self._last = ("", -1)
        signed = self._opened(written)
        if signed is None:
            return
        statement, size = signed.statement, self._frontier.size
        if statement.size > size:
            self._cut(statement)
        elif statement.size < size:
            self.verdict.add_once(
                "checkpoint", None,
                f"The checkpoint of {statement.size} entries stands behind entry {size - 1}.",
            )  # fmt: skip
        elif statement.root != self._frontier.root():
            self.verdict.add_once(
                "rewritten", self._fitting,
                f"A signed checkpoint does not fit: history was rewritten after it was signed, "
                f"first somewhere from entry {self._fitting} to entry {size - 1}.",
            )  # fmt: skip
        else:
            self._fits(written, signed)

    def receipt(self, receipt: Receipt) -> None:
        """Take what a witness gave back for the checkpoint before it."""
        written, size = self._last
        if size != receipt.size:
            return  # its checkpoint did not fit, which has been said
        try:
            if receipt.kind == COSIGNATURE:
                line = notes.parse_line(receipt.content.decode())
                self._cosigned(notes.parse(written).signed_also(line), size)
            elif receipt.kind == TIME_STAMP and self._stamped_at is not None:
                at = self._stamped_at(written.encode(), receipt.content)
                self.verdict.stamped = {"size": size, "at": at, "witness": receipt.witness}
        except (BadCheckpoint, ValueError) as error:
            text = f"The receipt of {receipt.witness} for {size} entries is wrong: {error}."
            self.verdict.add("witness", None, text)

    def finish(self, head: Statement | None = None) -> Verdict:
        """End the walk. An entry that no checkpoint covers is a defect, unless `head` covers it.

        `head` is the size and root the writer believes in. It is not signed: it shows an accident
        or a careless hand, and proves nothing by itself.
        """
        verdict, size = self.verdict, self._frontier.size
        verdict.size, verdict.root = size, self._frontier.root()
        for written in (text for texts in self._kept.values() for text in texts):
            self._cut(self.keyring.open(written).statement)
        verdict.checkpoints, verdict.covered, untrusted = self.keyring.result()
        verdict.keys = self.keyring.validity()
        for at in self._expired.unexplained():
            verdict.add("emptied", at, f"Entry {at} was emptied, and no tombstone says so.")
        if untrusted:
            text = "Checkpoints are signed by a key that no trusted key vouches for."
            verdict.add_once("unknown_key", None, text)
        if head is not None:
            self._compare(head)
        elif verdict.covered < size:
            self._uncovered()
        return verdict

    @property
    def _shift(self) -> int:
        """By how much the numbers run ahead since the first gap, which is said once."""
        return 0 if self._gap is None else self._gap[1] - self._gap[0]

    def _misplaced(self, found: int, expected: int) -> None:
        if self._gap is None and found > expected:
            self._gap = (expected, found)
            self.verdict.add("missing", expected, f"Entry {expected} is missing.")
            return
        if self._gap is not None and self._gap[0] <= found < self._gap[1]:
            # What seemed to be missing stands further down.
            missing = self.verdict.defects
            first = next((at for at, item in enumerate(missing) if item.kind == "missing"), None)
            if first is not None:
                text = f"Entry {found} stands behind an entry that came later."
                missing[first] = Defect("reordered", found, text)
            return
        text = f"Entry {found} stands where entry {expected} belongs."
        self.verdict.add_once("reordered", found, text)

    def _read(self, record: Record, canonical: bytes) -> None:
        if tree.leaf_hash(canonical) != record.leaf_hash:
            text = f"Entry {record.sequence} was edited: its bytes do not match its hash."
            self.verdict.add("edited", record.sequence, text)
        else:
            self._expired.read(record.sequence, canonical)
        try:
            document = json.loads(canonical)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            text = f"Entry {record.sequence} is not JSON."
            self.verdict.add("unreadable", record.sequence, text)
            return
        if document.get("tenant") != self._tenant:
            text = f"Entry {record.sequence} belongs to another tenant's log."
            self.verdict.add("foreign", record.sequence, text)
        for name, value in (record.columns or {}).items():
            if document.get(name) != value:
                text = f"Entry {record.sequence}: the search column {name} was changed."
                self.verdict.add("column", record.sequence, text)
        self.keyring.announce(document, self._frontier.size)

    def _opened(self, written: str) -> Signed | None:
        try:
            signed = self.keyring.open(written)
        except BadCheckpoint as error:
            self.verdict.add("checkpoint", None, f"A checkpoint is bad: {error}.")
            return None
        if signed.statement.origin != self.keyring.origin:
            self.verdict.add_once("foreign", None, "A checkpoint belongs to another tenant's log.")
            return None
        if not signed.by:
            text = "A checkpoint is signed by a key nobody named."
            self.verdict.add_once("unknown_key", None, text)
            return None
        return signed

    def _fits(self, written: str, signed: Signed) -> None:
        size = signed.statement.size
        complaint = self.keyring.confirm(signed)
        if complaint:
            self.verdict.add_once("retired_key", None, complaint)
            return
        self._fitting, self._last = size, (written, size)
        try:
            self._cosigned(notes.parse(written), size)
        except BadCheckpoint as error:
            self.verdict.add("witness", None, f"A witness's signature is wrong: {error}.")

    def _cosigned(self, note: notes.Note, size: int) -> None:
        for name, key in self._witnesses.items():
            if key.verify(note):
                self.verdict.witnesses[name] = max(size, self.verdict.witnesses.get(name, 0))

    def _cut(self, statement: Statement) -> None:
        size = self._frontier.size
        self.verdict.add_once(
            "truncated", size,
            f"A signed checkpoint covers {statement.size} entries; only {size} are here: the end "
            "was cut off.",
        )  # fmt: skip

    def _uncovered(self) -> None:
        verdict = self.verdict
        if not verdict.covered:
            if verdict.intact:
                text = "No signed checkpoint covers any entry: nothing is proved."
                verdict.add("checkpoint", None, text)
            return
        text = (
            f"The entries from {verdict.covered} on stand behind the newest signed checkpoint: "
            "nobody vouches for them."
        )
        if verdict.intact:
            verdict.add("forged", verdict.covered, text)

    def _compare(self, head: Statement) -> None:
        verdict = self.verdict
        if (head.size, head.root) == (verdict.size, verdict.root):
            return
        kind = "truncated" if verdict.size < head.size else "forged"
        text = f"The log's head says {head.size} entries, and {verdict.size} are here."
        if verdict.size == head.size:
            kind, text = "edited", "The entries do not hash to the log's own head."
        verdict.add_once(kind, None, text)
