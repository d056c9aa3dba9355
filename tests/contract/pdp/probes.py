"""Ways in which the embedded engine and OPA are known to differ, each as small as it gets.

Each probe is a rule `x`, a question, and the rule of the subset that refuses the form.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_SOME = {"xs": [{"v": "a", "w": "1"}, {"v": "b"}, {"v": "c", "w": "3"}]}
_BESIDE = "\nr := 1 if input.q\nf(y) if y == 1\ng(y) := y + 1"


class Probe(NamedTuple):
    """One form on which the engines differ."""

    text: str
    question: dict[str, Any]
    refused_by: str


def _head(text: str) -> Probe:
    """Embedded: a member without a value costs all members, or raises. OPA: only itself."""
    return Probe(text, _SOME, "head.bound")


def _negated(expression: str) -> Probe:
    """An operand without a value: embedded says true, OPA has no value."""
    return Probe(f"x if not {expression}{_BESIDE}", {}, "not.reference")


def _pattern(pattern: str, subject: str) -> Probe:
    return Probe(f"x := regex.match(`{pattern}`, input.s)", {"s": subject}, "regex.portable")


def _built_in(expression: str, **question: Any) -> Probe:
    return Probe(f"x := {expression}", question, "builtin.allowed")


PROBES = [
    _head('x contains {"v": e.v, "w": e.w} if some e in input.xs'),
    _head("x contains e.w if some e in input.xs"),
    _head('x contains concat("-", [e.v, e.w]) if some e in input.xs'),
    _head("x contains f(e) if some e in input.xs\nf(y) := y.w"),
    _head('x contains object.union(e, {"w": e.w}) if some e in input.xs'),
    _head("x[e.v] := e.w if some e in input.xs"),
    Probe(
        "x := e.w if some e in input.xs",
        {"xs": [{"v": "b"}, {"v": "a", "w": "1"}]},
        "head.bound",
    ),
    _head('x contains {"w": input.xs[i].w} if some i, _ in input.xs'),
    *(
        _negated(expression)
        for expression in (
            'startswith(input.x, "a")',
            "input.x in {1, 2}",
            "r in {1, 2}",
            '"a" in input.x',
            "f(input.x)",
            "g(input.x) == 2",
            "count(input.x) > 3",
            "input.x > 3",
            "(input.x + 1) > 3",
            'regex.match("a", input.x)',
            '{"x": input.x} == {"x": 1}',
            "[input.x] == [1]",
        )
    ),
    _pattern(r"\d", "٣"),
    _pattern(r"\w", "é"),
    _pattern(r"\s", "\u2003"),
    _pattern(r"a\b", "aé"),
    _pattern("[a-c&&b]", "a"),
    _pattern("(?x)a b", "ab"),
    _pattern(r"\Qa.b\E", "a.b"),
    _built_in('sprintf("%d", [input.n])', n=-1),
    _built_in('sprintf("%s", [input.n])', n=3),
    _built_in('sprintf("%v", [set()])'),
    _built_in("floor(input.n)", n=-0.1),
    _built_in("upper(input.s)", s="ß"),
    _built_in("lower(input.s)", s="İẞΣ"),
    _built_in("json.marshal(input)", s="<&>"),
    _built_in("time.add_date(time.parse_rfc3339_ns(input.t), 0, 1, 0)", t="2026-01-31T00:00:00Z"),
    _built_in('time.parse_duration_ns("1d")'),
    _built_in('semver.is_valid("v1.0.0")'),
    _built_in('net.cidr_contains("10.0.0.0/8", "::ffff:10.0.0.1")'),
    _built_in('net.cidr_intersects("10.0.0.0/8", "10.0.0.0/16")'),
    _built_in('glob.match("[^a]b", [], "cb")'),
    _built_in('strings.replace_n({"a": "b", "b": "c"}, "ab")'),
    _built_in('strings.count(input.s, "")', s="aa"),
    _built_in('yaml.unmarshal("a: yes")'),
    _built_in('crypto.sha256("a")'),
    _built_in("opa.runtime()"),
    Probe("x := 0.1 + 0.2", {}, "number.whole"),
    Probe('x := $"{input.s}"', {"s": "a"}, "parse"),
    Probe("default x := 1\ndefault x := 2", {}, "name.once"),
    Probe("x := 1\nx contains 2", {}, "name.once"),
]

FORM = [
    Probe("x if {\n\tsome y in input.data.findings\n\ty == 1\n}", {"data": {"findings": 5}}, ""),
    Probe("x if {\n\tsome y in input.data.findings\n\ty == 1\n}", {"data": {"findings": "a"}}, ""),
]
"""Differences that no lint can see: the types of the question are held to its schema."""
