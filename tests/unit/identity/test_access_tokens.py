from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.principal import Role
from gateway.errors import Unauthenticated
from tests.unit.identity.builders import (
    IssuerSimulator,
    a_verifier,
    an_ec_key,
    an_rsa_key,
    sign_in_settings,
    token_refusal,
)


def segment(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


class TestAccepting:
    def test_a_good_token_says_who(self, issuer: IssuerSimulator) -> None:
        """
        Subject, verified address, name, groups and the roles that groups give are read from it.
        """
        verified = a_verifier(issuer).verify(issuer.sign())

        said = verified.identity
        assert (said.tenant, said.issuer, said.subject) == ("acme", issuer.url, "s-1")
        assert said.email == "ada@acme.example"
        assert said.name == "Ada"
        assert said.groups == {"staff", "privacy"}
        assert said.roles == {Role.PRIVACY_OFFICER}

    @pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256"])
    def test_every_listed_algorithm_works(self, issuer: IssuerSimulator, alg: str) -> None:
        """
        RSA and elliptic-curve signatures are both accepted.
        """
        issuer.keys = [an_rsa_key("r"), an_ec_key("e")]
        key = issuer.keys[1] if alg == "ES256" else issuer.keys[0]

        assert a_verifier(issuer).verify(issuer.sign(key=key, alg=alg)).identity.subject == "s-1"

    def test_our_audience_may_be_one_of_several(self, issuer: IssuerSimulator) -> None:
        """
        RFC 7519 lets a token be for several services.
        """
        token = issuer.sign(issuer.claims(aud=["other", "gateway-api"]))

        assert a_verifier(issuer).verify(token).identity.subject == "s-1"

    def test_without_key_id_a_single_key_is_meant(self, issuer: IssuerSimulator) -> None:
        """
        A provider with one key need not name it.
        """
        issuer.keys = [an_rsa_key(None)]

        assert a_verifier(issuer).verify(issuer.sign()).identity.subject == "s-1"

    def test_groups_may_be_missing(self, issuer: IssuerSimulator) -> None:
        """
        Missing groups are "not said", which is not the same as "none".
        """
        verified = a_verifier(issuer).verify(issuer.sign(issuer.claims(groups=None)))

        assert verified.identity.groups is None
        assert verified.identity.roles == frozenset()

    @pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
    def test_an_address_nobody_vouches_for_is_left_out(
        self, issuer: IssuerSimulator, verified: Any
    ) -> None:
        """
        An unverified address is whatever somebody typed; matching on it would hand over accounts.
        """
        token = issuer.sign(issuer.claims(email_verified=verified))

        assert a_verifier(issuer).verify(token).identity.email is None

    def test_a_provider_may_be_trusted_with_addresses(self, issuer: IssuerSimulator) -> None:
        """
        Some company directories never send the claim; the operator can say that they need not.
        """
        verifier = a_verifier(issuer, acme=sign_in_settings(trust_email=True))
        token = issuer.sign(issuer.claims(email_verified=None))

        assert verifier.verify(token).identity.email == "ada@acme.example"

    def test_a_token_within_the_leeway_still_counts(self, issuer: IssuerSimulator) -> None:
        """
        Clocks differ by seconds: half a minute either way is forgiven.
        """
        now = int(issuer.clock.now().timestamp())
        verifier = a_verifier(issuer)

        assert verifier.verify(issuer.sign(issuer.claims(exp=now - 20)))
        assert verifier.verify(issuer.sign(issuer.claims(nbf=now + 20)))


class TestRefusing:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"iss": "https://evil.example"}, "token.issuer"),
            ({"iss": "https://login.acme.example/"}, "token.issuer"),
            ({"iss": ["https://login.acme.example"]}, "token.issuer"),
            ({"iss": None}, "token.issuer"),
            ({"aud": "someone-else"}, "token.audience"),
            ({"aud": None}, "token.audience"),
            ({"aud": []}, "token.audience"),
            ({"aud": {"gateway-api": 1}}, "token.audience"),
            ({"exp": None}, "token.claims"),
            ({"exp": "tomorrow"}, "token.claims"),
            ({"exp": True}, "token.claims"),
            ({"sub": None}, "token.claims"),
            ({"sub": ""}, "token.claims"),
            ({"sub": 7}, "token.claims"),
            ({"sub": "x" * 256}, "token.subject"),
            ({"sub": "chat-app"}, "token.workload"),
            ({"client_id": None, "azp": "s-1"}, "token.workload"),
        ],
    )
    def test_a_claim_that_is_not_right(
        self, issuer: IssuerSimulator, changes: dict[str, Any], reason: str
    ) -> None:
        """
        A well-signed token is refused for any claim that is wrong, missing or of another type.
        """
        token = issuer.sign(issuer.claims(**changes))

        assert token_refusal(a_verifier(issuer), token) == reason

    @pytest.mark.parametrize(
        ("claim", "offset", "reason"),
        [
            ("exp", -31, "token.expired"),
            ("nbf", 31, "token.claims"),
            ("iat", 31, "token.claims"),
        ],
    )
    def test_a_time_that_is_not_now(
        self, issuer: IssuerSimulator, claim: str, offset: int, reason: str
    ) -> None:
        """
        Past its end, before its beginning, or issued in the future by more than the leeway.
        """
        now = int(issuer.clock.now().timestamp())
        token = issuer.sign(issuer.claims(**{claim: now + offset}))

        assert token_refusal(a_verifier(issuer), token) == reason

    def test_the_algorithm_none(self, issuer: IssuerSimulator) -> None:
        """
        A token without a signature proves nothing, whatever its header says.
        """
        for name in ("none", "None", "NONE"):
            head = segment({"alg": name, "typ": "at+jwt", "kid": "k1"})
            token = f"{head}.{segment(issuer.claims())}."

            assert token_refusal(a_verifier(issuer), token) == "token.algorithm"

    def test_a_symmetric_signature_made_with_the_public_key(self, issuer: IssuerSimulator) -> None:
        """
        Algorithm confusion (RFC 8725, 2.1): the public key is known to all, so HS256 with it is
        everybody's signature.
        """
        head = segment({"alg": "HS256", "kid": "k1", "typ": "at+jwt"})
        signed = f"{head}.{segment(issuer.claims())}"
        for encoding in ("PEM", "DER"):
            public = issuer.keys[0].as_bytes(encoding=encoding, private=False)
            seal = hmac.digest(public, signed.encode(), "sha256")
            forged = f"{signed}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"

            assert token_refusal(a_verifier(issuer), forged) == "token.algorithm"

    def test_an_algorithm_that_was_not_listed(self, issuer: IssuerSimulator) -> None:
        """
        The configured list counts, not what the token or the key could do.
        """
        verifier = a_verifier(issuer, acme=sign_in_settings(algorithms=["ES256"]))

        assert token_refusal(verifier, issuer.sign()) == "token.algorithm"

    def test_a_key_is_used_for_its_own_algorithm_only(self, issuer: IssuerSimulator) -> None:
        """
        A key published for RS256 does not verify PS256 signatures.
        """
        private = issuer.keys[0].as_dict(private=True)
        issuer.keys = [type(issuer.keys[0]).import_key({**private, "alg": "RS256"})]
        token = issuer.sign(key=type(issuer.keys[0]).import_key(private), alg="PS256")

        assert token_refusal(a_verifier(issuer), token) == "token.key"

    def test_a_foreign_signature_under_a_known_key_id(self, issuer: IssuerSimulator) -> None:
        """
        The key id is a claim of the token's; the signature decides.
        """
        token = issuer.sign(key=an_rsa_key("k1"))

        assert token_refusal(a_verifier(issuer), token) == "token.signature"

    def test_a_key_inside_the_token_is_not_believed(self, issuer: IssuerSimulator) -> None:
        """
        A header may carry a key (RFC 7515, 4.1.3); whoever forges the token chooses it.
        """
        mine = an_rsa_key("k1")
        token = issuer.sign(key=mine, jwk=mine.as_dict(private=False))

        assert token_refusal(a_verifier(issuer), token) == "token.signature"

    def test_without_key_id_there_is_no_trying(self, issuer: IssuerSimulator) -> None:
        """
        With two keys that could be meant, neither is.
        """
        issuer.keys.append(an_rsa_key("k2"))
        token = issuer.sign(kid=None)

        assert token_refusal(a_verifier(issuer), token) == "token.key"

    def test_an_unknown_critical_header(self, issuer: IssuerSimulator) -> None:
        """
        RFC 7515, 4.1.11: what must be understood and is not voids the token.
        """
        head = segment({"alg": "RS256", "kid": "k1", "crit": ["x"], "x": 1, "typ": "at+jwt"})
        body = segment(issuer.claims())

        assert token_refusal(a_verifier(issuer), f"{head}.{body}.c2ln") == "token.signature"

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "..",
            "a.b",
            "a.b.c",
            "a.b.c.d.e",
            f"{segment([])}.{segment({})}.c2ln",
            f"{segment({'alg': 'RS256'})}.{segment([1])}.c2ln",
            f"{segment({'alg': 'RS256'})}.{segment('x')}.c2ln",
            "é.é.é",
            "a" * 20_000,
            f"{segment({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.c2ln",
        ],
    )
    def test_what_is_no_token_at_all(self, issuer: IssuerSimulator, token: str) -> None:
        """
        Garbage is refused before any key is fetched.
        """
        assert token_refusal(a_verifier(issuer), token) in {"token.malformed", "token.issuer"}
        assert issuer.fetched == []

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(st.data())
    def test_any_changed_character(self, issuer: IssuerSimulator, data: st.DataObject) -> None:
        """
        A token changed in one place is refused, or (in a last letter's unused bits) still says
        exactly the same.
        """
        verifier = a_verifier(issuer)
        token = issuer.sign()
        at = data.draw(st.integers(0, len(token) - 1))
        other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != token[at]))
        changed = token[:at] + other + token[at + 1 :]

        try:
            said = verifier.verify(changed).identity
        except Unauthenticated:
            return
        assert said == verifier.verify(token).identity


