"""Calls to an identity provider, bounded: only its hosts, no redirects, no waiting, no proxies.

Metadata names further addresses to call. Whoever can change it, or a redirect,
could otherwise point this process at the inside of our network (SSRF).
"""

from __future__ import annotations

import json
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from gateway.errors import IdentityUnavailable
from gateway.identity.hosts import acceptable

_CONNECT_SECONDS, _READ_SECONDS = 3.0, 5.0
_MOST_BYTES = 1_000_000


class HostRefused(requests.RequestException):
    """The address is not one of the identity provider's."""


class _PinnedAdapter(HTTPAdapter):
    """Calls only the hosts it was given, and never waits without a bound."""

    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        # The machine's own trust store beside the bundled one: a company's identity
        # provider often has a certificate of the company's own authority.
        kwargs["ssl_context"] = ssl.create_default_context()
        super().init_poolmanager(*args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if not acceptable(request.url or "", self._hosts):
            raise HostRefused("not a host of the identity provider")
        kwargs["timeout"] = kwargs.get("timeout") or (_CONNECT_SECONDS, _READ_SECONDS)
        return super().send(request, **kwargs)


def harden(session: requests.Session, hosts: frozenset[str]) -> None:
    """Bind `session` to `hosts`."""
    # No HTTP_PROXY, no .netrc: neither may see a client secret or answer for the provider.
    session.trust_env = False
    session.max_redirects = 0
    session.mount("https://", _PinnedAdapter(hosts))
    session.mount("http://", _PinnedAdapter(hosts))


def get_json(url: str, hosts: frozenset[str]) -> dict[str, Any]:
    """The JSON object at `url`.

    Raises:
        IdentityUnavailable: no answer, not a good one, not JSON, or larger than a megabyte.
    """
    with requests.Session() as session:
        harden(session, hosts)
        try:
            answer = session.get(url, headers={"Accept": "application/json"}, stream=True)
            answer.raise_for_status()
            body = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
            document = json.loads(body)
        except (requests.RequestException, OSError, ValueError) as error:
            raise IdentityUnavailable from error
    if len(body) > _MOST_BYTES or not isinstance(document, dict):
        raise IdentityUnavailable
    return document
