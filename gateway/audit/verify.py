"""Proving an exported log, with a public key and nothing else of the gateway.

Run alone: ``python -m gateway.audit.verify EXPORT --key VERIFIER_KEY``. It needs
this folder's ``tree``, ``note``, ``checkpoint``, ``keyring``, ``verdict``, ``expired``,
``walk`` and ``proofs``, and the library ``cryptography``.

An export is JSON lines, in one file or in a folder of chunks with a manifest: a
header, every entry in order, each checkpoint right behind the entries it covers,
and an end that says how much there must be. A proof of one entry, or of two
checkpoints, is one such line; it is verified in the same way.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.audit import proofs
from gateway.audit.keyring import Keyring, witness_keys
from gateway.audit.note import BadCheckpoint, from_base64, from_hex
from gateway.audit.walk import Receipt, Record, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gateway.audit.verdict import Verdict

FORMAT = "proviso-log/v2"
MANIFEST = "manifest.json"


class BadExport(Exception):
    """What was given is no export and no proof of ours."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the auditor brings: it must not come from the log's operator."""

    keys: Sequence[str]
    """The log's verifier keys, ``origin+id+base64``; the newest one is enough."""

    checkpoints: Sequence[str] = ()
    """Checkpoints kept from earlier, as signed notes."""

    witnesses: Sequence[str] = ()
    """Verifier keys of cosigners."""

    stamped_at: Callable[[bytes, bytes], str] | None = None
    """Looks at RFC 3161 responses; see `gateway.audit.walk.Walk`."""


def verify_path(path: Path, trust: Trust) -> Verdict:
    """Verify an export (a file, or a folder with a manifest) or a proof.

    Raises:
        BadExport: it is neither.
        BadCheckpoint: one of the keys cannot be read.
        OSError: it cannot be opened.
    """
    if not path.is_dir():
        with path.open("rb") as file:
            return verify_lines(file, trust)
    changed: list[str] = []
    verdict = verify_lines(_chunks(path, changed), trust)
    for name in changed:
        verdict.add("edited", None, f"{name} is not the file that the manifest names.")
    return verdict


def verify_lines(lines: Iterable[bytes | str], trust: Trust) -> Verdict:
    """Verify the lines of an export, or those of a proof.

    Raises:
        BadExport: they are neither.
        BadCheckpoint: one of the keys cannot be read.
    """
    source = iter(lines)
    header = _parsed(next(source, b""))
    if proofs.is_proof(header):
        return proofs.check(header, trust.keys)
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BadExport("this is no export of a decision log, or of another format")
    return _Reading(header, trust).run(source)


