"""What the lint says, and the rules it says it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from gateway.pdp.syntax import Place

SUBSET = {
    "annotation.complete": "Write the annotation as the shipped rules do: every key, every text "
    "in en, de, fr and nl.",
    "annotation.params": "Name only parameters of the closed list; they are labels of ours.",
    "builtin.allowed": "Use a built-in of the list in docs/explanation/engines.md, or have the "
    "gateway put the value into the question.",
    "data.root": "Keep data under `proviso`, in proviso/data.json.",
    "default.value": "Give a function a definition for each case; only values have a default.",
    "deny.defined": "Define `deny` as a set; a rule that never denies writes `deny := set()`.",
    "else.none": "Write one definition for each case, with conditions that exclude one another.",
    "guard.bytes": "Leave the guard as it is shipped: copy the file back.",
    "head.bound": "Bind the value in the body (`reason := …`) and put the variable in the head.",
    "import.root": "Import from `data.gateway.lib` only.",
    "input.plain": "Read `input.section.key` by its constant name.",
    "iterate.every": "Make a set of what breaks the condition, and compare it with `set()`.",
    "iterate.some": "Iterate with `some x in` or `some k, v in`.",
    "line.length": "Break the line below 1,000 columns.",
    "literal.nesting": "Nest literals at most 6 deep; put tables into data.",
    "module.alone": "One file for each package, under the path that the package names.",
    "name.keyword": "Choose a name that is no keyword.",
    "name.once": "Give each name one kind of definition and at most one default.",
    "needs.exact": "List under `needs` every attribute that is read, and no other.",
    "not.reference": "Put `not` before a plain reference to a rule that has `default … := false`.",
    "number.whole": "Use whole numbers: tokens, cents, per cent. Do not divide.",
    "package.root": "Use a package `gateway.rules.…`, `gateway.output_rules.…`, "
    "`gateway.admin_rules.…` or `gateway.lib.…`.",
    "parse": "Write Rego that the embedded engine reads.",
    "compile": "Write Rego that OPA compiles with --strict.",
    "regex.literal": "Give the pattern as a literal.",
    "regex.portable": "Use explicit ASCII classes such as [0-9A-Za-z_], no lookaround and no "
    "word boundary; better, let a detector do it.",
    "required.loaded": "List in proviso/data.json exactly the rules that are there.",
    "size.bundle": "Keep the folder below 2 MB and 500 files.",
    "size.file": "Keep a file below 64 KB.",
    "tests.pass": "Make every test true in both engines.",
    "time.limit": "Let no rule go through more than the question holds.",
    "unify.none": "Assign with `:=` to one variable, and compare with `==`.",
    "value.evaluates": "Let every entrypoint answer every complete question.",
    "with.tests": "Use `with` in tests only.",
}
"""Each rule of the subset, and what to write instead."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not of the subset."""

    file: str
    line: int
    column: int
    rule: str
    said: str
    """What is there, in words. Policy text at most, never input."""

    @property
    def instead(self) -> str:
        """What to write instead."""
        return SUBSET[self.rule]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.rule}: {self.said} {self.instead}"


def at(file: str, place: Place, rule: str, said: str) -> Finding:
    """A finding at that place."""
    return Finding(file, place.line, place.column, rule, said)
