"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.restore import Restorer
from gateway.errors import Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.content.answer import Place
    from gateway.content.pseudonyms import Protected
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.pipeline import Rooms
    from gateway.shapes.shape import Key, Medium, Shape


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
    outcome.usage = shape.usage(body)
    found = list(shape.spoken(body))
    # (10) Inspect the model's own words, before anything is restored.
    reader = rooms.readers.of(judged.exchange.principal.tenant.id)
    inspect = partial(reader.inspector.inspect, names=False)
    findings = [item for place in places(body, opaque=shape.opaque) for item in inspect(place.text)]
    spoken = "\n".join(place.text for _, place in found if not place.structural)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, reader.signals.read_output(spoken))
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Restore what this caller supplied and nothing else; put the labels under it.
    _restore(shape, body, found, judged, ready, opened, judge, rooms)
    _mark(shape.media(body), opened)
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
    outcome, exchange = opened.outcome, judged.exchange
    received, delivered = (FieldDigests(rooms.secret, exchange.principal.tenant.id) for _ in "12")
    restorer, line = Restorer(ready.table), ""
    if shape.label_possible(exchange.body):
        line = labels.text(judge.owed.labels, exchange.language)
    ends = {key for key, _ in shape.labelled(body)} if line else frozenset()
    for key, place in found:
        if place.structural:
            continue
        received.add(key, place.text)
        ending = line if key in ends else ""
        if not place.verbatim:
            place.put(restorer.text(place.text, json=place.json) + ending)
        delivered.add(key, place.text)
    outcome.unknown_placeholders = restorer.unknown
    outcome.output_digest = received.digest()
    outcome.delivered_digest = delivered.digest()


def _mark(media: Iterable[Medium], opened: Opened) -> None:
    """Note what was generated that is no text, as it came and as it leaves."""
    for medium in media:
        digest = hashlib.sha256(medium.data).hexdigest()
        opened.outcome.media.append(
            {
                "content_type": medium.content_type,
                "bytes": len(medium.data),
                "digest": digest,
                "delivered_digest": digest,
            }
        )
