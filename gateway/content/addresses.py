"""Whether what comes next would be part of an address, a link's target or an HTML attribute.

Whatever shows an answer fetches pictures, and tools fetch what they are given, with all that stands
in the address. A text is read as those read it that show it, and remembered as a state and not as
its last characters, so that no tag or target is too long. Sources: CommonMark 0.31.2, 4.7, 6.3 and
6.6; WHATWG HTML, 13.2.5; WHATWG URL, 4.4; RFC 8259, 7; CSS Values 4, 4.5. Where they leave it open,
it is an address.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from types import MappingProxyType
from urllib.parse import unquote

_FAR = 512
"""Characters from which on a word is an address, and a tag that says nothing in them is none."""

_ROUNDS = 3
_BLANK = " \t\n\r\f\v"
_TELLING = re.compile(r"[:/\\%&.\u3002\uff0e\uff61\uff0f\uff1a]|\A[^\x00-\x7f]*www", re.IGNORECASE)
_ADDRESS = re.compile(
    r"[/\\]{2}|\]\("
    r"|(?:https?|ftp|wss?|javascript|vbscript|mailto|intent):"
    r"|(?<![A-Za-z0-9+.-])(?:data:(?=[\w;,])|(?:blob|sms|view-source):)"
    r"|[A-Za-z][A-Za-z0-9+.-]{1,31}:[/\\]|\A\W*www\."
    # A name and what follows it: some show it as a link without a scheme.
    r"|[^\W_]\.[^\W\d_]{2,}(?::[0-9]+)?[/?#\\]",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DOTS = str.maketrans("\u3002\uff61", "..")
_ESCAPED = re.compile(r"\\(?:u00|x)([0-9a-fA-F]{2})")
_WORD_END = re.compile(r"[\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""Blanks as ECMAScript has them (22.2.2.9), by which browsers' code finds links."""

_TOKEN = re.compile(r"[^\"]*\Z")
_BEGUN = "\0"
"""Stands where a string of JSON begins, which is an address up to its end if it begins as one."""

_QUOTED = re.compile(r"([\"'`\0])([^\s\"'`\0]*[:/\\%&.\u3002\uff0e\uff61\uff0f\uff1a][^\s\"'`\0]*)")
_PARAGRAPH = r"\n[ \t]*\n"
_BLANK_LINE = re.compile(_PARAGRAPH)
_UNQUOTED = {quote: re.compile(rf"{quote}|{_PARAGRAPH}") for quote in "\"'`"}
_ESCAPES = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_JSON_PART = re.compile(r"\"|\\u([0-9a-fA-F]{4})|\\[^u]|[^\"\\]+|\\u?[0-9a-fA-F]{0,3}\Z|\\")
_JSON_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def is_address(word: str) -> bool:
    """Whether a text without blanks is an address or has one in it, in whatever form it is written.

    That is with its signs escaped, as entities or per cent, or with signs in it that nobody sees.
    """
    if not _TELLING.search(word):
        return False
    if not word.isascii():
        word = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word)).translate(_DOTS)
    for _ in range(_ROUNDS):
        if _ADDRESS.search(word):
            return True
        plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unquote(unescape(word)))
        if plain == word:
            return False
        word = plain
    return True


