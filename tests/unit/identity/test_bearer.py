from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identifiers import TenantId
from gateway.identity import base62, bearer

TENANTS = st.uuids().map(TenantId)
PREFIX = "sk-pv-"


class TestForm:
    @given(TENANTS, st.integers(0, 62**32 - 1))
    def test_a_secret_names_the_tenant_it_was_minted_for(self, tenant: TenantId, n: int) -> None:
        """
        The tenant is read back from the text alone, for every tenant and every random part.
        """
        text = bearer.mint(PREFIX, tenant, lambda _: n)

        assert len(text) == len(PREFIX) + 60
        assert bearer.tenant_of(PREFIX, text) == tenant

    @given(st.data(), TENANTS)
    def test_every_single_wrong_character_is_caught(
        self, data: st.DataObject, tenant: TenantId
    ) -> None:
        """
        Changing one character, wherever and to whatever, makes the text malformed.
        """
        text = bearer.mint(PREFIX, tenant)
        at = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.characters().filter(lambda letter: letter != text[at]))
        changed = text[:at] + other + text[at + 1 :]

        with pytest.raises(bearer.Malformed):
            bearer.tenant_of(PREFIX, changed)

    @given(st.text(max_size=100))
    def test_no_text_makes_it_fail_otherwise(self, text: str) -> None:
        """
        Whatever is sent as a key is either a tenant or malformed; nothing else is raised.
        """
        for candidate in (text, PREFIX + text):
            with pytest.raises(bearer.Malformed):
                bearer.tenant_of(PREFIX, candidate)

    def test_a_number_past_the_last_uuid_is_malformed(self) -> None:
        """
        22 letters can spell more than 128 bits; such a text names no tenant even if its checksum
        is right.
        """
        body = "z" * 22 + "0" * 32
        text = PREFIX + body + bearer._checksum(PREFIX + body)

        with pytest.raises(bearer.Malformed):
            bearer.tenant_of(PREFIX, text)

    def test_another_prefix_is_another_kind_of_secret(self) -> None:
        """
        A session id is never taken for a key.
        """
        session = bearer.mint("ws-pv-", TenantId(UUID(int=7)))

        with pytest.raises(bearer.Malformed):
            bearer.tenant_of(PREFIX, session)

    def test_two_secrets_are_never_the_same(self) -> None:
        """
        The random part is drawn for each.
        """
        tenant = TenantId(UUID(int=7))

        assert len({bearer.mint(PREFIX, tenant) for _ in range(100)}) == 100


class TestBase62:
    @given(st.integers(0, 62**8 - 1))
    def test_numbers_come_back(self, number: int) -> None:
        """
        Encoding and decoding are inverse.
        """
        assert base62.decode(base62.encode(number, 8)) == number

    def test_a_number_that_does_not_fit_is_refused(self) -> None:
        """
        Nothing is cut off silently.
        """
        with pytest.raises(ValueError, match="fit"):
            base62.encode(62, 1)

    def test_the_error_does_not_repeat_the_text(self) -> None:
        """
        The text may be part of a secret.
        """
        with pytest.raises(ValueError) as caught:
            base62.decode("secret!")

        assert "secret" not in str(caught.value)
