"""Rego in an OPA server, through opa-python-client. The sole importer of `opa_client`.

The client's defaults are for convenience, not for a gateway: it reads proxies and
netrc from the environment, keeps ten connections and repeats requests. They are
replaced here, and a test fails when a new version moves what we replace. OPA's
server treats built-in errors as undefined unless it is asked to be strict, which
would let ``not`` turn an error into a permit: every query asks.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from opa_client.opa import OpaClient
from requests import RequestException
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.result import read

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId

_LOG = logging.getLogger(__name__)
_STRICT = {"strict-builtin-errors": True}
_FAILURES_TO_OPEN = 5
_OPEN_SECONDS = 2.0


class OpaServerPdp:
    """Asks an OPA server that runs the same bundle."""

    def __init__(
        self, url: str, revision: str, seconds: float, clock: Clock, connections: int = 64
    ) -> None:
        """`revision` names the bundle the server was given; `seconds` bounds one decision.

        Raises:
            ConfigurationError: the URL cannot be used.
        """
        self.revision = revision
        self._clock = clock
        self._client = _client(url, seconds, connections)
        self._lock = Lock()
        self._failures = 0
        self._closed_until = float("-inf")

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:  # noqa: ARG002
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        if self._circuit_open():
            return unavailable(self.revision)
        package, _, rule = entrypoint.rpartition("/")
        try:
            answer: Any = self._client.query_rule(
                input_data=orjson.loads(policy_input),
                package_path=package.replace("/", "."),
                rule_name=rule,
                query_params=_STRICT,
            )
        # One of the two places where everything is caught: the client lets the errors of
        # three libraries through, and each of them means that there is no decision.
        except Exception as error:  # noqa: BLE001
            _LOG.warning("OPA gave no decision: %s", type(error).__name__)
            self._count(failed=True)
            return unavailable(self.revision)
        self._count(failed=False)
        return read(answer.get("result") if isinstance(answer, dict) else answer, self.revision)

    def ready(self) -> bool:
        """Whether the server says it is healthy."""
        try:
            return bool(self._client.check_health())
        except (RequestException, OSError, ValueError):
            return False

    def start(self) -> None:
        """Nothing to start: connections are made when they are needed."""

    def stop(self) -> None:
        """Close the connections."""
        self._client._session.close()  # noqa: SLF001 - covered by a test

    def _circuit_open(self) -> bool:
        with self._lock:
            return self._clock.monotonic() < self._closed_until

    def _count(self, *, failed: bool) -> None:
        """After a row of failures, deny at once for a moment instead of waiting each time."""
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= _FAILURES_TO_OPEN:
                self._closed_until = self._clock.monotonic() + _OPEN_SECONDS
                self._failures = 0


def _client(url: str, seconds: float, connections: int) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigurationError("policy.opa_url must be http(s)://host:port without a path.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    client = OpaClient(
        host=host,
        port=parts.port or (443 if parts.scheme == "https" else 8181),
        ssl=parts.scheme == "https",
        timeout=seconds / 2,  # connecting and reading are each given it, so both fit
    )
    session = client._session  # noqa: SLF001 - the client offers no other way
    session.trust_env = False
    adapter = HTTPAdapter(
        pool_maxsize=connections, max_retries=Retry(total=1, connect=1, read=0, redirect=0)
    )
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return client
