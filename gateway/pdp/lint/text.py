"""What is looked at before anything is parsed: sizes, long lines, deep brackets.

The engine's parser doubles its work with each level of array, object and set literals, so
depth is bounded on the text itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.pdp.lint.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE_BYTES = 64 * 1024
BUNDLE_BYTES = 2 * 1024 * 1024
FILES = 500
LINE = 1_000
"""Columns; the engine refuses lines over 1,024, OPA none."""

BRACKETS = 10
"""Deepest nesting of ``[`` and ``{``, bodies included, that is given to the parser."""

PARENTHESES = 40
"""Deepest nesting of all brackets, which bounds the recursion of whoever reads the tree."""

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|#[^\n]*|[\[{(\])}\n]')


def lint_sizes(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Files and folder within their limits, and text that is UTF-8."""
    total = sum(map(len, files.values()))
    if total > BUNDLE_BYTES or len(files) > FILES:
        said = f"The folder holds {len(files)} files of {total} bytes."
        yield Finding("", 1, 1, "size.bundle", said)
    for name, content in files.items():
        if len(content) > FILE_BYTES:
            yield Finding(name, 1, 1, "size.file", f"The file holds {len(content)} bytes.")


def lint_text(name: str, text: str) -> Iterator[Finding]:
    """Lines and brackets of one module."""
    for number, columns in enumerate(map(len, text.split("\n")), 1):
        if columns >= LINE:
            yield Finding(name, number, LINE, "line.length", f"The line has {columns} columns.")
    line, start, deep, all_deep = 1, 0, 0, 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        step = (sign in "[{(") - (sign in "]})")
        all_deep += step
        deep += step if sign not in "()" else 0
        if deep > BRACKETS or all_deep > PARENTHESES:
            said = f"Brackets are {max(deep, all_deep)} deep."
            yield Finding(name, line, token.start() - start + 1, "literal.nesting", said)
            return
        if "\n" in sign:
            line += sign.count("\n")
            start = token.start() + sign.rindex("\n") + 1
