"""What a label says where people read it, and where it can stand (EU AI Act Art. 50).

A label that only a header carries is lost when the text is copied, so what goes
public is labelled in the text itself, at its end and on a line of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VISIBLE: Mapping[str, Mapping[str, str]] = {
    "ai_generated": {
        "en": "This text was generated with artificial intelligence.",
        "de": "Dieser Text wurde mit künstlicher Intelligenz erzeugt.",
        "fr": "Ce texte a été généré par une intelligence artificielle.",
        "nl": "Deze tekst is gemaakt met kunstmatige intelligentie.",
    },
    "deep_fake": {
        "en": "This depicts or imitates something that did not happen. Generated with AI.",
        "de": "Dies zeigt oder imitiert etwas, das nicht geschehen ist. Mit KI erzeugt.",
        "fr": "Ceci montre ou imite quelque chose qui n'a pas eu lieu. Généré par IA.",
        "nl": "Dit toont of imiteert iets dat niet is gebeurd. Gemaakt met AI.",
    },
    "human_review": {
        "en": "Generated with AI. A qualified person must review this before it is used.",
        "de": "Mit KI erzeugt. Vor der Verwendung muss eine qualifizierte Person dies prüfen.",
        "fr": "Généré par IA. Une personne qualifiée doit le vérifier avant tout usage.",
        "nl": "Gemaakt met AI. Een bevoegd persoon moet dit vóór gebruik controleren.",
    },
    "likeness": {
        "en": "A real person's likeness was generated with artificial intelligence, with consent.",
        "de": "Das Abbild einer realen Person wurde mit deren Zustimmung durch KI erzeugt.",
        "fr": "L'image d'une personne réelle a été générée par IA, avec son consentement.",
        "nl": "De gelijkenis van een echt persoon is met toestemming door AI gemaakt.",
    },
    "built_with_llama": dict.fromkeys(("en", "de", "fr", "nl"), "Built with Llama"),
    "powered_by_stability_ai": dict.fromkeys(("en", "de", "fr", "nl"), "Powered by Stability AI"),
}
"""Labels that stand in the text, by language. The notices are the licences' own words."""


def visible(labels: Iterable[str]) -> bool:
    """Whether any of `labels` stands in the text."""
    return not VISIBLE.keys().isdisjoint(labels)


def text(labels: Iterable[str], language: str) -> str:
    """What the visible ones among `labels` say, each on a line of its own; empty for none."""
    said = [VISIBLE[label] for label in sorted(labels) if label in VISIBLE]
    lines = [words.get(language) or words["en"] for words in said]
    return "".join(f"\n\n[{line}]" if at == 0 else f"\n[{line}]" for at, line in enumerate(lines))
