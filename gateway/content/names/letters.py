r"""Names where letters put them: after a greeting, under a closing.

"Hi Fleur," and "Regards,\nFleur" tell of a person whatever the word; no list of names is that long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.names.reading import COMMON, FIRST, LAST, STOP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateway.content.names.lexicon import Entry


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_GREETINGS = _listed(
    "hi hello hey dear morning afternoon evening hallo liebe lieber moin servus geehrte geehrter"
    " bonjour salut cher chère coucou hola querido querida estimado estimada beste dag geachte"
    " lieve"
)
_CLOSINGS = _listed(
    "regards best thanks cheers sincerely yours truly faithfully greetings wishes thx love rgds"
    " respectfully grüßen grüße gruß grüsse mfg vg lg cordialement amitiés bises saludos"
    " atentamente abrazo abrazos groet groeten groetjes"
)
_BEHIND = frozenset(",!:-\u2013\u2014")
"""What stands behind whom one greets."""

_NOBODY = _CLOSINGS | _listed(
    "all both everyone everybody folks friend friends guys team sir sirs madam ma'am mam mom mum"
    " mommy mama dad daddy papa grandma grandpa customer customers client clients colleague"
    " colleagues member members reader readers student students editor support world there kollege"
    " kollegen kollegin kolleginnen kunde kunden kundin freunde freund freundin leser herr frau"
    " damen herren collègue collègues client clients ami amis monsieur madame colega colegas"
    " cliente clientes amigo amigos señor señora collega klant klanten heer mevrouw vriend"
)
"""Whom letters greet without a name; written large in German, or at a line's beginning."""

_MOST_WORDS = 3


def letter_names(
    words: Sequence[str],
    spans: Sequence[tuple[int, int]],
    entries: Callable[[Sequence[str]], list[Entry]],
) -> Iterator[tuple[int, int]]:
    """The names (first, last word) of `spans` (first, past the last) that a letter puts there."""
    for first, past in spans:
        behind = words[past] if past < len(words) else "\n"
        if behind not in _BEHIND and behind[0] != "\n":
            continue
        # "Hi" may be a name itself, so that it stands in the same run as whom it greets.
        begin = first + (words[first].lower() in _GREETINGS)
        if 0 < past - begin <= _MOST_WORDS and (
            _greeted(words, begin) or (behind[0] == "\n" and _signed(words, begin))
        ):
            name = words[begin:past]
            if _may_name(name) and _sayable(entries(name)):
                yield begin, past - 1


def _may_name(words: Sequence[str]) -> bool:
    return all(word.isalpha() and word.lower() not in _NOBODY for word in words)


def _sayable(entries: list[Entry]) -> bool:
    """Whether none of the words is an everyday one that is no name: "Hi all", "Dear Customer"."""
    return all(item.flags & (FIRST | LAST) or not item.flags & (COMMON | STOP) for item in entries)


def _greeted(words: Sequence[str], first: int) -> bool:
    """Behind a greeting; at the end of its line, or before what stands in `_BEHIND`."""
    return first > 0 and words[first - 1].lower() in _GREETINGS


def _signed(words: Sequence[str], first: int) -> bool:
    """Behind a closing, perhaps a comma, and a line's end; with its line for itself."""
    if first < 2 or words[first - 1][0] != "\n":
        return False
    at = first - 2 if words[first - 2] not in {",", ".", "!"} else first - 3
    return at >= 0 and words[at].lower() in _CLOSINGS
