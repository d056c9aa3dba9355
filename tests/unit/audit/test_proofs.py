"""One entry proved without the others, and one state proved to extend another."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit import canonical, checkpoint, proofs, tree
from gateway.audit.checkpoint import Statement
from gateway.audit.verify import Trust, verify_lines
from tests.unit.audit.exports import KEY, ORIGIN, OTHER, STRANGER, TENANT, VERIFIER, named
from tests.unit.audit.trees import root_of

SIZE = 11
CONTENTS = [canonical.encode({"tenant": str(TENANT), "n": at}) for at in range(SIZE)]
LEAVES = [tree.leaf_hash(item) for item in CONTENTS]


def sealed(size: int = SIZE, key: Any = KEY, leaves: list[bytes] = LEAVES) -> tuple[Statement, str]:
    """A checkpoint of the first entries."""
    statement = Statement(ORIGIN, size, root_of(leaves[:size]))
    return statement, checkpoint.sign(statement, key)


def kinds(document: dict[str, Any], *keys: str) -> list[str]:
    """What is wrong with a proof, as the command line sees it."""
    verdict = verify_lines([json.dumps(document)], Trust(keys or (VERIFIER,)))
    return [item.kind for item in verdict.defects]


def consistent(earlier: int, later: int) -> dict[str, Any]:
    """A genuine proof that one state extends another."""
    return proofs.consistency(TENANT, iter(LEAVES), sealed(earlier), sealed(later))


class TestInclusion:
    @given(st.data())
    @settings(max_examples=60, deadline=None)
    def test_every_entry_can_be_proved_and_no_other_in_its_place(self, data: st.DataObject) -> None:
        """
        A proof holds for its entry and its place; with another entry, or another place, it fails.
        """
        size = data.draw(st.integers(1, SIZE))
        at = data.draw(st.integers(0, size - 1))
        proof = proofs.inclusion(TENANT, iter(LEAVES), at, CONTENTS[at], sealed(size))
        other = base64.b64encode(canonical.encode({"tenant": str(TENANT), "n": 99})).decode()

        assert kinds(proof) == []
        assert kinds({**proof, "canonical": other}) == ["edited"]
        assert kinds({**proof, "sequence": at + 1}) == ["edited"]
        if size > 1:
            assert kinds({**proof, "path": proof["path"][:-1]}) == ["edited"]

    def test_it_shows_no_other_entry(self) -> None:
        """
        Nothing of the other entries is in the proof but hashes.
        """
        proof = proofs.inclusion(TENANT, iter(LEAVES), 4, CONTENTS[4], sealed())
        shown = json.dumps(proof)

        for at, content in enumerate(CONTENTS):
            assert (base64.b64encode(content).decode() in shown) == (at == 4)

    def test_whose_checkpoint_counts(self) -> None:
        """
        Signed by a stranger, for another log, or not at all, a proof proves nothing.
        """
        proof = proofs.inclusion(TENANT, iter(LEAVES), 4, CONTENTS[4], sealed(key=STRANGER))
        foreign = checkpoint.Verifier(checkpoint.origin_of(OTHER), KEY.public_key()).written()

        assert kinds(proof) == ["unknown_key"]
        assert kinds(proof, foreign) == ["foreign"]
        assert kinds({**proof, "checkpoint": "nothing"}) == ["checkpoint"]
        assert kinds(proof, named(STRANGER)) == []

    @pytest.mark.parametrize("gone", ["path", "canonical", "sequence", "checkpoint"])
    def test_a_proof_with_a_part_missing(self, gone: str) -> None:
        """
        What cannot be read is no proof.
        """
        proof = proofs.inclusion(TENANT, iter(LEAVES), 4, CONTENTS[4], sealed())
        del proof[gone]

        assert kinds(proof) == ["unreadable"]

    def test_an_entry_that_no_checkpoint_covers(self) -> None:
        """
        There is no proof for what was not signed yet.
        """
        with pytest.raises(IndexError):
            proofs.inclusion(TENANT, iter(LEAVES), 7, CONTENTS[7], sealed(5))


class TestConsistency:
    @given(st.integers(1, SIZE), st.integers(1, SIZE))
    @settings(max_examples=60, deadline=None)
    def test_any_two_states(self, one: int, two: int) -> None:
        """
        Between any two checkpoints of one history there is a proof.
        """
        earlier, later = sorted((one, two))

        assert kinds(consistent(earlier, later)) == []

    def test_a_rewritten_history_has_none(self) -> None:
        """
        A checkpoint of a rewritten history does not extend the genuine earlier one.
        """
        rewritten = [tree.leaf_hash(b"rewritten"), *LEAVES[1:]]
        later = sealed(SIZE, KEY, rewritten)
        proof = proofs.consistency(TENANT, iter(rewritten), sealed(4), later)

        assert kinds(proof) == ["rewritten"]

    def test_backwards_is_refused(self) -> None:
        """
        An older state does not extend a newer one.
        """
        with pytest.raises(IndexError):
            consistent(6, 4)
