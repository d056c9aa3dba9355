"""Rego in an OPA server, through opa-python-client. The sole importer of `opa_client`.

The client's defaults are for convenience, not for a gateway: it reads proxies and
netrc from the environment, keeps ten connections, follows redirects and repeats
requests, and nothing bounds the time of a whole call. They are replaced here, and
a test fails when a new version moves what we replace. OPA's server treats built-in
errors as undefined unless it is asked to be strict, which would let ``not`` turn an
error into a permit: every query asks.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from opa_client.opa import OpaClient
from requests import HTTPError
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.result import answers, read

if TYPE_CHECKING:
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId

_LOG = logging.getLogger(__name__)
_STRICT = {"strict-builtin-errors": True}
_EVALUATION_FAILED = 500
_FAILURES_TO_OPEN = 5
_OPEN_SECONDS = 2.0


class OpaServerPdp:
    """Asks an OPA server that runs a bundle of ours (`gateway.pdp.bundle.archive`)."""

    lifetime = 2.0
    """Seconds an answer holds: the server may be given another bundle at any time."""

    def __init__(
        self, url: str, revision: str, seconds: float, clock: Clock, connections: int = 64
    ) -> None:
        """`revision` is expected of the server; `seconds` bounds one decision, all told.

        Raises:
            ConfigurationError: the URL cannot be used.
        """
        self.revision = revision
        """The revision the server decided with when it was last asked."""

        self._clock = clock
        self._seconds = seconds
        self._connections = connections
        self._client = _client(url, seconds, connections)
        self._lock = Lock()
        self._callers: ThreadPoolExecutor | None = None
        self._failures = 0
        self._closed_until = float("-inf")

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:  # noqa: ARG002 - one bundle for all tenants so far
        """The decision; see `gateway.pep.ports.PolicyDecisionPoint`."""
        callers = self._callers
        if callers is None or self._clock.monotonic() < self._closed_until:
            return unavailable(self.revision)
        try:
            # The client bounds each wait for the server, but not their sum.
            answer = callers.submit(self._ask, entrypoint, policy_input).result(self._seconds)
        except Late:
            self._count(failed=True)
            return unavailable(self.revision, "policy.timeout")
        except HTTPError as error:
            # 500 is one question that cannot be evaluated; the server itself is well.
            status = error.response.status_code
            _LOG.warning("OPA gave no decision: HTTP %d", status)
            self._count(failed=status != _EVALUATION_FAILED)
            return unavailable(self.revision)
        # One of the two places where everything is caught: the client lets the errors of
        # three libraries through, and each of them means that there is no decision.
        except Exception as error:  # noqa: BLE001
            _LOG.warning("OPA gave no decision: %s", type(error).__name__)
            self._count(failed=True)
            return unavailable(self.revision)
        self._count(failed=False)
        if not isinstance(answer, dict):
            return unavailable(self.revision, "policy.malformed")
        decision = read(answer.get("result"), self.revision)
        self._note(decision.revision)
        return decision

    def ready(self) -> bool:
        """Whether the server answers a question now, and not with a broken policy."""
        return answers(self)

    def start(self) -> None:
        """Make the threads that wait for the server; after a fork, in the child."""
        with self._lock:
            if self._callers is None:
                self._callers = ThreadPoolExecutor(self._connections, "opa")

    def stop(self) -> None:
        """Close the connections; whoever still asks is denied."""
        with self._lock:
            callers, self._callers = self._callers, None
        if callers is not None:
            callers.shutdown(wait=False, cancel_futures=True)
        self._client.close_connection()

    def _ask(self, entrypoint: str, policy_input: bytes) -> Any:
        package, _, rule = entrypoint.rpartition("/")
        return self._client.query_rule(
            input_data=orjson.loads(policy_input),
            package_path=package.replace("/", "."),
            rule_name=rule,
            query_params=_STRICT,
        )

    def _note(self, revision: str) -> None:
        """Remember what the server decides with: the log says what was, not what should be."""
        if revision != self.revision:
            _LOG.warning("the OPA server decides with revision %s", revision)
            self.revision = revision

    def _count(self, *, failed: bool) -> None:
        """After a row of failures, deny at once for a moment instead of waiting each time."""
        if not failed and not self._failures:
            return
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= _FAILURES_TO_OPEN:
                self._closed_until = self._clock.monotonic() + _OPEN_SECONDS
                self._failures = 0


def _client(url: str, seconds: float, connections: int) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigurationError("policy.opa_url must be http(s)://host:port without a path.")
    client = OpaClient(
        host=f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname,
        port=parts.port or (443 if parts.scheme == "https" else 8181),
        ssl=parts.scheme == "https",
        timeout=seconds / 2,  # connecting and reading are each given it, so both fit
    )
    session = client._session  # noqa: SLF001 - the client offers no other way
    session.trust_env = False
    session.max_redirects = 0
    adapter = HTTPAdapter(
        pool_maxsize=connections, max_retries=Retry(total=1, connect=1, read=0, redirect=0)
    )
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return client
