"""Digests over the texts of an answer: the same whole or in pieces, and no state left by asking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.secrets import RootSecret
from gateway.pep.digest import FieldDigests

SECRET, TENANT = RootSecret(b"s" * 32), TenantId(uuid7())


def digests(pieces: list[str], *, keep: bool) -> FieldDigests:
    """Of one text in these pieces, and of a second one."""
    made = FieldDigests(SECRET, TENANT, keep=keep)
    for piece in pieces:
        made.add((0, "content"), piece)
    made.add((1, "content"), "other")
    return made


class TestDigests:
    @given(st.lists(st.text(max_size=3), min_size=1, max_size=200), st.booleans())
    def test_pieces_make_no_difference(self, pieces: list[str], keep: bool) -> None:
        """
        However a text was cut and however many pieces it has, its digest is that of the whole.
        """
        whole = digests(["".join(pieces)], keep=False)

        assert digests(pieces, keep=keep).digest() == whole.digest()

    @pytest.mark.parametrize("keep", [False, True])
    def test_asking_changes_nothing(self, keep: bool) -> None:
        """
        A digest can be asked for twice, and the kept texts are whole after it.
        """
        made = digests(["a", "b"] * 100, keep=keep)

        assert made.digest() == made.digest()
        assert made.texts() == (["ab" * 100, "other"] if keep else [])
