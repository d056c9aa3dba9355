"""The subset on syntax trees: heads, negation, iteration, built-ins, numbers, patterns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.pdp.lint.findings import Finding, at
from gateway.pdp.syntax import (
    CONSTANTS,
    bound_names,
    constant_path,
    kind_of,
    place,
    replacements,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gateway.pdp.syntax import Module, Node, Rule

ALLOWED = frozenset(
    [
        "abs",
        "array.concat",
        "array.reverse",
        "array.slice",
        "concat",
        "contains",
        "count",
        "endswith",
        "indexof",
        "intersection",
        "is_array",
        "is_boolean",
        "is_null",
        "is_number",
        "is_object",
        "is_set",
        "is_string",
        "max",
        "min",
        "object.filter",
        "object.get",
        "object.keys",
        "object.remove",
        "object.subset",
        "object.union",
        "object.union_n",
        "regex.match",
        "replace",
        "sort",
        "split",
        "startswith",
        "strings.any_prefix_match",
        "strings.any_suffix_match",
        "substring",
        "sum",
        "trim",
        "trim_left",
        "trim_prefix",
        "trim_right",
        "trim_space",
        "trim_suffix",
        "type_name",
        "union",
    ]
)
"""Built-ins on which both engines agree and which neither loop, nor read a clock, a network, an
environment or chance."""

NESTING = 6
KEYWORDS = frozenset(
    [
        "as",
        "contains",
        "default",
        "else",
        "every",
        "false",
        "if",
        "import",
        "in",
        "not",
        "null",
        "package",
        "some",
        "true",
        "with",
    ]
)
_NOT_PORTABLE = re.compile(
    r"\\[bBdDwWsSpPQEzZA]|&&|--|~~|\[\[|\[:|\(\?|\{\d{4,}|[^\x00-\x7f]|(?<!\\)\((?=\?)"
)


class ExpressionLint:
    """The rules of the subset that are about one definition, for all modules of a folder."""

    def __init__(self, modules: list[Module]) -> None:
        """`modules` are those a reference can lead to."""
        self._functions = {
            f"data.{module.package}.{name}"
            for module in modules
            for name in module.named("function")
        }
        self._false = {
            f"data.{module.package}.{rule.name}"
            for module in modules
            for rule in module.rules
            if rule.kind == "default" and _is_false(rule.node["value"])
        }

    def lint(self, module: Module) -> Iterator[Finding]:
        """What in `module` is not of the subset; tests are held to less."""
        yield from _kinds(module)
        for rule in module.rules:
            yield from _nesting(module, rule.node)
            if not module.is_test:
                yield from self._rule(module, rule)

    def _rule(self, module: Module, rule: Rule) -> Iterator[Finding]:
        if rule.kind == "default":
            if rule.node.get("args"):
                yield at(module.path, rule.place, "default.value", "A function has a default.")
            return
        yield from _names(module, rule)
        yield from _head(module, rule)
        bound = bound_names(rule)
        for body in rule.bodies:
            if body["is_else"]:
                yield at(module.path, place(body), "else.none", "There is an `else`.")
        for kind, body in walk(rule.node):
            yield from self._expression(module, kind, body, bound)
        for where in replacements(rule.node):
            yield at(module.path, where, "with.tests", "There is a `with` outside a test.")

    def _expression(
        self, module: Module, kind: str, body: Node, bound: set[str]
    ) -> Iterator[Finding]:
        where = place(body)
        if kind == "NotExpr" and not self._may_be_negated(module, body["expr"]):
            yield at(module.path, where, "not.reference", "This `not` reads differently in OPA.")
        elif kind == "Call":
            yield from self._call(module, body)
        elif kind in _SIMPLE:
            yield at(module.path, where, *_SIMPLE[kind])
        elif kind == "Number" and not isinstance(body["value"], int):
            yield at(module.path, where, "number.whole", "This is not a whole number.")
        elif kind == "ArithExpr" and body["op"] in ("Div", "Mod"):
            yield at(module.path, where, "number.whole", "A division is not exact, or fails.")
        elif kind == "AssignExpr":
            if body["op"] != "ColEq" or kind_of(body["lhs"]) != "Var":
                yield at(module.path, where, "unify.none", "This unifies or takes apart.")
        elif kind == "RefBrack":
            yield from _brackets(module, body, bound)

    def _may_be_negated(self, module: Module, expression: Node) -> bool:
        path = constant_path(expression)
        return path is not None and module.resolved(path) in self._false

    def _call(self, module: Module, body: Node) -> Iterator[Finding]:
        path = constant_path(body["fcn"]) or ("?",)
        if module.resolved(path) in self._functions:
            return
        name = ".".join(path)
        if name not in ALLOWED:
            yield at(module.path, place(body), "builtin.allowed", f"`{name}` is not allowed.")
        elif name == "regex.match":
            yield from _pattern(module, body)


_SIMPLE = {
    "Every": ("iterate.every", "`every` over what is not there differs."),
    "SomeVars": ("iterate.some", "`some` without `in` iterates by reference."),
}


def _kinds(module: Module) -> Iterator[Finding]:
    """OPA refuses a name of two kinds, or of two defaults; the embedded engine takes one."""
    seen: dict[str, set[str]] = {}
    for rule in module.rules:
        kinds = seen.setdefault(rule.name, set())
        again = rule.kind == "default" and "default" in kinds
        if again or len({rule.kind, *kinds} - {"default"}) > 1:
            yield at(module.path, rule.place, "name.once", f"`{rule.name}` is defined as another.")
        kinds.add(rule.kind)


def _pattern(module: Module, call: Node) -> Iterator[Finding]:
    where = place(call)
    pattern = call["params"][0]
    if kind_of(pattern) not in ("String", "RawString"):
        yield at(module.path, where, "regex.literal", "The pattern is computed.")
        return
    found = _NOT_PORTABLE.search(pattern[kind_of(pattern)]["value"])
    if found:
        said = f"`{found.group()}` means other things in the two engines."
        yield at(module.path, where, "regex.portable", said)


def _brackets(module: Module, body: Node, bound: set[str]) -> Iterator[Finding]:
    index = body["index"]
    kind = kind_of(index)
    if kind == "Var" and index["Var"]["value"] not in bound and not _is_rule(module, index):
        yield at(module.path, place(body), "iterate.some", "A bare `[…]` iterates.")
    elif kind in ("Array", "Object", "Set"):
        yield at(module.path, place(body), "iterate.some", "A composite is used as a key.")


def _is_rule(module: Module, index: Mapping[str, Any]) -> bool:
    name = index["Var"]["value"]
    return name in module.imports or any(rule.name == name for rule in module.rules)


def _names(module: Module, rule: Rule) -> Iterator[Finding]:
    words = set(rule.name.split("."))
    for kind, body in walk(rule.node):
        if kind == "RefDot":
            words.add(body["field"][1])
    for word in sorted(words & KEYWORDS):
        yield at(module.path, rule.place, "name.keyword", f"`{word}` is a keyword.")
    if "." in rule.name:
        yield at(module.path, rule.place, "name.keyword", f"`{rule.name}` is a path, not a name.")


def _head(module: Module, rule: Rule) -> Iterator[Finding]:
    """Regorus drops every result of a body when a head has no value; OPA drops that one."""
    head = rule.head
    shown: list[Node] = []
    if rule.kind == "set":
        shown = [head["key"]]
    elif rule.kind == "object":
        shown = [head["refr"]["RefBrack"]["index"]]
    value = (head.get("assign") or {}).get("value")
    if value is not None and (rule.kind == "object" or _iterates(rule)):
        shown.append(value)
    for part in shown:
        if kind_of(part) not in CONSTANTS | {"Var"}:
            yield at(module.path, rule.place, "head.bound", "A value is made in the head.")


def _iterates(rule: Rule) -> bool:
    statements = [item for body in rule.bodies for item in body["query"]["stmts"]]
    return any(kind_of(item["literal"]) in ("SomeIn", "SomeVars") for item in statements)


def _nesting(module: Module, node: Any, depth: int = 0) -> Iterator[Finding]:
    if isinstance(node, list):
        for child in node:
            yield from _nesting(module, child, depth)
    elif isinstance(node, dict):
        for key, child in node.items():
            deeper = depth + (key in ("Array", "Object", "Set") and _is_literal(child))
            if deeper > NESTING >= depth:
                yield at(module.path, place(child), "literal.nesting", "A literal is 7 deep.")
            else:
                yield from _nesting(module, child, deeper)


def _is_literal(body: Any) -> bool:
    return isinstance(body, dict) and ("items" in body or "fields" in body)


def _is_false(expression: Node) -> bool:
    return kind_of(expression) == "Bool" and expression["Bool"]["value"] is False
