"""The door through which the log leaves over HTTP. Labels only; no content passes it.

Redirects are not followed: the receiver's address is configured, not discovered. What was not
taken is sent again, because receivers deduplicate by id.
"""

from __future__ import annotations

import urllib3

from gateway.errors import GatewayError

_CONNECT_SECONDS = 5.0
_AGAIN = urllib3.Retry(
    total=3,
    # Who does not answer is not asked again at once: the next run does.
    read=0,
    redirect=0,
    backoff_factor=0.2,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("POST",),
    raise_on_status=False,
    respect_retry_after_header=False,
)
LONGEST_SECONDS = 90.0
"""The longest a post can take, every attempt and every wait between them together."""


class SinkUnavailable(GatewayError):
    """A receiver of the decision log did not take what it was given; it is given again."""

    status = 503
    code = "audit.sink_unavailable"
    title = "A receiver of the decision log did not take what it was given."
    retryable = True


class Post:
    """Connections to one receiver."""

    def __init__(self, url: str, token: str, seconds: float) -> None:
        """Nothing is connected before the first post; an answer may take `seconds`, at most 15."""
        self._url = url
        self._token = token
        waits = urllib3.Timeout(connect=_CONNECT_SECONDS, read=seconds)
        self._pool = urllib3.PoolManager(num_pools=1, timeout=waits, retries=_AGAIN)

    def send(self, body: bytes, content_type: str, encoding: str) -> None:
        """Post `body`, a few times when the other side is busy.

        Raises:
            SinkUnavailable: no answer, or another answer than 2xx.
        """
        headers = {"Content-Type": content_type}
        if encoding:
            headers["Content-Encoding"] = encoding
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._pool.request(
                "POST", self._url, body=body, headers=headers, preload_content=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise SinkUnavailable("There was no answer.") from error
        answer.release_conn()
        if not 200 <= answer.status < 300:
            raise SinkUnavailable(f"The answer was {answer.status}.")
