"""OpenAI's older completions API: ``POST /v1/completions``, one text that is gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place
from gateway.content.opaque import LONG
from gateway.content.walk import Turn
from gateway.core.exchange import Kind, Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.chat import check_model
from gateway.shapes.shape import Defaults, Key, More, Step, structural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXT = "text"
_BODY = frozenset({"choices", "model", "usage"})
_SAID = frozenset({"index", "logprobs", _TEXT})
_FRAME = ("id", "object", "created", "system_fingerprint")
"""What of a provider's chunk goes on, judged as its words are; anything else stays here."""


class Completions(Defaults):
    """The shape ``completions``; `gateway.shapes.shape.Shape`.

    It has no counterpart in a chat, which answers a text instead of going on with it.
    """

    name = "completions"
    kind = Kind.COMPLETION

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return key.path == _TEXT

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        check_model(body)
        check_texts(body.get("prompt"), "prompt")
        count = body.get("n")
        if count is not None and (type(count) is not int or count < 1):
            raise InvalidRequest("n must be a positive whole number.", param="n")
        if body.get("stream") and body.get("logprobs") is not None:
            # Token by token they repeat the text that is still being judged.
            raise InvalidRequest("logprobs cannot be inspected in a stream.", param="logprobs")

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """See `gateway.shapes.shape.Shape`."""
        return texts(body, "prompt")

    def label_possible(self, body: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: not in the middle of a text."""
        return not body.get("suffix")

    def path(self, model: str, *, stream: bool) -> str:  # noqa: ARG002 - one address for all
        """See `gateway.shapes.shape.Shape`."""
        return "/completions"

    def ends(self, event: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: ``[DONE]`` does, which is no event."""
        return not event

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        if not _choices(answer):
            raise ProviderGarbage

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [(Key(_index(choice, at), _TEXT), _place(choice))
                for at, choice in enumerate(answer["choices"])]  # fmt: skip

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [(key, place) for key, place in self.spoken(answer) if place.text]

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return prompt_usage(answer)

    def events(self, alias: str) -> CompletionEvents:
        """See `gateway.shapes.shape.Shape`."""
        return CompletionEvents(alias)


class CompletionEvents:
    """Reads ``text_completion`` chunks; `gateway.shapes.shape.Events`."""

    def __init__(self, alias: str) -> None:
        """The model is called `alias`."""
        self._alias = alias
        self._frame: dict[str, Any] = {"object": "text_completion", "model": alias}
        self._judged = self._frame
        """Of the chunk before, all of which was judged."""

        self.used: Usage | None = None
        self._told: tuple[Any, ...] = ()

    def steps(self, event: dict[str, Any]) -> Iterator[Step | More]:
        """See `gateway.shapes.shape.Events`: one step for each choice, one for each ending."""
        self._judged = self._frame
        choices, used = _choices(event), event.get("usage")
        if isinstance(used, dict):
            self.used = prompt_usage(event)
        elif not choices and used is None:
            return
        new = self._new_frame(event)
        for at, choice in enumerate(choices):
            index, reason = _index(choice, at), choice.get("finish_reason")
            said = _place(choice).text
            more = self._event(index, said)
            yield from self._more(
                More(more, Key(index, _TEXT), more["choices"][0], _TEXT, said), new=new
            )
            new = False
            if reason is not None:
                ending = self._event(index, "", reason)
                judged = structural(ending["choices"][0], without=_SAID)
                yield Step(ending, judged, closes=(index,), labels=(index,), last=True)
        if not choices:
            counted = {**self._frame, "choices": [], "usage": event["usage"]}
            beside = structural(counted, without=_BODY) if new else []
            yield Step(counted, [*beside, *structural(event["usage"])], last=True)

    def _more(self, more: More, *, new: bool) -> Iterator[Step | More]:
        """The step of a piece; a `new` frame is judged in it, and goes on as it is then."""
        if not new:
            yield more
            return
        step = more.step()
        step.pieces = [*structural(more.event, without=_BODY), *step.pieces]
        step.optional = False
        yield step
        self._frame = {key: more.event[key] for key in self._frame}

    def _new_frame(self, event: dict[str, Any]) -> bool:
        """Whether a chunk's frame is another one than before."""
        told = tuple(map(event.get, _FRAME))
        if told == self._told:
            return False
        self._told = told
        frame = {key: event[key] for key in _FRAME if key in event}
        self._frame = {**frame, "model": self._alias}
        return True

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        return self._event(key.group, text)

    def label(self, group: int, text: str) -> Iterator[tuple[Key, dict[str, Any]]]:
        """See `gateway.shapes.shape.Events`."""
        yield Key(group, _TEXT), self._event(group, text)

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """See `gateway.shapes.shape.Events`."""
        return {**self._judged, "choices": [_choice(0, "", "content_filter")], "proviso": problem}

    def _event(self, index: int, text: str, reason: str | None = None) -> dict[str, Any]:
        return {**self._frame, "choices": [_choice(index, text, reason)]}


def _choice(index: int, text: str, reason: str | None) -> dict[str, Any]:
    return {"index": index, _TEXT: text, "logprobs": None, "finish_reason": reason}


def check_texts(value: Any, param: str) -> None:
    """Return if `value` is a text or a list of texts.

    Raises:
        InvalidRequest: it is not; token ids are refused, since nobody can read them here.
    """
    listed = value if isinstance(value, list) else [value]
    if listed and all(isinstance(item, str) for item in listed):
        return
    if any(isinstance(item, (int, list)) for item in listed):
        raise InvalidRequest(
            f"{param} must be text: token ids cannot be inspected. Send the words.", param=param
        )
    raise InvalidRequest(f"{param} must be a text or a list of texts.", param=param)


def texts(body: dict[str, Any], name: str) -> Iterator[Turn]:
    """The turns of a body in which the caller speaks under `name`, once or in a list."""
    value = body.get(name)
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield Turn((name, at), item, "user")
    elif name in body:
        yield Turn((name,), value, "user")


def prompt_usage(answer: dict[str, Any]) -> Usage:
    """What was used, under the names of the older APIs; zero where it is not told."""
    told = answer.get("usage")
    usage = told if isinstance(told, dict) else {}
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    return Usage(*(count if isinstance(count, int) else 0 for count in counts))


def _choices(document: dict[str, Any]) -> list[dict[str, Any]]:
    choices = document.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(item, dict) for item in choices):
        raise ProviderGarbage
    return choices


def _index(choice: dict[str, Any], at: int) -> int:
    index = choice.get("index", at)
    if type(index) is not int or not 0 <= index < LONG:
        raise ProviderGarbage
    return index


def _place(choice: dict[str, Any]) -> Place:
    text = choice.setdefault(_TEXT, "")
    if not isinstance(text, str):
        raise ProviderGarbage
    return Place(choice, _TEXT, _TEXT, json=False, structural=False)
