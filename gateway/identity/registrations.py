"""Which tenants have sign-in to the pages, and who handles it for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Response

    from gateway.identity.oidc import Registration
    from gateway.identity.people import VerifiedIdentity
    from gateway.identity.trust import TrustedIssuer


class SignIn:
    """One registration with each tenant's identity provider."""

    def __init__(self, trusted: Mapping[str, TrustedIssuer]) -> None:
        """Registrations for the issuers of `trusted`, by tenant slug."""
        self._registrations = _registered(trusted) if trusted else {}

    def __iter__(self) -> Iterator[str]:
        """The slugs of tenants that have sign-in."""
        return iter(self._registrations)

    def begin(self, slug: str, callback: str) -> Response:
        """A redirect to the tenant's identity provider, which will send the person to `callback`.

        State, nonce and code verifier go into Flask's signed cookie.

        Raises:
            NotFound: the tenant has no sign-in.
            IdentityUnavailable: the provider's metadata cannot be had.
        """
        return self._registration(slug).begin(callback)

    def complete(self, slug: str, arguments: Mapping[str, str]) -> VerifiedIdentity:
        """Who came back from the provider. `arguments` are the callback's query arguments.

        Raises:
            NotFound: the tenant has no sign-in.
            Unauthenticated: refused by the provider, not begun here, or a token that does not
                verify.
            IdentityUnavailable: the provider did not answer.
        """
        return self._registration(slug).complete(arguments)

    def _registration(self, slug: str) -> Registration:
        found = self._registrations.get(slug)
        if found is None:
            raise NotFound("No sign-in is set up for this organisation.")
        return found


def _registered(trusted: Mapping[str, TrustedIssuer]) -> dict[str, Registration]:
    # Here, because Authlib takes 4 MB, and only installations with sign-in need it.
    from gateway.identity.oidc import Registration  # noqa: PLC0415

    return {slug: Registration(item) for slug, item in trusted.items()}
