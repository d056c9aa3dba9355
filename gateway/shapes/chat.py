"""OpenAI's chat API: ``POST /v1/chat/completions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place, places
from gateway.content.opaque import LONG
from gateway.content.walk import messages
from gateway.core.exchange import Kind, Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.provider_ids import check_chat
from gateway.shapes.shape import Defaults, Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.walk import Turn

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_FRAME = ("id", "object", "created", "system_fingerprint", "service_tier")
"""What of a provider's chunk goes on, judged as its words are; anything else stays here."""

_BODY = frozenset({"choices", "model", "usage"})
_SAID = frozenset({"delta", "index"})
_CONTENT = "content"
_MEDIA = frozenset({"audio", "images", "video"})
_PICTURED = frozenset({"audio", "image", "image_url", "inline_data", "video"})


class Chat(Defaults):
    """The shape ``chat``; `gateway.shapes.shape.Shape`. Every provider can be asked in it."""

    name = "chat"
    kind = Kind.CHAT

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return key.path == _CONTENT

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        check_model(body)
        count = body.get("n")
        if count is not None and (
            not isinstance(count, int) or isinstance(count, bool) or count < 1
        ):
            raise InvalidRequest("n must be a positive whole number.", param="n")
        if body.get("stream") and body.get("logprobs"):
            # Token by token they repeat the text that is still being judged.
            raise InvalidRequest("logprobs cannot be inspected in a stream.", param="logprobs")
        listed = body.get("messages")
        if not isinstance(listed, list) or not listed:
            raise InvalidRequest("messages must be a non-empty list.", param="messages")
        for at, message in enumerate(listed):
            _check_message(message, f"messages.{at}")
        check_chat(body)
        if "tools" in body:
            check_objects(body["tools"], "tools")

    def turns(self, body: dict[str, Any]) -> Iterable[Turn]:
        """See `gateway.shapes.shape.Shape`."""
        return messages(body)

    def label_possible(self, body: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: not under JSON for a program."""
        form = body.get("response_format")
        kind = form.get("type") if isinstance(form, dict) else None
        return kind in (None, "text")

    def path(self, model: str, *, stream: bool) -> str:  # noqa: ARG002 - one address for all
        """See `gateway.shapes.shape.Shape`."""
        return "/chat/completions"

    def ends(self, event: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: ``[DONE]`` does, which is no event."""
        return not event

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        choices = answer.get("choices")
        if not isinstance(choices, list):
            raise ProviderGarbage
        for choice in choices:
            if not isinstance(choice, dict):
                raise ProviderGarbage
            _check_words(choice.get("message"))

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [
            (Key(choice.get("index", at), place.path), place)
            for at, choice in enumerate(answer["choices"])
            for place in places(choice.get("message"), telling=True)
        ]

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [
            (key, place)
            for key, place in self.spoken(answer)
            if key.path == _CONTENT and place.text
        ]

    def renamed(self, answer: dict[str, Any], alias: str) -> None:
        """See `gateway.shapes.shape.Shape`: always said, even where a provider says nothing."""
        answer["model"] = alias

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return _usage(answer.get("usage") or {})

    def events(self, alias: str) -> ChatEvents:
        """See `gateway.shapes.shape.Shape`."""
        return ChatEvents(alias)


class ChatEvents:
    """Reads ``chat.completion.chunk`` objects; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self._alias = alias
        self._frame: dict[str, Any] = {"object": "chat.completion.chunk", "model": alias}
        """The latest chunk without its choices: what an event of ours is built on."""

        self._judged = self._frame
        """The same of the chunk before, all of which was judged."""

        self.used: Usage | None = None
        self._told: tuple[Any, ...] = ()
        self._keys: dict[int, Key] = {}

    def steps(self, event: dict[str, Any]) -> Iterable[Step | More]:
        """See `gateway.shapes.shape.Events`: one step for each choice, one for each ending."""
        self._judged = self._frame
        choices, used = event.get("choices") or [], event.get("usage")
        if isinstance(used, dict):
            self.used = _usage(used)
        elif not choices and used is None:
            return []
        told = (*map(event.get, _FRAME), len(event))
        if told == self._told:
            return self._said(choices, used)
        self._told = told
        self._frame = {key: event[key] for key in _FRAME if key in event}
        self._frame["model"] = self._alias
        return self._anew(choices, used)

    def _said(self, choices: list[dict[str, Any]], used: Any) -> list[Step | More]:
        steps: list[Step | More] = []
        for choice in choices:
            index, delta = choice.get("index", 0), choice.get("delta") or {}
            if type(index) is not int or not 0 <= index < LONG:
                raise ProviderGarbage
            # A chunk of ours: of the provider's, only what was judged goes on.
            steps.append(self._step(index, delta))
            reason = choice.get("finish_reason")
            if reason is not None:
                ending = self._event(index, {}, reason)
                judged = structural(ending["choices"][0], without=_SAID)
                steps.append(Step(ending, judged, closes=(index,), labels=(index,), last=True))
        if not choices:
            counted = {**self._frame, "choices": [], "usage": used}
            steps.append(Step(counted, structural(used), last=True))
        return steps

    def _anew(self, choices: list[dict[str, Any]], used: Any) -> Iterator[Step | More]:
        """The steps of a chunk in a frame that differs from the one before.

        It is judged in the first event, and stands in the others as it is then.
        """
        first, *others = self._said(choices, used)
        step = first.step()
        step.pieces = [*structural(step.event, without=_BODY), *step.pieces]
        step.optional = False
        yield step
        self._frame = {key: step.event[key] for key in self._frame}
        for other in others:
            other.event.update(self._frame)
            yield other

    def _step(self, index: int, delta: Any) -> Step | More:
        event = self._event(index, delta)
        if type(delta) is not dict or len(delta) != 1:
            return Step(event, _pieces(index, delta), optional=True)
        said = delta.get(_CONTENT)
        if type(said) is str:
            # As nearly every one is: this is what the search below finds.
            key = self._keys.get(index)
            if key is None:
                key = self._keys[index] = Key(index, _CONTENT)
            return More(event, key, delta, _CONTENT, said)
        return Step(event, _pieces(index, delta), optional=True)

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        return self._event(key.group, _delta(key.path, text))

    def label(self, group: int, text: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """See `gateway.shapes.shape.Events`."""
        key = Key(group, _CONTENT)
        yield key, self.tail(key, text)

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        choice = {"index": 0, "delta": {}, "finish_reason": "content_filter"}
        return {**self._judged, "choices": [choice], "proviso": problem}

    def _event(
        self, index: int, delta: dict[str, Any], reason: str | None = None
    ) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "finish_reason": reason}
        return {**self._frame, "choices": [choice]}


def _pieces(index: int, delta: Any) -> list[tuple[Key, Place]]:
    """The strings of a delta.

    Raises:
        ProviderGarbage: it holds more than words and calls.
    """
    _check_words(delta)
    return [(Key(index, place.path), place) for place in places(delta)]


def check_model(body: dict[str, Any]) -> None:
    """Return if `body` names a model and says in true or false whether it wants a stream.

    Raises:
        InvalidRequest: it does not.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidRequest("model must be a non-empty string.", param="model")
    if not isinstance(body.get("stream", False), bool):
        raise InvalidRequest("stream must be true or false.", param="stream")


def check_objects(value: Any, param: str) -> None:
    """Return if `value` is absent or a list of objects.

    Raises:
        InvalidRequest: it is not.
    """
    if value is not None and (
        not isinstance(value, list) or not all(isinstance(item, dict) for item in value)
    ):
        raise InvalidRequest(f"{param} must be a list of objects.", param=param)


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise InvalidRequest(f"{where} must be an object.", param=where)
    role = message.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise InvalidRequest(
            f"{where}.role must be one of {', '.join(sorted(_ROLES))}.", param=f"{where}.role"
        )
    content = message.get("content")
    if content is not None and not isinstance(content, (str, list)):
        raise InvalidRequest(
            f"{where}.content must be text or a list of parts.", param=f"{where}.content"
        )
    if isinstance(content, list) and not all(isinstance(part, dict) for part in content):
        raise InvalidRequest(f"{where}.content must hold objects.", param=f"{where}.content")
    if "tool_calls" in message:
        check_objects(message["tool_calls"], f"{where}.tool_calls")


def _check_words(message: Any) -> None:
    """Return if a message of the model holds words and calls only.

    Raises:
        ProviderGarbage: it holds a picture or a sound, for which nobody asked and which would
            leave without its marks. Some servers that speak this API put them there.
    """
    if not isinstance(message, dict):
        return
    if not _MEDIA.isdisjoint(message) and any(message.get(name) for name in _MEDIA):
        raise ProviderGarbage("It answered with what is no text.")
    content = message.get(_CONTENT)
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and not _PICTURED.isdisjoint(part):
            raise ProviderGarbage("It answered with what is no text.")


def _usage(usage: dict[str, Any]) -> Usage:
    return Usage(int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))


def _delta(path: str, text: str) -> dict[str, Any]:
    """A delta that holds `text` at `path`, such as ``tool_calls.0.function.arguments``."""
    parts = path.split(".")
    value: Any = text
    for part in reversed(parts):
        if not part.isdigit():
            value = {part: value}
        else:
            value = [{"index": int(part), **value} if isinstance(value, dict) else value]
    return dict(value)
