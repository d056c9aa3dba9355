"""A streamed answer: inspected, judged and restored window by window (promise P9).

Stages 10 to 14 for one stream. A piece of text leaves only once the policy has
judged what was found up to it; what may still grow into a finding or a
placeholder is held back, and nothing else is. The end of the answer is released
only when the outcome is durable.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from gateway.content.answer import Place, places
from gateway.content.others import Others
from gateway.content.restore import Restorer
from gateway.content.stream import OutputWindow
from gateway.core.exchange import OutcomeStatus, Usage
from gateway.errors import AuditUnavailable, Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests
from gateway.pep.opened import ABANDONED_CODE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from gateway.content.hidden import HiddenContext, Repetition
    from gateway.content.pseudonyms import Protected
    from gateway.content.request import RequestReader
    from gateway.content.restore import StreamRestorer
    from gateway.content.signals.reader import SignalReader
    from gateway.content.stream import Seen
    from gateway.core.secrets import RootSecret
    from gateway.core.signals import OutputSignals
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.ports import Stream
    from gateway.sealed.content import ContentStore


_FRAME = ("id", "object", "created", "system_fingerprint", "service_tier")
"""What of a provider's chunk goes on beside what was judged; anything else stays here."""


_IN_VIEW = 4_000
"""How many of the newest code points of a text are looked at for what needs a wider view than a
finding: links, scripts, code, licences, quotations."""

_TELLING = re.compile(r"[<>(){};`\"\u201d\u00bb]|://|licen[cs]|GPL|copyright", re.IGNORECASE)
"""What is in every piece that can complete one of those."""


class _Field:
    """One text of the answer that arrives in pieces, such as the content of choice 0."""

    def __init__(
        self,
        window: OutputWindow,
        restorer: StreamRestorer,
        repetition: Repetition,
        reader: SignalReader,
    ) -> None:
        self.window = window
        self.restorer = restorer
        self.repetition = repetition
        self._reader = reader
        self._said = ""

    def signals(self, judged: str) -> OutputSignals | None:
        """What the text holds up to here, where the piece could have added anything to it."""
        if not judged:
            return None
        self._said = (self._said + judged)[-_IN_VIEW:]
        return self._reader.read_output(self._said) if _TELLING.search(judged) else None


