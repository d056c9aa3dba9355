"""From a provider's section to a core value, and what a section must hold for its wire."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.core.catalogue import (
    AwsKeys,
    Cloud,
    Endpoint,
    Patience,
    ProviderEntry,
    Wire,
)
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from gateway.sections import ProviderSettings

_NEEDED: dict[Wire, tuple[str, ...]] = {
    Wire.AZURE: ("api_version",),
    Wire.VERTEX: ("project", "location", "credentials_file"),
    Wire.BEDROCK: ("aws",),
}
"""What a wire needs, and what therefore no other may have."""

_KEYLESS = frozenset({Wire.VERTEX, Wire.BEDROCK})
"""Wires with credentials of another kind, so that an `api_key` would never be used."""

_GLOBAL_VERTEX = "aiplatform.googleapis.com"


def provider_entry(name: str, item: ProviderSettings) -> ProviderEntry:
    """The provider as a core value."""
    base_url = item.base_url.rstrip("/")
    aws = AwsKeys(**item.aws.model_dump()) if item.aws else AwsKeys()
    return ProviderEntry(
        name=name,
        wire=item.wire,
        base_url=base_url,
        tier=item.tier,
        api_key=item.api_key,
        region=item.region,
        transfer=item.transfer,
        self_hosted=item.self_hosted,
        mitigations=frozenset(item.mitigations),
        replicas=tuple(
            Endpoint(other.base_url.rstrip("/") or base_url, other.api_key)
            for other in item.replicas
        ),
        cloud=Cloud(
            item.api_version,
            item.credential == "bearer",
            item.project,
            item.location,
            item.credentials_file,
            aws,
        ),
        patience=Patience(**item.patience.model_dump()),
    )


def check_provider(name: str, item: ProviderSettings) -> None:
    """What the types alone do not say.

    A setting of another wire is refused rather than passed over: who sets it relies on it.

    Raises:
        ConfigurationError: the section misses what its wire needs, or has what it cannot use.
    """
    for key in sorted({key for keys in _NEEDED.values() for key in keys}):
        needed = key in _NEEDED.get(item.wire, ())
        if needed and not getattr(item, key):
            raise _wrong(name, key, f"is needed by the wire {item.wire}")
        if not needed and getattr(item, key):
            raise _wrong(name, key, f"means nothing to the wire {item.wire}")
    if item.credential != "key" and item.wire is not Wire.AZURE:
        raise _wrong(name, "credential", f"means nothing to the wire {item.wire}")
    if item.wire is Wire.ECHO:
        return
    _check_addresses(name, item)
    if item.wire in _KEYLESS and any((item.api_key, *(it.api_key for it in item.replicas))):
        raise _wrong(name, "api_key", f"is not used by the wire {item.wire}")
    if item.wire is Wire.VERTEX:
        _check_location(name, item)


def _check_addresses(name: str, item: ProviderSettings) -> None:
    addresses = {"base_url": item.base_url}
    for at, other in enumerate(item.replicas):
        addresses[f"replicas.{at}.base_url"] = other.base_url or item.base_url
    for key, address in addresses.items():
        if not address.startswith(("https://", "http://")):
            raise _wrong(name, key, "must be an http(s) address")
        if "?" in address or "#" in address:
            raise _wrong(name, key, "must end with its path")


def _check_location(name: str, item: ProviderSettings) -> None:
    """Google's hosts name where they process; one that names another place is a mistake."""
    wanted = _GLOBAL_VERTEX
    if item.location != "global":
        wanted = f"{item.location}-{wanted}"
    for address in (item.base_url, *(it.base_url for it in item.replicas if it.base_url)):
        host = urlsplit(address).hostname or ""
        if host.endswith(_GLOBAL_VERTEX) and host != wanted:
            raise _wrong(name, "location", f"does not fit the host {host}")


def _wrong(name: str, key: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"providers.{name}.{key} {what}.")
