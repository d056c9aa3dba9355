"""A leaf without its bytes is accepted where a genuine tombstone names it, and nowhere else."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.audit.exports import Lines, Log, entry, found

ACTION = {"kind": "erasure", "action": "entries.expired", "class": "decisions"}


def an_export(**tombstone: Any) -> Lines:
    """Entries 0 to 3, of which 1 and 2 have expired; entry 4 is the tombstone; a checkpoint."""
    log = Log()
    for _ in range(4):
        log.add()
    said = {**ACTION, "first": 1, "last": 2, "count": 2, "runs": [[1, 2]], **tombstone}
    lines = log.add(**said).seal().whole()
    return emptied(emptied(lines, 1), 2)


def emptied(lines: Lines, sequence: int) -> Lines:
    """The same export with that entry's bytes gone."""
    place = sequence + 1  # behind the header
    return [*lines[:place], {**lines[place], "canonical": None}, *lines[place + 1 :]]


class TestExpired:
    def test_what_a_tombstone_names_is_intact(self) -> None:
        """
        The tree stands on the hashes that stayed.
        """
        assert found(an_export()) == []

    def test_its_neighbour_is_not(self) -> None:
        """
        Emptying one more than was said is found and named.
        """
        assert found(emptied(an_export(), 3)) == [("emptied", 3)]

    def test_each_stretch_is_named_once_by_its_first_entry(self) -> None:
        """
        Nothing said at all: one defect for what lies together.
        """
        assert found(an_export(action="something.else")) == [("emptied", 1)]

    @pytest.mark.parametrize(
        "tombstone",
        [
            {"count": 3},
            {"kind": "administration"},
            {"runs": [[2, 1], [1, 2], [5, 5]]},
            {"runs": [[1]]},
            {"runs": "all"},
            {"runs": [[1, 9]], "count": 9},
            {"runs": [[-1, 2]], "count": 4},
        ],
        ids=["other count", "other kind", "later entries", "half", "no runs", "ahead", "negative"],
    )
    def test_a_tombstone_that_makes_no_sense_explains_nothing(
        self, tombstone: dict[str, Any]
    ) -> None:
        """
        It speaks of earlier entries, and of exactly as many as it counts.
        """
        assert ("emptied", 1) in found(an_export(**tombstone))

    def test_a_tombstone_that_was_edited_explains_nothing(self) -> None:
        """
        Widening a genuine one is an edit, and what it newly names stays unexplained.
        """
        lines = emptied(an_export(), 3)
        content = base64.b64decode(lines[5]["canonical"])
        wider = content.replace(b"[[1,2]]", b"[[1,3]]").replace(b'"count":2', b'"count":3')
        forged = {**entry(4, wider), "leaf_hash": lines[5]["leaf_hash"]}
        defects = found([*lines[:5], forged, *lines[6:]])

        assert wider != content
        assert set(defects) == {("edited", 4), ("emptied", 1)}

    def test_the_hash_that_stayed_is_held_against_the_checkpoint(self) -> None:
        """
        Nobody puts another entry's place under an empty one.
        """
        lines = an_export()
        lines[2] = {**lines[2], "leaf_hash": "00" * 32}

        assert [kind for kind, _ in found(lines)] == ["rewritten"]
