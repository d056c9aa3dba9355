"""Merkle trees as RFC 6962 has them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    leaf_hash,
)
from tests.unit.audit.trees import root_of

INPUTS = [
    bytes.fromhex(item)
    for item in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The reference tree of Certificate Transparency: the root after each of its eight entries."""

LEAVES = [leaf_hash(item) for item in INPUTS]
entries = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


class TestReference:
    def test_the_reference_roots(self) -> None:
        """
        The roots are those of the reference implementation, entry by entry.
        """
        frontier = Frontier()
        for leaf, root in zip(LEAVES, ROOTS, strict=True):
            frontier.append(leaf)

            assert frontier.root().hex() == root
        assert root_of([]) == EMPTY_ROOT

    @given(entries)
    @settings(max_examples=100, deadline=None)
    def test_a_stored_frontier_goes_on(self, contents: list[bytes]) -> None:
        """
        A tree that was put away after every entry has the same root.
        """
        leaves = [leaf_hash(item) for item in contents]
        frontier = Frontier()
        for leaf in leaves:
            frontier = Frontier(frontier.size, frontier.subtrees())
            frontier.append(leaf)

        assert frontier.root() == root_of(leaves)


class TestProofs:
    @given(entries, st.data())
    @settings(max_examples=150, deadline=None)
    def test_inclusion(self, contents: list[bytes], data: st.DataObject) -> None:
        """
        Every leaf can be proved to be in the tree, and at its own place only.
        """
        leaves = [leaf_hash(item) for item in contents]
        index = data.draw(st.integers(0, len(leaves) - 1))
        proof, root = inclusion_proof(iter(leaves), index, len(leaves)), root_of(leaves)

        assert includes(leaves[index], index, len(leaves), proof, root)
        assert not includes(leaf_hash(b"forged entry"), index, len(leaves), proof, root)
        assert not includes(leaves[index], len(leaves), len(leaves), proof, root)
        assert not includes(leaves[index], index, len(leaves), [*proof, root], root)

    @given(entries, st.data())
    @settings(max_examples=150, deadline=None)
    def test_consistency(self, contents: list[bytes], data: st.DataObject) -> None:
        """
        A later tree proves that it extends an earlier one; a rewritten one cannot.
        """
        leaves = [leaf_hash(item) for item in contents]
        earlier = data.draw(st.integers(1, len(leaves)))
        first, second = root_of(leaves[:earlier]), root_of(leaves)
        proof = consistency_proof(iter(leaves), earlier, len(leaves))

        assert extends(earlier, first, len(leaves), second, proof)
        rewritten = root_of([leaf_hash(b"rewritten"), *leaves[1:earlier]])
        if rewritten != first:
            assert not extends(earlier, rewritten, len(leaves), second, proof)
