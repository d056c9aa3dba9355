"""Digests over the texts of an answer: the same whole or in pieces, and no state left by asking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identifiers import TenantId, uuid7
from gateway.core.secrets import RootSecret
from gateway.pep.digest import FieldDigests

SECRET, TENANT = RootSecret(b"s" * 32), TenantId(uuid7())


def digests(pieces: list[str]) -> FieldDigests[tuple[int, str]]:
    """Of one text in these pieces, and of a second one."""
    made: FieldDigests[tuple[int, str]] = FieldDigests(SECRET, TENANT)
    for piece in pieces:
        made.add((0, "content"), piece)
    made.add((1, "content"), "other")
    return made


class TestDigests:
    @given(st.lists(st.text(max_size=3), min_size=1, max_size=200))
    def test_pieces_make_no_difference(self, pieces: list[str]) -> None:
        """
        However a text was cut and however many pieces it has, its digest is that of the whole.
        """
        assert digests(pieces).digest() == digests(["".join(pieces)]).digest()

    def test_asking_changes_nothing(self) -> None:
        """
        A digest can be asked for twice, and so can a text of which there is none; the texts are
        whole after it.
        """
        made = digests(["a", "b"] * 100)

        assert made.text((2, "content")) == ""
        assert made.digest() == made.digest()
        assert made.texts() == ["ab" * 100, "other"]

    def test_a_text_that_has_begun_counts(self) -> None:
        """
        An answer with an empty text is another one than an answer with none.
        """
        made: FieldDigests[tuple[int, str]] = FieldDigests(SECRET, TENANT)

        assert made.digest() == ""
        assert made.pieces((0, "content")) == []
        assert made.digest() != ""
