"""Merkle trees as in RFC 6962, section 2.1 (and RFC 9162): pure functions over bytes.

A tree over `n` entries is kept as its *frontier*: the roots of the perfect
subtrees that `n` is the sum of, largest first. Appending touches at most
log2(n) hashes, and the root follows from the frontier alone.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Span = tuple[int, int]
"""Leaves from the first number up to, and without, the second."""


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


def _split(size: int) -> int:
    """The largest power of two below `size` (RFC 6962's k)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The path that proves leaf `index` is in the tree of `size` (RFC 6962, section 2.1.1).

    `leaves` are read once, in order, and not kept: the tree may be larger than memory.

    Raises:
        IndexError: there is no such leaf, or there are fewer leaves than `size`.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    return _roots(leaves, _inclusion_spans(index, size))


def consistency_proof(leaves: Iterable[bytes], earlier: int, later: int) -> list[bytes]:
    """The path that proves the first `earlier` leaves are a prefix (RFC 6962, section 2.1.2).

    `leaves` are read once, in order, and not kept.

    Raises:
        IndexError: the tree never had these sizes.
    """
    if not 0 < earlier <= later:
        raise IndexError(earlier)
    return _roots(leaves, _consistency_spans(0, later, earlier, complete=True))


def _inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees beside the way from a leaf to the root, nearest first."""
    spans, first, last = [], 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            spans.append((middle, last))
            last = middle
        else:
            spans.append((first, middle))
            first = middle
    return spans[::-1]


def _consistency_spans(first: int, last: int, earlier: int, *, complete: bool) -> list[Span]:
    if earlier == last:
        return [] if complete else [(first, last)]
    middle = first + _split(last - first)
    if earlier <= middle:
        rest = _consistency_spans(first, middle, earlier, complete=complete)
        return [*rest, (middle, last)]
    rest = _consistency_spans(middle, last, earlier, complete=False)
    return [*rest, (first, middle)]


def _roots(leaves: Iterable[bytes], spans: list[Span]) -> list[bytes]:
    """The root of each span of leaves, in one pass. The spans do not overlap."""
    source, at, roots = iter(leaves), 0, {}
    for first, last in sorted(spans):
        for _ in islice(source, first - at):
            pass
        part = Frontier()
        for leaf in islice(source, last - first):
            part.append(leaf)
        if part.size != last - first:
            raise IndexError(last)
        roots[first, last], at = part.root(), last
    return [roots[span] for span in spans]


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
