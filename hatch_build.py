"""Compiles the inner loops (``*.pyx``) for wheels and for editable installs alike."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution
from setuptools.errors import CCompilerError

_NEEDED = (
    "The gateway's inner loops are compiled when it is installed. That needs a C compiler and "
    "Python's headers: on Debian and Ubuntu, apt-get install gcc libc6-dev python3-dev."
)


class CompiledHook(BuildHookInterface[Any]):
    """Puts each compiled module beside its source."""

    PLUGIN_NAME = "custom"

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile; the wheel is then of this Python and this kind of machine only."""
        root = Path(self.root)
        with tempfile.TemporaryDirectory() as made:
            for built, beside in _compiled(root, Path(made)):
                # A process that has the old one loaded keeps it: it is replaced, never overwritten.
                fresh = beside.with_name(f".{beside.name}")
                shutil.copy(built, fresh)
                fresh.replace(beside)
                build_data["artifacts"].append(f"/{beside.relative_to(root)}")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def _compiled(root: Path, made: Path) -> list[tuple[Path, Path]]:
    """Each compiled module, and where it belongs."""
    sources = [str(path.relative_to(root)) for path in sorted(root.glob("gateway/**/*.pyx"))]
    modules = cythonize(sources, build_dir=str(made), language_level=3, quiet=True)
    for module in modules:
        module.extra_compile_args = ["-g0"]  # its symbols would be ten times the code
    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(made / "lib"), str(made / "temp")
    command.ensure_finalized()
    try:
        command.run()
    except CCompilerError as error:
        raise SystemExit(_NEEDED) from error
    outputs = map(Path, command.get_outputs())
    return [(built, root / built.relative_to(made / "lib")) for built in outputs]
