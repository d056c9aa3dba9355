"""Reading a request: the lexicon over what is asked, and over what speaks without being asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.known import Texts
from gateway.content.signals import lexicon, outputs, special
from gateway.content.signals.classifier import LinearClassifier, combined
from gateway.content.signals.fields import turns
from gateway.content.signals.match import Matcher
from gateway.core.signals import DOMAINS, LIKELY, MISUSE, WORKS, OutputSignals, Signals

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from gateway.content.signals.classifier import Classifier
    from gateway.content.signals.fields import Source, Spoken
    from gateway.content.signals.lexicon import Lexicon
    from gateway.content.signals.match import Seen, Sheet, Sheets
    from gateway.core.content import Finding
    from gateway.core.signals import SpecialCategories

DEPICTING = frozenset({"image", "video", "audio"})
"""Kinds of request whose answer may show or sound like somebody."""

_UNTRUSTED: tuple[Source, ...] = ("tool", "document")
_FOLLOWS_SHORTLY = 200
"""A turn that refers back is short: a longer one stands for itself."""

_AT_ITS_START = 60
_OPENING = 2_000
"""What an application is for stands at the start of its instructions. Further on, those of a coding
agent forbid, warn and give examples of nearly everything."""

_TURNS_JOINED = 4
_PERSON = "PERSON"
_PERSONS = "person."
_MISUSE = [(category, f"misuse.{category}") for category in MISUSE]
_DOMAIN = {name: f"domain.{name}" for name in DOMAINS}
_WORKS = [(work, f"works.{work}") for work in WORKS]
"""Labels of the lexicon by the name that policy knows."""


class SignalReader:
    """Reads signals."""

    def __init__(self, classifier: Classifier | None = None, known: Lexicon | None = None) -> None:
        """With the lexicon that ships and, where one is wanted, a second opinion.

        `known` is that lexicon where it is read already.
        """
        self._lexicon = known or lexicon.load()
        self._matcher = Matcher(self._lexicon)
        self._classifier = classifier
        numbers = self._matcher.numbers
        self._continues = frozenset({numbers["continues"]})
        self._traits = frozenset(self._lexicon.numbers("trait.").values())
        self._special = frozenset(self._lexicon.numbers(special.CUES).values())
        self._self = frozenset({numbers["self"]})
        self._names = frozenset({numbers["first_name"]})
        self._picture = frozenset({numbers["make"], numbers["make_image"]})

    @classmethod
    def standard(cls) -> SignalReader:
        """With the model that ships, as the gateway runs it (docs/adr/0016-signals.md)."""
        known = lexicon.load()
        return cls(LinearClassifier(known), known)

    def sheets(self, texts: Texts) -> Sheets:
        """For the `texts` of one request, so that what is asked of them twice is looked up once."""
        return self._matcher.sheets(texts)

    def read(
        self,
        fields: Sequence[Spoken],
        findings: Sequence[Sequence[Finding]] = (),
        kind: str = "chat",
        sheets: Sheets | None = None,
    ) -> Signals:
        """What these fields are about; `findings` are those of each field, in the same order.

        Misuse is read in the newest turn of the person, with the turns before it as long as each
        refers back, and in the opening of the application's instructions; in the whole of them
        where the person asks for nothing of their own. A turn that starts something new
        stands for itself, so an old refusal does not follow a person who has gone on.
        Instructions are looked for in every tool result and document, however old: they stay in
        the model's context.
        """
        sheets = sheets or self.sheets(Texts())
        said = turns(fields)
        by_source = _by_source(fields)
        asked = sheets.of(self._asked(said, sheets))
        seen = self._matcher.read(asked)
        scores, orders = seen.scores, by_source.get("system")
        if orders:
            scores = _higher(scores, self._orders(orders, said, sheets))
        likely = {label for label, score in scores.items() if score >= LIKELY} if scores else ()
        injection, source = self._injection(by_source, seen, sheets)
        depicts = kind in DEPICTING or self._picture <= seen.cues
        named = self._named(fields, findings, asked, seen)
        return Signals(
            misuse=self._misuse(asked, scores),
            injection=injection,
            injection_source=source,
            person_named=named or "person.pointed" in likely,
            person_likeness=(depicts and named) or "person.likeness" in likely,
            political="political" in likely,
            minor="minor" in likely,
            third_party_works=_works(likely) if likely else (),
            code="code" in likely,
            traits=self._count(asked, self._traits & seen.cues) if depicts else 0,
            special_trait=depicts and bool(self._special & seen.cues),
            about_self=depicts and bool(self._self & seen.cues),
            domain=_domain(scores) if likely else "",
        )

    def special(
        self,
        fields: Sequence[Spoken],
        findings: Sequence[Sequence[Finding]] = (),
        sheets: Sheets | None = None,
    ) -> tuple[SpecialCategories, tuple[tuple[Finding, ...], ...]]:
        """Special and criminal data beside a person in any field, and where in each field."""
        sheets = sheets or self.sheets(Texts())
        found = []
        for at, field in enumerate(fields):
            sheet = sheets.of(field.text)
            none = self._special.isdisjoint(self._matcher.read(sheet).cues)
            beside = findings[at] if findings else ()
            found.append(() if none else special.find(self._matcher, self._special, sheet, beside))
        return special.summary(found), tuple(found)

    def read_output(
        self, text: str, canaries: Iterable[str] = (), newest: str | None = None
    ) -> OutputSignals:
        """What an answer holds; `canaries` are the marked strings of the hidden context.

        Where `newest` is given, all of the text but that piece was read when it came.
        """
        ends = newest is None or any(sign in newest for sign in outputs.QUOTATION_ENDS)
        return outputs.read(text, canaries, quoted=ends)

    def _orders(
        self, orders: Sequence[str], said: Sequence[str], sheets: Sheets
    ) -> Mapping[str, int]:
        """What the application's `orders` are about; whom they mean, where nothing is asked."""
        if all(self._refers_back(turn, sheets) for turn in said if turn.strip()):
            return self._matcher.read(sheets.of("\n".join(orders))).scores
        opening = "\n".join([text[:_OPENING] for text in orders])
        scores = self._matcher.read(sheets.of(opening)).scores
        return {label: score for label, score in scores.items() if not label.startswith(_PERSONS)}

    def _asked(self, said: Sequence[str], sheets: Sheets) -> str:
        """The newest turn, with those before it for as long as each refers back."""
        joined: list[str] = []
        for turn in reversed(said):
            joined.insert(0, turn)
            if len(joined) == _TURNS_JOINED or not self._refers_back(turn, sheets):
                break
        return "\n".join(joined)

    def _refers_back(self, turn: str, sheets: Sheets) -> bool:
        if len(turn) > _FOLLOWS_SHORTLY:
            return False
        spans = self._matcher.spans(sheets.of(turn), self._continues)
        return any(start < _AT_ITS_START for hits in spans.values() for start, _ in hits)

    def _misuse(self, asked: Sheet, scores: Mapping[str, int]) -> dict[str, int]:
        by_rule = {}
        for category, label in _MISUSE if scores else ():
            score = scores.get(label)
            if score:
                by_rule[category] = score
        if self._classifier is None:
            return by_rule
        return combined(by_rule, self._chances(self._classifier, asked))

    def _chances(self, classifier: Classifier, asked: Sheet) -> Mapping[str, float]:
        known = asked.known
        if known.chances is None:
            said = asked.folded.data.strip()
            known.chances = classifier.scores(asked.text) if said else {}
        return known.chances

    def _injection(
        self, by_source: Mapping[Source | None, Sequence[str]], seen: Seen, sheets: Sheets
    ) -> tuple[int, str]:
        best, where = 0, "none"
        for source in _UNTRUSTED:
            for text in by_source.get(source, ()):
                score = self._matcher.read(sheets.of(text)).scores.get("injection", 0)
                if score > best:
                    best, where = score, source
        own = seen.scores.get("injection", 0)
        return (own, "user") if own > best else (best, where)

    def _named(
        self,
        fields: Sequence[Spoken],
        findings: Sequence[Sequence[Finding]],
        asked: Sheet,
        seen: Seen,
    ) -> bool:
        """Whether what is asked names a person: by a finding, or a known name in capitals."""
        for at, field in enumerate(fields):
            asks = field.source == "user" and field.text in asked.text
            if asks and findings and _PERSON in [finding.type for finding in findings[at]]:
                return True
        if not self._names & seen.cues:
            return False
        known = asked.known
        if known.names is None:
            known.names = bool(special.names(self._matcher, asked))
        return known.names

    def _count(self, asked: Sheet, cues: frozenset[int]) -> int:
        return sum(len(hits) for hits in self._matcher.spans(asked, cues).values())


def _by_source(fields: Sequence[Spoken]) -> dict[Source | None, list[str]]:
    """What each source says, in order."""
    found: dict[Source | None, list[str]] = {}
    for field in fields:
        found.setdefault(field.source, []).append(field.text)
    return found


def _higher(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {label: max(one.get(label, 0), other.get(label, 0)) for label in {*one, *other}}


def _works(likely: Container[str]) -> tuple[str, ...]:
    return tuple([work for work, label in _WORKS if label in likely])


def _domain(scores: Mapping[str, int]) -> str:
    """The field with the highest score; the first by name where several have it."""
    likely = [
        (score, name == "employment", -at, name)
        for at, name in enumerate(DOMAINS)
        if (score := scores.get(_DOMAIN[name], 0)) >= LIKELY
    ]
    return max(likely)[-1] if likely else ""
