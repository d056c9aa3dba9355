"""Stage 4: what is in a request. Every string, every attachment, and what it all is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.content.attachments import request as attachments
from gateway.content.inspect import CIRCUMSTANCES, data_class, merged, summarise
from gateway.content.placeholders import TOLERANT, may_hold
from gateway.content.pseudonyms import entity
from gateway.content.signals.fields import SpokenField
from gateway.content.walk import walk
from gateway.core.signals import Risk, Signals, SpecialCategories

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.content.attachments.parts import Attached
    from gateway.content.attachments.reader import RequestReader
    from gateway.content.inspect import Inspector
    from gateway.content.reidentification import Assessor
    from gateway.content.signals.fields import Source
    from gateway.content.signals.reader import SignalReader
    from gateway.content.walk import TextField
    from gateway.core.content import DataClass, Finding, FindingSummary

_SOURCES: Mapping[str, Source] = {
    "assistant": "assistant",
    "developer": "system",
    "function": "tool",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_REMAINS = CIRCUMSTANCES | {"BIRTH_DATE"}
"""Types that may be left in a text when everything that names a person was taken out."""

_PERSONAL = ("PERSON", "EMAIL_ADDRESS")
"""Types by which people are counted: whichever tells of more of them."""

Found = tuple["TextField", tuple["Finding", ...]]


@dataclass(frozen=True, slots=True)
class InspectedRequest:
    """A request with what was found in each of its strings, and what it is about."""

    body: dict[str, Any]
    fields: tuple[Found, ...]
    """The strings in which something was found, in order."""

    summaries: tuple[FindingSummary, ...]
    unscanned: Mapping[str, int]
    """Parts that no detector reads, by kind."""

    attached: tuple[Attached, ...] = ()

    characters: int = 0
    """The length of all texts together, in code points."""

    people: int = 0
    """How many distinct people are named."""

    signals: Signals = field(default_factory=Signals)
    special: SpecialCategories = field(default_factory=SpecialCategories)
    risk: Risk = field(default_factory=Risk)

    def data_class(self, floor: DataClass) -> DataClass:
        """How sensitive the request is, at least `floor`."""
        return data_class(self.summaries, floor)


def inspect_request(
    body: dict[str, Any],
    inspector: Inspector,
    reader: RequestReader | None = None,
    signals: SignalReader | None = None,
    kind: str = "chat",
    assessor: Assessor | None = None,
) -> InspectedRequest:
    """What is in every string of a request, instructions and unknown keys included.

    Without a `reader` no attachment is readable; without `signals` nobody asks what it is about,
    and without an `assessor` not how well somebody may be recognised.

    Raises:
        InvalidRequest: it has more strings than one request may have.
    """
    walked = walk(body, reader)
    conversation = inspector.conversation()
    findings = [conversation.inspect(item.text) for item in walked.fields]
    about, special = Signals(), SpecialCategories()
    if signals is not None:
        spoken, places = _spoken(body, walked.fields)
        seen = [findings[at] for at in places]
        about = signals.read(spoken, seen, kind)
        special, more = signals.special(spoken, seen)
        for at, found in zip(places, more, strict=True):
            if found:
                findings[at] = merged((*findings[at], *found))
    kept = _kept(walked.fields, findings)
    attached: tuple[Attached, ...] = ()
    if walked.attached:
        kept += attachments.failed(walked.attached)
        attached = attachments.settled(walked.attached, kept)
    return InspectedRequest(
        body=body,
        fields=kept,
        summaries=summarise(finding for _, found in kept for finding in found),
        unscanned=attachments.unscanned(attached),
        attached=attached,
        characters=sum(len(item.text) for item in walked.fields),
        people=_people(kept),
        signals=about,
        special=special,
        risk=_risk(assessor, body, walked.fields, findings),
    )


def _risk(
    assessor: Assessor | None,
    body: Mapping[str, Any],
    fields: Sequence[TextField],
    findings: Sequence[tuple[Finding, ...]],
) -> Risk:
    """How well somebody may be recognised from what people said and attached.

    What names a person leaves as a placeholder (rule IP-06), so only what may stay counts.
    """
    if assessor is None:
        return Risk()
    said, places = _spoken(body, fields)
    texts = [item.text for item in said if item.source != "system"]
    seen = [
        [item for item in findings[at] if item.type in _REMAINS]
        for item_, at in zip(said, places, strict=True)
        if item_.source != "system"
    ]
    found = assessor.assess(texts, seen)
    return Risk(found.level, tuple(sorted(found.drivers)))


def _kept(
    fields: Sequence[TextField], findings: Sequence[tuple[Finding, ...]]
) -> tuple[Found, ...]:
    """The strings to come back to: where something was found, or looks like a placeholder."""
    return tuple(
        (item, found)
        for item, found in zip(fields, findings, strict=True)
        if found or (may_hold(item.text) and TOLERANT.search(item.text))
    )


def _spoken(
    body: Mapping[str, Any], fields: Sequence[TextField]
) -> tuple[list[SpokenField], list[int]]:
    """What is said in the messages and documents, by whom, and which fields these are."""
    spoken, places = [], []
    for at, item in enumerate(fields):
        source = _source(body, item)
        if source is not None:
            spoken.append(SpokenField(item.text, source))
            places.append(at)
    return spoken, places


def _source(body: Mapping[str, Any], item: TextField) -> Source | None:
    if item.attached:
        return "document"
    if item.key or len(item.path) < 3 or item.path[0] != "messages" or item.path[2] == "role":
        return None
    message = body["messages"][item.path[1]]
    return _SOURCES.get(message.get("role", "")) if isinstance(message, dict) else None


def _people(kept: Iterable[Found]) -> int:
    """How many different people are named, as far as their names are written alike."""
    named: dict[str, set[str]] = {kind: set() for kind in _PERSONAL}
    for item, findings in kept:
        for finding in findings:
            if finding.type in named:
                value = item.text[finding.start : finding.end]
                named[finding.type].add(entity(finding.type, value).lower())
    return max(len(values) for values in named.values())
