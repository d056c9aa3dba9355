"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.answer import places
from gateway.content.others import Others
from gateway.content.restore import Restorer
from gateway.core.exchange import Usage
from gateway.errors import Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests
from gateway.pep.marking import came_with, mark_media
from gateway.pep.stored import hidden
from gateway.shapes.registry import SHAPES
from gateway.shapes.shape import OWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gateway.content.answer import Place
    from gateway.content.hidden import HiddenContext
    from gateway.content.inspect import Inspector
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
    # (10) Inspect the model's own words and all beside them, before anything is restored.
    reader = rooms.readers.of(judged.exchange.principal.tenant.id)
    spoken = "\n".join(
        place.text for key, place in found if not (place.structural or key.group == OWN)
    )
    said = _said(places(body, opaque=shape.opaque), reader.inspector, spoken)
    orders = hidden(judged, ready, reader.instructions)
    repeated, given_away = _repeated(orders, found, said)
    findings = [*(item for one in said for item in one.findings), *repeated]
    signals = reader.signals.read_output(spoken, orders.canaries)
    if given_away and not signals.canary:
        signals = replace(signals, canary=True)
    media = list(shape.media(body))
    judge.marks = came_with(rooms.output_rights.marks, judged.exchange.principal.tenant, media)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, signals)
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Take out what is others', restore what this caller supplied and nothing else, and
    # put the labels under it.
    _restore(shape, body, found, said, judged, ready, opened, judge, rooms)
    mark_media(media, judged, judge.owed, outcome, rooms.output_rights, rooms.render)
    opened.labelled(judge, judged)
    shape.renamed(body, judged.exchange.model)
    shape.delivered(body, judged.exchange.body)
    return body


class _Said(NamedTuple):
    """One string of an answer and what is in it."""

    place: Place
    text: str
    """As it was inspected."""

    findings: Sequence[Finding]


def _said(found: Iterable[Place], inspector: Inspector, spoken: str) -> list[_Said]:
    """What these places say, in order. What tokens spell of the words `spoken` counts once."""
    said = []
    for place in found:
        if place.telling:
            text = place.read()
            findings: Sequence[Finding] = inspector.inspect(text, names=False)
            if findings and place.kind == "spelt":
                findings = [item for item in findings if text[item.start : item.end] not in spoken]
            said.append(_Said(place, text, findings))
    return said


def _repeated(
    orders: HiddenContext, found: Sequence[tuple[Key, Place]], said: Sequence[_Said]
) -> tuple[list[Finding], bool]:
    """How much of the instructions is repeated, and whether a marked string of theirs is there.

    What the caller has said itself, and an answer repeats, does not count.
    """
    own = {(id(place.container), place.key) for key, place in found if key.group == OWN}
    theirs = [one for one in said if (id(one.place.container), one.place.key) not in own]
    findings: list[Finding] = []
    for keys in (False, True):
        # Each is read as a row of its own, since they stand between each other.
        row = (one.text for one in theirs if (one.place.kind == "key") == keys)
        findings += orders.repeated(row)
    return findings, orders.given_away(one.text for one in theirs)


def _restore(
    shape: Shape,
    body: dict[str, Any],
    found: Sequence[tuple[Key, Place]],
    said: Sequence[_Said],
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
    restorer, line = Restorer(ready.table, ready.surrogates), ""
    if shape.label_possible(exchange.body):
        line = labels.text(judge.owed.labels, exchange.language)
    ends = {key for key, _ in shape.labelled(body)} if line else frozenset()
    words = [(key, place, place.text) for key, place in found if not place.structural]
    others = Others(ready)
    changed = _cleared(said, others, judge.owed.redacted)
    for key, place, given in words:
        received.add(key, given)
        if not place.verbatim:
            text = place.text
            restored = restorer.text(text, json=place.json)
            changed |= restored != text
            place.put(restored + line if key in ends else restored)
        delivered.add(key, place.text)
    if changed:
        # What the likelihoods of tokens spell is no longer what is said.
        for one in said:
            if one.place.kind == "spelt":
                one.place.put("")
    # Last, since what is below a key is found by it.
    _cleared(said, others, judge.owed.redacted, keys=True)
    outcome.unknown_placeholders = restorer.unknown
    outcome.output_digest = received.digest()
    outcome.delivered_digest = (
        outcome.output_digest if delivered.alike(received) else delivered.digest()
    )
    if shape.generates:
        outcome.outputs = rooms.output_rights.index.text_outputs(tenant, delivered.texts())


def _cleared(
    said: Iterable[_Said], others: Others, types: Collection[str], *, keys: bool = False
) -> bool:
    """Take what is others' out of every place that holds some, or every key; whether any was.

    Also out of signed words, which then hold no more, and out of words of the protocol: whoever
    puts a value there breaks it.
    """
    changed = False
    for one in said if types else ():
        if one.findings and (one.place.kind == "key") == keys:
            changed |= others.clear(one.place, one.findings, types)
    return changed
