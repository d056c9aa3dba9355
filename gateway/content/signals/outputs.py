"""What an answer holds that acts, carries a licence, quotes at length or leaks a marked string.

These are hints for rules, read with simple expressions; what a page shows is escaped anyway.
One look tells which of the expressions may find anything at all: most answers have nothing.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from gateway.content.signals.scan import Scanner
from gateway.core.signals import SILENT, OutputSignals

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_CASELESS = re.IGNORECASE
_REMOTE = r"(?:https?:)?//"
_ACTIVE = {
    "script": re.compile(r"<(?:script|iframe|object|embed)\b|\bjavascript:|\bvbscript:", _CASELESS),
    "html_event": re.compile(r"<[a-z][^<>]{0,300}\bon[a-z]{3,24}\s{0,5}=", _CASELESS),
    "remote_image": re.compile(
        rf"!\[[^\[\]]{{0,300}}\](?:\(\s{{0,5}}<?{_REMOTE}|\[)"
        rf"|<(?:img|source|video|audio|input)\b[^<>]{{0,300}}\b(?:src|srcset|poster)"
        rf"\s{{0,5}}=\s{{0,5}}[\"']?{_REMOTE}"
        rf"|\burl\(\s{{0,5}}[\"']?{_REMOTE}",
        _CASELESS,
    ),
    "data_exfiltration_url": re.compile(
        rf"(?:\]\(\s{{0,5}}<?|\b(?:src|href|srcset|poster)\s{{0,5}}=\s{{0,5}}[\"']?"
        rf"|^\[[^\[\]]{{1,100}}\]:\s{{0,5}}<?){_REMOTE}[^\s\"'<>()?#]{{1,300}}"
        r"(?:\?[^\s\"'<>()]{0,500}?=[^\s\"'<>()&]{16,}"
        r"|/[A-Za-z0-9+_=%-]{64,}"
        r"|\?[^\s\"'<>()]{0,500}?\b(?:data|d|q|leak|secret|token|key|conversation|chat|history"
        r"|content|text|payload|msg|prompt)=[^\s\"'<>()&]{4,})",
        _CASELESS | re.MULTILINE,
    ),
}
"""Active content by its label. Every repetition has a bound, so no text makes them slow."""

_LICENCES = {
    "AGPL-3.0": re.compile(r"\bAGPL(?:-3|v3| v?3)|\bGNU Affero General Public", _CASELESS),
    "LGPL": re.compile(r"\bLGPL\b|\bLGPL-|\bGNU (?:Lesser|Library) General Public", _CASELESS),
    "GPL-2.0": re.compile(
        r"(?<![AL])\bGPL(?:-2|v2| v?2)|\bGNU General Public Licen[cs]e[\s,*#/]{1,12}"
        r"(?:as published by[^.]{0,80}?)?v(?:ersion )?\s?2",
        _CASELESS,
    ),
    "GPL-3.0": re.compile(
        r"(?<![AL])\bGPL(?:-3|v3| v?3)|\bGNU General Public Licen[cs]e[\s,*#/]{1,12}"
        r"(?:as published by[^.]{0,80}?)?v(?:ersion )?\s?3",
        _CASELESS,
    ),
    "MPL-2.0": re.compile(r"\bMPL-2|\bMPL 2\.0|\bMozilla Public Licen[cs]e", _CASELESS),
    "CC-BY-SA": re.compile(
        r"\bCC[ -]BY[ -]SA\b|\bCreative Commons Attribution[ -]Share", _CASELESS
    ),
}
_NOTICE = re.compile(
    r"SPDX-License-Identifier|\bcopyright\b|\(c\)|\u00a9|\blicen[cs]ed under\b"
    r"|\bunder the terms of\b|\bLicen[cs]e:|^\s{0,20}(?:#|//|/?\*|--|;|<!--)[^\n]{0,120}licen[cs]e",
    _CASELESS | re.MULTILINE,
)
"""What a licence notice has; talk about a licence has none of it."""

_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)", re.MULTILINE)
_CODE_LINE = re.compile(
    r"^\s{0,40}(?:def \w+\(|class \w+[:({]|import \w+|from [\w.]+ import |#include|function \w*\("
    r"|(?:const|let|var) \w+ =|public |private |return\b.*;?$|SELECT .+ FROM |if \(.*\) ?\{"
    r"|for \(.*\) ?\{|\}$|.*;$)",
    re.MULTILINE,
)
_CODE_LINES = 3
QUOTATION_ENDS = '\u201d\u201c\u00bb"'
_QUOTED = re.compile(
    rf"[\u201c\u201e\u00ab\"]([^\u201c\u201d\u201e\u00ab\u00bb\"]{{300,6000}})[{QUOTATION_ENDS}]"
)
_BLOCK = re.compile(r"(?:^>[^\n]{0,2000}\n?){1,200}", re.MULTILINE)
_BYLINE = re.compile(
    r"\((?:Reuters|AP|AFP|dpa|ANP|Belga|EFE|Bloomberg)\)\s{0,3}[-\u2013\u2014]"
    r"|\ball rights reserved\b"
    r"|\balle Rechte vorbehalten\b|\btous droits r[ée]serv[ée]s\b|\balle rechten voorbehouden\b",
    _CASELESS,
)
_LONG = 60
"""Words of one quotation from which on it is called long."""

_NOT_WORD = re.compile(r"[\W_]+")

_TRIGGERS = {
    "script": r"(?i)<(?:script|iframe|object|embed)|(?:java|vb)script:",
    "html_event": r"(?i)<[^<>]*on[a-z]",
    "remote_image": r"(?i)!\[[^\[\]]*\][(\[]|<(?:img|source|video|audio|input)|url\(",
    "data_exfiltration_url": (r"(?i)//[^\s\"'<>()?#]+(?:\?[^\s\"'<>()]*=|/[a-z0-9+_=%-]{64})"),
    "licence": (
        r"(?i)gpl|gnu (?:affero |lesser |library )?general public|mpl[ -]2"
        r"|mozilla public|cc[ -]by[ -]sa|commons attribution"
    ),
    "fence": r"```|~~~",
    "code_line": (
        r"(?:^|\n)[^a-zA-Z#}\n]*(?:def |class |import |from |#include|function|const |let |var "
        r"|public |private |return|SELECT |if \(|for \(|\})|;(?:\n|$)"
    ),
    "block": r"(?:^|\n)>",
    "byline": (
        r"(?i)\((?:reuters|ap|afp|dpa|anp|belga|efe|bloomberg)\)|rights reserved"
        r"|rechte vorbehalten|droits r|rechten voorbehouden"
    ),
}
"""What must stand in a text, as RE2 reads its bytes, for an expression above to find anything."""

_NAMES = tuple(_TRIGGERS)
_SCANNER = Scanner(tuple(_TRIGGERS.values()))
_ALSO_LETTERS = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
"""What Python takes for an ASCII letter in another case, and RE2 does not."""


def read(text: str, canaries: Iterable[str] = (), *, quoted: bool = True) -> OutputSignals:
    """The signals of an answer; `canaries` are the marked strings of the hidden context.

    Without `quoted` no quotation ends in what is new of the text, so none is looked for.
    """
    may = _possible(text)
    quotes = _QUOTED.findall(text) if quoted else []
    if not (may or quotes or canaries):
        return SILENT
    return OutputSignals(
        active_content=tuple(
            sorted(label for label in _ACTIVE.keys() & may if _ACTIVE[label].search(text))
        ),
        code=("fence" in may and bool(_FENCE.search(text)))
        or ("code_line" in may and _has_code_lines(text)),
        verbatim=_is_verbatim(text, may, quotes),
        licence_match=_licences(text) if "licence" in may else (),
        canary=any(holds(text, canary) for canary in canaries),
    )


def _possible(text: str) -> set[str]:
    """The triggers in a text."""
    if not text.isascii():
        for sign, letter in _ALSO_LETTERS.items():
            text = text.replace(sign, letter)
    found = _SCANNER.present(text.encode("utf-8", "surrogatepass"))
    return {_NAMES[number] for number in found} if found else set()


def _has_code_lines(text: str) -> bool:
    return sum(1 for _ in islice(_CODE_LINE.finditer(text), _CODE_LINES)) == _CODE_LINES


def _licences(text: str) -> tuple[str, ...]:
    if not _NOTICE.search(text):
        return ()
    return tuple(sorted(label for label, shape in _LICENCES.items() if shape.search(text)))


def _is_verbatim(text: str, may: Container[str], quotes: list[str]) -> bool:
    """Whether one of the `quotes` is long, or a press agency's line stands above a long text."""
    if "block" in may:
        quotes = quotes + [quote.replace(">", " ") for quote in _BLOCK.findall(text)]
    if any(len(quote.split()) >= _LONG for quote in quotes):
        return True
    return "byline" in may and bool(_BYLINE.search(text)) and len(text.split()) >= _LONG


def holds(text: str, canary: str) -> bool:
    """Whether the marked string `canary` is in `text`, also spaced out or in another case."""
    wanted = _NOT_WORD.sub("", canary).casefold()
    if not wanted:
        return False
    return canary in text or wanted in _NOT_WORD.sub("", text).casefold()
