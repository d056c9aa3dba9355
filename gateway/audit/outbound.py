"""The audit room's door to the outside: checkpoints and the log's labels go out here.

A checkpoint holds a name, a number and a hash, an entry labels and counts; no content passes this
door. Redirects are not followed: who is posted to is configured, not discovered.
"""

from __future__ import annotations

import urllib3


class Unanswered(Exception):
    """Nobody took what was posted; the text says why, in words for an operator."""


class Outbound:
    """Connections to receivers."""

    def __init__(self, *, connect: float, read: float, again: int, when_silent: bool) -> None:
        """Nothing is connected before the first post; waits are in seconds, for each attempt.

        A post is tried `again` when the other side is busy, and `when_silent` also when it took
        the post and did not answer, which may give it the same twice.
        """
        retries = urllib3.Retry(
            total=again,
            read=None if when_silent else 0,
            redirect=0,
            backoff_factor=0.2,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=("POST",),
            raise_on_status=False,
            respect_retry_after_header=False,
        )
        waits = urllib3.Timeout(connect=connect, read=read)
        self._pool = urllib3.PoolManager(num_pools=8, timeout=waits, retries=retries)

    def post(
        self,
        url: str,
        body: bytes,
        content_type: str,
        *,
        token: str = "",
        encoding: str = "",
        most: int = 0,
    ) -> bytes:
        """Post `body`; the answer's body, of which at most so many bytes are read.

        Raises:
            Unanswered: no answer, or another than 2xx.
        """
        headers = {"Content-Type": content_type}
        if encoding:
            headers["Content-Encoding"] = encoding
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                "POST", url, body=body, headers=headers, preload_content=False
            )
            try:
                content = answer.read(most, decode_content=False) if most else b""
            finally:
                answer.close() if most else answer.release_conn()
        except urllib3.exceptions.HTTPError as error:
            raise Unanswered("there was no answer") from error
        if not 200 <= answer.status < 300:
            raise Unanswered(f"the answer was {answer.status}")
        return bytes(content)
