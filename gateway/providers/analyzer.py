"""Names by a server with the HTTP API of Presidio Analyzer: ``POST /analyze``.

The texts of unsure sentences go there as they are, so it is a place the organisation trusts; its
host is on the egress allow-list by being configured
(https://microsoft.github.io/presidio/api-docs/api-docs.html#tag/Analyzer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.clock import Deadline
from gateway.core.content import Finding
from gateway.errors import ProviderGarbage, ProviderRejected
from gateway.providers.http import Door

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.core.clock import Clock

_ANSWER_BYTES = 4_000_000


class AnalyzerDetector:
    """A detector behind HTTP."""

    name = "http"

    def __init__(
        self, url: str, language: str, types: Sequence[str], token: str, clock: Clock
    ) -> None:
        """`url` is the server's, without ``/analyze``; `token`, if any, goes as a bearer.

        Raises:
            ConfigurationError: `url` is no address.
        """
        self._url = f"{url.rstrip('/')}/analyze"
        self._language = language
        self._types = frozenset(types)
        self._clock = clock
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        # The time that is left for a request bounds every wait; these are only its outer limits.
        self._door = Door(
            [url],
            connect_seconds=2.0,
            idle_seconds=30.0,
            answer_bytes=_ANSWER_BYTES,
            clock=clock,
        )

    def find(self, text: str, seconds: float) -> Iterator[Finding]:
        """See `DeepDetector.find`.

        Raises:
            ProviderError: no good answer came in time.
        """
        asked = {"text": text, "language": self._language, "entities": sorted(self._types)}
        deadline = Deadline(self._clock, seconds)
        reply = self._door.post(self._url, self._headers, orjson.dumps(asked), deadline)
        raw = reply.read()
        if reply.status != 200:
            raise ProviderRejected(reply.status, None)
        try:
            document = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ProviderGarbage from error
        if not isinstance(document, list):
            raise ProviderGarbage
        for item in document:
            finding = self._finding(item, len(text))
            if finding.type in self._types:
                yield finding

    def close(self) -> None:
        """Close the kept connections."""
        self._door.close()

    @staticmethod
    def _finding(item: Any, length: int) -> Finding:
        if not isinstance(item, dict):
            raise ProviderGarbage
        kind, start, end, score = (
            item.get(name) for name in ("entity_type", "start", "end", "score")
        )
        if (
            type(start) is not int
            or type(end) is not int
            or not 0 <= start < end <= length
            or not isinstance(kind, str)
            or isinstance(score, bool)
            or not isinstance(score, int | float)
            or not 0 <= score <= 1
        ):
            raise ProviderGarbage
        return Finding(kind, start, end, float(score), f"deep.http.{kind.lower()}")
