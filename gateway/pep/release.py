"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.restore import Restorer
from gateway.errors import Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from gateway.content.pseudonyms import Protected
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.pipeline import Rooms


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
    outcome, tenant = opened.outcome, judged.exchange.principal.tenant.id
    shape = SHAPES[judged.exchange.shape]
    shape.checked(body)
    outcome.usage = shape.usage(body)
    found = list(shape.spoken(body))
    # (10) Inspect the model's own words, before anything is restored.
    inspect = partial(rooms.reader.inspector.inspect, names=False)
    findings = [item for place in places(body) for item in inspect(place.text)]
    spoken = "\n".join(place.text for _, place in found if not place.structural)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, rooms.reader.signals.read_output(spoken))
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Restore what this caller supplied and nothing else; put the labels under it.
    received, delivered = (FieldDigests(rooms.secret, tenant) for _ in range(2))
    restorer, line = Restorer(ready.table), ""
    if shape.label_possible(judged.exchange.body):
        line = labels.text(judge.owed.labels, judged.exchange.language)
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
    opened.labelled(judge, judged)
    shape.renamed(body, judged.exchange.model)
    return body