class TestKindOfToken:
    def test_an_id_token_for_our_own_client_opens_no_api(self, issuer: IssuerSimulator) -> None:
        """
        With the audience left at the client id, what tells them apart is the nonce that every
        sign-in of ours asks for.
        """
        verifier = a_verifier(issuer, acme=sign_in_settings(audience=""))
        id_token = issuer.sign(issuer.claims(aud="gateway", nonce="n"), typ="JWT")

        assert token_refusal(verifier, id_token) == "token.type"

    @pytest.mark.parametrize(
        "mark",
        [
            {"nonce": "n"},
            {"at_hash": "h"},
            {"c_hash": "h"},
            {"typ": "ID"},
            {"typ": "Refresh"},
            {"token_use": "id"},
            {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
        ],
    )
    def test_marks_of_other_tokens(self, issuer: IssuerSimulator, mark: dict[str, Any]) -> None:
        """
        ID, refresh and logout tokens are signed by the same keys and refused.
        """
        token = issuer.sign(issuer.claims(**mark), typ="JWT")

        assert token_refusal(a_verifier(issuer), token) == "token.type"

    @pytest.mark.parametrize("typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "?"])
    def test_explicit_other_types(self, issuer: IssuerSimulator, typ: str) -> None:
        """
        RFC 8725, 3.11: an explicit type that is not an access token's is another kind of token.
        """
        assert token_refusal(a_verifier(issuer), issuer.sign(typ=typ)) == "token.type"

    @pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", None])
    def test_types_of_access_tokens(self, issuer: IssuerSimulator, typ: str | None) -> None:
        """
        RFC 9068's type, and what providers wrote before it.
        """
        assert a_verifier(issuer).verify(issuer.sign(typ=typ)).identity.subject == "s-1"
