"""The demonstration's own identity provider: OpenID Connect without passwords.

Anybody who reaches it can be anybody, so it serves a demo tenant on this machine
and refuses everything else. It is a real provider otherwise (code flow with
PKCE S256, discovery, JWKS, RFC 9068 access tokens, RFC 9207 ``iss``), so that
the demonstration signs in through the same code as a company does. All it knows
is in memory, and its key is made anew at every start: one worker process only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from gateway.core.principal import Role
from gateway.core.values import dataclass
from gateway.errors import ConfigurationError, InvalidRequest
from gateway.identity.permissions import PUBLIC
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Response as AnyResponse

    from gateway.core.clock import Clock
    from gateway.core.principal import Tenant

PREFIX = "/demo-idp"
CLIENT_ID = "proviso-demo"
ROLE_GROUPS: dict[str, list[str]] = {
    Role.AUDITOR: ["audit"],
    Role.PRIVACY_OFFICER: ["privacy"],
    Role.TENANT_ADMIN: ["administrators"],
}
"""What ``sign_in.<tenant>.role_groups`` must say for the demo people."""

_CODE_SECONDS = 60
_TOKEN_SECONDS = 3_600
_MOST_CODES = 1_000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CARRIED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce")
_PKCE = ("code_challenge", "code_challenge_method")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as."""

    subject: str
    name: str
    job: str
    groups: tuple[str, ...]
    email: str

    def claims(self) -> dict[str, Any]:
        """What an ID token and userinfo say of them."""
        return {
            "sub": self.subject,
            "name": self.name,
            "email": self.email,
            "email_verified": True,
            "groups": list(self.groups),
        }


def people(domain: str = "acme.example") -> tuple[DemoPerson, ...]:
    """The demo company's people. Invented; the domain is reserved (RFC 2606)."""
    cast = (
        ("emma", "Emma Vogel", "Employee", ("staff",)),
        ("paul", "Paul Okafor", "Privacy officer", ("staff", "privacy")),
        ("ines", "Inês Duarte", "Auditor", ("staff", "audit")),
        ("tove", "Tove Lindqvist", "Tenant administrator", ("staff", "administrators")),
    )
    return tuple(
        DemoPerson(subject, name, job, groups, f"{subject}@{domain}")
        for subject, name, job, groups in cast
    )


@dataclass(frozen=True, slots=True)
class _Grant:
    """A code that was given out and not yet redeemed."""

    person: DemoPerson
    redirect_uri: str
    challenge: str
    nonce: str
    good_until: float


