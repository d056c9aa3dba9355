from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.errors import IdentityUnavailable
from gateway.identity.issuer import Issuer
from tests.unit.identity.builders import an_ec_key, an_rsa_key

if TYPE_CHECKING:
    from tests.unit.identity.builders import IssuerSimulator


@pytest.fixture
def known(issuer: IssuerSimulator) -> Issuer:
    return Issuer(issuer.url, frozenset({"login.acme.example"}), issuer.clock, issuer.get_json)


class TestRotation:
    def test_a_new_key_is_found_by_asking_again(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        The provider rotated: the first token with the new key makes us fetch the set.
        """
        assert known.key("k1", "RS256")[0] is not None
        issuer.keys.insert(0, an_rsa_key("k2"))
        issuer.clock.forward(seconds=31)

        found, _ = known.key("k2", "RS256")

        assert found is not None
        assert found.kid == "k2"
        assert issuer.key_fetches == 2

    def test_invented_key_ids_do_not_make_us_hammer_the_provider(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        Anybody can send tokens with new key ids; the provider is asked twice a minute at most.
        """
        for n in range(50):
            assert known.key(f"invented-{n}", "RS256")[0] is None

        assert issuer.key_fetches == 1

        issuer.clock.forward(seconds=31)
        for n in range(50):
            assert known.key(f"invented-{n}", "RS256")[0] is None

        assert issuer.key_fetches == 2

    def test_a_withdrawn_key_is_forgotten_within_the_hour(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        Keys are fetched anew every hour even if every token's key is known.
        """
        known.key("k1", "RS256")
        issuer.keys = [an_rsa_key("k2")]
        issuer.clock.forward(seconds=3_601)

        assert known.key("k1", "RS256")[0] is None


class TestOutage:
    def test_known_keys_go_on_while_the_provider_is_down(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        A provider that is down for hours stops nobody whose key we hold.
        """
        known.key("k1", "RS256")
        issuer.down = True
        issuer.clock.forward(hours=5)

        assert known.key("k1", "RS256")[0] is not None

    def test_but_not_for_ever(self, issuer: IssuerSimulator, known: Issuer) -> None:
        """
        Keys that could not be confirmed for six hours are not trusted any more.
        """
        known.key("k1", "RS256")
        issuer.down = True
        issuer.clock.forward(hours=6, seconds=1)

        with pytest.raises(IdentityUnavailable):
            known.key("k1", "RS256")

    def test_an_unknown_key_during_an_outage_is_not_called_wrong(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        It may be the new key, and we cannot ask.
        """
        known.key("k1", "RS256")
        issuer.down = True
        issuer.clock.forward(seconds=31)

        for _ in range(2):
            with pytest.raises(IdentityUnavailable):
                known.key("k2", "RS256")

    def test_it_recovers(self, issuer: IssuerSimulator, known: Issuer) -> None:
        """
        After an outage at the start it takes seconds, not half a minute, until keys are there.
        """
        issuer.down = True
        with pytest.raises(IdentityUnavailable):
            known.snapshot()
        issuer.down = False
        with pytest.raises(IdentityUnavailable):  # not hammered while it is coming up
            known.snapshot()
        issuer.clock.forward(seconds=6)

        assert known.key("k1", "RS256")[0] is not None


class TestReading:
    @pytest.mark.parametrize(
        "override",
        [
            {"issuer": "https://evil.example"},
            {"issuer": None},
            {"jwks_uri": None},
            {"jwks_uri": 7},
        ],
    )
    def test_metadata_that_is_not_its_own_is_not_used(
        self, issuer: IssuerSimulator, known: Issuer, override: dict[str, Any]
    ) -> None:
        """
        Discovery 4.3: the document must name the issuer it was fetched for, and its keys.
        """
        issuer.overrides = override

        with pytest.raises(IdentityUnavailable):
            known.snapshot()

    def test_one_unreadable_key_does_not_spoil_the_others(
        self, issuer: IssuerSimulator, known: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Providers publish keys of kinds we do not know yet, keys for encryption, and mistakes.
        """
        good = issuer.keys[0].as_dict(private=False)
        entries: list[Any] = [
            {"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq"},
            {"kty": "RSA", "kid": "broken"},
            {"kty": "RSA", "kid": "odd", "n": "!!", "e": "AQAB"},
            {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
            {**good, "kid": "for-encryption", "use": "enc"},
            "nonsense",
            None,
            good,
        ]
        monkeypatch.setattr(
            known,
            "_get_json",
            lambda url, hosts: (
                {"keys": entries} if url.endswith("jwks") else issuer.get_json(url, hosts)
            ),
        )

        assert [key.kid for key in known.snapshot().keys] == ["k1"]

    def test_a_set_without_keys_has_none(self, issuer: IssuerSimulator, known: Issuer) -> None:
        """
        An empty set verifies nothing, and is no error of the caller's either.
        """
        issuer.keys = []

        assert known.key("k1", "RS256")[0] is None

    def test_the_kind_of_key_must_fit_the_algorithm(
        self, issuer: IssuerSimulator, known: Issuer
    ) -> None:
        """
        Two keys of one id and different kinds are told apart by the algorithm.
        """
        issuer.keys = [an_rsa_key("same"), an_ec_key("same")]

        rsa, _ = known.key("same", "RS256")
        curve, _ = known.key("same", "ES256")

        assert rsa is not None
        assert curve is not None
        assert (rsa.key_type, curve.key_type) == ("RSA", "EC")
