"""The obligation ``label``: people are told what they look at.

Every label goes into the answer's headers and the record; what `gateway.pep.labels` calls visible
also stands in the text itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "label"
LABELS = (
    "active_content",
    "ai_generated",
    "built_with_llama",
    "deep_fake",
    "human_review",
    "likeness",
    "powered_by_stability_ai",
    "third_party_licence",
)


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"labels": ["ai_generated", …]}``, all known."""
    return words(obligation, "labels", LABELS) is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with these labels too."""
    labels = words(obligation, "labels") or frozenset()
    return owed._replace(labels=owed.labels | labels)
