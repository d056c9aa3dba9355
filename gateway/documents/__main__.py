"""``python -m gateway.documents``: write the reference pages; ``--check`` fails on a difference."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gateway.documents import pages

_ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Write or check the pages; 0 when they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail on a difference")
    check = parser.parse_args().check
    stale = []
    for name, text in pages.every():
        path = _ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    verb = "differ from the code (run make docs)" if check else "written"
    if stale:
        sys.stdout.write(f"{', '.join(stale)}: {verb}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
