"""The headers of a provider that callers are told: when to come again, and how often they may.

Known names only, and of each only the form that it must have, since whoever writes a header may
write anything into it: RFC 9110 10.2.3 for ``retry-after``; numbers, durations (``2m59.5s``) and
times (RFC 3339) in what OpenAI's and Anthropic's references say about limits. Anything else is
dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIXES = ("retry-after", "x-should-retry", "x-ratelimit-", "anthropic-ratelimit-")

_NUMBER = r"[0-9]{1,10}(?:\.[0-9]{1,6})?"
"""No longer: that is enough for tokens in a day and for seconds, too little for a card."""

_MOMENT = r"1[0-9]{12}"
"""A time in milliseconds, up to the year 2033."""

_DURATION = r"(?:[0-9]{1,6}(?:\.[0-9]{1,9})?(?:ms|us|[dhms]))+"
_TIME = (
    r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20[0-9]{2} "
    r"[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT"
)
_STATES = (
    "allowed|allowed_warning|rejected|five_hour|seven_day|seven_day_opus|seven_day_sonnet|overage"
    "|available|not_available|true|false"
)
"""What Anthropic says of a limit in words (``anthropic-ratelimit-unified-…``)."""

_WORDS = (
    "requests|tokens|images|audio|project|input|output|priority|unified|limit|remaining|reset"
    "|status|representative|claim|fallback|percentage|utilization|overage|surpassed|threshold"
    "|req|query|second|minute|hour|day|week|month|5h|7d|opus|sonnet"
)
_TOLD = re.compile(
    rf"retry-after: (?:[0-9]{{1,6}}(?:\.[0-9]{{1,6}})?|{_DATE})"
    rf"|retry-after-ms: {_NUMBER}"
    r"|x-should-retry: (?:true|false)"
    rf"|(?:x|anthropic)-ratelimit(?:-(?:{_WORDS})){{1,6}}: "
    rf"(?:{_NUMBER}|{_MOMENT}|{_DURATION}|{_TIME}|{_STATES})",
    re.ASCII,
)

_IDENTIFIER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,128}")
"""Without any letter it could be the number of a card."""


def told(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of a reply's headers, by lower-case name, that go back to the caller."""
    return {
        name: value
        for name, value in headers.items()
        if name.startswith(_PREFIXES) and _TOLD.fullmatch(f"{name}: {value}")
    }


def identifier(headers: Mapping[str, str], name: str) -> str:
    """The provider's id of a call, which goes into its record; nothing where it looks like none."""
    value = headers.get(name, "")
    return value if _IDENTIFIER.fullmatch(value) else ""