class Whereabouts:
    """Where one text has come to."""

    escaping = False
    """See `JsonWhereabouts`: in plain text no sign changes what the next one means."""

    def __init__(self) -> None:
        """At its beginning."""
        self._tag = _Tag()
        self._targets = _Targets()
        self._word = ""
        self._long = False
        self._quote = ""
        """The sign that ends the address in quotes which is open."""

    def read(self, text: str) -> None:
        """Go on by `text`."""
        self._tag.read(text)
        self._targets.read(text)
        text = self._word + text
        self._in_quotes(text)
        begun = [found.end() for found in _WORD_END.finditer(text)]
        self._long = self._long and not begun
        self._word = text[begun[-1] :] if begun else text
        if len(self._word) > _FAR:
            self._long, self._word = True, self._word[-_FAR:]

    @property
    def in_address(self) -> bool:
        """Whether what comes next would be part of an address."""
        if self._quote or self._tag.open or self._targets.open or self._long:
            return True
        token = _TOKEN.search(self._word)
        return token is not None and is_address(token[0].lstrip(_BEGUN))

    def _in_quotes(self, text: str) -> None:
        at = len(self._word) if self._quote else 0
        while True:
            if not self._quote:
                begun = next(
                    (found for found in _QUOTED.finditer(text, at) if is_address(found[2])), None
                )
                if begun is None:
                    return
                self._quote, at = begun[1], begun.end()
            if self._quote == _BEGUN:
                return
            ended = _UNQUOTED[self._quote].search(text, at)
            if ended is None:
                return
            self._quote, at = "", ended.end()


class JsonWhereabouts:
    """Where a text of JSON has come to: each string of it is a text of its own."""

    def __init__(self) -> None:
        """At its beginning, outside of strings."""
        self._inside: Whereabouts | None = None
        self._begins = False
        self._rest = ""

    def read(self, text: str) -> None:
        """Go on by `text`, in which signs may be escaped."""
        said: list[str] = []
        text, self._rest = self._rest + text, ""
        for found in _JSON_PART.finditer(text):
            part = found[0]
            if part == '"':
                self._hear(said)
                said = []
                self._inside = None if self._inside is not None else Whereabouts()
                self._begins = self._inside is not None
            elif part[0] != "\\":
                said.append(part)
            elif found.end() == len(text) and (part == "\\" or (part[1] == "u" and len(part) < 6)):
                self._rest = part
            elif found[1]:
                said.append(chr(int(found[1], 16)))
            else:
                said.append(_JSON_SIGNS.get(part[1:], part[1:]))
        self._hear(said)

    @property
    def in_address(self) -> bool:
        """Whether what comes next would be part of an address."""
        return self._inside is not None and self._inside.in_address

    @property
    def escaping(self) -> bool:
        """Whether the sign that comes next belongs to the backslash before it."""
        return self._rest == "\\"

    def _hear(self, said: list[str]) -> None:
        text = "".join(said).replace(_BEGUN, "")
        if self._inside is None or not text:
            return
        if self._begins:
            text = text.lstrip()
            if not text:
                return
            self._begins, text = False, _BEGUN + text
        self._inside.read(text)


class _Tag:
    """The HTML tag that is open, if any."""

    _NEXT = re.compile(r"<(?=[A-Za-z])|[=>]")
    _BEGIN = re.compile(r"<(?=[A-Za-z])")
    _VALUE = re.compile(r"[^ \t\n\r\f]")
    _ENDS = MappingProxyType({
        "a": re.compile(r"[ \t\n\r\f>]"), '"': re.compile('"'), "'": re.compile("'"),
    })  # fmt: skip

    def __init__(self) -> None:
        self._state = ""
        """``<`` between attributes, ``=`` before a value, ``a`` or a quote within it."""

        self._passed = 0
        self._before = ""

    @property
    def open(self) -> bool:
        return self._state not in ("", "<") or (self._state == "<" and self._passed < _FAR)

    def read(self, text: str) -> None:
        text = self._before + text
        at = 0
        while at < len(text):
            at = self._step(text, at)
        self._before = "<" if text.endswith("<") and self._state in ("", "<") else ""

    def _step(self, text: str, at: int) -> int:
        if self._state in ("", "<"):
            found = (self._NEXT if self._state else self._BEGIN).search(text, at)
            if found is None:
                self._passed += len(text) - at
                return len(text)
            self._state = "" if found[0] == ">" else found[0]
            self._passed = 0
            return found.end()
        if self._state == "=":
            found = self._VALUE.search(text, at)
            if found is None:
                return len(text)
            self._state = found[0] if found[0] in "\"'" else "a"
            return found.end() if self._state != "a" else found.start() + (found[0] != ">")
        found = self._ENDS[self._state].search(text, at)
        if found is None:
            return len(text)
        self._state, self._passed = "" if found[0] == ">" else "<", 0
        return found.end()


