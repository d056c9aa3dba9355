"""Stage 4: what is in a request. Every string, every attachment, and what it all is about."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.content.attachments import request as attachments
from gateway.content.glance import placeholder
from gateway.content.inspect import CIRCUMSTANCES, data_class, merged, summarise
from gateway.content.placeholders import TOLERANT
from gateway.content.pseudonyms import entity
from gateway.content.reidentification import Risk
from gateway.content.walk import messages, walk
from gateway.core.signals import Signals, SpecialCategories
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.content.attachments.parts import Attached
    from gateway.content.attachments.reader import RequestReader as AttachedReader
    from gateway.content.directory import Directory
    from gateway.content.hidden import Instructions
    from gateway.content.inspect import Detector, Inspector
    from gateway.content.known import Texts
    from gateway.content.reidentification import Assessor
    from gateway.content.signals.reader import SignalReader
    from gateway.content.walk import TextField, Turns, Walk
    from gateway.core.content import DataClass, Finding, FindingSummary

_REMAINS = CIRCUMSTANCES | {"BIRTH_DATE"}
"""Types that may be left in a text when everything that names a person was taken out."""

_PERSON, _ADDRESS = "PERSON", "EMAIL_ADDRESS"
"""Types by which people are counted: whichever tells of more of them."""

Found = tuple["TextField", tuple["Finding", ...]]


@dataclass(slots=True)
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
    risk: Risk = field(default_factory=lambda: Risk("none"))

    def data_class(self, floor: DataClass) -> DataClass:
        """How sensitive the request is, at least `floor`."""
        return data_class(self.summaries, floor)


@dataclass(frozen=True, slots=True)
class RequestReader:
    """What reads requests: detectors, and what looks at them as a whole."""

    inspector: Inspector
    signals: SignalReader
    assessor: Assessor
    instructions: Instructions
    directory: Directory | None = None
    """The tenant's staff, to count who fits; None where it told nobody's."""

    def apart(
        self, detectors: Sequence[Detector] = (), directory: Directory | None = None
    ) -> RequestReader:
        """One for a tenant with these `detectors` besides, and its staff's `directory`.

        What is compiled is shared; what was read in a text is not (P4).
        """
        return RequestReader(
            self.inspector.beside(detectors),
            self.signals,
            self.assessor,
            self.instructions.apart(),
            directory,
        )

    def read(
        self,
        body: dict[str, Any],
        attached: AttachedReader | None,
        kind: str,
        turns: Turns = messages,
    ) -> InspectedRequest:
        """What is in a request, and what it is about; `turns` finds its conversation.

        Raises:
            InvalidRequest: it has more strings than one request may have.
        """
        walked = walk(body, attached, turns=turns)
        texts = self.inspector.texts()
        findings = inspected(walked.fields, self.inspector, texts)
        places = [at for at, item in enumerate(walked.fields) if item.source and not item.key]
        spoken = [walked.fields[at] for at in places]
        seen = [findings[at] for at in places]
        sheets = self.signals.sheets(texts)
        about = self.signals.read(spoken, seen, kind, sheets)
        special, more = self.signals.special(spoken, seen, sheets)
        for at, found in zip(places, more, strict=True):
            if found:
                findings[at] = merged((*findings[at], *found))
        risk = self._risk(spoken, seen, texts)
        return gathered(body, walked, findings, about, special, risk)

    def _risk(
        self, spoken: Sequence[TextField], seen: Sequence[tuple[Finding, ...]], known: Texts
    ) -> Risk:
        """How well somebody may be recognised once what identifies directly is taken out."""
        texts: list[str] = []
        left: list[list[Finding]] = []
        named = False
        for item, findings in zip(spoken, seen, strict=True):
            if item.source != "system":
                texts.append(item.text)
                left.append([finding for finding in findings if finding.type in _REMAINS])
                named = named or _PERSON in [finding.type for finding in findings]
        return self.assessor.assess(texts, left, self.directory, about_person=named, known=known)


def inspected(
    fields: Iterable[TextField], inspector: Inspector, texts: Texts | None = None
) -> list[tuple[Finding, ...]]:
    """What is in each string; a name that was seen is known in those that follow."""
    conversation = inspector.conversation(texts)
    return [conversation.inspect(item.text) for item in fields]


def gathered(
    body: dict[str, Any],
    walked: Walk,
    findings: Sequence[tuple[Finding, ...]],
    signals: Signals,
    special: SpecialCategories,
    risk: Risk,
) -> InspectedRequest:
    """A request with what was found in each string, and in all of it."""
    kept = _kept(walked.fields, findings)
    attached: tuple[Attached, ...] = ()
    if walked.attached:
        kept += attachments.failed(walked.attached)
        attached = attachments.settled(walked.attached, kept)
    return InspectedRequest(
        body=body,
        fields=kept,
        summaries=summarise([finding for _, found in kept for finding in found]),
        unscanned=attachments.unscanned(attached),
        attached=attached,
        characters=walked.characters,
        people=_people(kept),
        signals=signals,
        special=special,
        risk=risk,
    )


def _kept(
    fields: Sequence[TextField], findings: Sequence[tuple[Finding, ...]]
) -> tuple[Found, ...]:
    """The strings to come back to: where something was found, or looks like a placeholder."""
    return tuple(
        [
            (item, found)
            for item, found in zip(fields, findings, strict=True)
            if found or (placeholder(item.text) and TOLERANT.search(item.text))
        ]
    )


def _people(kept: Iterable[Found]) -> int:
    """How many different people are named, as far as their names are written alike.

    Instructions and descriptions of tools are full of capitals that look like a name: "Mark",
    "Claude", "JSON". There a name counts from two words on, and an address always. What is left
    out here is still replaced.
    """
    named: dict[str, set[str]] = {_PERSON: set(), _ADDRESS: set()}
    for item, findings in kept:
        for finding in findings:
            if finding.type not in named:
                continue
            value = item.text[finding.start : finding.end]
            if item.own or finding.type != _PERSON or len(value.split()) > 1:
                named[finding.type].add(entity(finding.type, value).lower())
    return max(map(len, named.values()))
