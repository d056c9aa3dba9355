"""What verification found, in words an auditor can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.audit import tree

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong."""

    kind: str
    """``edited``, ``missing``, ``reordered``, ``truncated``, ``rewritten``, ``foreign``,
    ``forged``, ``unknown_key``, ``retired_key``, ``checkpoint``, ``witness``, ``column``,
    ``emptied``, ``unreadable`` or ``incomplete``; docs/explanation/evidence.md says what each
    means."""

    sequence: int | None
    """The entry concerned, where one can be named."""

    text: str


@dataclass(slots=True)
class Verdict:
    """What verification found."""

    origin: str
    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    checkpoints: int = 0
    """Checkpoints whose signature and root were confirmed."""

    covered: int = 0
    """How many entries the newest confirmed checkpoint covers."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    """The log's keys that are trusted, and the sizes each signed for."""

    witnesses: dict[str, int] = field(default_factory=dict)
    """How many entries each witness's newest confirmed signature covers."""

    stamped: dict[str, str | int] = field(default_factory=dict)
    """The newest confirmed time stamp: how many entries it covers, and when it was made."""

    defects: list[Defect] = field(default_factory=list)
    """The first hundred things that are wrong."""

    more: int = 0
    """How many more there are."""

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.defects

    def add(self, kind: str, sequence: int | None, text: str) -> None:
        """Note a defect; past the first hundred, only their number."""
        if len(self.defects) < _SHOWN:
            self.defects.append(Defect(kind, sequence, text))
        else:
            self.more += 1

    def add_once(self, kind: str, sequence: int | None, text: str) -> None:
        """Note a defect unless one of its kind is known: later ones repeat the first."""
        if not any(item.kind == kind for item in self.defects):
            self.add(kind, sequence, text)

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON."""
        return {
            "origin": self.origin,
            "intact": self.intact,
            "size": self.size,
            "root": self.root.hex(),
            "checkpoints": self.checkpoints,
            "covered": self.covered,
            "keys": self.keys,
            "witnesses": self.witnesses,
            "stamped": self.stamped,
            "defects": [
                {"kind": item.kind, "sequence": item.sequence, "text": item.text}
                for item in self.defects
            ],
            "more": self.more,
        }
