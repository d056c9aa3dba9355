"""Which values of a kept request were replaced: for the eyes of the person who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.pseudonyms import entity

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.content.request import RequestReader
    from gateway.content.walk import Turns


def values(
    body: dict[str, Any], reader: RequestReader, types: Collection[str], kind: str, turns: Turns
) -> dict[str, list[str]]:
    """The distinct values of these types in `body`, by type, in order of first appearance.

    Found anew: what was found at the time is on record as counts alone. `turns` finds the
    conversation: a name is known in what follows it, so that the order must be the same again.

    Raises:
        InvalidRequest: it has more strings than one request may have.
    """
    found: dict[str, dict[str, str]] = {}
    for item, findings in reader.read(body, None, kind, turns).fields:
        for finding in findings:
            if finding.type in types:
                value = item.text[finding.start : finding.end]
                found.setdefault(finding.type, {}).setdefault(entity(finding.type, value), value)
    return {name: list(distinct.values()) for name, distinct in sorted(found.items())}
