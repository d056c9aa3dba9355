"""Reading the engine's syntax trees: modules, rules, references and their places.

A tree is JSON as the engine gives it: each expression is an object of one key, its
kind, over a body with a `span`. What the lint asks of it is asked here.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.pdp.engine import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

Node = dict[str, Any]
CONSTANTS = frozenset({"String", "RawString", "Number", "Bool", "Null"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One definition. A rule of several definitions is several of these."""

    name: str
    kind: str
    """``default``, ``function``, ``set`` (``contains``), ``object`` (``[key]``) or ``value``."""

    place: Place
    node: Node

    @property
    def head(self) -> Node:
        """The body of the head: its reference, key, arguments, value."""
        head: Node = self.node["head"]
        return head[next(iter(head))]  # type: ignore[no-any-return]

    @property
    def bodies(self) -> list[Node]:
        """Its bodies; the second and later ones are ``else`` or further braces."""
        return self.node.get("bodies") or []


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed file."""

    path: str
    text: str
    package: str
    """Without ``data.``: ``gateway.rules.ip_02``."""

    imports: dict[str, tuple[str, Place]]
    """What each alias stands for (``data.gateway.lib.classes``), and where it is imported."""

    rules: tuple[Rule, ...] = field(default=())

    @property
    def is_test(self) -> bool:
        """Whether it holds tests, which run nowhere but in tests."""
        return self.path.endswith("_test.rego")

    def named(self, kind: str) -> set[str]:
        """The names of its rules of one kind."""
        return {rule.name for rule in self.rules if rule.kind == kind}

    def resolved(self, path: tuple[str, ...]) -> str:
        """The full name of a reference: through an import, or in this package."""
        head, *rest = path
        if head in ("data", "input"):
            return ".".join(path)
        if head in self.imports:
            return ".".join([self.imports[head][0], *rest])
        return ".".join(["data", self.package, *path])


def parse(path: str, text: str) -> Module:
    """The module in `text`.

    Raises:
        EngineFault: it does not parse; with the place.
    """
    tree = syntax_tree(path, text)
    imports: dict[str, tuple[str, Place]] = {}
    for item in tree.get("imports") or []:
        target = constant_path(item["refr"]) or ("?",)
        alias = _said(text, item["as"]) if item.get("as") else target[-1]
        imports[alias] = (".".join(target), place(item))
    package = constant_path(tree["package"]["refr"]) or ("?",)
    rules = tuple(_rule(item) for item in tree["rules"])
    return Module(path, text, ".".join(package), imports, rules)


def place(node: Any) -> Place:
    """Where an expression, or whatever has a span, stands."""
    if isinstance(node, dict):
        if "span" in node:
            return Place(node["span"]["line"], node["span"]["col"])
        for child in node.values():
            found = place(child)
            if found != Place():
                return found
    if isinstance(node, list):
        for child in node:
            found = place(child)
            if found != Place():
                return found
    return Place()


def kind_of(expression: Node) -> str:
    """The kind of an expression: ``Var``, ``Call``, ``Set`` and so on."""
    return next(iter(expression))


def walk(node: Any) -> Iterator[tuple[str, Node]]:
    """Every expression in `node`, outermost first: its kind and its body."""
    if isinstance(node, list):
        for child in node:
            yield from walk(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key[:1].isupper() and isinstance(child, dict):
                yield key, child
            yield from walk(child)


def constant_path(expression: Node) -> tuple[str, ...] | None:
    """A reference of constant parts, such as ``input.data.class``; None for anything else."""
    kind = kind_of(expression)
    body = expression[kind]
    if kind == "Var":
        return (body["value"],)
    if kind == "RefDot":
        before = constant_path(body["refr"])
        return (*before, body["field"][1]) if before else None
    if kind == "RefBrack" and kind_of(body["index"]) in ("String", "RawString"):
        before = constant_path(body["refr"])
        return (*before, body["index"][kind_of(body["index"])]["value"]) if before else None
    return None


def longest_path(expression: Node) -> tuple[str, ...]:
    """The constant beginning of a reference: ``input.data.findings`` of ``…findings[i].type``."""
    kind = kind_of(expression)
    if kind not in ("Var", "RefDot", "RefBrack"):
        return ()
    whole = constant_path(expression)
    return whole if whole is not None else longest_path(expression[kind]["refr"])


def references(node: Any) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Every reference in `node`, each once and as long as it is constant, with its place."""
    if isinstance(node, list):
        for child in node:
            yield from references(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key in ("Var", "RefDot", "RefBrack") and isinstance(child, dict):
                yield from _reference({key: child})
            else:
                yield from references(child)


def replacements(node: Any) -> Iterator[Place]:
    """Where statements are evaluated ``with`` something else."""
    if isinstance(node, list):
        for child in node:
            yield from replacements(child)
    elif isinstance(node, dict):
        if node.get("with_mods"):
            yield place(node["with_mods"])
        for child in node.values():
            yield from replacements(child)


def bound_names(rule: Rule) -> set[str]:
    """Variables that a definition binds: arguments, ``some … in``, ``every`` and ``:=``."""
    found: set[str] = set()
    for argument in rule.head.get("args") or [] if rule.kind == "function" else []:
        found |= {body["value"] for kind, body in walk(argument) if kind == "Var"}
    for kind, body in walk(rule.node):
        if kind == "SomeIn":
            for part in (body.get("key"), body["value"]):
                found |= {var["value"] for each, var in walk(part) if each == "Var"}
        elif kind == "AssignExpr" and kind_of(body["lhs"]) == "Var":
            found.add(body["lhs"]["Var"]["value"])
    return found


def _reference(expression: Node) -> Iterator[tuple[tuple[str, ...], Place]]:
    path = longest_path(expression)
    if path:
        yield path, place(expression)
    inner = expression
    while kind_of(inner) in ("RefDot", "RefBrack"):
        kind = kind_of(inner)
        if kind == "RefBrack":
            yield from references(inner[kind]["index"])
        inner = inner[kind]["refr"]
    if kind_of(inner) != "Var":
        yield from references(inner)


def _rule(item: Node) -> Rule:
    kind, node = next(iter(item.items()))
    if kind == "Default":
        return Rule(_name(node["refr"]), "default", place(node), node)
    head_kind, head = next(iter(node["head"].items()))
    refr = head["refr"]
    by_key = head_kind == "Compr" and kind_of(refr) == "RefBrack"
    kinds = {"Set": "set", "Func": "function", "Compr": "object" if by_key else "value"}
    return Rule(_name(refr), kinds[head_kind], place(node), node)


def _name(refr: Node) -> str:
    path = longest_path(refr)
    return ".".join(path) if path else "?"


def _said(text: str, span: Node) -> str:
    """The text that a span stands for; spans count bytes."""
    return text.encode()[span["start"] : span["end"]].decode()