@dataclass
class _Reading:
    """One export on its way through the verification."""

    header: dict[str, Any]
    trust: Trust
    counts: dict[str, int] = field(
        default_factory=lambda: {"entry": 0, "checkpoint": 0, "receipt": 0, "proof": 0}
    )
    complete: bool = False

    def run(self, lines: Iterator[bytes | str]) -> Verdict:
        """Verify everything behind the header."""
        origin, claimed = str(self.header.get("origin")), self._claimed()
        keyring = Keyring(origin, self.trust.keys, claimed)
        walk = Walk(keyring, witness_keys(self.trust.witnesses), self.trust.stamped_at)
        verdict = walk.verdict
        if keyring.foreign:
            verdict.add("foreign", None, "The key is for another tenant's log.")
        for written in self.trust.checkpoints:
            walk.expect(written)
        number = 1
        for number, line in enumerate(lines, 2):
            try:
                self._take(walk, line)
            except (BadExport, ValueError, KeyError, TypeError) as error:
                # Nothing behind a line that cannot be read can be relied on.
                reason = error if isinstance(error, BadExport) else "it cannot be read"
                verdict.add("unreadable", None, f"Line {number} of the export: {reason}.")
                break
        if not self.complete and not any(item.kind == "unreadable" for item in verdict.defects):
            text = f"The file ends at line {number} without its last line: it was cut off."
            verdict.add("incomplete", None, text)
        return walk.finish()

    def _claimed(self) -> list[str]:
        found = []
        for text in self.header.get("keys") or ():
            with suppress(BadCheckpoint, AttributeError):  # a key nobody can read signs nothing
                witness_keys([text])
                found.append(text)
        return found

    def _take(self, walk: Walk, line: bytes | str) -> None:
        item = json.loads(line)
        kind = item["type"]
        if self.complete:
            raise BadExport("something stands behind the end")
        if kind == "entry":
            walk.entry(_record(item))
        elif kind == "checkpoint":
            walk.checkpoint(item["note"])
        elif kind == "receipt":
            content = from_base64(item["content"])
            walk.receipt(Receipt(int(item["size"]), item["witness"], item["kind"], content))
        elif kind == "proof":
            keys = [key["key"] for key in walk.keyring.validity()]
            for defect in proofs.check(item["document"], keys).defects:
                walk.verdict.add(defect.kind, defect.sequence, defect.text)
        elif kind == "end":
            self.complete = True
            if item["counts"] != self.counts:
                raise BadExport("it counts other lines than there are: some were removed or added")
            return
        else:
            raise BadExport("it is of an unknown type")
        self.counts[kind] += 1


def _record(item: dict[str, Any]) -> Record:
    written = item["canonical"]  # null for an entry that has expired
    canonical = None if written is None else from_base64(written)
    return Record(int(item["sequence"]), canonical, from_hex(item["leaf_hash"]))


def _chunks(folder: Path, changed: list[str]) -> Iterator[bytes]:
    """The lines of every chunk, in the manifest's order; names of chunks that were changed."""
    manifest = _parsed((folder / MANIFEST).read_bytes())
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadExport(f"{MANIFEST} is no manifest of an export")
    for item in manifest.get("files") or ():
        name, digest = Path(str(item.get("name"))).name, hashlib.sha256()
        if not (folder / name).is_file():
            changed.append(name)
            return
        with (folder / name).open("rb") as file:
            for line in file:
                digest.update(line)
                yield line
        if digest.hexdigest() != item.get("sha256"):
            changed.append(name)


def _parsed(text: bytes | str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def kept_checkpoints(text: str, origin: str = "") -> list[str]:
    """The signed notes in a file: one note, or JSON lines as the witness file has them.

    `origin` leaves out other logs' notes.

    Raises:
        BadCheckpoint: it holds neither.
    """
    if not text.lstrip().startswith("{"):
        return [text]
    try:
        items = [json.loads(line) for line in text.splitlines() if line.strip()]
        notes = [str(item["note"]) for item in items]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCheckpoint("the kept checkpoints cannot be read") from error
    return [note for note in notes if not origin or note.startswith(f"{origin}\n")]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 when intact, 1 when not, 2 for a key or file that cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m gateway.audit.verify", description=__doc__)
    parser.add_argument("export", type=Path, help="written by `proviso audit export` or `prove`")
    parser.add_argument("--key", action="append", required=True, help="verifier key of the log")
    parser.add_argument(
        "--checkpoint", action="append", type=Path, default=[], help="a file kept from earlier"
    )
    parser.add_argument("--witness", action="append", default=[], help="a cosigner's verifier key")
    options = parser.parse_args(arguments)
    try:
        origin = options.key[0].partition("+")[0]
        kept = [
            note
            for path in options.checkpoint
            for note in kept_checkpoints(path.read_text(encoding="utf-8"), origin)
        ]
        verdict = verify_path(options.export, Trust(options.key, kept, options.witness))
    except BadExport as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (OSError, UnicodeDecodeError, BadCheckpoint) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    json.dump(verdict.as_dict(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0 if verdict.intact else 1


if __name__ == "__main__":
    raise SystemExit(main())
