"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
    from gateway.core.signals import OutputSignals
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.pipeline import Rooms
    from gateway.shapes.shape import Key, Shape

    _Said = tuple[Place, str, Sequence[Finding]]
    """One string of an answer: where it stands, as it was inspected, and what is in it."""


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
    words = [(key, place, place.text) for key, place in found if not place.structural]
    spoken = "\n".join([text for key, _, text in words if key.group != OWN])
    said = _said(places(body, opaque=shape.opaque, telling=True), reader.inspector, spoken)
    findings = [item for _, _, seen in said for item in seen]
    orders = hidden(judged, ready, reader.instructions)
    signals = reader.signals.read_output(spoken, orders.canaries)
    if not orders.empty:
        repeated, signals = _repeated(orders, found, said, signals)
        findings += repeated
    media = list(shape.media(body))
    if media:
        judge.marks = came_with(rooms.output_rights.marks, judged.exchange.principal.tenant, media)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, signals)
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Take out what is others', restore what is this caller's alone, and put labels under it.
    _restore(shape, body, words, said, judged, ready, opened, judge, rooms)
    if media:
        mark_media(media, judged, judge.owed, outcome, rooms.output_rights, rooms.render)
    opened.labelled(judge, judged)
    shape.renamed(body, judged.exchange.model)
    shape.delivered(body, judged.exchange.body)
    return body


def _said(found: Iterable[Place], inspector: Inspector, spoken: str) -> list[_Said]:
    """What these places say, in order. What tokens spell of the words `spoken` counts once."""
    said = []
    for place in found:
        text = place.read()
        findings: Sequence[Finding] = inspector.inspect(text, names=False)
        if findings and place.kind == "spelt":
            findings = [item for item in findings if text[item.start : item.end] not in spoken]
        said.append((place, text, findings))
    return said


def _repeated(
    orders: HiddenContext,
    found: Sequence[tuple[Key, Place]],
    said: Sequence[_Said],
    signals: OutputSignals,
) -> tuple[list[Finding], OutputSignals]:
    """How much of the instructions is repeated; and the signals, with a marked string of theirs.

    What the caller has said itself, and an answer repeats, does not count.
    """
    own = {(id(place.container), place.key) for key, place in found if key.group == OWN}
    theirs = [
        (place.kind == "key", text)
        for place, text, _ in said
        if (id(place.container), place.key) not in own
    ]
    findings: list[Finding] = []
    for keys in (False, True):
        # Each is read as a row of its own, since they stand between each other.
        findings += orders.repeated(text for is_key, text in theirs if is_key == keys)
    if not signals.canary and orders.given_away(text for _, text in theirs):
        signals = replace(signals, canary=True)
    return findings, signals


def _restore(
    shape: Shape,
    body: dict[str, Any],
    words: Iterable[tuple[Key, Place, str]],
    said: Sequence[_Said],
    judged: Judged,
    ready: Protected,
    opened: Opened,
    judge: OutputJudge,
    rooms: Rooms,
) -> None:
    """Put values and labels where they belong in the `words` of `body`, given as they came."""
    outcome, exchange, tenant = opened.outcome, judged.exchange, judged.exchange.principal.tenant.id
    received: FieldDigests[Key] = FieldDigests(rooms.secret, tenant)
    delivered: FieldDigests[Key] = FieldDigests(rooms.secret, tenant)
    restorer = Restorer(ready.table, ready.surrogates)
    line, ends = "", set()
    if labels.visible(judge.owed.labels) and shape.label_possible(exchange.body):
        line = labels.text(judge.owed.labels, exchange.language)
        ends = {key for key, _ in shape.labelled(body)}
    redacted = judge.owed.redacted
    held = [(place, seen) for place, _, seen in said if seen] if redacted else []
    changed = bool(held) and _cleared(held, Others(ready), redacted)
    for key, place, given in words:
        received.add(key, given)
        stands = text = place.text if changed else given
        if not place.verbatim:
            text = restorer.text(stands, json=place.json)
            changed |= text != stands
            if key in ends:
                text += line
        if text != stands:
            place.put(text)
        delivered.add(key, text)
    if changed:
        _forget_spelt(said)
    if held:
        # Last, since what is below a key is found by it.
        _cleared(held, Others(ready), redacted, keys=True)
    outcome.unknown_placeholders = restorer.unknown
    outcome.output_digest = received.digest()
    outcome.delivered_digest = (
        outcome.output_digest if delivered.alike(received) else delivered.digest()
    )
    if shape.generates:
        outcome.outputs = rooms.output_rights.index.text_outputs(tenant, delivered.texts())


def _forget_spelt(said: Iterable[_Said]) -> None:
    """Take out the likelihoods of tokens: what they spell is no longer what is said."""
    for place, _, _ in said:
        if place.kind == "spelt":
            place.put("")


def _cleared(
    held: Iterable[tuple[Place, Sequence[Finding]]],
    others: Others,
    types: Collection[str],
    *,
    keys: bool = False,
) -> bool:
    """Take what is others' out of places that hold some, strings or keys; whether any was.

    Also out of signed words, which then hold no more, and out of words of the protocol: whoever
    puts a value there breaks it.
    """
    changed = False
    for place, findings in held:
        if (place.kind == "key") == keys:
            changed |= others.clear(place, findings, types)
    return changed
