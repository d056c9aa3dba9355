"""What rules declare that may be tuned, read from their annotations.

Four kinds of parameter: a whole number, a list of words, a yes or no, and one
choice of several; and a switch for each rule that configuration may switch off.
For each kind it is known which of two values is the stricter one, so that "at
least as strict" can be decided without knowing what the rule does.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.errors import ConfigurationError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Annotation = tuple[str, str, "Mapping[str, Any]"]
"""A rule's id, its title, and the ``custom`` part of its annotation."""

SHIPPED = "shipped"
CONFIGURATION = "configuration"
"""The one word of ``loosening`` that lets configuration loosen a rule; any other forbids it."""

_LOWEST, _HIGHEST = 0, 1_000_000_000
_MOST_WORDS = 100
_LONGEST_WORD = 100
_TIGHTEN = {
    "number": ("lower", "higher"),
    "words": ("fewer", "more"),
    "flag": ("true", "false"),
}
_YES = frozenset({"on", "true", "yes"})
_NO = frozenset({"off", "false", "no"})


@dataclass(frozen=True, slots=True)
class Declared:
    """One thing that may be set."""

    name: str
    rule: str
    title: str = field(compare=False)
    """The rule's title; its two files may each have their own, and the first one's is shown."""

    meaning: str
    kind: str
    """``number``, ``words``, ``flag`` or ``choice``."""

    default: Any
    tighten: str
    """Which way is stricter; empty for a choice, whose choices stand loosest first."""

    locked: bool
    """Whether only values at least as strict as the shipped one are accepted."""

    minimum: int = _LOWEST
    maximum: int = _HIGHEST
    members: tuple[str, ...] = ()
    """Words that may be listed; empty means any."""

    choices: tuple[str, ...] = ()
    switch: bool = False
    """Whether it switches the whole rule."""

    def check(self, value: Any) -> Any:
        """`value` in the form that is stored and that policies read.

        Raises:
            InvalidRequest: it is not a value of this parameter; the text says what is.
        """
        if not self._fits(value):
            raise InvalidRequest(f"{self.name} takes {self.accepts()}.", param=self.name)
        return sorted(set(value)) if self.kind == "words" else value

    def read(self, text: str) -> Any:
        """The value that somebody typed, checked.

        Raises:
            InvalidRequest: as `check`.
        """
        word = text.strip()
        value: Any = word
        if self.kind == "number":
            value = int(word) if word.isdecimal() and word.isascii() and len(word) < 20 else word
        elif self.kind == "words":
            value = [item.strip() for item in word.split(",") if item.strip()]
        elif self.kind == "flag":
            value = True if word.lower() in _YES else False if word.lower() in _NO else word
        return self.check(value)

    def strictest(self, values: Iterable[Any]) -> Any:
        """A value at least as strict as each of these; there must be one at least."""
        items = list(values)
        if self.kind == "words":
            sets = [set(item) for item in items]
            joined = set.intersection(*sets) if self.tighten == "fewer" else set.union(*sets)
            return sorted(joined)
        if self.kind == "choice":
            return max(items, key=self.choices.index)
        return min(items) if self.tighten in ("lower", "false") else max(items)

    def as_strict(self, value: Any, reference: Any) -> bool:
        """Whether `value` is at least as strict as `reference`; both checked."""
        return bool(self.strictest((value, reference)) == value)

    def accepts(self) -> str:
        """What may be set, in words."""
        if self.kind == "number":
            return f"a whole number from {self.minimum} to {self.maximum}"
        if self.kind == "words":
            words = f"of {', '.join(self.members)}" if self.members else "of words"
            return f"a list {words}, separated by commas"
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)} (loosest first)"
        return "on or off"

    def stricter(self) -> str:
        """Which way is stricter, in words."""
        said = {
            "lower": "lower is stricter", "higher": "higher is stricter",
            "fewer": "a shorter list is stricter", "more": "a longer list is stricter",
            "true": "on is stricter", "false": "off is stricter",
        }  # fmt: skip
        return said.get(self.tighten, f"the later of {', '.join(self.choices)} is stricter")

    def said(self, value: Any) -> str:
        """`value` as people read it."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, list):
            return ", ".join(value) or "none"
        return str(value)

    def _fits(self, value: Any) -> bool:
        if self.kind == "number":
            return self._is_number(value)
        if self.kind == "words":
            return self._is_words(value)
        return isinstance(value, bool) if self.kind == "flag" else value in self.choices

    def _is_number(self, value: Any) -> bool:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and self.minimum <= value <= self.maximum

    def _is_words(self, value: Any) -> bool:
        if not isinstance(value, list) or len(value) > _MOST_WORDS:
            return False
        return all(
            isinstance(item, str)
            and 0 < len(item) <= _LONGEST_WORD
            and (not self.members or item in self.members)
            for item in value
        )


def declare(annotations: Iterable[Annotation]) -> dict[str, Declared]:
    """Every parameter and switch that these rules declare, rule by rule.

    A rule that judges requests and outputs has two files; they may declare the same.

    Raises:
        ConfigurationError: a declaration cannot be read, or two say different things.
    """
    found: dict[str, Declared] = {}
    for rule, title, custom in annotations:
        for item in _declared_by(rule, title, custom):
            known = found.setdefault(item.name, item)
            if known != item:
                raise ConfigurationError(
                    f"The parameter {item.name} is declared twice, by {known.rule} and {rule}, "
                    "and not in the same way."
                )
    return found


def _declared_by(rule: str, title: str, custom: Mapping[str, Any]) -> Iterable[Declared]:
    locked = custom.get("loosening") != CONFIGURATION
    if not locked:
        yield Declared(
            name=rule.lower().replace("-", "_"), rule=rule, title=title,
            meaning="Whether this rule is asked at all.", kind="flag", default=True,
            tighten="true", locked=False, switch=True,
        )  # fmt: skip
    for name, given in (custom.get("parameters") or {}).items():
        try:
            yield _parameter(str(name), rule, title, given, locked=locked)
        except (InvalidRequest, KeyError, TypeError, AttributeError, ValueError) as error:
            raise ConfigurationError(
                f"{rule} declares the parameter {name} in a way that cannot be read: "
                "a default that fits, a meaning, and which way is stricter."
            ) from error


def _parameter(
    name: str, rule: str, title: str, given: Mapping[str, Any], *, locked: bool
) -> Declared:
    default = given["default"]
    kind = _kind(default, given)
    tighten = str(given.get("tighten", "")).lower()
    if kind in _TIGHTEN and tighten not in _TIGHTEN[kind]:
        raise ValueError(tighten)
    item = Declared(
        name=name,
        rule=rule,
        title=title,
        meaning=str(given["meaning"]),
        kind=kind,
        default=sorted(set(default)) if kind == "words" else default,
        tighten=tighten if kind in _TIGHTEN else "",
        locked=locked,
        minimum=int(given.get("minimum", _LOWEST)),
        maximum=int(given.get("maximum", _HIGHEST)),
        members=tuple(map(str, given.get("members") or ())),
        choices=tuple(map(str, given.get("choices") or ())),
    )
    item.check(item.default)
    return item


def _kind(default: Any, given: Mapping[str, Any]) -> str:
    if given.get("choices"):
        return "choice"
    kinds = {bool: "flag", int: "number", list: "words"}
    return kinds[type(default)]
