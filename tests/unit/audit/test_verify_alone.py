"""The offline verifier needs a public key and nothing else of ours."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

from gateway.audit import verify
from tests.unit.audit.exports import (
    KEY,
    VERIFIER,
    Log,
    an_export,
    text,
)


class TestAlone:
    def test_the_verifier_runs_without_the_gateway(self, tmp_path: Path) -> None:
        """
        With the modules it names, the standard library and a signature library it does its work.
        """
        package = tmp_path / "gateway" / "audit"
        package.mkdir(parents=True)
        # Without these two, Python would take the installed package instead of this folder.
        for init in (package / "__init__.py", package.parent / "__init__.py"):
            init.touch()
        source = Path(verify.__file__).parent
        for name in ("verify", *_named_modules()):
            (package / f"{name}.py").write_bytes((source / f"{name}.py").read_bytes())
        file = tmp_path / "export.jsonl"
        file.write_text(text(an_export()))
        kept = tmp_path / "kept"
        kept.write_text(Log().add().add().note(KEY))
        command = [sys.executable, "-m", "gateway.audit.verify", str(file), "--key", VERIFIER]

        def run(*more: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run([*command, *more], cwd=tmp_path, capture_output=True, check=False)

        good, held = run(), run("--checkpoint", str(kept))
        file.write_text(file.read_text().replace('"sequence": 3', '"sequence": 4'))
        bad, no_key = run(), run("--key", "nonsense")
        file.write_text("something else")
        no_export = run()

        assert good.returncode == held.returncode == 0, good.stderr
        assert json.loads(good.stdout)["intact"] is True
        assert json.loads(held.stdout)["checkpoints"] == 3
        assert (bad.returncode, no_key.returncode, no_export.returncode) == (1, 2, 1)
        assert b"Traceback" not in bad.stderr + no_key.stderr + no_export.stderr


def _named_modules() -> list[str]:
    """The modules that the verifier's own documentation says it needs."""
    words = (ast.get_docstring(ast.parse(Path(verify.__file__).read_text())) or "").split("``")
    folder = Path(verify.__file__).parent
    return [word for word in words[1::2] if (folder / f"{word}.py").exists()]
