"""Sign-in to the pages: OpenID Connect code flow with PKCE (RFC 7636), through Authlib.

The sole importer of Authlib. Its Flask client keeps state, nonce and code
verifier in a signed cookie and checks them. What it leaves to us is done here:
only the configured issuer's hosts are called, metadata is ours (checked and
shared with the API's token verification), the audience is required, and the
provider's list of algorithms is replaced by the configured one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError

from gateway.errors import IdentityUnavailable, Unauthenticated
from gateway.identity import fetch
from gateway.identity.claims import identity_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

    from gateway.identity.people import VerifiedIdentity
    from gateway.identity.trust import TrustedIssuer

_LEEWAY_SECONDS = 30
_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint")


class _Session(OAuth2Session):  # type: ignore[misc] # Authlib has no types
    """Authlib's HTTP session, bound to the provider's hosts."""

    def __init__(self, *args: Any, hosts: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fetch.harden(self, hosts)


class _Client(FlaskOAuth2App):  # type: ignore[misc] # Authlib has no types
    """Authlib's Flask client for one tenant, with our metadata and keys."""

    client_cls = _Session

    def __init__(self, trusted: TrustedIssuer) -> None:
        settings = trusted.settings
        super().__init__(
            FlaskIntegration(trusted.slug),
            trusted.slug,
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            client_kwargs={
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
                "hosts": trusted.issuer.hosts,
            },
        )
        self._trusted = trusted

    def load_server_metadata(self) -> dict[str, Any]:
        """The part of the provider's metadata that Authlib needs, and no more.

        Authlib mixes it into its client's own options; an unexpected name could change them.
        """
        said = self._trusted.issuer.snapshot().metadata
        known = {name: said[name] for name in _ENDPOINTS if isinstance(said.get(name), str)}
        known["id_token_signing_alg_values_supported"] = list(self._trusted.algorithms)
        methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self.client_secret and "client_secret_basic" not in methods:
            known["token_endpoint_auth_method"] = "client_secret_post"
        return known

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - theirs
        """The provider's signature keys; `force` asks for newer ones than are held."""
        issuer = self._trusted.issuer
        snapshot = issuer.renewed() if force else issuer.snapshot()
        return {"keys": [key.as_dict(private=False) for key in snapshot.keys]}


class Registration:
    """The registration with one tenant's identity provider."""

    def __init__(self, trusted: TrustedIssuer) -> None:
        """With the issuer of `trusted`."""
        self._trusted = trusted
        self._client = _Client(trusted)

    def begin(self, callback: str) -> Response:
        """See `gateway.identity.registrations.SignIn.begin`."""
        try:
            answer: Response = self._client.authorize_redirect(callback)
        except requests.RequestException as error:
            raise IdentityUnavailable from error
        return answer

    def complete(self, arguments: Mapping[str, str]) -> VerifiedIdentity:
        """See `gateway.identity.registrations.SignIn.complete`."""
        client, trusted = self._client, self._trusted
        # RFC 9207: an answer from another provider than the one we asked (mix-up attack).
        if arguments.get("iss", trusted.settings.issuer) != trusted.settings.issuer:
            raise Unauthenticated(reason="sign_in.issuer")
        try:
            claims = self._claims(client, trusted)
        except AuthlibBaseError as error:
            raise Unauthenticated(reason=_reason(error)) from error
        except JoseError as error:
            raise Unauthenticated(reason="sign_in.token") from error
        except requests.RequestException as error:
            raise IdentityUnavailable from error
        except (ValueError, TypeError, KeyError) as error:
            # What Authlib lets out when the provider's answer has not the form it should.
            raise Unauthenticated(reason="sign_in.answer") from error
        return identity_in(claims, trusted.slug, trusted.settings, trusted.roles)

    @staticmethod
    def _claims(client: _Client, trusted: TrustedIssuer) -> dict[str, Any]:
        settings = trusted.settings
        token = client.authorize_access_token(
            leeway=_LEEWAY_SECONDS,
            claims_options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
        )
        claims = dict(token.get("userinfo") or {})
        if "sub" not in claims:
            raise Unauthenticated(reason="sign_in.no_id_token")
        if settings.groups_claim in claims or "userinfo_endpoint" not in (
            client.load_server_metadata()
        ):
            return claims
        more = dict(client.userinfo(token=token))
        # OpenID Connect Core 5.3.2: userinfo of somebody else must not be mixed in.
        if more.get("sub") != claims["sub"]:
            raise Unauthenticated(reason="sign_in.userinfo")
        return {**more, **claims}


def _reason(error: AuthlibBaseError) -> str:
    # A short list of our own words: what the query string says ends in no log.
    known = {"mismatching_state": "sign_in.state", "access_denied": "sign_in.denied"}
    return known.get(str(error.error), "sign_in.refused")
