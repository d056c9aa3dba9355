"""The text on the way of a request names what is there: files, and what to look for in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "design.md"
_LINK = re.compile(r"\[[^\]]+\]\((\.\./[^)]+\.py)\)(?:: ((?:`\w+`(?:, )?)+))?")
NAMED = [
    (path, name)
    for path, names in _LINK.findall(PAGE.read_text())
    for name in re.findall(r"`(\w+)`", names)
]


def defined(path: str) -> set[str]:
    """Every class, function and value of a file, wherever it stands in it."""
    tree = ast.parse((PAGE.parent / path).read_text())
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


class TestWay:
    def test_it_is_told(self) -> None:
        """
        The whole way: from the application to the record of the outcome.
        """
        assert len(NAMED) >= 25

    @pytest.mark.parametrize(("path", "name"), NAMED)
    def test_what_it_names_is_there(self, path: str, name: str) -> None:
        """
        A name that was changed in the code is changed in the text.
        """
        assert name in defined(path)

    @pytest.mark.parametrize("path", sorted({path for path, _ in _LINK.findall(PAGE.read_text())}))
    def test_every_file_is_there(self, path: str) -> None:
        """
        Also those of which no name is given.
        """
        assert (PAGE.parent / path).is_file()