class ReleasedStream:
    """The chunks of one answer as the caller may see them.

    Iterate, then `close`. Closing before the end records that the caller left.
    """

    def __init__(
        self,
        opened: Opened,
        upstream: Stream,
        judge: OutputJudge,
        judged: Judged,
        reader: RequestReader,
        ready: Protected,
        hidden: HiddenContext,
        secret: RootSecret,
        content: ContentStore,
    ) -> None:
        """`upstream` has begun a good answer to the exchange that is open in `opened`.

        `ready` is the request as it left, and `hidden` are the instructions in it.
        """
        self._opened = opened
        self._upstream = upstream
        self._judge = judge
        self._judged = judged
        self._reader = reader
        self._restorer = Restorer(ready.table, ready.surrogates)
        self._others = Others(ready)
        self._hidden = hidden
        tenant = opened.exchange.principal.tenant.id
        self._content = content
        self._transcript: dict[int, list[str]] | None = {} if content.keeps(tenant) else None
        self._received = FieldDigests(secret, tenant)
        self._delivered = FieldDigests(secret, tenant)
        self._fields: dict[tuple[int, str], tuple[_Field, Place]] = {}
        self._endings: list[dict[str, Any]] = []
        self._chunks = self._run()
        self.frame: dict[str, Any] = {"object": "chat.completion.chunk"}
        """The latest chunk without its choices: what an event is built on."""

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        return next(self._chunks)

    def close(self) -> None:
        """Cut the provider off and make sure the outcome is recorded.

        A server calls this when the caller went away, even before the first chunk was asked for.
        """
        # When the record fails nobody is left to tell: the exchange stays open and is reconciled.
        with suppress(AuditUnavailable):
            self._chunks.close()
            self._opened.settle(OutcomeStatus.ABANDONED, ABANDONED_CODE)
        self._upstream.close()

    def _run(self) -> Generator[dict[str, Any]]:
        try:
            # Leaving this block records exactly one outcome, whatever happened.
            with self._opened:
                yield from self._judged_chunks()
        finally:
            self._upstream.close()
        # (13) is durable here; only now may the end of the answer leave.
        yield from self._endings

    def _judged_chunks(self) -> Iterator[dict[str, Any]]:
        try:
            for chunk in self._upstream:
                yield from self._release(chunk)
            for index in sorted({key[0] for key in self._fields}):
                yield from self._flush(index)
            self._keep()
        except Withheld:
            self._content.discard(self._opened.exchange)
            raise
        finally:
            self._opened.outcome.output_digest = self._received.digest()
            self._opened.outcome.delivered_digest = self._delivered.digest()
            self._opened.labelled(self._judge, self._judged)

    def _release(self, chunk: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What of one chunk may leave now."""
        self.frame = {key: chunk[key] for key in _FRAME if key in chunk}
        self.frame["model"] = self._opened.exchange.model
        choices = chunk.get("choices") or []
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._note_usage(usage)
        for choice in choices:
            index, delta = choice.get("index", 0), choice.get("delta") or {}
            spoken = self._judge_delta(index, delta)
            if spoken:
                yield self._event(index, delta)
            reason = choice.get("finish_reason")
            if reason is not None:
                yield from self._flush(index)
                # The end of an answer is released with its outcome, never before it.
                self._endings.append(self._event(index, {}, reason))
        if usage is not None and not choices:
            self._endings.append({**self.frame, "choices": [], "usage": usage})

    def _event(
        self, index: int, delta: dict[str, Any], reason: str | None = None
    ) -> dict[str, Any]:
        """A chunk of ours: of the provider's, only what was judged goes on."""
        choice = {"index": index, "delta": delta, "finish_reason": reason}
        return {**self.frame, "choices": [choice]}

    def _judge_delta(self, index: int, delta: dict[str, Any]) -> bool:
        """Judge and restore one choice's delta in place; whether anything is left to send."""
        spoken = False
        for place in list(places(delta)):
            if place.structural:
                self._judge.require(self._reader.inspector.inspect(place.text, names=False))
                spoken = True
                continue
            field = self._field(index, place)
            given = place.text
            text = self._advance(field, (index, place.path), given)
            place.put(text)
            spoken |= bool(text) or not given
        return spoken

    def _advance(self, field: _Field, key: tuple[int, str], given: str) -> str:
        self._received.add(key, given)
        text = field.restorer.feed(self._judged_text(field, field.window.feed(given)))
        self._deliver(key, text)
        return text

    def _judged_text(self, field: _Field, seen: Seen, *, last: bool = False) -> str:
        """What may go on of a piece: judged, and without what is others'."""
        repeated = field.repetition.feed(seen.text)
        if last:
            repeated += field.repetition.end()
        self._judge.require((*seen.findings, *repeated), field.signals(seen.text))
        return self._others.taken_out(seen.text, seen.spans, self._judge.owed.redacted)

    def _field(self, index: int, place: Place) -> _Field:
        key = (index, place.path)
        known = self._fields.get(key)
        if known is None:
            field = _Field(
                OutputWindow(self._reader.inspector),
                self._restorer.stream(json=place.json),
                self._hidden.repetition(),
                self._reader.signals,
            )
            known = self._fields[key] = (field, place)
        return known[0]

    def _flush(self, index: int) -> Iterator[dict[str, Any]]:
        """The held tails of one choice, as chunks of their own."""
        for key in [key for key in self._fields if key[0] == index]:
            field, _ = self._fields.pop(key)
            judged = self._judged_text(field, field.window.end(), last=True)
            text = field.restorer.feed(judged) + field.restorer.end()
            self._opened.outcome.unknown_placeholders += field.restorer.unknown
            text += self._line(key[1])
            self._deliver(key, text)
            if text:
                yield self._event(index, _delta(key[1], text))

    def _deliver(self, key: tuple[int, str], text: str) -> None:
        self._delivered.add(key, text)
        if self._transcript is not None and key[1] == "content":
            self._transcript.setdefault(key[0], []).append(text)

    def _keep(self) -> None:
        """What was said, kept where the tenant has turned that on (promise P7)."""
        if self._transcript is not None:
            said = [
                {"message": {"role": "assistant", "content": "".join(pieces)}}
                for _, pieces in sorted(self._transcript.items())
            ]
            self._content.keep_answer(self._opened.exchange, {"choices": said})

    def _line(self, path: str) -> str:
        """What the labels say under the answer's text, where a line may be added at all."""
        exchange = self._judged.exchange
        if path != "content" or not labels.possible(exchange.body):
            return ""
        return labels.text(self._judge.owed.labels, exchange.language)

    def _note_usage(self, usage: dict[str, Any]) -> None:
        self._opened.outcome.usage = Usage(
            input_tokens=int(usage.get("prompt_tokens") or 0),
            output_tokens=int(usage.get("completion_tokens") or 0),
        )


def _delta(path: str, text: str) -> dict[str, Any]:
    """A delta that holds `text` at `path`, such as ``tool_calls.0.function.arguments``."""
    parts = path.split(".")
    value: Any = text
    for part in reversed(parts):
        value = [{"index": int(part), **value}] if part.isdigit() else {part: value}
    return dict(value)
