"""The known differences between the engines: each still differs, and the lint refuses each.

When an engine changes and a probe stops differing, its test says so: the rule of the subset
that it stands for may then be relaxed, deliberately.
"""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import orjson
import pytest

from gateway.pdp.engine import UNDEFINED, CoveringEngine, EngineFault
from gateway.pdp.form import ENTRYPOINTS, Forms, examples
from gateway.pdp.lint import lint_texts
from tests.contract.pdp.engines import OPA, changed, needs_opa
from tests.contract.pdp.probes import FORM, PROBES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.pdp.probes import Probe

_PATH = "data.gateway.rules.probe.x"
_FILE = "gateway/rules/probe.rego"
FAILS = "fails"


def module(probe: Probe) -> str:
    """The probe as a module of its own."""
    return f"package gateway.rules.probe\n\n{probe.text}\n"


def embedded(probe: Probe) -> str:
    """What the embedded engine says: JSON, undefined, or that it fails."""
    try:
        engine = CoveringEngine([(_FILE, module(probe))], {})
        value = engine.value(_PATH, json.dumps(probe.question))
    except EngineFault:
        return FAILS
    return value if value == UNDEFINED else json.dumps(json.loads(value), sort_keys=True)


def opa(probe: Probe, folder: Path) -> str:
    """What real OPA says, with built-in errors as strict as the gateway's server."""
    file = folder / "probe.rego"
    file.write_text(module(probe), encoding="utf-8")
    command = [OPA or "opa", "eval", "--data", str(file), "--stdin-input", "--format", "json"]
    done = subprocess.run(
        [*command, "--strict-builtin-errors", _PATH],
        input=json.dumps(probe.question).encode(),
        capture_output=True,
        check=False,
    )
    document = json.loads(done.stdout)
    if "errors" in document:
        # That OPA's compiler refuses is one thing, that a built-in fails another.
        return f"{FAILS}: {document['errors'][0]['code']}"
    result = document.get("result")
    return json.dumps(result[0]["expressions"][0]["value"], sort_keys=True) if result else UNDEFINED


@pytest.mark.opa
@needs_opa
class TestDifferences:
    @pytest.mark.parametrize("probe", PROBES, ids=[probe.text[:60] for probe in PROBES])
    def test_the_engines_still_differ(self, probe: Probe, tmp_path: Path) -> None:
        """
        What the subset keeps out is a real difference, not a memory of one.
        """
        one, other = embedded(probe), opa(probe, tmp_path)

        assert one != other, f"both say {one}: `{probe.refused_by}` may be relaxed for this form"

    @pytest.mark.parametrize("probe", FORM, ids=["a number", "a string"])
    def test_what_the_form_keeps_out_differs_too(self, probe: Probe, tmp_path: Path) -> None:
        """
        Going through what is no list: one engine fails, the other has no value.
        """
        assert embedded(probe) == FAILS
        assert opa(probe, tmp_path) == UNDEFINED


class TestLint:
    @pytest.mark.parametrize("probe", PROBES, ids=[probe.text[:60] for probe in PROBES])
    def test_the_lint_refuses_the_form(self, probe: Probe) -> None:
        """
        A file of that form is refused by the rule of the subset that is there for it.
        """
        found = lint_texts({_FILE: module(probe).encode()})

        assert probe.refused_by in {item.rule for item in found if item.file == _FILE}

    @pytest.mark.parametrize("probe", FORM, ids=["a number", "a string"])
    def test_the_form_refuses_the_question(self, probe: Probe) -> None:
        """
        Such a question reaches no engine.
        """
        question = changed(examples()["request"], probe.question)

        assert not Forms().fits(ENTRYPOINTS["request"], orjson.dumps(question))
