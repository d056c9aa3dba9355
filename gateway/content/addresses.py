r"""Whether what is said next would be part of an address, a link's target or a tag.

What shows an answer fetches addresses, so no value may be restored in one. They end where those
that read them end them: a tag at a ``>`` outside of an attribute's quotes (WHATWG HTML, 13.2.5), a
Markdown target at a blank of ASCII or its bracket (CommonMark 0.31.2, 6.3), ``url(`` at its bracket
(CSS Syntax 3, 4.3.6). An address may do without slashes behind its scheme, have backslashes in
their stead, and holds no tabs or line ends (WHATWG URL, 4.4). Where it is not certain it counts.

Tags and targets are followed however long they are, for every ``<`` at once: which of them begins
one depends on the reader. What came is read when it is asked about, once, so that plain words cost
nothing; where it was split makes no difference.
"""

from __future__ import annotations

import html
import re
from enum import Enum, auto
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK_BACK = 512
"""Code points of a word that are looked at; a longer one counts as an address."""

_MARKS = re.compile(r"[^\"'=<>\\/()\[\]:\t\n\f\r ]+|[\t\f\r ]+|.", re.DOTALL)
_WORD_END = re.compile(r"[\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\"]")
"""Blanks as ECMAScript's ``\\s`` has them (22.2.2.9), by which browsers' code finds links."""

_ADDRESS = re.compile(
    r"[\\/]{2}|(?:https?|ftp|wss?|javascript):|\]\(|(?<![^\W_])(?:www\.|mailto:)", re.IGNORECASE
)
_UNSEEN = dict.fromkeys([
    *b"\t\n\r", 0xAD, 0x34F, 0x180E, 0xFEFF,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065),
])  # fmt: skip
"""What nobody sees: in an address it is passed over, or breaks it, by who reads it."""

_TIMES = 2
_ENTITY = "&"
_PERCENT = "%"

_JSON = re.compile(
    r'(?P<open>\\(?:u[0-9a-fA-F]{0,3})?\Z)|\\u(?P<number>[0-9a-fA-F]{4})|\\(?P<sign>.)|"|[^\\"]+',
    re.DOTALL,
)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class _At(Enum):
    """Where in something that was opened."""

    NAME = auto()
    BEFORE = auto()
    ATTRIBUTE = auto()
    AFTER = auto()
    VALUE = auto()
    DOUBLE = auto()
    SINGLE = auto()
    UNQUOTED = auto()
    LINK = auto()
    DEFINITION = auto()
    TARGET = auto()
    ANGLE = auto()
    ANGLE_ESCAPE = auto()
    URL = auto()
    URL_UNQUOTED = auto()
    URL_DOUBLE = auto()
    URL_DOUBLE_ESCAPE = auto()
    URL_SINGLE = auto()
    URL_SINGLE_ESCAPE = auto()


_States = frozenset[_At]
_NOWHERE: _States = frozenset()
_LINE_END, _SPACE, _OTHER = "\n", " ", "o"


def _row(other: _At, **named: tuple[_At, ...]) -> Mapping[str, tuple[_At, ...]]:
    """Where each sign leads; `other` is where those lead that are not named."""
    signs = {
        "end": ">", "quote": '"', "single": "'", "equals": "=", "slash": "/", "escape": "\\",
        "open": "<", "close": ")", "line": _LINE_END, "space": _SPACE,
    }  # fmt: skip
    row = {sign: named.get(name, (other,)) for name, sign in signs.items()}
    if "line" not in named:
        row[_LINE_END] = row[_SPACE]
    return {**row, _OTHER: (other,)}


_STEPS: Mapping[_At, Mapping[str, tuple[_At, ...]]] = {
    _At.NAME: _row(_At.NAME, space=(_At.BEFORE,), slash=(_At.BEFORE,), end=()),
    _At.BEFORE: _row(_At.ATTRIBUTE, space=(_At.BEFORE,), slash=(_At.BEFORE,), end=()),
    _At.ATTRIBUTE: _row(
        _At.ATTRIBUTE, space=(_At.AFTER,), slash=(_At.BEFORE,), equals=(_At.VALUE,), end=()
    ),
    _At.AFTER: _row(
        _At.ATTRIBUTE, space=(_At.AFTER,), slash=(_At.BEFORE,), equals=(_At.VALUE,), end=()
    ),
    # A quote behind a backslash is one for whoever reads the text out of another text.
    _At.VALUE: _row(
        _At.UNQUOTED, space=(_At.VALUE,), quote=(_At.DOUBLE,), single=(_At.SINGLE,),
        escape=(_At.UNQUOTED, _At.VALUE), end=(),
    ),
    _At.DOUBLE: _row(_At.DOUBLE, quote=(_At.BEFORE,)),
    _At.SINGLE: _row(_At.SINGLE, single=(_At.BEFORE,)),
    _At.UNQUOTED: _row(_At.UNQUOTED, space=(_At.BEFORE,), end=()),
    _At.LINK: _row(_At.TARGET, space=(_At.LINK,), open=(_At.ANGLE,), close=()),
    _At.DEFINITION: _row(_At.TARGET, space=(_At.DEFINITION,), open=(_At.ANGLE,)),
    _At.TARGET: _row(_At.TARGET, space=()),
    _At.ANGLE: _row(_At.ANGLE, escape=(_At.ANGLE_ESCAPE,), open=(), end=(), line=()),
    _At.ANGLE_ESCAPE: _row(_At.ANGLE, line=()),
    _At.URL: _row(
        _At.URL_UNQUOTED, space=(_At.URL,), quote=(_At.URL_DOUBLE,), single=(_At.URL_SINGLE,),
        escape=(_At.URL_UNQUOTED, _At.URL), close=(),
    ),
    _At.URL_UNQUOTED: _row(_At.URL_UNQUOTED, close=()),
    _At.URL_DOUBLE: _row(_At.URL_DOUBLE, quote=(), escape=(_At.URL_DOUBLE_ESCAPE,)),
    _At.URL_DOUBLE_ESCAPE: _row(_At.URL_DOUBLE),
    _At.URL_SINGLE: _row(_At.URL_SINGLE, single=(), escape=(_At.URL_SINGLE_ESCAPE,)),
    _At.URL_SINGLE_ESCAPE: _row(_At.URL_SINGLE),
}  # fmt: skip
_FREE: _States = frozenset({_At.DEFINITION})
"""Where nothing of an address was said yet: ``[1]: `` is how a list begins as well."""


