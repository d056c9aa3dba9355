"""A released stream as Server-Sent Events in OpenAI's form. Nothing follows ``[DONE]``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import GatewayError, Withheld
from gateway.web.problems import error_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.pep.stream import ReleasedStream

_LOG = logging.getLogger(__name__)
_DONE = b"data: [DONE]\n\n"


def server_sent(chunks: ReleasedStream, done: Callable[[str], None]) -> Iterator[bytes]:
    """The stream as event bytes; `done` is told the outcome's code.

    A refusal in mid-stream ends with ``finish_reason: content_filter``; anything else that goes
    wrong ends with an error event, because a stream that merely stops looks complete to SDKs.
    """
    try:
        for chunk in chunks:
            yield b"data: " + orjson.dumps(chunk) + b"\n\n"
        done("ok")
    except Withheld as error:
        done(error.code)
        yield _event(_content_filter(chunks.frame, error))
    except GatewayError as error:
        done(error.code)
        _LOG.warning("stream failed", exc_info=error, extra={"code": error.code})
        yield _event(error_body(error))
    # The error handler of streams (see gateway.web.problems): headers are gone, and a
    # connection that merely ends would pass for a whole answer.
    except Exception as error:  # noqa: BLE001 - see above
        done(GatewayError.code)
        _LOG.error("stream broke", exc_info=error)
        yield _event(error_body(GatewayError()))
    yield _DONE


def _event(document: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(document) + b"\n\n"


def _content_filter(frame: dict[str, Any], error: Withheld) -> dict[str, Any]:
    return {
        **frame,
        "choices": [{"index": 0, "delta": {}, "finish_reason": "content_filter"}],
        "proviso": error_body(error)["error"],
    }
