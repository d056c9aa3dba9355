"""Which of two readings of one fact is the more restrictive one.

The order is that of the registry's rules: a provider that trains unless told
otherwise is worse than one of which nothing is known, more days are worse than
fewer, and what is not known about reviewers is worse than any of them. Joining
is commutative and idempotent, and never less restrictive than either reading.
"""

from __future__ import annotations

from typing import Any, Final

UNKNOWN: Final = "unknown"

TRAINING = ("no", "opt_in", UNKNOWN, "opt_out", "yes")
REVIEW = ("none", "flagged_only", "possible", "sampled", UNKNOWN)
BUSINESS_USE = ("allowed", "conditional", UNKNOWN, "forbidden")
INDEMNITY = ("yes", "conditional", "unclear", "none", UNKNOWN)
YES_OR_NO = ("no", UNKNOWN, "yes")
"""From the least to the most restrictive reading; a join takes the later one."""

SCALES: dict[str, tuple[str, ...]] = {
    "trains_on_input": TRAINING,
    "human_review": REVIEW,
    "business_use": BUSINESS_USE,
    "political_use": BUSINESS_USE,
    "indemnity_output": INDEMNITY,
    "marks_text": YES_OR_NO,
    "eu_excluded": YES_OR_NO,
}
"""Facts whose values are labels in an order."""

LISTS = frozenset({"output_restrictions", "conditions"})
"""Facts that are lists of labels: more of them bind more."""


def join(name: str, one: Any, other: Any) -> Any:
    """The more restrictive of two readings of the fact `name`.

    Retention is a number of days, or None for no limit. Two different readings of a fact that has
    no order are no reading: unknown.
    """
    if name == "retention":
        return None if one is None or other is None else max(one, other)
    if name in LISTS:
        return tuple(sorted({*_labels(one), *_labels(other)}))
    if name == "dpa_on_file":
        return one is True and other is True
    scale = SCALES.get(name)
    if scale is not None:
        return scale[max(_place(scale, one), _place(scale, other))]
    return one if one == other else UNKNOWN


def loosens(name: str, before: Any, after: Any) -> bool:
    """Whether `after` is a less restrictive reading than `before` in any respect."""
    if name in LISTS:
        return not set(_labels(before)) <= set(_labels(after))
    if name == "labelling_required":
        return before not in ("none", UNKNOWN) and after in ("none", UNKNOWN)
    if name != "retention" and name not in SCALES:
        return False
    return bool(join(name, before, after) != after)


def _labels(value: Any) -> tuple[str, ...]:
    return (UNKNOWN,) if value == UNKNOWN else tuple(value)


def _place(scale: tuple[str, ...], value: Any) -> int:
    """Where a value stands; one that no scale knows stands at the restrictive end."""
    return scale.index(value) if value in scale else len(scale) - 1
