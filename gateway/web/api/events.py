"""A released stream as Server-Sent Events, in the words of the API that was called."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gateway.errors import GatewayError, Withheld

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.pep.stream import ReleasedStream
    from gateway.web.dialects.dialect import Dialect

_LOG = logging.getLogger(__name__)


def server_sent(
    chunks: ReleasedStream, dialect: Dialect, request_id: str, done: Callable[[str], None]
) -> Iterator[bytes]:
    """The stream as event bytes; `done` is told the outcome's code.

    A refusal in mid-stream ends with the API's own event for it; anything else that goes wrong
    ends with an error event, because a stream that merely stops looks complete to SDKs.
    """
    try:
        for events in chunks:
            yield b"".join([dialect.event(event) if event else dialect.alive for event in events])
        done("ok")
    except Withheld as error:
        done(error.code)
        yield dialect.event(chunks.events.withheld(dialect.error(error, request_id)["error"]))
    except GatewayError as error:
        done(error.code)
        _LOG.warning("stream failed", exc_info=error, extra={"code": error.code})
        yield dialect.event(dialect.error(error, request_id))
    # The error handler of streams (see gateway.web.problems): headers are gone, and a
    # connection that merely ends would pass for a whole answer.
    except Exception as error:  # noqa: BLE001 - see above
        done(GatewayError.code)
        _LOG.error("stream broke", exc_info=error)
        yield dialect.event(dialect.error(GatewayError(), request_id))
    if dialect.done:
        yield dialect.done
