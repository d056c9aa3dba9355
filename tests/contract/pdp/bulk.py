"""Real OPA on thousands of questions at once."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import orjson

from gateway.pdp import bundle as bundles
from gateway.pdp.engine import rule_path
from tests.contract.pdp.engines import OPA

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.pdp.bundle import Bundle

NOTHING = object()
"""Where OPA has no value, or where a built-in failed."""


class BulkOpa:
    """``opa eval`` over one bundle, with built-in errors as strict as the gateway's server."""

    def __init__(self, bundle: Bundle, folder: Path) -> None:
        self._file = folder / "bundle.tar.gz"
        self._file.write_bytes(bundles.archive(bundle))

    def answers(self, entrypoint: str, questions: list[dict[str, Any]]) -> list[Any]:
        """The document of each question; `NOTHING` where there is none."""
        path = rule_path(entrypoint)
        query = f"{{i: d | some i, q in input.questions; d := {path} with input as q}}"
        command = [OPA or "opa", "eval", "--bundle", str(self._file), "--stdin-input"]
        done = subprocess.run(
            [*command, "--strict-builtin-errors", "--format", "json", query],
            input=orjson.dumps({"questions": questions}),
            capture_output=True,
            # It ends soon: collecting its garbage four times as rarely saves a third of the time.
            env={**os.environ, "GOGC": "400"},
            check=False,
        )
        document = orjson.loads(done.stdout)
        if "errors" in document:
            return self._halves(entrypoint, questions)
        found = document["result"][0]["expressions"][0]["value"]
        return [found.get(str(index), NOTHING) for index in range(len(questions))]

    def _halves(self, entrypoint: str, questions: list[dict[str, Any]]) -> list[Any]:
        """One question whose evaluation fails fails all: the two halves, each by itself."""
        if len(questions) == 1:
            return [NOTHING]
        middle = len(questions) // 2
        return [
            *self.answers(entrypoint, questions[:middle]),
            *self.answers(entrypoint, questions[middle:]),
        ]
