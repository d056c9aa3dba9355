"""Which attributes of the question a rule reads, itself or through the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.pdp.syntax import constant_path, kind_of, place, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.pdp.syntax import Module, Node, Place

_LIBRARY = "data.gateway.lib."
_SCALARS = frozenset({"action", "hours"})
"""Attributes of the administrative question that stand beside the sections."""

_ASIDE = frozenset({"disabled", "parameters", "phase", "version"})
"""Parts of a question that are always there and that no rule can be without."""

Read = tuple[tuple[str, ...], "Place"]


class Reads:
    """The reading of all modules of a folder."""

    def __init__(self, modules: list[Module]) -> None:
        """`modules` are those of one folder."""
        self._library = {
            f"data.{module.package}": module
            for module in modules
            if f"data.{module.package}".startswith(_LIBRARY) and not module.is_test
        }

    def attributes(self, module: Module) -> set[str]:
        """What must be listed under ``needs``, as ``section.key``."""
        found = set(map(_attribute, self._paths([rule.node for rule in module.rules], module)))
        return found - {""}

    def parameters(self, module: Module) -> set[str]:
        """The names of the parameters it reads."""
        paths = self._paths([rule.node for rule in module.rules], module)
        return {path[2] for path in paths if path[1:2] == ("parameters",) and len(path) > 2}

    def unclear(self, module: Module) -> Iterator[Place]:
        """Where the file reads a whole section, so that nobody can tell what it needs."""
        for path, where in reads([rule.node for rule in module.rules]):
            if path[0] == "input" and not _attribute(path) and path[1:2] != ("parameters",):
                if path[1:2] and path[1] in _ASIDE:
                    continue
                yield where

    def _paths(self, node: Any, module: Module) -> set[tuple[str, ...]]:
        """Every path below ``input``, through the library as far as it is used."""
        found: set[tuple[str, ...]] = set()
        seen: set[str] = set()
        waiting: list[tuple[Any, Module]] = [(node, module)]
        while waiting:
            part, home = waiting.pop()
            for path, _ in reads(part):
                if path[0] == "input":
                    found.add(path)
                    continue
                name = home.resolved(path)
                other = self._owner(name)
                if other is None or name in seen:
                    continue
                seen.add(name)
                wanted = name.removeprefix(f"data.{other.package}.").split(".")[0]
                waiting += [(rule.node, other) for rule in other.rules if rule.name == wanted]
        return found

    def _owner(self, name: str) -> Module | None:
        for package, module in self._library.items():
            if name.startswith(f"{package}."):
                return module
        return None


def reads(node: Any) -> Iterator[Read]:
    """Every reference, with ``object.get(input.a, "b", …)`` read as ``input.a.b``."""
    if isinstance(node, list):
        for child in node:
            yield from reads(child)
    elif isinstance(node, dict):
        got = _got(node)
        if got is not None:
            yield got
            yield from reads(node["Call"]["params"][2:])
        elif set(node) <= {"Var", "RefDot", "RefBrack"} and node:
            yield from references(node)
        else:
            for child in node.values():
                yield from reads(child)


def _got(node: Mapping[str, Any]) -> Read | None:
    call = node.get("Call")
    if not isinstance(call, dict) or constant_path(call["fcn"]) != ("object", "get"):
        return None
    target, key = call["params"][0], call["params"][1]
    path = constant_path(target) if _is_reference(target) else None
    if path is None or kind_of(key) != "String":
        return None
    return (*path, key["String"]["value"]), place(target)


def _is_reference(node: Node) -> bool:
    return kind_of(node) in ("Var", "RefDot", "RefBrack")


def _attribute(path: tuple[str, ...]) -> str:
    """``section.key`` of a path below ``input``; empty when it does not go that deep."""
    if path[0] != "input" or (path[1:2] and path[1] in _ASIDE):
        return ""
    if path[1:2] and path[1] in _SCALARS:
        return path[1]
    return ".".join(path[1:3]) if len(path) > 2 else ""
