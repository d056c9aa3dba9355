"""Which identity providers are believed, for which tenant, and on what terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joserfc.jws import JWSRegistry

from gateway.core.values import dataclass
from gateway.errors import ConfigurationError
from gateway.identity.hosts import hosts_of
from gateway.identity.issuer import Issuer
from gateway.identity.people import RoleMap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.clock import Clock
    from gateway.sections import SignInSettings

_MOST_HEADER_BYTES = 4_096
"""Some providers put a certificate chain into the header of every token."""


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One tenant's identity provider, as its tokens are judged."""

    slug: str
    settings: SignInSettings
    issuer: Issuer
    roles: RoleMap
    algorithms: tuple[str, ...]
    registry: JWSRegistry

    @property
    def audience(self) -> str:
        """What an access token must name to be meant for us."""
        return self.settings.audience or self.settings.client_id


def _get_json(url: str, hosts: frozenset[str]) -> dict[str, Any]:
    # Here, because the HTTP library takes 3 MB, and only installations with sign-in need it.
    from gateway.identity.fetch import get_json  # noqa: PLC0415

    return get_json(url, hosts)


def trust(
    sign_in: Mapping[str, SignInSettings],
    clock: Clock,
    get_json: Callable[[str, frozenset[str]], dict[str, Any]] = _get_json,
) -> dict[str, TrustedIssuer]:
    """The identity providers of a configuration, by tenant slug. Nothing is fetched yet.

    Raises:
        ConfigurationError: an address, an algorithm, a role or the scopes cannot be accepted.
    """
    issuers: dict[str, Issuer] = {}
    trusted = {}
    for slug, settings in sign_in.items():
        setting = f"sign_in.{slug}"
        hosts = hosts_of(settings.issuer, settings.hosts, setting=setting)
        known = issuers.get(settings.issuer)
        if known is None or not hosts <= known.hosts:
            hosts |= known.hosts if known else frozenset()
            issuers[settings.issuer] = Issuer(settings.issuer, hosts, clock, get_json)
        if "openid" not in settings.scopes:
            raise ConfigurationError(f"{setting}.scopes must include openid.")
        trusted[slug] = (settings, _algorithms(settings, setting))
    return {
        slug: TrustedIssuer(
            slug=slug,
            settings=settings,
            issuer=issuers[settings.issuer],
            roles=RoleMap(settings.role_groups, setting=f"sign_in.{slug}.role_groups"),
            algorithms=algorithms,
            registry=registry_for(algorithms),
        )
        for slug, (settings, algorithms) in trusted.items()
    }


def _algorithms(settings: SignInSettings, setting: str) -> tuple[str, ...]:
    for name in settings.algorithms:
        # With HS256 the public key would be the signing key (RFC 8725, section 2.1).
        if name not in JWSRegistry.algorithms or name == "none" or name.startswith("HS"):
            raise ConfigurationError(f"{setting}.algorithms: {name} is not accepted.")
    # An empty list would mean "the library's own choice", which includes HS256.
    if not settings.algorithms:
        raise ConfigurationError(f"{setting}.algorithms must not be empty.")
    return tuple(settings.algorithms)


def registry_for(algorithms: tuple[str, ...]) -> JWSRegistry:
    """Bounds on a token's form, and the algorithms it may be signed with."""
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = _MOST_HEADER_BYTES
    return registry
