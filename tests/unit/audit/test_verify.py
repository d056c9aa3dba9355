"""P6: whatever is done to an exported log is detected, and named."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.audit import canonical, checkpoint, tree
from gateway.audit.checkpoint import BadCheckpoint, Statement
from gateway.audit.verify import FORMAT, BadExport, verify_export

TENANT = UUID(int=7)
OTHER = UUID(int=8)
KEY = checkpoint.key_from_seed(b"s" * 32)
ORIGIN = checkpoint.origin_of(TENANT)
VERIFIER = checkpoint.verifier_key(ORIGIN, KEY.public_key())
Lines = list[dict[str, Any]]


def an_export(count: int = 8, sealed_at: tuple[int, ...] = (5, 8), tenant: UUID = TENANT) -> Lines:
    """A genuine export of `count` entries with checkpoints at these sizes."""
    origin = checkpoint.origin_of(tenant)
    contents = [canonical.encode({"tenant": str(tenant), "n": at}) for at in range(count)]
    leaves = [tree.leaf_hash(item) for item in contents]
    lines: Lines = [{"type": "header", "format": FORMAT, "origin": origin}]
    lines += [entry(at, item) for at, item in enumerate(contents)]
    for size in sealed_at:
        note = checkpoint.sign(KEY, Statement(origin, size, tree.root_of(leaves[:size])))
        lines.append({"type": "checkpoint", "note": note})
    return [*lines, {"type": "end", "entries": count, "checkpoints": len(sealed_at)}]


def entry(sequence: int, content: bytes) -> dict[str, Any]:
    """One entry's line."""
    return {
        "type": "entry",
        "sequence": sequence,
        "leaf_hash": tree.leaf_hash(content).hex(),
        "canonical": base64.b64encode(content).decode(),
    }


def recount(lines: Lines) -> Lines:
    """What a careful forger does: make the last line fit."""
    kinds = [line["type"] for line in lines]
    counts = {"entries": kinds.count("entry"), "checkpoints": kinds.count("checkpoint")}
    return [*lines[:-1], {"type": "end", **counts}]


def kinds(lines: Lines, key: str = VERIFIER) -> list[str]:
    """The kinds of defects found."""
    verdict = verify_export((json.dumps(line) + "\n" for line in lines), key)
    return [item.kind for item in verdict.defects]


class TestIntact:
    def test_a_genuine_export(self) -> None:
        """
        What nobody touched is intact, and the newest checkpoint covers it.
        """
        verdict = verify_export(map(json.dumps, an_export()), VERIFIER)

        assert verdict.intact
        assert (verdict.size, verdict.checkpoints, verdict.covered) == (8, 2, 8)


