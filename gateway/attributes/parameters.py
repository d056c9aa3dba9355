"""Tuning without code: what may be set, what a value may be, and which one counts.

A rule declares its parameters in its annotation; a tenant, and a group in it, may
set them. The values are inherited: shipped, then the tenant's, then the group's.
A rule that cannot be loosened by configuration takes only values at least as
strict as the shipped one, however they came to be stored.

Pure functions: reading and writing the values is done elsewhere.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.attributes.declared import SHIPPED, Declared, declare
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.attributes.declared import Annotation

TENANT_LEVEL = ""
"""The group name under which a tenant's own values are stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One value as it was set."""

    group: str
    """The group it is for; empty for the tenant itself."""

    name: str
    value: Any
    exempt: bool = False
    """Whether the group's value may be looser than the tenant's."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The value of one parameter that counts, and why this one."""

    declared: Declared
    value: Any
    origin: str = SHIPPED
    """``shipped``, ``tenant``, or ``group a, b``."""

    conflicts: tuple[str, ...] = ()
    """What was set and does not count, in words."""


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """All that was tuned, for one set of groups."""

    values: tuple[Tuned, ...]
    unknown: tuple[str, ...] = ()
    """Names that are set and that no rule declares (any more)."""

    parameters: dict[str, Any] = field(init=False)
    """Every declared parameter by name, as policies read it."""

    disabled: tuple[str, ...] = field(init=False)
    """Packages of rules that are switched off, sorted, such as ``co_02``."""

    def __post_init__(self) -> None:
        switches = [item for item in self.values if item.declared.switch]
        parameters = {
            item.declared.name: item.value for item in self.values if not item.declared.switch
        }
        off = sorted(item.declared.name for item in switches if item.value is False)
        object.__setattr__(self, "parameters", parameters)
        object.__setattr__(self, "disabled", tuple(off))

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Everything that was set and does not count."""
        said = [f"{item.declared.name}: {text}" for item in self.values for text in item.conflicts]
        said += [f"{name}: no rule declares it, so it changes nothing." for name in self.unknown]
        return tuple(said)


class Parameters:
    """The declarations of one bundle, and what follows from values that were set."""

    def __init__(self, annotations: Iterable[Annotation]) -> None:
        """Parameters and switches as the rules' annotations declare them.

        Raises:
            ConfigurationError: a declaration cannot be read.
        """
        self.declared: Mapping[str, Declared] = declare(annotations)
        self._shipped = {name: Tuned(item, item.default) for name, item in self.declared.items()}
        self._untouched = EffectivePolicy(tuple(self._shipped.values()))

    def find(self, name: str) -> Declared:
        """The declaration of `name`.

        Raises:
            NotFound: no rule declares it.
        """
        found = self.declared.get(name)
        if found is None:
            raise NotFound(
                f"There is no parameter {name}. `proviso parameters list` names them.",
                param="name",
            )
        return found

    def admit(self, new: Stored, stored: Iterable[Stored]) -> Any:
        """The value of `new` as it is to be stored beside `stored`.

        Raises:
            NotFound: no rule declares it.
            InvalidRequest: it is of another type, out of bounds, or looser than allowed; the
                text says what would be accepted.
        """
        declared = self.find(new.name)
        value = declared.check(new.value)
        if declared.locked and not declared.as_strict(value, declared.default):
            raise InvalidRequest(
                f"{declared.rule} cannot be loosened by configuration. The shipped value of "
                f"{new.name} is {declared.said(declared.default)}; {declared.stricter()}.",
                param=new.name,
            )
        if new.group == TENANT_LEVEL or new.exempt:
            return value
        above = self._tenant_value(declared, list(stored))
        if not declared.as_strict(value, above.value):
            raise InvalidRequest(
                f"The tenant's value of {new.name} is {declared.said(above.value)}, and a group's "
                f"may only be as strict or stricter; {declared.stricter()}. To exempt the group, "
                "say so (--exempt).",
                param=new.name,
            )
        return value

    def effective(self, stored: Iterable[Stored], groups: Iterable[str]) -> EffectivePolicy:
        """What counts for a member of `groups`. Whatever is stored, nothing raises."""
        rows = list(stored)
        if not rows:
            return self._untouched
        member = sorted(set(groups) - {TENANT_LEVEL})
        by_name: dict[str, list[Stored]] = {}
        for row in rows:
            by_name.setdefault(row.name, []).append(row)
        values = tuple(
            self._tuned(shipped.declared, by_name[name], member) if name in by_name else shipped
            for name, shipped in self._shipped.items()
        )
        return EffectivePolicy(values, tuple(sorted(by_name.keys() - self.declared.keys())))

    def _tuned(self, declared: Declared, rows: list[Stored], member: list[str]) -> Tuned:
        above = self._tenant_value(declared, rows)
        conflicts = list(above.conflicts)
        counted: dict[str, Any] = {}
        for row in sorted(rows, key=lambda item: item.group):
            if row.group not in member:
                continue
            value, problem = _counted(declared, row, above.value)
            if problem:
                conflicts.append(f"The value of group {row.group} {problem}, and does not count.")
            else:
                counted[row.group] = value
        if not counted:
            return Tuned(declared, above.value, above.origin, tuple(conflicts))
        value = declared.strictest(counted.values())
        if any(other != value for other in counted.values()):
            named = "; ".join(f"{name}: {declared.said(other)}" for name, other in counted.items())
            conflicts.append(f"Groups differ ({named}); the strictest counts.")
        from_groups = [name for name, other in counted.items() if other == value] or list(counted)
        return Tuned(declared, value, f"group {', '.join(from_groups)}", tuple(conflicts))

    @staticmethod
    def _tenant_value(declared: Declared, rows: list[Stored]) -> Tuned:
        for row in rows:
            if row.group != TENANT_LEVEL or row.name != declared.name:
                continue
            value, problem = _counted(declared, row)
            if not problem:
                return Tuned(declared, value, "tenant")
            said = f"The tenant's value {problem}, and does not count."
            return Tuned(declared, declared.default, SHIPPED, (said,))
        return Tuned(declared, declared.default)


def _counted(declared: Declared, row: Stored, above: Any = None) -> tuple[Any, str]:
    """The value of a stored row, and why it does not count; `above` is the tenant's, if any."""
    try:
        value = declared.check(row.value)
    except InvalidRequest:
        return None, "is not valid (any more)"
    if declared.locked and not declared.as_strict(value, declared.default):
        return None, "is looser than the shipped one, which this rule does not allow"
    if above is not None and not row.exempt and not declared.as_strict(value, above):
        return None, "is looser than the tenant's"
    return value, ""
