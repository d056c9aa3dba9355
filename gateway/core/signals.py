"""What a text is about, as far as rules need to know: labels and steps, never the text."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

MISUSE = (
    "biometric_categorisation",
    "child_abuse",
    "crime_prediction",
    "disinformation",
    "emotion_inference",
    "export_controlled",
    "fraud",
    "harassment",
    "impersonation",
    "intimate_imagery",
    "malware",
    "manipulation",
    "political_campaign",
    "privacy_invasion",
    "self_harm",
    "sexual_content",
    "social_scoring",
    "strip_marks",
    "violence",
)
"""Every misuse category, sorted. Rules may name no other."""

WORKS = ("brand", "character", "named_artist_style", "studio_style", "verbatim_work")
"""What of other people's a prompt may ask for."""

DOMAINS = (
    "biometrics",
    "credit",
    "critical_infrastructure",
    "education",
    "employment",
    "essential_services",
    "insurance",
    "justice",
    "law_enforcement",
    "migration",
)
"""Fields of Annex III of Regulation (EU) 2024/1689."""

SPECIAL = (
    "belief",
    "biometric",
    "ethnicity",
    "genetic",
    "health",
    "politics",
    "sex_life",
    "union",
)
"""Special categories of personal data (Regulation (EU) 2016/679, Article 9)."""

LOWEST = 30
"""The lowest misuse score that is told; below it nothing was seen."""

LIKELY = 50
"""From this score on a label that is only true or false counts as true."""

MOST_TRAITS = 20


def stepped(score: float) -> int:
    """`score`, 0 to 100, as a multiple of 10, so that equal situations are equal bytes."""
    return min(100, max(0, int(score + 5) // 10 * 10))


@dataclass(frozen=True, slots=True)
class Signals:
    """What a request is about."""

    misuse: Mapping[str, int] = field(default_factory=dict)
    """The score of each category of `MISUSE` that was seen at all."""

    injection: int = 0
    injection_source: str = "none"
    """Where the strongest instruction that is not the person's own stands."""

    person_named: bool = False
    """A person is named, or pointed to, as in "my colleague"."""

    person_likeness: bool = False
    """The look or the voice of a real person is asked for."""

    political: bool = False
    minor: bool = False
    third_party_works: tuple[str, ...] = ()
    code: bool = False
    """Program code is asked for."""

    traits: int = 0
    """How many traits of a person a prompt for a picture, video or voice names."""

    special_trait: bool = False
    about_self: bool = False
    domain: str = ""
    """The field of Annex III in which people are to be judged; empty when there is none."""

    def as_input(self) -> dict[str, Any]:
        """As policy sees it. Consent is on record elsewhere, so it is False here."""
        return {
            "misuse": [
                {"category": category, "score": stepped(score)}
                for category, score in sorted(self.misuse.items())
                if stepped(score) >= LOWEST
            ],
            "injection": {"score": stepped(self.injection), "source": self.injection_source},
            "real_person": {
                "named": self.person_named,
                "likeness": self.person_likeness,
                "consent": False,
            },
            "political": self.political,
            "minor": self.minor,
            "third_party_works": sorted(self.third_party_works),
            "code": self.code,
            "person_description": {
                "traits": min(self.traits, MOST_TRAITS),
                "special": self.special_trait,
                "about_self": self.about_self,
            },
            "domain_hint": self.domain,
        }


@dataclass(frozen=True, slots=True)
class SpecialCategories:
    """Special and criminal data beside an identifiable person."""

    special: tuple[str, ...] = ()
    criminal: bool = False
    removable: bool = False
    """Whether cutting a few short spans removes all of it."""

    def as_input(self) -> dict[str, Any]:
        """As policy sees it."""
        return {
            "special": sorted(self.special),
            "criminal": self.criminal,
            "special_removable": self.removable,
        }


@dataclass(frozen=True, slots=True)
class OutputSignals:
    """What an answer holds besides what detectors find."""

    active_content: tuple[str, ...] = ()
    code: bool = False
    verbatim: bool = False
    """A long quotation, such as of the press: a hint, no proof."""

    licence_match: tuple[str, ...] = ()
    canary: bool = False
    """The marked string of the hidden context occurs."""

    def joined(self, other: OutputSignals) -> OutputSignals:
        """All that either of the two holds."""
        return OutputSignals(
            tuple(sorted({*self.active_content, *other.active_content})),
            self.code or other.code,
            self.verbatim or other.verbatim,
            tuple(sorted({*self.licence_match, *other.licence_match})),
            self.canary or other.canary,
        )

    def as_input(self) -> dict[str, Any]:
        """As policy sees it."""
        return {
            "active_content": sorted(self.active_content),
            "code": self.code,
            "verbatim": self.verbatim,
            "licence_match": sorted(self.licence_match),
            "canary": self.canary,
        }


SILENT = OutputSignals()
"""Of an answer that holds none of it, as most do."""
