"""Keyed digests: the standard's bytes, whatever is digested and in whichever order."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.secrets import Keyed


class TestKeyed:
    @given(st.binary(max_size=64), st.lists(st.binary(max_size=200), max_size=5))
    def test_it_is_hmac(self, key: bytes, messages: list[bytes]) -> None:
        """
        What is digested under a key is RFC 2104's digest of it, and leaves the next one alone.
        """
        keyed = Keyed(key)

        for message in messages:
            assert keyed.digest(message) == hmac.digest(key, message, hashlib.sha256)
