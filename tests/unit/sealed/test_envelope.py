"""A ciphertext opens with its key, at its place, unchanged; and in no other way."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sealed.envelope import (
    Unsealable,
    content_place,
    new_key,
    person_place,
    seal,
    tenant_place,
    unseal,
)

ACME, GLOBEX = UUID(int=1), UUID(int=2)
KEY = new_key()
PLACE = content_place(ACME, "ex_1", "input")


class TestSeal:
    @given(st.binary(max_size=2_000))
    def test_what_is_sealed_opens(self, content: bytes) -> None:
        """
        Round trip, for any bytes.
        """
        assert unseal(KEY, seal(KEY, content, PLACE), PLACE) == content

    def test_the_same_content_is_never_the_same_bytes(self) -> None:
        """
        A fresh nonce each time: equal prompts cannot be told from their ciphertexts.
        """
        assert seal(KEY, b"hello", PLACE) != seal(KEY, b"hello", PLACE)

    @given(st.integers(min_value=0, max_value=32), st.integers(min_value=0, max_value=7))
    def test_one_changed_bit_does_not_open(self, at: int, bit: int) -> None:
        """
        Nonce, ciphertext and tag are all authenticated.
        """
        sealed = bytearray(seal(KEY, b"hello", PLACE))
        sealed[at] ^= 1 << bit

        with pytest.raises(Unsealable):
            unseal(KEY, bytes(sealed), PLACE)

    @given(st.binary(max_size=28))
    def test_short_bytes_do_not_open(self, sealed: bytes) -> None:
        """
        Whatever is too short is refused, not read.
        """
        with pytest.raises(Unsealable):
            unseal(KEY, sealed, PLACE)

    @pytest.mark.parametrize(
        "place",
        [
            content_place(GLOBEX, "ex_1", "input"),
            content_place(ACME, "ex_2", "input"),
            content_place(ACME, "ex_1", "output"),
            content_place(ACME, "ex_1/5:input", ""),
            person_place(ACME, ACME),
            tenant_place(ACME, 1),
        ],
    )
    def test_it_opens_in_no_other_place(self, place: bytes) -> None:
        """
        Another tenant, exchange or field is another place.
        """
        with pytest.raises(Unsealable):
            unseal(KEY, seal(KEY, b"hello", PLACE), place)

    def test_another_key_does_not_open_it(self) -> None:
        """
        Destroying the key is destroying the content.
        """
        with pytest.raises(Unsealable):
            unseal(new_key(), seal(KEY, b"hello", PLACE), PLACE)
