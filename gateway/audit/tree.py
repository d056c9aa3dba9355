"""Merkle trees as in RFC 6962, section 2.1 (and RFC 9162): pure functions over bytes.

A tree over `n` entries is kept as its *frontier*: the roots of the perfect
subtrees that `n` is the sum of, largest first. Appending touches at most
log2(n) hashes, and the root follows from the frontier alone.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962: ``SHA-256(0x00 || entry)``)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962: ``SHA-256(0x01 || left || right)``)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that can grow, in logarithmic space."""

    def __init__(self, size: int = 0, subtrees: bytes = b"") -> None:
        """A tree of `size` leaves whose perfect subtrees have these roots, largest first.

        Raises:
            ValueError: `subtrees` is not what a tree of that size has.
        """
        if len(subtrees) != size.bit_count() * HASH_BYTES:
            raise ValueError("the frontier does not fit the size of the tree")
        self.size = size
        self._roots = [subtrees[at : at + HASH_BYTES] for at in range(0, len(subtrees), HASH_BYTES)]

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the end."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._roots.pop(), leaf)
            size >>= 1
        self._roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root hash of the tree."""
        if not self._roots:
            return EMPTY_ROOT
        root = self._roots[-1]
        for subtree in reversed(self._roots[:-1]):
            root = node_hash(subtree, root)
        return root

    def subtrees(self) -> bytes:
        """The roots of the perfect subtrees, for storage."""
        return b"".join(self._roots)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root hash over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two below `size` (RFC 6962's k)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path that proves leaf `index` is in the tree (RFC 6962, section 2.1.1).

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path = []
    while len(leaves) > 1:
        half = _split(len(leaves))
        if index < half:
            path.append(root_of(leaves[half:]))
            leaves = leaves[:half]
        else:
            path.append(root_of(leaves[:half]))
            leaves, index = leaves[half:], index - half
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The path that proves the first `earlier` leaves are a prefix (RFC 6962, section 2.1.2).

    Raises:
        IndexError: the tree never had that size.
    """
    if not 0 < earlier <= len(leaves):
        raise IndexError(earlier)
    return _subproof(leaves, earlier, complete=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, complete: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if complete else [root_of(leaves)]
    half = _split(len(leaves))
    if earlier <= half:
        rest = _subproof(leaves[:half], earlier, complete=complete)
        return [*rest, root_of(leaves[half:])]
    rest = _subproof(leaves[half:], earlier - half, complete=False)
    return [*rest, root_of(leaves[:half])]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows `leaf` at `index` in the tree of that size and root (RFC 9162)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    value = leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(step, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, step)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def extends(
    earlier: int, earlier_root: bytes, later: int, later_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the later tree only added to the earlier one (RFC 9162)."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not proof and earlier_root == later_root
    path = list(proof)
    if earlier.bit_count() == 1:
        path.insert(0, earlier_root)
    if not path:
        return False
    node, last = earlier - 1, later - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step)
        node, last = node >> 1, last >> 1
    return last == 0 and first == earlier_root and second == later_root
