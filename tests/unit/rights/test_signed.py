"""A rights record that leaves the house: genuine, or not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.audit.checkpoint import Verifier, key_from_seed, origin_of
from gateway.audit.note import BadCheckpoint
from gateway.audit.signing import LogKey
from gateway.core.identifiers import TenantId, uuid7
from gateway.core.secrets import RootSecret
from gateway.rights.signed import BadRecord, sign, verify

SECRET = RootSecret(b"s" * 32)
ACME, OTHER = TenantId(uuid7()), TenantId(uuid7())
DOCUMENT: dict[str, Any] = {"exchange": "x1", "rights": {"owner_clause": "no_claim", "outputs": []}}


def log_key(tenant: TenantId = ACME, generation: int = 0) -> LogKey:
    """A key of the tenant's log."""
    private = key_from_seed(SECRET.checkpoint_seed(tenant, generation))
    return LogKey(generation, private, Verifier(origin_of(tenant), private.public_key()), 0)


def key(tenant: TenantId = ACME, generation: int = 0) -> str:
    """What auditors have."""
    return log_key(tenant, generation).verifier.written()


def signed(**changes: Any) -> dict[str, Any]:
    """A signed record, changed afterwards."""
    made = sign(log_key(), DOCUMENT)
    made["document"] = {**made["document"], **changes}
    return made


class TestGenuine:
    def test_the_log_key_verifies_it(self) -> None:
        """
        Whoever audits the log needs nothing more.
        """
        made = sign(log_key(), DOCUMENT)

        assert made["verifier_key"] == key()
        assert verify(json.dumps(made), key())["rights"] == DOCUMENT["rights"]

    def test_its_layout_does_not_matter(self) -> None:
        """
        Mail programs and editors may wrap it.
        """
        made = json.dumps(sign(log_key(), DOCUMENT), indent=7, sort_keys=True)

        assert verify(made.encode(), key())["exchange"] == "x1"

    def test_a_key_that_took_over_signs_from_then_on(self) -> None:
        """
        After a change of keys the new one signs, and the old one does not fit.
        """
        made = json.dumps(sign(log_key(generation=1), DOCUMENT))

        assert verify(made, key(generation=1))["exchange"] == "x1"
        with pytest.raises(BadRecord):
            verify(made, key())


class TestNotGenuine:
    def test_a_changed_word(self) -> None:
        """
        Every word of it is signed.
        """
        with pytest.raises(BadRecord):
            verify(json.dumps(signed(exchange="x2")), key())

    def test_another_tenants_key(self) -> None:
        """
        A record says whose it is, and only that key fits.
        """
        with pytest.raises(BadRecord):
            verify(json.dumps(signed()), key(OTHER))

    @pytest.mark.parametrize(
        "text",
        [
            "", "null", "[]", "{}", "[" * 5_000,
            '{"document": 1, "signature": 2, "verifier_key": 3}',
            '{"document": [], "signature": "", "verifier_key": ""}', "\x00", "a" * 1_000_001,
        ],
        ids=range(9),
    )  # fmt: skip
    def test_what_is_no_record(self, text: str) -> None:
        """
        A file that cannot be read is refused like one that was changed.
        """
        with pytest.raises(BadRecord):
            verify(text, key())

    def test_a_signature_over_something_else(self) -> None:
        """
        No checkpoint can be passed off as a record: what is signed begins differently.
        """
        made = signed()
        private = key_from_seed(SECRET.checkpoint_seed(ACME))
        import base64

        from gateway.audit import canonical

        bare = private.sign(canonical.encode(made["document"]))
        made["signature"] = base64.b64encode(bare).decode()

        with pytest.raises(BadRecord):
            verify(json.dumps(made), key())

    def test_a_key_that_is_none(self) -> None:
        """
        The key is checked before anything is believed.
        """
        with pytest.raises(BadCheckpoint):
            verify(json.dumps(signed()), "acme+00000000+AAAA")
