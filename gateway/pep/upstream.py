"""Stage 9: the call, in the caller's own API where the provider speaks it, else as a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from gateway.core.call import ONE_BY_ONE, NativeCall
from gateway.core.decision import GATEWAY_RULE, Reason, ReasonKind
from gateway.errors import InvalidRequest
from gateway.pep.stored import unnamed
from gateway.shapes.videos import JOB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.decision import Decision
    from gateway.pep.judgement import Judged
    from gateway.pep.ports import Answer, Provider, Stream
    from gateway.providers.registry import Providers
    from gateway.shapes.shape import Shape, Translation

_Told = TypeVar("_Told")
_CHAT = "chat"
_PREVIOUS = "previous_response_id"
_STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


def whole(providers: Providers, shape: Shape, judged: Judged, body: dict[str, Any]) -> Answer:
    """The provider's whole answer, in `shape`.

    Raises:
        ProviderError: no usable answer.
        InvalidRequest: this provider cannot be asked that; nothing was sent.
    """
    provider, model = providers.for_model(judged.model), judged.model
    deadline = judged.exchange.deadline
    if shape.name == _CHAT:
        return provider.generate(model, body, deadline)
    if shape.name in provider.natives:
        return _named(judged, provider.native, _call(shape, judged, body, stream=False))
    translation = _translation(shape, judged)
    answer = provider.generate(model, translation.request(body), deadline)
    answer.body = translation.answer(answer.body)
    return answer


def streamed(providers: Providers, shape: Shape, judged: Judged, body: dict[str, Any]) -> Stream:
    """The provider's answer in pieces, in `shape`, once its first byte is there.

    Raises:
        ProviderError, InvalidRequest: as `whole`.
    """
    provider, model = providers.for_model(judged.model), judged.model
    deadline = judged.exchange.deadline
    if shape.name == _CHAT:
        return provider.stream(model, body, deadline)
    if shape.name in provider.natives:
        return _named(judged, provider.native_stream, _call(shape, judged, body, stream=True))
    translation = _translation(shape, judged)
    # Not every API says in its body that it wants a stream, and that it wants to know the cost.
    chat = {**translation.request(body), **_STREAMED}
    return _Translated(provider.stream(model, chat, deadline), translation)


def answerable(decision: Decision, provider: Provider, shape: Shape) -> Decision:
    """A permit, as far as this provider can be asked in this shape at all.

    Where it cannot, another destination may be able to: it is tried as if policy had said so.
    """
    if possible(provider, shape):
        return decision
    reason = Reason(GATEWAY_RULE, "model.api", {"type": shape.name}, ReasonKind.ROUTE)
    return decision.refused_for(reason)


def possible(provider: Provider, shape: Shape) -> bool:
    """Whether this provider can be asked in this shape at all."""
    return shape.name == _CHAT or shape.name in provider.natives or shape.translation is not None


class _Translated:
    """A stream of chat chunks, as events of another shape; `gateway.pep.ports.Stream`."""

    source = ONE_BY_ONE
    """A chunk may be told by no event at all, so what follows a chunk is no event that follows."""

    def __init__(self, chat: Stream, translation: Translation) -> None:
        self.status = chat.status
        self.request_id = chat.request_id
        self.headers = chat.headers
        self.attempts = chat.attempts
        self._chat = chat
        self._events = translation.events(chat)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._events

    def close(self) -> None:
        """Cut the provider off, unless it had finished."""
        self._chat.close()


def _call(shape: Shape, judged: Judged, body: dict[str, Any], *, stream: bool) -> NativeCall:
    model, exchange = judged.model, judged.exchange
    named = {**exchange.body, JOB: exchange.job} if exchange.job else exchange.body
    sent = shape.sent(body, model.upstream)
    if sent.get(_PREVIOUS) is not None:
        if exchange.earlier is None:
            raise InvalidRequest("Here no stored answer can be gone on with.", param=_PREVIOUS)
        sent[_PREVIOUS] = exchange.earlier.upstream_id
    return NativeCall(
        model=model,
        shape=shape.name,
        path=shape.path_of(named, model.upstream, stream=stream),
        method=shape.method,
        body=sent,
        deadline=exchange.deadline,
        stream=stream,
        ends=shape.ends,
        headers=exchange.passed_on,
    )


def _named(judged: Judged, ask: Callable[[NativeCall], _Told], call: NativeCall) -> _Told:
    """What is told to `call`. A kept answer or a film that is spoken of has our name in it."""
    exchange, earlier = judged.exchange, judged.exchange.earlier
    if exchange.job:
        theirs, ours = exchange.job, exchange.body[JOB]
    elif earlier is not None:
        theirs, ours = earlier.upstream_id, earlier.id
    else:
        return ask(call)
    with unnamed(theirs, ours):
        return ask(call)


def _translation(shape: Shape, judged: Judged) -> Translation:
    if shape.translation is None:
        raise InvalidRequest(
            f"The provider of this model does not offer {judged.exchange.kind.value}.",
            param="model",
        )
    return shape.translation