class TestTampering:
    def test_an_edited_byte_names_its_entry(self) -> None:
        """
        An edit without re-hashing is named with its entry.
        """
        lines = an_export()
        content = canonical.encode({"tenant": str(TENANT), "n": 99})
        lines[4]["canonical"] = base64.b64encode(content).decode()
        verdict = verify_export(map(json.dumps, lines), VERIFIER)

        assert [(item.kind, item.sequence) for item in verdict.defects] == [("edited", 3)]

    def test_an_edit_with_its_hash_is_a_rewrite(self) -> None:
        """
        An edit whose hash was made to fit no longer fits the signed root.
        """
        lines = an_export()
        lines[2] = entry(1, canonical.encode({"tenant": str(TENANT), "n": 99}))

        assert kinds(lines) == ["rewritten"]

    @pytest.mark.parametrize("gone", [1, 4, 8])
    def test_a_deleted_row(self, gone: int) -> None:
        """
        First, middle or last: a missing entry is noticed even when the counts were mended.
        """
        lines = an_export()
        del lines[gone]

        assert {"missing", "truncated"} & set(kinds(recount(lines)))

    def test_a_deleted_row_renumbered(self) -> None:
        """
        Renumbering the rest hides the gap, but not from the checkpoints.
        """
        lines = an_export()
        del lines[3]
        for sequence, line in enumerate(item for item in lines if item["type"] == "entry"):
            line["sequence"] = sequence

        assert set(kinds(recount(lines))) == {"rewritten", "truncated"}

    def test_two_rows_swapped(self) -> None:
        """
        Reordering is seen by place, and with the numbers mended by the root.
        """
        lines = an_export()
        lines[2], lines[3] = lines[3], lines[2]
        swapped = [*lines]
        mended = json.loads(json.dumps(lines))
        mended[2]["sequence"], mended[3]["sequence"] = 1, 2

        assert "missing" in kinds(swapped)
        assert "rewritten" in kinds(mended)

    def test_the_tail_cut(self) -> None:
        """
        Fewer entries than a checkpoint covers: truncated.
        """
        lines = [line for line in an_export() if line.get("sequence", 0) < 6]

        assert "truncated" in kinds(recount(lines))

    def test_a_forged_entry_in_the_middle(self) -> None:
        """
        An inserted entry moves all that follow, and the root with them.
        """
        lines = an_export()
        lines.insert(3, entry(2, canonical.encode({"tenant": str(TENANT), "n": "forged"})))

        assert {"duplicated", "rewritten"} <= set(kinds(recount(lines)))

    def test_a_whole_new_history(self) -> None:
        """
        A full rewrite by somebody with the database, against one earlier genuine checkpoint.
        """
        genuine = an_export()[9]
        contents = [canonical.encode({"tenant": str(TENANT), "x": at}) for at in range(8)]
        lines = an_export()
        lines[1:9] = [entry(at, item) for at, item in enumerate(contents)]
        lines[9:11] = [genuine]

        assert kinds(recount(lines)) == ["rewritten"]

    def test_two_tenants_exchanged(self) -> None:
        """
        One tenant's entries under another's name are foreign.
        """
        lines = an_export(tenant=OTHER)
        lines[0]["origin"] = ORIGIN

        assert "foreign" in kinds(lines)

    def test_another_key(self) -> None:
        """
        Checkpoints of a key that is not the tenant's prove nothing.
        """
        stranger = checkpoint.key_from_seed(b"x" * 32).public_key()

        assert "checkpoint" in kinds(an_export(), checkpoint.verifier_key(ORIGIN, stranger))

    def test_no_checkpoint_proves_nothing(self) -> None:
        """
        Without any signed statement the verifier does not say intact.
        """
        assert kinds(an_export(sealed_at=())) == ["checkpoint"]

    @pytest.mark.parametrize("keep", [0, 1, 5, 11])
    def test_a_file_cut_short(self, keep: int) -> None:
        """
        A file without its end is no export.
        """
        with pytest.raises(BadExport):
            kinds(an_export()[:keep])

    def test_keys_that_are_none(self) -> None:
        """
        A verifier key that was mistyped is said to be one.
        """
        for key in ("", "a+b+c", VERIFIER[:-4] + "AAAA", VERIFIER.replace("proviso", "prosivo")):
            with pytest.raises(BadCheckpoint):
                kinds(an_export(), key)


class TestAlone:
    def test_the_verifier_runs_without_the_gateway(self, tmp_path: Path) -> None:
        """
        With its own three modules, the standard library and a signature library it does its work.
        """
        package = tmp_path / "gateway" / "audit"
        package.mkdir(parents=True)
        source = Path(checkpoint.__file__).parent
        for name in ("tree.py", "checkpoint.py", "verify.py"):
            (package / name).write_bytes((source / name).read_bytes())
        file = tmp_path / "export.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in an_export()))
        command = [sys.executable, "-m", "gateway.audit.verify", str(file), "--key", VERIFIER]
        good = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        file.write_text(file.read_text().replace('"sequence": 3', '"sequence": 4'))
        bad = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)

        assert good.returncode == 0, good.stderr
        assert json.loads(good.stdout)["intact"] is True
        assert bad.returncode == 1
