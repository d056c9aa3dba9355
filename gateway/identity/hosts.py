"""Which addresses may be called for an identity provider; `gateway.identity.fetch` calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def acceptable(url: str, hosts: Iterable[str]) -> bool:
    """Whether `url` is https (or plain http to this machine) to one of `hosts`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return encrypted and host in hosts and parts.username is None


def hosts_of(issuer: str, further: Iterable[str], *, setting: str) -> frozenset[str]:
    """The hosts that may be called for an issuer.

    Raises:
        ConfigurationError: the issuer is not an https address (plain http only to this machine).
    """
    hosts = frozenset({urlsplit(issuer).hostname or "", *further})
    if not acceptable(issuer, hosts):
        raise ConfigurationError(
            f"{setting}.issuer must be an https address; plain http only for this machine."
        )
    return hosts
