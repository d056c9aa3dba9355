"""The export of a person's data as a page that stands alone: no script, no style from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent / "templates"


def page(document: dict[str, Any]) -> str:
    """The document of `gateway.retention.subject` as HTML."""
    shelf = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined
    )
    shelf.filters["json"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    return shelf.get_template("subject.html").render(document)
