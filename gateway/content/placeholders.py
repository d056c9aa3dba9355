"""The grammar of placeholders: what stands in a text for a value that was taken out.

``[EMAIL_ADDRESS_2]``: the type, and a number in order of first appearance. Models
garble them (other brackets, other case, markdown escapes, a blank), so reading is
tolerant; without brackets only the exact form counts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LITERAL = "TEXT"
"""The type that stands for text which looked like a placeholder when the caller typed it."""

LONGEST = 48
"""The longest garbled placeholder that is recognised, in code points."""

_NAME = r"[A-Za-z]{2,16}(?:\\?[_ \-\uff3f][A-Za-z]{1,16}){0,3}"
_EXACT = r"[A-Z]{2,16}(?:_[A-Z]{1,16}){0,3}"
_WIDE = "\uff3b\u3010\uff08\uff5b\uff1c\u300c"
"""Opening brackets as East Asian texts have them."""

OPENING = rf"(?:(?:\\?\[){{1,2}}|(?:\\?\(){{1,2}}|(?:\\?\{{){{1,2}}|(?:\\?<){{1,2}}|[{_WIDE}])"
"""One bracket or the same one twice: of ``([…])`` the parenthesis is the sentence's own."""

_WIDE_CLOSING = "\uff3d\u3011\uff09\uff5d\uff1e\u300d"
_CLOSING = rf"(?:\\?[\])}}>]|[{_WIDE_CLOSING}])"
_TWO = r"(?P<two>(?:\\?\[){2}|(?:\\?\(){2}|(?:\\?\{){2}|(?:\\?<){2})"
TOLERANT = re.compile(
    rf"(?:{_TWO}|\\?[\[({{<]|[{_WIDE}]) ?"
    rf"(?P<name>{_NAME})\\?[_ \-\uff3f](?P<number>[0-9]{{1,6}})"
    # As many closing brackets as opening ones: of "([PERSON_1])" the rest is the sentence's own.
    rf" ?(?(two){_CLOSING}(?:{_CLOSING})?|{_CLOSING})"
    # Without brackets, or with the closing one lost; of "PERSON_1s" the ending stays.
    rf"|(?:(?<![\w\[\\%])|(?P<lost>(?:\\?\[|[\uff3b\u3010]) ?))(?P<bare>{_EXACT})"
    rf"[_\uff3f](?P<bare_number>[0-9]{{1,6}})(?=s?(?!\w))(?(lost)(?! ?{_CLOSING}))"
)
"""A placeholder in any form that is recognised."""

_SEPARATORS = re.compile(r"[\\_ \-\uff3f]+")


class Name(NamedTuple):
    """Which placeholder: its type and number."""

    type: str
    number: int

    def __str__(self) -> str:
        return f"[{self.type}_{self.number}]"


def named(match: re.Match[str]) -> Name:
    """The placeholder that a match of `TOLERANT` means."""
    if match["bare"]:
        return Name(match["bare"], int(match["bare_number"]))
    return Name(_SEPARATORS.sub("_", match["name"]).upper(), int(match["number"]))
