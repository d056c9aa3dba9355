"""Documents as they may be kept, or handed to the person they are about.

Unlike pseudonyms, what is taken out here never comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.rewritten import rewritten
from gateway.content.walk import Turn
from gateway.core.content import DETECTOR_FAILED, Finding
from gateway.core.media import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gateway.content.request import InspectedRequest, RequestReader
    from gateway.content.walk import TextField

NEVER_KEPT = frozenset({"SECRET", DETECTOR_FAILED})
"""Types that are stored nowhere, whatever the setting: credentials, and what nobody could read."""

ATTACHMENT = "[ATTACHMENT]"
_KIND = "chat"


def harmless(body: dict[str, Any], reader: RequestReader) -> dict[str, Any]:
    """`body` without what may be kept nowhere.

    Of a text about special categories of personal data, or crime (GDPR Art. 9, 10), nothing is
    kept but that: there the whole text is the value. Attachments are never kept.

    Raises:
        InvalidRequest: it has more strings than one request may have.
    """
    read = reader.read(_bare(body), None, _KIND, _everything)
    if read.special.special or read.special.criminal:
        criminal = ("criminal",) if read.special.criminal else ()
        return {"not_kept": sorted({*read.special.special, *criminal})}
    return _without(read, lambda finding, _: finding.type in NEVER_KEPT)


def without_others(
    body: dict[str, Any], reader: RequestReader, own: Collection[str]
) -> dict[str, Any]:
    """`body` without anything that identifies people, except the values in `own`.

    Raises:
        InvalidRequest: it has more strings than one request may have.
    """
    known = {value.casefold() for value in own if value}
    read = reader.read(body, None, _KIND, _everything)
    return _without(read, lambda _, value: value.casefold() not in known)


def _everything(body: dict[str, Any]) -> Iterator[Turn]:
    """All of a document as said by its person: what it is, is of no interest here."""
    return (Turn((key,), value, "user") for key, value in body.items())


def _without(read: InspectedRequest, unwanted: Callable[[Finding, str], bool]) -> dict[str, Any]:
    changes = []
    for item, findings in read.fields:
        text = _cut(item, findings, unwanted)
        if text != item.text:
            changes.append((item, text))
    return rewritten(read.body, changes)


def _cut(
    item: TextField, findings: tuple[Finding, ...], unwanted: Callable[[Finding, str], bool]
) -> str:
    pieces, at = [], 0
    for finding in findings:
        if unwanted(finding, item.text[finding.start : finding.end]):
            pieces += [item.text[at : finding.start], f"[{finding.type}]"]
            at = finding.end
    return "".join([*pieces, item.text[at:]])


def _bare(value: Any, key: str = "") -> Any:
    """The document without the bytes of its attachments."""
    if isinstance(value, dict):
        return {name: _bare(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, Upload):
        return ATTACHMENT
    hidden = key in {"data", "file_data"} or (key == "url" and str(value).startswith("data:"))
    return ATTACHMENT if hidden and isinstance(value, str) else value
