from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import ConfigurationError, IdentityUnavailable
from gateway.identity.access_tokens import TokenVerifier
from gateway.identity.trust import trust
from tests.unit.identity.builders import (
    IssuerSimulator,
    SetClock,
    a_verifier,
    an_rsa_key,
    sign_in_settings,
    token_refusal,
)


class TestTenants:
    def test_a_foreign_tenants_issuer_speaks_for_its_own_tenant_only(
        self, issuer: IssuerSimulator, clock: SetClock
    ) -> None:
        """
        Globex's provider signs in people of Globex, also when its token claims Acme's issuer.
        """
        globex = IssuerSimulator(clock, "https://login.globex.example")
        sections = {"acme": sign_in_settings(), "globex": sign_in_settings(globex.url)}

        def get_json(url: str, hosts: frozenset[str]) -> dict[str, Any]:
            side = globex if url.startswith(globex.url) else issuer
            return side.get_json(url, hosts)

        verifier = TokenVerifier(trust(sections, clock, get_json), clock)
        forged = globex.sign(globex.claims(iss=issuer.url))

        assert verifier.verify(globex.sign()).identity.tenant == "globex"
        assert token_refusal(verifier, forged) == "token.signature"

    def test_one_issuer_for_two_tenants_is_told_apart_by_audience(
        self, issuer: IssuerSimulator
    ) -> None:
        """
        A shared provider is fine as long as a token names one of the two.
        """
        verifier = a_verifier(
            issuer, acme=sign_in_settings(audience="a"), globex=sign_in_settings(audience="g")
        )
        both = issuer.sign(issuer.claims(aud=["a", "g"]))

        assert verifier.verify(issuer.sign(issuer.claims(aud="g"))).identity.tenant == "globex"
        assert verifier.verify(issuer.sign(issuer.claims(aud="a"))).identity.tenant == "acme"
        assert token_refusal(verifier, both) == "token.audience"

    def test_one_issuer_and_one_audience_for_two_tenants_stop_the_start(
        self, issuer: IssuerSimulator
    ) -> None:
        """
        Then nothing would tell the tenants apart (promise P4).
        """
        with pytest.raises(ConfigurationError, match="audience"):
            a_verifier(issuer, acme=sign_in_settings(), globex=sign_in_settings())


class TestRemembering:
    def test_a_token_is_verified_once(self, issuer: IssuerSimulator) -> None:
        """
        The second request with the same token costs no signature: it is the same value.
        """
        verifier, token = a_verifier(issuer), issuer.sign()

        assert verifier.verify(token) is verifier.verify(token)

    def test_a_remembered_token_still_expires(self, issuer: IssuerSimulator) -> None:
        """
        Being remembered does not make it live longer.
        """
        verifier, token = a_verifier(issuer), issuer.sign()
        verifier.verify(token)
        issuer.clock.forward(seconds=331)

        assert token_refusal(verifier, token) == "token.expired"

    def test_a_withdrawn_key_takes_its_tokens_with_it(self, issuer: IssuerSimulator) -> None:
        """
        When the provider drops a key, tokens it signed stop when the keys are fetched again.
        """
        verifier = a_verifier(issuer)
        now = int(issuer.clock.now().timestamp())
        token = issuer.sign(issuer.claims(exp=now + 86_400))
        verifier.verify(token)
        issuer.keys = [an_rsa_key("k2")]
        issuer.clock.forward(seconds=3_601)

        assert token_refusal(verifier, token) == "token.key"

    def test_what_is_remembered_is_bounded(self, issuer: IssuerSimulator) -> None:
        """
        Many tokens do not fill the memory, and those that fell out verify again.
        """
        verifier = a_verifier(issuer)
        first = issuer.sign()
        known = verifier.verify(first)
        for n in range(4_096):
            verifier._remembered[n.to_bytes(32, "big")] = known
        verifier.verify(issuer.sign(issuer.claims(sub="s-2")))

        assert len(verifier._remembered) < 4_096
        assert verifier.verify(first).identity == known.identity


class TestOutage:
    def test_a_provider_that_never_answered_is_not_the_callers_fault(
        self, issuer: IssuerSimulator
    ) -> None:
        """
        Without keys nothing can be said about the token: 503 and try again, not 401.
        """
        issuer.down = True

        with pytest.raises(IdentityUnavailable):
            a_verifier(issuer).verify(issuer.sign())