class _Targets:
    """The targets of Markdown links and the addresses of CSS that may be open.

    Of two that begin within each other either may be the one that is read as one.
    """

    _BEGIN = re.compile(r"\][(:]|url\(", re.IGNORECASE)
    _MOST = 16
    """So many are followed at a time; where there are more, all is address up to a blank line."""

    def __init__(self) -> None:
        self._begun: list[_Target] = []
        self._flooded = False
        self._before = ""

    @property
    def open(self) -> bool:
        return self._flooded or any(target.open for target in self._begun)

    def read(self, text: str) -> None:
        self._flooded = self._flooded and _BLANK_LINE.search(text) is None
        for target in self._begun:
            target.read(text, 0)
        line, scanned = self._before + text, 0
        for found in self._BEGIN.finditer(line):
            if found.end() <= len(self._before):
                continue  # it was seen when that was read
            target = _Target(found[0].lower())
            scanned += target.read(line, found.end()) - found.end()
            if target.state:
                self._begun.append(target)
            if len(self._begun) > self._MOST or scanned > self._MOST * len(line):
                self._flooded = _BLANK_LINE.search(line, found.end()) is None
                break
        self._begun = [target for target in self._begun if target.state][: self._MOST]
        self._before = line[-3:]


class _Target:
    """One of them."""

    _START = re.compile(rf"[^{_BLANK}]")
    _ENDS = MappingProxyType(
        {
            "<": re.compile(r"\\.|[>\n]", re.DOTALL),
            "a": re.compile(rf"\\.|[(){_BLANK}]", re.DOTALL),
            "t": re.compile(rf"\\.|\)|{_PARAGRAPH}", re.DOTALL),
            '"': re.compile(r"\\.|\"", re.DOTALL),
            "'": re.compile(r"\\.|'", re.DOTALL),
        }
    )

    def __init__(self, begun: str) -> None:
        """`begun` is what it begins with."""
        self._defines = begun == "]:"
        self._opens = "\"'" if begun == "url(" else "<"
        self._depth = 0
        self._escape = ""
        self.state = "s"
        """``s`` before it, ``<`` or a quote within these, ``a`` within it, ``t`` in its title;
        nothing when it has ended."""

    @property
    def open(self) -> bool:
        """Whether what comes next is part of it; a note may begin with a value (``[1]: Jane``)."""
        return not (self.state == "s" and self._defines)

    def read(self, text: str, at: int) -> int:
        """Go on by what follows `at`; where in `text` that ended."""
        text, self._escape = self._escape + text, ""
        while self.state and at < len(text):
            at = self._step(text, at)
        return at

    def _step(self, text: str, at: int) -> int:
        if self.state == "s":
            found = self._START.search(text, at)
            if found is None:
                return len(text)
            self.state = found[0] if found[0] in self._opens else "a"
            return found.start() if self.state == "a" else found.end()
        found = self._ENDS[self.state].search(text, at)
        if found is None:
            self._escape = "\\" if _ESCAPES.search(text[at:]) else ""
            return len(text)
        self._end(found[0])
        return found.end()

    def _end(self, sign: str) -> None:
        """What follows a sign that may end the state."""
        if sign[0] == "\\":
            return
        if self.state == "<" and sign == "\n":
            self.state = "a"
        elif self.state == "a" and sign == "(":
            self._depth += 1
        elif self.state == "a" and sign == ")" and self._depth:
            self._depth -= 1
        elif self.state == "t" or sign == ")" or self._defines:
            self.state = ""
        else:
            self.state = "t"
