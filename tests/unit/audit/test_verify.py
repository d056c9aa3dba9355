"""P6: whatever is done to an exported log is detected, and named."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit import canonical, verify
from gateway.audit.note import BadCheckpoint
from gateway.audit.verify import MANIFEST, BadExport, Trust, kept_checkpoints, verify_lines
from tests.unit.audit.exports import (
    ORIGIN,
    OTHER,
    STRANGER,
    TENANT,
    VERIFIER,
    Log,
    an_export,
    counted,
    entry,
    found,
    kinds,
    named,
    text,
)

if TYPE_CHECKING:
    from pathlib import Path

FORGED = canonical.encode({"tenant": str(TENANT), "n": "forged"})


class TestIntact:
    def test_a_genuine_export(self) -> None:
        """
        What nobody touched is intact, and the newest checkpoint covers it.
        """
        verdict = verify_lines(map(json.dumps, an_export()), Trust((VERIFIER,)))

        assert verdict.intact
        assert (verdict.size, verdict.checkpoints, verdict.covered) == (8, 2, 8)
        assert verdict.keys == [{"key": VERIFIER, "from_size": 0, "until_size": None}]


class TestTampering:
    def test_a_changed_byte_names_its_entry(self) -> None:
        """
        An edit without re-hashing is named with its entry.
        """
        lines = an_export()
        lines[4]["canonical"] = base64.b64encode(FORGED).decode()

        assert found(lines) == [("edited", 3)]

    def test_an_edit_with_its_hash_is_a_rewrite(self) -> None:
        """
        An edit whose hash was made to fit no longer fits the signed root; the checkpoint before
        it says from where on to look.
        """
        lines = an_export()
        lines[8] = entry(6, FORGED)

        assert found(lines) == [("rewritten", 5)]

    @pytest.mark.parametrize("gone", [1, 4, 9])
    def test_a_deleted_row(self, gone: int) -> None:
        """
        First, middle or last: a missing entry is noticed even when the counts were mended.
        """
        lines = an_export()
        del lines[gone]

        assert {"missing", "truncated"} & kinds(counted(lines))

    def test_a_deleted_row_is_named_once(self) -> None:
        """
        The rows behind a gap are not all complained about.
        """
        lines = an_export()
        del lines[3]

        assert [item for item in found(counted(lines)) if item[0] != "truncated"] == [
            ("missing", 2)
        ]

    def test_a_deleted_row_renumbered(self) -> None:
        """
        Renumbering the rest hides the gap, but not from the checkpoints.
        """
        lines = an_export()
        del lines[3]
        for sequence, line in enumerate(item for item in lines if item["type"] == "entry"):
            line["sequence"] = sequence

        assert "truncated" in kinds(counted(lines))

    def test_two_rows_swapped(self) -> None:
        """
        Reordering is named as such, and with the numbers mended it is seen by the root.
        """
        lines = an_export()
        lines[2], lines[3] = lines[3], lines[2]
        mended = json.loads(json.dumps(lines))
        mended[2]["sequence"], mended[3]["sequence"] = 1, 2

        assert found(lines)[0] == ("reordered", 1)
        assert found(mended) == [("rewritten", 0)]

    def test_the_tail_cut(self) -> None:
        """
        Fewer entries than a checkpoint covers: truncated.
        """
        lines = [line for line in an_export() if line.get("sequence", 0) < 6]

        assert found(counted(lines)) == [("truncated", 6)]

    def test_the_tail_and_its_checkpoint_cut(self) -> None:
        """
        With the checkpoint gone too, the one the auditor has kept shows it.
        """
        whole = an_export()
        lines = counted([*whole[:7], whole[-1]])

        assert found(lines) == []
        assert found(lines, kept=(whole[10]["note"],)) == [("truncated", 5)]

    def test_a_forged_entry_in_the_middle(self) -> None:
        """
        An inserted entry moves all that follow, and the root with them.
        """
        lines = an_export()
        lines.insert(3, entry(2, FORGED))

        assert {"reordered", "rewritten"} & kinds(counted(lines))

    def test_a_forged_entry_appended(self) -> None:
        """
        Behind the newest checkpoint nobody vouches for an entry.
        """
        lines = an_export()
        lines.insert(-1, entry(8, FORGED))

        assert found(counted(lines)) == [("forged", 8)]

    def test_a_whole_new_history(self) -> None:
        """
        A full rewrite, signed anew with the genuine key by somebody who has the root secret as
        well: the one earlier checkpoint that was kept elsewhere does not fit.
        """
        genuine = an_export()[6]["note"]
        lines = Log().add(x=1).add().add().add().add().add().seal().whole()

        assert found(lines) == []
        assert found(lines, kept=(genuine,)) == [("rewritten", 0)]

    def test_two_logs_exchanged(self) -> None:
        """
        One tenant's entries under another's name are foreign, and so is a key for another log.
        """
        lines = an_export(tenant=OTHER)
        assert found(lines)[0] == ("foreign", None)
        lines[0]["origin"] = ORIGIN

        assert ("foreign", 0) in found(lines)

    def test_an_unknown_key(self) -> None:
        """
        Checkpoints of a key that is not the tenant's prove nothing, even when the export names it.
        """
        lines = Log(TENANT, STRANGER).add().seal(STRANGER).whole()
        unnamed = Log(TENANT).add().seal(STRANGER).whole()

        assert "unknown_key" in kinds(lines)
        assert "unknown_key" in kinds(unnamed)

    def test_no_checkpoint_proves_nothing(self) -> None:
        """
        Without any signed statement the verifier does not say intact.
        """
        assert kinds(an_export(sealed_at=())) == {"checkpoint"}

    @pytest.mark.parametrize("keep", [1, 5, 7, 11])
    def test_a_file_cut_short(self, keep: int) -> None:
        """
        A file without its end is incomplete, and says so.
        """
        assert "incomplete" in kinds(an_export()[:keep])

    def test_a_line_cut_short(self) -> None:
        """
        Half a line is named with its number.
        """
        half = text(an_export())[:-300]
        verdict = verify_lines(half.splitlines(keepends=True), Trust((VERIFIER,)))

        assert "unreadable" in {item.kind for item in verdict.defects}

    @pytest.mark.parametrize("content", ["", "{}", "[]", "no json", '{"format":"proviso-log/v1"}'])
    def test_no_export(self, content: str) -> None:
        """
        What is no export is said to be none.
        """
        with pytest.raises(BadExport):
            verify_lines(content.splitlines(), Trust((VERIFIER,)))

    @pytest.mark.parametrize(
        "key", ["", "a+b+c", VERIFIER[:-4] + "AAAA", VERIFIER.replace("proviso", "prosivo")]
    )
    def test_keys_that_are_none(self, key: str) -> None:
        """
        A verifier key that was mistyped is said to be one.
        """
        with pytest.raises(BadCheckpoint):
            found(an_export(), key)


class TestAnyChange:
    @given(st.data())
    @settings(max_examples=120, deadline=None)
    def test_no_change_of_a_line_goes_unseen(self, data: st.DataObject) -> None:
        """
        Any line taken out, doubled, moved or with one character changed, with the counts mended:
        the export is no longer intact.
        """
        whole = text(an_export()).splitlines(keepends=True)
        lines = [*whole]
        at = data.draw(st.integers(1, len(lines) - 2))
        how = data.draw(st.sampled_from(("drop", "double", "move", "change")))
        if how == "drop":
            del lines[at]
        elif how == "double":
            lines.insert(at, lines[at])
        elif how == "move":
            lines.insert(data.draw(st.integers(1, len(lines) - 2)), lines.pop(at))
        else:
            place = data.draw(st.integers(0, len(lines[at]) - 2))
            new = data.draw(st.sampled_from('abcdefXYZ0123456789+/="{}:, '))
            lines[at] = lines[at][:place] + new + lines[at][place + 1 :]
        try:
            items = counted([json.loads(line) for line in lines])
            lines = text(items).splitlines(keepends=True)
        except (ValueError, KeyError, TypeError):
            items = []
        if items == [json.loads(line) for line in whole] or _only_an_early_checkpoint(items):
            return
        verdict = verify_lines(lines, Trust((VERIFIER,)))

        assert not verdict.intact


def _only_an_early_checkpoint(items: list[dict[str, Any]]) -> bool:
    """Whether all that is gone, or doubled, is a checkpoint that the last one covers anyway."""
    rest = [item for item in items if item["type"] != "checkpoint"]
    notes = [item.get("note") for item in items if item["type"] == "checkpoint"]
    genuine = an_export()
    good = [item["note"] for item in genuine if item["type"] == "checkpoint"]
    places = [item for item in items if item in genuine]
    return (
        rest[1:-1] == [item for item in genuine if item["type"] == "entry"]
        and set(notes) <= set(good)
        and good[-1] in notes
        and len(places) >= len(items) - 1
        and _in_place(items, good)
    )


def _in_place(items: list[dict[str, Any]], good: list[str]) -> bool:
    sizes = {good[0]: 5, good[1]: 8}
    before = 0
    for item in items:
        before += item["type"] == "entry"
        if item["type"] == "checkpoint" and sizes[item["note"]] != before:
            return False
    return True


class TestFolder:
    def folder(self, tmp_path: Path) -> Path:
        """An export in two chunks with a manifest."""
        lines = text(an_export()).splitlines(keepends=True)
        files = []
        for number, part in enumerate((lines[:6], lines[6:])):
            content = "".join(part).encode()
            (tmp_path / f"log-{number}.jsonl").write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            files.append({"name": f"log-{number}.jsonl", "sha256": digest})
        manifest = {"format": verify.FORMAT, "files": files}
        (tmp_path / MANIFEST).write_text(json.dumps(manifest))
        return tmp_path

    def test_chunks_are_one_export(self, tmp_path: Path) -> None:
        """
        A folder is read chunk by chunk, in the manifest's order.
        """
        assert verify.verify_path(self.folder(tmp_path), Trust((VERIFIER,))).intact

    def test_a_missing_chunk_is_named(self, tmp_path: Path) -> None:
        """
        A chunk that is gone, or is another one, is named.
        """
        folder = self.folder(tmp_path)
        (folder / "log-1.jsonl").unlink()
        verdict = verify.verify_path(folder, Trust((VERIFIER,)))

        assert {"incomplete", "edited"} <= {item.kind for item in verdict.defects}
        assert "log-1.jsonl" in verdict.defects[-1].text

    def test_a_name_does_not_lead_elsewhere(self, tmp_path: Path) -> None:
        """
        A manifest cannot make the verifier read files outside its folder.
        """
        folder = self.folder(tmp_path)
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"][0]["name"] = "../../../../etc/passwd"
        (folder / MANIFEST).write_text(json.dumps(manifest))

        with pytest.raises(BadExport):
            verify.verify_path(folder, Trust((VERIFIER,)))


class TestKept:
    def test_a_note_and_a_witness_file_are_read(self) -> None:
        """
        An auditor's checkpoint is one note, or the JSON lines of a file witness, of which other
        logs' are left out.
        """
        note, foreign = Log().add().note(), Log(OTHER).add().note()
        file = "".join(json.dumps({"at": "t", "note": item}) + "\n" for item in (note, foreign))

        assert kept_checkpoints(note) == [note]
        assert kept_checkpoints(file, ORIGIN) == [note]
        with pytest.raises(BadCheckpoint):
            kept_checkpoints('{"x": 1}')


def test_a_second_key_is_tried() -> None:
    """
    An auditor may bring several keys; one of them being the log's is enough.
    """
    assert found(an_export(), VERIFIER, named(STRANGER)) == []
