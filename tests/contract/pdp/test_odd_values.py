"""Built-ins and comparisons on values of every odd type: strict, the engines agree on each.

A built-in that fails on a value raises in the embedded engine. OPA's server would make it
undefined, and ``not`` would turn that into a permit, unless it is asked to be strict. So both are
asked strictly, and then no odd value tells them apart: not a value, not undefined, not a failure.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from gateway.pdp.engine import UNDEFINED, CoveringEngine, EngineFault
from tests.contract.pdp.engines import OPA, needs_opa

if TYPE_CHECKING:
    from pathlib import Path

VALUES: list[Any] = [
    "abc", 5, 0, None, [1], {}, {"a": {"b": 1}}, True, "1.0.0", "10.1.1.1", "2026-01-01T00:00:00Z",
]  # fmt: skip
RULES = {
    "negated_rule": "if not bad",
    "negated_call": 'if { not startswith(input.v, "x") }',
    "is_larger": "if input.v > 3",
    "is_equal": "if input.v == 3",
    "is_counted": "if count(input.v) > 3",
    "is_nested": "if input.v.a.b == 1",
    "is_lower": 'if lower(input.v) == "x"',
    "is_absent": 'if lower(input.q) == "x"',
    "is_sum": ":= input.v + 1",
    "is_quotient": ":= 1 / input.v",
    "is_pattern": 'if regex.match(input.v, "a")',
    "is_time": ":= time.parse_rfc3339_ns(input.v)",
    "is_version": ':= semver.compare(input.v, "1.0.0")',
    "is_network": 'if net.cidr_contains("10.0.0.0/8", input.v)',
    "is_glob": 'if glob.match("a*", [], input.v)',
    "is_joined": ':= concat(",", input.v)',
    "is_member": ':= object.get(input.v, "a", 1)',
    "is_largest": ":= max(input.v)",
    "is_size": ":= units.parse_bytes(input.v)",
    "is_among": ':= [x | some x in ["a"]; x in input.v]',
}
"""Names, and what follows them: a form that meets the value with one operation. No name is a
built-in's, which it would hide."""

FAILS = "fails"
_PACKAGE = "gateway.rules.odd"
_MODULE = "\n".join(
    [f"package {_PACKAGE}", "bad if to_number(input.v) > 3", *map(" ".join, RULES.items())]
)


def embedded(rule: str, value: Any) -> str:
    """What the embedded engine says."""
    try:
        engine = CoveringEngine([("odd.rego", _MODULE)], {})
        found = engine.value(f"data.{_PACKAGE}.{rule}", json.dumps({"v": value}))
    except EngineFault:
        return FAILS
    return found if found == UNDEFINED else json.dumps(json.loads(found), sort_keys=True)


def opa(rule: str, value: Any, file: Path) -> str:
    """What real OPA says, asked as strictly as the gateway asks its server."""
    command = [OPA or "opa", "eval", "--data", str(file), "--stdin-input", "--format", "json"]
    done = subprocess.run(
        [*command, "--strict-builtin-errors", f"data.{_PACKAGE}.{rule}"],
        input=json.dumps({"v": value}).encode(),
        capture_output=True,
        check=False,
    )
    document = json.loads(done.stdout)
    if "errors" in document:
        return FAILS
    result = document.get("result")
    return json.dumps(result[0]["expressions"][0]["value"], sort_keys=True) if result else UNDEFINED


@pytest.mark.opa
@needs_opa
class TestOddValues:
    @pytest.mark.parametrize("rule", RULES)
    def test_no_odd_value_tells_the_engines_apart(self, rule: str, tmp_path: Path) -> None:
        """
        Eleven values of every type a question could hold by mistake.
        """
        file = tmp_path / "odd.rego"
        file.write_text(_MODULE, encoding="utf-8")
        differing = {
            json.dumps(value): (one, other)
            for value in VALUES
            if (one := embedded(rule, value)) != (other := opa(rule, value, file))
        }

        assert differing == {}


class TestNegation:
    @pytest.mark.parametrize("value", [5, 0, None, [1], {}, True])
    def test_a_failure_under_not_is_no_permit(self, value: Any) -> None:
        """
        A prefix of what is no string fails; it is neither false nor undefined, which `not` would
        make true.
        """
        assert embedded("negated_call", value) == FAILS
