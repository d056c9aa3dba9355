"""A small folder of policies that is sound, to be spoilt one thing at a time."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from gateway.pdp import bundle as bundles
from gateway.pdp.lint import GUARD

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
# METADATA
# title: A rule of the tests
# description: It objects to restricted data.
# custom:
#   id: XX-01
#   pack: input-privacy
#   severity: low
#   loosening: configuration
#   concerns: [input]
#   sentences: [S7]
#   why: "So that there is something to test."
#   references: ["GDPR Art. 5"]
#   needs: [data.class]
#   reasons:
#     test.restricted:
#       kind: deny
#       text: {en: "A {class}.", de: "Das ist {class}.", fr: "Du {class}.", nl: "Een {class}."}
#       remedy: {en: "Do not.", de: "Nicht.", fr: "Non.", nl: "Niet."}
package gateway.rules.xx_01

deny contains reason if {
	input.data.class == "restricted"
	reason := {"rule": "XX-01", "code": "test.restricted", "params": {"class": input.data.class}}
}
"""
RULE_FILE = "gateway/rules/xx_01.rego"

_OUTPUT = """\
package gateway.output_rules.xx_01

deny contains reason if {
	input.output.canary == true
	reason := {"rule": "XX-01", "code": "test.canary", "params": {}}
}
"""
OUTPUT_FILE = "gateway/output_rules/xx_01.rego"

TEST = """\
package gateway.rules.xx_01_test

import data.gateway.rules.xx_01

test_restricted_is_denied if {
	count(xx_01.deny) == 1 with input as {"data": {"class": "restricted"}}
}

test_public_passes if xx_01.deny == set() with input as {"data": {"class": "public"}}
"""
TEST_FILE = "gateway/rules/xx_01_test.rego"

_OUTPUT_TEST = """\
package gateway.output_rules.xx_01_test

import data.gateway.output_rules.xx_01

test_a_canary_is_withheld if count(xx_01.deny) == 1 with input as {"output": {"canary": true}}
"""
DATA_FILE = "proviso/data.json"


def sound(folder: Path) -> Path:
    """The shipped guard with two rules of the tests, and tests of them."""
    shutil.copytree(bundles.shipped_folder(), folder, ignore=_others)
    write(folder, RULE_FILE, RULE)
    write(folder, TEST_FILE, TEST)
    output = RULE[: RULE.index("package ")].replace("restricted", "canary")
    output = output.replace("data.class", "output.canary").replace("{class}", "that")
    write(folder, OUTPUT_FILE, output + _OUTPUT)
    write(folder, "gateway/output_rules/xx_01_test.rego", _OUTPUT_TEST)
    data = json.loads((folder / DATA_FILE).read_text())
    required = {"request": ["xx_01"], "output": ["xx_01"], "admin": []}
    write(folder, DATA_FILE, json.dumps({**_kept(data), "required": required}))
    return folder


def write(folder: Path, name: str, text: str) -> None:
    """Put a file into the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def spoilt(old: str, new: str) -> str:
    """The sound rule with one part replaced."""
    assert old in RULE
    return RULE.replace(old, new)


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in ("lenient", "defaults")} | {
        "optional": [],
        "european": [],
    }


def _others(folder: str, names: list[str]) -> list[str]:
    """Everything of the shipped folder but the guard and the data."""
    guard = {name.rsplit("/", 1)[-1] for name in GUARD}
    return [name for name in names if name == "schemas" or _is_other(name, guard)]


def _is_other(name: str, guard: set[str]) -> bool:
    return name.endswith(".rego") and name not in guard


def with_classes(folder: Path) -> None:
    """The folder with the library's order of data classes, too."""
    name = "gateway/lib/classes.rego"
    write(folder, name, (bundles.shipped_folder() / name).read_text(encoding="utf-8"))
