"""What adapters hand to the pipeline, and what they share in reading answers and refusals."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from gateway import __version__
from gateway.core.media import RAW, Raw, media_type
from gateway.errors import (
    ProviderCredentials,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderRejected,
)
from gateway.providers.sse import DONE, EventParser, with_more
from gateway.providers.told import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gateway.core.call import NativeCall, Source
    from gateway.providers.http import Reply

SILENCE: dict[str, Any] = {}
"""What a stream says when the provider has said nothing for a while: an event without anything."""

USER_AGENT = f"proviso/{__version__}"
NONE: Mapping[str, str] = MappingProxyType({})
_OVERLOADED = (503, 529)
_SCRUBBED = "[credential]"


_JSON = frozenset({"application/json", "text/json"})
_PAGES = frozenset({"application/xhtml+xml", "text/html"})


class WholeAnswer:
    """A whole answer; `gateway.pep.ports.Answer`."""

    def __init__(
        self,
        status: int,
        request_id: str,
        body: dict[str, Any],
        headers: Mapping[str, str] = NONE,
    ) -> None:
        """The body has been read to its end; `headers` go back with the answer."""
        self.headers = headers
        self.attempts = 1
        self.status = status
        self.request_id = request_id
        self.body = body

    def close(self) -> None:
        """Nothing is left open."""


class StreamedAnswer:
    """Events read from a reply; `gateway.pep.ports.Stream`.

    Raises:
        ProviderGarbage: the reply is no stream.
    """

    def __init__(
        self,
        reply: Reply,
        request_id: str,
        chunks: Callable[[Reply], Iterator[dict[str, Any]]],
        media_type: str = "text/event-stream",
    ) -> None:
        """`chunks` reads the reply's body, which must say that it is of `media_type`."""
        if media_type not in reply.headers.get("content-type", ""):
            reply.close()
            raise ProviderGarbage("It did not answer with a stream.")
        self.headers: Mapping[str, str] = told(reply.headers)
        self.attempts = 1
        self.status = reply.status
        self.request_id = request_id
        self.source: Source = reply
        self._reply = reply
        self._chunks = chunks(reply)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._chunks

    def close(self) -> None:
        """Cut the provider off, unless it had finished."""
        self._reply.close()


def native_events(reply: Reply, call: NativeCall) -> Iterator[dict[str, Any]]:
    """The events of a stream in the API that was asked in, up to its end.

    Raises:
        ProviderError: it reported an error; or it was cut before it said that it was whole.
    """
    parser, whole = EventParser(), False
    for piece in reply.pieces():
        if not piece:
            yield SILENCE
        for data, reply.more in with_more(parser.feed(piece)):
            if data == DONE:
                reply.finish()
                return
            document = native_event(data)
            whole = whole or call.ends(document)
            yield document
    for data in parser.end():
        if data == DONE:
            return
        document = native_event(data)
        whole = whole or call.ends(document)
        yield document
    if not whole:
        raise ProviderCut


def native_event(data: bytes) -> dict[str, Any]:
    """One event.

    Raises:
        ProviderGarbage: it is none.
        ProviderError: it tells of an error.
    """
    document = json_object(data)
    if document.get("type") == "error" or ("type" not in document and document.get("error")):
        raise ProviderError("It reported an error in the middle of its answer.")
    return document


def json_object(data: bytes) -> dict[str, Any]:
    """The object in `data`.

    Raises:
        ProviderGarbage: it is not a JSON object.
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ProviderGarbage from error
    if not isinstance(document, dict):
        raise ProviderGarbage
    return document


def whole_body(reply: Reply) -> dict[str, Any]:
    """The body of a reply: its JSON object, or its bytes under `gateway.core.media.RAW`.

    Raises:
        ProviderGarbage: it is a page for people, which no API answers with; or broken JSON.
    """
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _JSON or not kind:
        return json_object(reply.read())
    if kind in _PAGES:
        reply.close()
        raise ProviderGarbage
    return {RAW: Raw(media_type(kind), reply.read())}


def child(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under `name`, or an empty one when there is none.

    Raises:
        ProviderGarbage: something else stands there.
    """
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ProviderGarbage
    return value


def count(usage: dict[str, Any], name: str) -> int:
    """The number of tokens under `name`, or 0 when there is none.

    Raises:
        ProviderGarbage: it is no number; nobody could be billed by it.
    """
    value = usage.get(name)
    if value is None:
        return 0
    if not isinstance(value, (int, float)) or not 0 <= value < 1 << 53:
        raise ProviderGarbage
    return int(value)


def rejection(reply: Reply, api_key: str) -> ProviderError:
    """What a reply that is not a success means.

    The provider's own error object goes back to the caller unchanged, because clients read its
    wording to recover, with two exceptions: our credential never appears in it, and a refusal of
    *our* credential is not the caller's business at all. Of the failures on the provider's side
    only "overloaded" is passed on (trying again later is right then); what else went wrong inside
    a provider is said by its status alone.
    """
    status = reply.status
    if status in (401, 403, 407):
        reply.close()
        return ProviderCredentials()
    try:
        body = json_object(reply.read())
    except ProviderError:
        return ProviderError(f"It answered with status {status}.")
    body = _own_error(body, reply)
    passed_on = status < 500 or status in _OVERLOADED
    if not passed_on or not isinstance(body.get("error"), (dict, str)):
        return ProviderError(f"It answered with status {status}.")
    return ProviderRejected(status, scrubbed(body, api_key), told(reply.headers))


def _own_error(body: dict[str, Any], reply: Reply) -> dict[str, Any]:
    """The error in the frame that OpenAI's has; the words stay the provider's own.

    Cohere, Mistral and Amazon say a message without a frame; Mistral also a list of what is
    wrong with the fields.
    """
    message = body.get("message")
    details = body.get("detail")
    if isinstance(details, list):
        said = [detail.get("msg") for detail in details if isinstance(detail, dict)]
        message = "; ".join(word for word in said if isinstance(word, str))
    if body.get("error") or not isinstance(message, str):
        return body
    kind = body.get("type") or reply.headers.get("x-amzn-errortype", "").partition(":")[0]
    kind = kind if isinstance(kind, str) and kind else "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": body.get("code")}}


def scrubbed(body: dict[str, Any], api_key: str) -> dict[str, Any]:
    """`body` without our credential, however deep it stands."""
    if not api_key:
        return body
    text = orjson.dumps(body).decode()
    quoted = orjson.dumps(api_key).decode()[1:-1]
    if quoted not in text:
        return body
    return json_object(text.replace(quoted, _SCRUBBED).encode())
