"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.others import Others, spans
from gateway.content.restore import Restorer
from gateway.core.exchange import Usage
from gateway.errors import Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests
from gateway.pep.marking import came_with, mark_media
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.content.answer import Place
    from gateway.content.hidden import HiddenContext
    from gateway.content.pseudonyms import Protected
    from gateway.core.content import Finding
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.pipeline import Rooms
    from gateway.shapes.shape import Key, Shape


def released_body(
    body: dict[str, Any],
    judged: Judged,
    ready: Protected,
    opened: Opened,
    judge: OutputJudge,
    rooms: Rooms,
) -> dict[str, Any]:
    """The provider's answer as the caller may have it; `opened` is told what became of it.

    Raises:
        Withheld: policy said no to the output.
        PolicyUnavailable: no decision could be had.
        ProviderGarbage: it is no answer.
    """
    outcome = opened.outcome
    shape = SHAPES[judged.exchange.shape]
    shape.checked(body)
    # An answer that is given again was paid for when it was bought.
    outcome.usage = Usage() if outcome.cached else shape.usage(body)
    found = list(shape.spoken(body))
    # (10) Inspect the model's own words, before anything is restored.
    reader = rooms.readers.of(judged.exchange.principal.tenant.id)
    inspect = partial(reader.inspector.inspect, names=False)
    texts = (place.text for place in places(body, opaque=shape.opaque) if place.telling)
    findings = [item for text in texts for item in inspect(text)]
    hidden = reader.instructions.of(ready.body, shape.turns)
    findings += [item for _, place in found for item in _repeated(hidden, place.text)]
    spoken = "\n".join(place.text for _, place in found if not place.structural)
    media = list(shape.media(body))
    judge.marks = came_with(rooms.output_rights.marks, judged.exchange.principal.tenant, media)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, reader.signals.read_output(spoken, hidden.canaries))
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Take out what is others', restore what this caller supplied and nothing else, and
    # put the labels under it.
    _restore(shape, body, found, judged, ready, opened, judge, rooms)
    mark_media(media, judged, judge.owed, outcome, rooms.output_rights, rooms.render)
    opened.labelled(judge, judged)
    shape.renamed(body, judged.exchange.model)
    shape.delivered(body, judged.exchange.body)
    return body


def _restore(
    shape: Shape,
    body: dict[str, Any],
    found: Sequence[tuple[Key, Place]],
    judged: Judged,
    ready: Protected,
    opened: Opened,
    judge: OutputJudge,
    rooms: Rooms,
) -> None:
    """Put values and labels where they belong in the words `found` in `body`."""
    outcome, exchange, tenant = opened.outcome, judged.exchange, judged.exchange.principal.tenant.id
    received: FieldDigests[Key] = FieldDigests(rooms.secret, tenant)
    delivered: FieldDigests[Key] = FieldDigests(rooms.secret, tenant)
    restorer, others, line = Restorer(ready.table, ready.surrogates), Others(ready), ""
    if shape.label_possible(exchange.body):
        line = labels.text(judge.owed.labels, exchange.language)
    ends = {key for key, _ in shape.labelled(body)} if line else frozenset()
    inspector = rooms.readers.of(tenant).inspector
    for key, place in found:
        if place.structural:
            continue
        received.add(key, place.text)
        ending = line if key in ends else ""
        if not place.verbatim:
            held = spans(place.text, inspector)
            text = others.taken_out(place.text, held, judge.owed.redacted)
            place.put(restorer.text(text, json=place.json) + ending)
        delivered.add(key, place.text)
    outcome.unknown_placeholders = restorer.unknown
    outcome.output_digest = received.digest()
    outcome.delivered_digest = (
        outcome.output_digest if delivered.alike(received) else delivered.digest()
    )
    if shape.generates:
        outcome.outputs = rooms.output_rights.index.text_outputs(tenant, delivered.texts())


def _repeated(hidden: HiddenContext, text: str) -> tuple[Finding, ...]:
    repetition = hidden.repetition()
    return (*repetition.feed(text), *repetition.end())
