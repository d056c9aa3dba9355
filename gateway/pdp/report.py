"""What an engine found out about a folder of policies: values, as JSON between processes."""

from __future__ import annotations

from dataclasses import asdict, field
from typing import Any

from gateway.core.values import dataclass
from gateway.pdp.lint import Finding


@dataclass(frozen=True, slots=True)
class Tested:
    """One Rego test in one engine."""

    name: str
    """``data.gateway.rules.ip_02_test.test_…``"""

    file: str
    line: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """The lines of one module as an engine counts them."""

    reached: int
    missed: tuple[int, ...]

    @property
    def percent(self) -> int:
        """Reached lines of all lines, rounded down, so that 100 means all."""
        return 100 * self.reached // max(1, self.reached + len(self.missed))


@dataclass(frozen=True, slots=True)
class Report:
    """One engine's report on one folder."""

    revision: str = ""
    findings: tuple[Finding, ...] = ()
    tests: tuple[Tested, ...] = ()
    coverage: dict[str, Covered] = field(default_factory=dict)
    """By module, tests left out."""

    def as_json(self) -> dict[str, Any]:
        """The report as a document."""
        return asdict(self)

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> Report:
        """The report in `document`."""
        return cls(
            document["revision"],
            tuple(Finding(**item) for item in document["findings"]),
            tuple(Tested(**item) for item in document["tests"]),
            {
                name: Covered(item["reached"], tuple(item["missed"]))
                for name, item in document["coverage"].items()
            },
        )