class Behind:
    """What has been said of one text, as far as it decides about what is said next."""

    def __init__(self, *, json: bool) -> None:
        """Nothing has been said. With `json` it is JSON text, in which each string is by itself."""
        self._json = json
        self.unread: list[str] = []
        """What was said and not looked at yet; whoever says something adds it."""

        self._sign = ""
        self._escape = ""
        self._tail = ""
        self._open = _NOWHERE

    @property
    def sign(self) -> str:
        """The last one that was said, as it came."""
        if not self.unread:
            return self._sign
        if self.unread[-1]:
            return self.unread[-1][-1]
        return next((text[-1] for text in reversed(self.unread) if text), self._sign)

    def in_address(self) -> bool:
        """Whether what is said next would be part of an address, a link's target or a tag."""
        self._read()
        return bool(self._open - _FREE) or _is_address(_WORD_END.split(self._tail)[-1])

    @property
    def escaping(self) -> bool:
        r"""Whether a ``\`` was said that belongs to the next sign, in JSON."""
        self._read()
        return self._escape == "\\"

    def _read(self) -> None:
        self._sign = self.sign
        text = "".join(self.unread)
        self.unread.clear()
        if self._json:
            text = self._unescaped(text)
        line = self._tail[-3:] + text
        if self._open or "<" in line or "(" in line or "]:" in line:
            self._follow(text)
        self._tail = (self._tail + text)[-LOOK_BACK:]

    def _follow(self, text: str) -> None:
        """Follow what is opened and closed in `text`, behind the tail."""
        states, before = self._open, self._tail[-3:]
        for mark in _MARKS.findall(text):
            first = mark[0]
            if states:
                states = _next(states, _SPACE if first in "\t\f\r " else first)
            began = _begun(before, first)
            if began is not None:
                states |= {began}
            before = (before + mark)[-3:]
        self._open = states

    def _unescaped(self, text: str) -> str:
        """What `text` says in the string that it ends in; what was said in others is done with."""
        said: list[str] = []
        text, self._escape = self._escape + text, ""
        for part in _JSON.finditer(text):
            if part["open"]:
                self._escape = part[0]
            elif part["number"]:
                said.append(chr(int(part["number"], 16)))
            elif part["sign"]:
                said.append(_SIGNS.get(part["sign"], part["sign"]))
            elif part[0] == '"':
                said.clear()
                self._tail, self._open = "", _NOWHERE
            else:
                said.append(part[0])
        return "".join(said)


def _begun(before: str, sign: str) -> _At | None:
    """What begins at `sign`, behind the three signs `before` it."""
    if before.endswith("<") and sign.isascii() and sign.isalpha():
        return _At.NAME
    if sign == "(":
        if before.endswith("]"):
            return _At.LINK
        return _At.URL if before.lower() == "url" else None
    return _At.DEFINITION if sign == ":" and before.endswith("]") else None


_NEXT: dict[tuple[_States, str], _States] = {}


def _next(states: _States, sign: str) -> _States:
    """Where these lead with that sign; there are few of either, so it is remembered."""
    sign = sign if sign in _STEPS[_At.NAME] else _OTHER
    found = _NEXT.get((states, sign))
    if found is None:
        found = frozenset(to for state in states for to in _STEPS[state][sign])
        _NEXT[(states, sign)] = found
    return found


def _is_address(word: str) -> bool:
    """Whether a word that begins so is one, or may be: also in the forms that readers undo."""
    if len(word) >= LOOK_BACK or _ADDRESS.search(word):
        return True
    for _ in range(_TIMES):
        if word.isascii() and _ENTITY not in word and _PERCENT not in word:
            return False
        word = normalize("NFKC", unquote(html.unescape(word))).translate(_UNSEEN)
        if _ADDRESS.search(word):
            return True
    return False