class DemoProvider:
    """The provider's state and rules; `blueprint` puts it on the wire."""

    def __init__(
        self,
        issuer: str,
        tenant: Tenant,
        redirect_uris: Iterable[str],
        clock: Clock,
        cast: Iterable[DemoPerson] | None = None,
    ) -> None:
        """A provider at `issuer` that sends people back to `redirect_uris` only.

        Raises:
            ConfigurationError: the tenant is not a demo tenant, or the issuer is not this machine.
        """
        if not tenant.demo:
            raise ConfigurationError("The demo identity provider serves a demo tenant only.")
        if urlsplit(issuer).hostname not in _LOOPBACK:
            raise ConfigurationError("The demo identity provider serves this machine only.")
        self.issuer = issuer
        self.cast = {person.subject: person for person in cast or people()}
        self._redirect_uris = frozenset(redirect_uris)
        self._clock = clock
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        self._grants: dict[str, _Grant] = {}
        self._lock = Lock()

    def metadata(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0, section 3."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "groups"],
            "claims_supported": ["sub", "name", "email", "email_verified", "groups"],
            "authorization_response_iss_parameter_supported": True,
        }

    def key_set(self) -> dict[str, Any]:
        """The public key (RFC 7517)."""
        return {"keys": [self._key.as_dict(private=False)]}

    def check(self, asked: Mapping[str, str]) -> None:
        """Return if an authorization request may be shown to a person.

        Raises:
            InvalidRequest: it may not, and nobody is sent anywhere because of it.
        """
        if asked.get("client_id") != CLIENT_ID:
            raise InvalidRequest("Unknown client.", param="client_id")
        if asked.get("redirect_uri") not in self._redirect_uris:
            raise InvalidRequest("Unregistered address.", param="redirect_uri")
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            raise InvalidRequest("Only the code flow of OpenID Connect.", param="response_type")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            raise InvalidRequest("PKCE with S256 is required.", param="code_challenge")

    def grant(self, subject: str, asked: Mapping[str, str]) -> str:
        """The address to send somebody to who chose to be `subject`, with a code in it.

        Raises:
            InvalidRequest: there is no such person, or the request is not acceptable.
        """
        self.check(asked)
        person = self.cast.get(subject)
        if person is None:
            raise InvalidRequest("There is no such demo person.")
        code = secrets.token_urlsafe(24)
        redirect_uri = asked["redirect_uri"]
        with self._lock:
            if len(self._grants) >= _MOST_CODES:
                self._grants.clear()
            self._grants[code] = _Grant(
                person=person,
                redirect_uri=redirect_uri,
                challenge=asked["code_challenge"],
                nonce=asked.get("nonce", ""),
                good_until=self._clock.monotonic() + _CODE_SECONDS,
            )
        answer = {"code": code, "state": asked.get("state", ""), "iss": self.issuer}
        return f"{redirect_uri}?{urlencode(answer)}"

    def redeem(self, form: Mapping[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, once; None when the code, its address or its verifier is wrong."""
        with self._lock:
            grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or self._clock.monotonic() >= grant.good_until:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not hmac.compare_digest(challenge.encode(), grant.challenge.encode()):
            return None
        if form.get("client_id") != CLIENT_ID or form.get("redirect_uri") != grant.redirect_uri:
            return None
        return {
            "access_token": self.access_token(grant.person.subject),
            "token_type": "Bearer",
            "expires_in": _TOKEN_SECONDS,
            "id_token": self._sign("JWT", grant.person.claims() | {"nonce": grant.nonce}),
        }

    def access_token(self, subject: str) -> str:
        """An access token for the API (RFC 9068) in the name of a demo person.

        Raises:
            KeyError: there is no such person.
        """
        extra = {"client_id": CLIENT_ID, "scope": "openid", "jti": secrets.token_hex(8)}
        return self._sign("at+jwt", self.cast[subject].claims() | extra)

    def holder(self, access_token: str) -> DemoPerson | None:
        """Whose access token this is, for userinfo."""
        try:
            token = jwt.decode(access_token, self._key, algorithms=["ES256"])
            now = int(self._clock.now().timestamp())
            rules = jwt.JWTClaimsRegistry(now, exp={"essential": True})
            rules.validate(token.claims)
        except (JoseError, ValueError):
            return None
        return self.cast.get(token.claims.get("sub", ""))

    def _sign(self, kind: str, claims: dict[str, Any]) -> str:
        now = int(self._clock.now().timestamp())
        times = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + _TOKEN_SECONDS}
        header = {"alg": "ES256", "kid": self._key.kid, "typ": kind}
        return jwt.encode(header, claims | times, self._key, algorithms=["ES256"])


def blueprint(provider: DemoProvider) -> Blueprint:
    """The provider's routes under `PREFIX`."""
    routes = Blueprint(
        "demo_idp",
        __name__,
        url_prefix=PREFIX,
        template_folder=Path(__file__).parent / "templates",
    )
    public = requires(PUBLIC)
    wire = _Wire(provider)
    routes.get("/.well-known/openid-configuration", endpoint="metadata")(public(wire.metadata))
    routes.get("/jwks", endpoint="jwks")(public(wire.key_set))
    routes.get("/authorize", endpoint="authorize")(public(wire.authorize))
    routes.get("/authorize/as/<subject>", endpoint="grant")(public(wire.grant))
    routes.post("/token", endpoint="token")(public(wire.token))
    routes.get("/userinfo", endpoint="userinfo")(public(wire.userinfo))
    routes.get("/style.css", endpoint="style")(public(wire.style))
    return routes


class _Wire:
    """HTTP in, HTTP out; the rules are the provider's."""

    def __init__(self, provider: DemoProvider) -> None:
        self._provider = provider

    def metadata(self) -> Response:
        return jsonify(self._provider.metadata())

    def key_set(self) -> Response:
        return jsonify(self._provider.key_set())

    def authorize(self) -> str:
        self._provider.check(request.args)
        carried = urlencode(_carried(request.args))
        return render_template(
            "demo_idp.html", cast=self._provider.cast.values(), prefix=PREFIX, carried=carried
        )

    def grant(self, subject: str) -> AnyResponse:
        return redirect(self._provider.grant(subject, request.args), 303)

    def token(self) -> tuple[Response, int]:
        if request.form.get("grant_type") != "authorization_code":
            return jsonify(error="unsupported_grant_type"), 400
        tokens = self._provider.redeem(request.form)
        if tokens is None:
            return jsonify(error="invalid_grant"), 400
        answer = jsonify(tokens)
        answer.headers["Cache-Control"] = "no-store"
        return answer, 200

    def userinfo(self) -> tuple[Response, int]:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        person = self._provider.holder(given)
        if person is None:
            return jsonify(error="invalid_token"), 401
        return jsonify(person.claims()), 200

    def style(self) -> Response:
        return Response(render_template("demo_idp.css"), mimetype="text/css")


def _carried(asked: MultiDict[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in (*_CARRIED, *_PKCE) if name in asked}
