"""The audit room's door to the outside: checkpoints go out here, and nothing else does.

A checkpoint holds a name, a number and a hash; no content passes this door.
"""

from __future__ import annotations

import urllib3

_ANSWER_BYTES = 65_536
_SECONDS = urllib3.Timeout(connect=3.0, read=5.0)
_AGAIN = urllib3.Retry(
    total=2,
    redirect=0,
    backoff_factor=0.2,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("POST",),
    raise_on_status=False,
)


class WitnessUnavailable(Exception):
    """A witness did not take the checkpoint; it is offered again at the next run."""


class Outbound:
    """Connections to witnesses."""

    def __init__(self) -> None:
        """Nothing is connected before the first post."""
        self._pool = urllib3.PoolManager(num_pools=8, timeout=_SECONDS, retries=_AGAIN)

    def post(self, url: str, body: bytes, content_type: str, token: str = "") -> bytes:
        """Post `body`, trying a little harder when the other side is busy; the answer's body.

        Raises:
            WitnessUnavailable: no answer, an answer other than 2xx, or one of more than 64 KB.
        """
        headers = {"Content-Type": content_type}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self._pool.request(
                "POST", url, body=body, headers=headers, preload_content=False
            )
            try:
                content = answer.read(_ANSWER_BYTES + 1, decode_content=False)
            finally:
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            raise WitnessUnavailable("there was no answer") from error
        if not 200 <= answer.status < 300:
            raise WitnessUnavailable(f"the answer was {answer.status}")
        if len(content) > _ANSWER_BYTES:
            raise WitnessUnavailable("the answer is too long")
        return bytes(content)
