"""A streamed answer: inspected, judged and restored window by window (promise P9).

Stages 10 to 14 for one stream. A piece of text leaves only once the policy has
judged what was found up to it; what may still grow into a finding or a
placeholder is held back, and nothing else is. The end of the answer is released
only when the outcome is durable.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from gateway.content.hidden import Repetition
from gateway.content.json_text import Escapes
from gateway.content.others import Others
from gateway.content.restore import Restorer
from gateway.content.stream import OutputWindow
from gateway.core.exchange import OutcomeStatus
from gateway.errors import AuditUnavailable, GatewayError, Withheld
from gateway.pep import labels
from gateway.pep.beside import Beside
from gateway.pep.digest import FieldDigests
from gateway.pep.field import Field
from gateway.pep.opened import ABANDONED_CODE
from gateway.shapes.registry import SHAPES
from gateway.shapes.shape import OWN, Step

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from gateway.content.answer import Place
    from gateway.content.hidden import HiddenContext
    from gateway.content.pseudonyms import Protected
    from gateway.content.request import RequestReader
    from gateway.content.stream import Seen
    from gateway.core.secrets import RootSecret
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.ports import Stream
    from gateway.rights.index import RightsIndex
    from gateway.sealed.content import ContentStore
    from gateway.shapes.shape import Key

    _Chunks = Generator[list[dict[str, Any]]]

_AT_ONCE = 32
"""The most events that leave together: what came together is judged one after the other."""

_NOTHING = Restorer({})
"""For words that hold only as they were said."""


class ReleasedStream:
    """The events of one answer as the caller may see them, those that came together in one list.

    An empty event is a sign of life. Iterate, then `close`. Closing before the end records that
    the caller left.
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
        index: RightsIndex,
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
        self._beside = Beside(reader.inspector, hidden, self._others)
        tenant = opened.exchange.principal.tenant.id
        self._content = content
        self._received: FieldDigests[Key] = FieldDigests(secret, tenant)
        self._delivered: FieldDigests[Key] = FieldDigests(secret, tenant)
        self._index = index
        self._shape = SHAPES[judged.exchange.shape]
        self.events = self._shape.events_of(judged.exchange.body, judged.exchange.model)
        """What reads the provider's events, and words those that say how a stream ended."""

        self._fields: dict[Key, Field] = {}
        self._unlabelled: dict[int, None] = {}
        self._ready: list[dict[str, Any]] = []
        """Events that may leave, until no other one of the provider's is at hand."""

        self._endings: list[dict[str, Any]] = []
        self._chunks = self._run()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> list[dict[str, Any]]:
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

    def _run(self) -> Generator[list[dict[str, Any]]]:
        try:
            # Leaving this block records exactly one outcome, whatever happened.
            with self._opened:
                yield from self._judged_chunks()
        finally:
            self._upstream.close()
        # (13) is durable here; only now may the end of the answer leave.
        if self._endings:
            yield self._endings

    def _judged_chunks(self) -> Iterator[list[dict[str, Any]]]:
        try:
            yield from self._judged_events()
            # What nobody said was complete is complete now.
            yield from self._flush({key.group for key in self._fields})
            self._label(tuple(self._unlabelled))
            if self._ready:
                yield self._cut()
            self._keep()
        except GatewayError as error:
            if isinstance(error, Withheld):
                self._content.discard(self._opened.exchange)
            # What was judged before it may leave, as if it had come alone.
            if self._ready:
                yield self._cut()
            raise
        finally:
            if self.events.used is not None:
                self._opened.outcome.usage = self.events.used
            received = self._received.digest()
            changed = not self._delivered.alike(self._received)
            self._opened.outcome.output_digest = received
            self._opened.outcome.delivered_digest = (
                self._delivered.digest() if changed else received
            )
            tenant = self._opened.exchange.principal.tenant.id
            self._opened.outcome.outputs = self._index.text_outputs(tenant, self._delivered.texts())
            self._opened.labelled(self._judge, self._judged)

    def _cut(self) -> list[dict[str, Any]]:
        """What is ready, to leave now."""
        ready, self._ready = self._ready, []
        return ready

    def _judged_events(self) -> _Chunks:
        """Judge what the provider says, event by event, up to its end."""
        source = self._upstream.source
        for event in self._upstream:
            if event:
                for step in self.events.steps(event):
                    if isinstance(step, Step) or (field := self._fields.get(step.key)) is None:
                        yield from self._release(step.step())
                        continue
                    given = step.said
                    if self._note(field, given):
                        yield from self._ask()
                    text = given if field.seen is None else self._goes_on(field, field.seen)
                    field.delivered.append(text)
                    if text != given:
                        step.holder[step.name] = text
                    if text or not given:
                        self._ready.append(step.event)
            else:
                self._ready.append(event)
            if self._ready and (len(self._ready) >= _AT_ONCE or not source.more):
                yield self._cut()

    def _note(self, field: Field, piece: str) -> bool:
        """Note what is in a piece of a text; whether policy must be asked before it goes on."""
        field.received.append(piece)
        if field.escapes is not None:
            piece = field.escapes.feed(piece)
        elif field.passes(piece):
            field.seen = None
            if field.repetition.runs and (repeated := field.repetition.feed(piece)):
                return self._judge.heard(repeated)
            return not self._judge.asked
        seen = field.seen = field.window.feed(piece)
        if not seen.text:
            return not self._judge.asked
        repeated = field.repeats(seen.text)
        return self._judge.heard(seen.findings + repeated, field.signals(seen.text))

    def _goes_on(self, field: Field, seen: Seen) -> str:
        """What goes on of what was seen: restored, and without what is others'."""
        return field.restorer.feed(self._own(field, seen)) if seen.text else ""

    def _own(self, field: Field, seen: Seen) -> str:
        inside = field.escapes.goes_on(seen.text) if field.escapes is not None else None
        if not seen.spans:
            return seen.text
        owed = self._judge.owed.redacted
        return self._others.taken_out(seen.text, seen.spans, owed, inside=inside)

    def _ask(self) -> _Chunks:
        """Ask policy about what was seen; what is judged by now does not wait for the answer."""
        if self._ready:
            yield self._cut()
        self._judge.ask()

    def _release(self, step: Step) -> _Chunks:
        """What of one step may leave now."""
        spoken = yield from self._judge_pieces(step)
        if step.closes:
            yield from self._flush(set(step.closes))
        if step.labels:
            self._label(step.labels)
        for key, place in step.whole:
            place.put(self._delivered.text(key))
        self._beside.rename()
        if step.last:
            # The end of an answer is released with its outcome, never before it.
            self._endings.append(step.event)
        elif spoken or not step.optional:
            self._ready.append(step.event)

    def _judge_pieces(self, step: Step) -> Generator[list[dict[str, Any]], None, bool]:
        """Judge and restore the pieces of a step in place; whether anything is left to send."""
        spoken = False
        for key, place in step.pieces:
            if place.structural:
                yield from self._judge_beside(key, place)
                spoken = True
                continue
            given = place.text
            text = yield from self._advance(key, place, given)
            if text != given:
                place.put(text)
            spoken |= bool(text) or not given
        for key, place in step.complete:
            yield from self._judge_whole(key, place)
            spoken = True
        return spoken

    def _judge_beside(self, key: Key, place: Place) -> _Chunks:
        """Judge what stands beside the words, and take out what is others'."""
        if place.kind == "spelt":
            # Token by token it says what is still being judged.
            place.put("")
            return
        if not place.telling:
            if not self._judge.asked:
                yield from self._ask()
            return
        noted = self._beside.note(key, place)
        if self._judge.heard(noted.findings, noted.signals):
            yield from self._ask()
        if noted.spans and self._judge.owed.redacted:
            self._beside.clear(place, noted.spans, self._judge.owed.redacted)

    def _judge_whole(self, key: Key, place: Place) -> _Chunks:
        field, given = self._opening(key, place), place.text
        field.received.append(given)
        text = yield from self._judged_text(field, field.window.feed(given))
        text += yield from self._judged_text(field, field.window.end(), last=True)
        restored = field.restorer.feed(text) + field.restorer.end()
        self._opened.outcome.unknown_placeholders += field.restorer.unknown
        place.put(restored)
        self._delivered.add(key, restored)

    def _advance(
        self, key: Key, place: Place, given: str
    ) -> Generator[list[dict[str, Any]], None, str]:
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = self._opening(key, place)
        if self._note(field, given):
            yield from self._ask()
        text = given if field.seen is None else self._goes_on(field, field.seen)
        field.delivered = self._delivered.pieces(key)
        field.delivered.append(text)
        return text

    def _judged_text(
        self, field: Field, seen: Seen, *, last: bool = False
    ) -> Generator[list[dict[str, Any]], None, str]:
        """What may go on of a piece: judged, and without what is others'."""
        repeated = field.repeats(seen.text)
        if last:
            repeated += field.repetition.end()
        if self._judge.heard(seen.findings + repeated, field.signals(seen.text)):
            yield from self._ask()
        return self._own(field, seen)

    def _opening(self, key: Key, place: Place) -> Field:
        if self._shape.visible(key):
            self._unlabelled[key.group] = None
        restorer = _NOTHING if place.verbatim else self._restorer
        own = key.group == OWN
        return Field(
            self._received.pieces(key),
            OutputWindow(self._reader.inspector, json=place.json),
            restorer.stream(json=place.json),
            Repetition(frozenset()) if own else self._beside.row.text(),
            self._reader.signals,
            () if own else self._hidden.canaries,
            Escapes() if place.json else None,
        )

    def _flush(self, groups: set[int]) -> _Chunks:
        """The held tails of the texts of these groups, as events of their own."""
        for key in sorted(key for key in self._fields if key.group in groups):
            field = self._fields.pop(key)
            judged = ""
            if field.escapes is not None:
                rest = field.window.feed(field.escapes.end())
                judged = yield from self._judged_text(field, rest)
            judged += yield from self._judged_text(field, field.window.end(), last=True)
            text = field.restorer.feed(judged) + field.restorer.end()
            self._opened.outcome.unknown_placeholders += field.restorer.unknown
            self._delivered.add(key, text)
            if text:
                event = self.events.tail(key, text)
                if self._judge.owed.redacted and not self._shape.visible(key):
                    self._beside.clear_all(event, self._judge.owed.redacted)
                self._ready.append(event)

    def _label(self, groups: Sequence[int]) -> None:
        """What the labels say under the text of these groups, where a line may be added at all."""
        exchange = self._judged.exchange
        spoken = [group for group in groups if group in self._unlabelled]
        for group in spoken:
            del self._unlabelled[group]
        if not spoken or not self._shape.label_possible(exchange.body):
            return
        line = labels.text(self._judge.owed.labels, exchange.language)
        for group in spoken if line else ():
            for number, (key, event) in enumerate(self.events.label(group, line)):
                if not number:
                    self._delivered.add(key, line)
                self._ready.append(event)

    def _keep(self) -> None:
        """What was said, kept where the tenant has turned that on (promise P7)."""
        if self._content.keeps(self._judged.exchange.principal.tenant.id):
            said = [text for key, text in self._delivered.items() if self._shape.visible(key)]
            self._content.keep_answer(self._opened.exchange, said)
