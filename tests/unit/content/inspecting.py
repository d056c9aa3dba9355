"""A request inspected for findings alone, without what a tenant adds and without signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.reidentification import Risk
from gateway.content.request import gathered, inspected
from gateway.content.walk import walk
from gateway.core.signals import Signals, SpecialCategories

if TYPE_CHECKING:
    from gateway.content.inspect import Inspector
    from gateway.content.request import InspectedRequest
    from gateway.content.walk import AttachedReader


def inspect_request(
    body: dict[str, Any], inspector: Inspector, attached: AttachedReader | None = None
) -> InspectedRequest:
    """What is in every string of a request, instructions and unknown keys included.

    Without `attached` no attachment is readable.
    """
    walked = walk(body, attached)
    found = inspected(walked.fields, inspector)
    return gathered(body, walked, found, Signals(), SpecialCategories(), Risk("none"))
