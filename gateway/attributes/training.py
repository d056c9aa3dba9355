"""How somebody stands with a course: current, in the days of grace, expired, or never taken.

AI literacy is a duty of whoever deploys a system (AI Act Art. 4). The days of grace
are fixed here; how much they are worth is a matter of the rule.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

COURSES: Final = ("literacy", "media")
"""``literacy`` for everybody; ``media`` for those who make images, sound and video."""

GRACE: Final = timedelta(days=30)
"""After a course's last day, and after a person's first day."""

CURRENT, IN_GRACE, EXPIRED, NONE = "current", "grace", "expired", "none"


def state(until: date | None, first_day: date | None, today: date) -> str:
    """How it stands `today` with a course that counts `until` (None: never taken).

    `first_day` is the day on which the person became known here; None: not known.
    """
    if until is not None and today <= until:
        return CURRENT
    if until is not None:
        return IN_GRACE if today <= until + GRACE else EXPIRED
    return IN_GRACE if first_day is not None and today <= first_day + GRACE else NONE
