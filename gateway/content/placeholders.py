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

_NAME = r"[A-Za-z]{2,16}(?:\\?[_ \-][A-Za-z]{1,16}){0,3}"
OPENING = r"(?:(?:\\?\[){1,2}|(?:\\?\(){1,2}|(?:\\?\{){1,2}|(?:\\?<){1,2})"
"""One bracket or the same one twice: of ``([…])`` the parenthesis is the sentence's own."""

_CLOSING = r"\\?[\])}>]"
_TWO = r"(?P<two>(?:\\?\[){2}|(?:\\?\(){2}|(?:\\?\{){2}|(?:\\?<){2})"
TOLERANT = re.compile(
    rf"(?:{_TWO}|\\?[\[({{<]) ?(?P<name>{_NAME})\\?[_ \-](?P<number>[0-9]{{1,6}})"
    # As many closing brackets as opening ones: of "([PERSON_1])" the rest is the sentence's own.
    rf" ?(?(two){_CLOSING}(?:{_CLOSING})?|{_CLOSING})"
    r"|(?<![\w\[\\%])(?P<bare>[A-Z]{2,16}(?:_[A-Z]{1,16}){0,3})_(?P<bare_number>[0-9]{1,6})(?!\w)"
)
"""A placeholder in any form that is recognised."""

_OPENERS = "_[({<"


def may_hold(text: str) -> bool:
    """Whether a placeholder could stand in `text`: a cheap look before the expensive one."""
    return any(sign in text for sign in _OPENERS)


_SEPARATORS = re.compile(r"[\\_ \-]+")


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
