"""PDF: its text, and a copy without its metadata and earlier versions. Sole importer of pypdf."""

from __future__ import annotations

import io
from dataclasses import field
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from gateway.content.attachments import pdf_streams
from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
    Unreadable,
)
from gateway.content.attachments.markup import telling
from gateway.content.attachments.media import jpeg
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import PdfObject

_END = b"%%EOF"
_METADATA = (
    "/CreationDate", "/LastModified", "/M", "/Metadata", "/ModDate", "/NM", "/PieceInfo", "/Thumb",
)  # fmt: skip
_ACTIVE = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"})
_ACTIVE_TYPES = frozenset({"/3D", "/Movie", "/RichMedia", "/Screen", "/Sound", "/FileAttachment"})
_STRUCTURAL = frozenset(
    {"/CharSet", "/DA", "/DS", "/ID", "/Lang", "/Lookup", "/Ordering", "/Panose", "/Registry"}
)
"""Keys whose strings are the format's own, unless they read like words of people's."""

_WIDGET = "/Widget"
_MARKS = frozenset({"/Highlight", "/Link", "/Popup", "/Squiggly", "/StrikeOut", "/Text",
                    "/Underline", _WIDGET})  # fmt: skip
"""Annotations whose appearance shows no words of its own."""

_MEANINGLESS = 0.05
"""The share of letters without meaning from which on a text is not one."""


@dataclass(slots=True)
class _Seen:
    """What the objects of a file gave so far."""

    strings: list[str] = field(default_factory=list)
    pictures: int = 0
    cleanable: bool = True
    comments: bool = False
    forms: list[StreamObject] = field(default_factory=list)
    """Drawings that pages may call."""

    untyped: list[StreamObject] = field(default_factory=list)
    """Streams that do not say what they are for."""

    drawing: set[int] = field(default_factory=set)
    """Those of them that draw pages and letters, by identity."""


def reading(data: bytes, limits: AttachmentLimits) -> Reading:
    """What the PDF `data` says.

    Raises:
        Unreadable: it is none, or cannot be read whole within `limits`.
    """
    end = data.rfind(_END)
    if end < 0:
        raise Unreadable(Reason.MALFORMED)
    if data[end + len(_END) :].strip(b"\r\n\t \x00"):
        raise Unreadable(Reason.POLYGLOT)
    try:
        return _reading(data, limits)
    except DependencyError as error:
        raise Unreadable(Reason.LOCKED) from error
    except LimitReachedError as error:
        raise Unreadable(Reason.TOO_LARGE) from error
    except PyPdfError as error:
        raise Unreadable(Reason.MALFORMED) from error


def _reading(data: bytes, limits: AttachmentLimits) -> Reading:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(Reason.LOCKED)
    if len(reader.pages) > limits.pages:
        raise Unreadable(Reason.TOO_LARGE)
    seen = _Seen()
    for item in _dictionaries(reader.root_object, limits):
        _look(item, seen)
        if isinstance(item, StreamObject):
            _stream(item, seen, limits)
    pages, drawn = _pages(reader, limits)
    _uncalled(reader, "\n".join(pages), seen)
    text = "\n\n".join([*pages, *dict.fromkeys(seen.strings)])
    pictures = seen.pictures + drawn
    if len(text) > limits.characters:
        raise Unreadable(Reason.TOO_LARGE)
    if pictures and not "".join(pages).strip():
        raise Unreadable(Reason.PICTURES_ONLY)
    hidden = ("comments",) if seen.comments else ()
    cleaned = _copied(reader) if seen.cleanable else None
    return Reading(Kind.PDF, "application/pdf", None, text, pictures, cleaned, hidden)


def _copied(reader: PdfReader) -> bytes:
    """The file anew: only what is reachable is copied, so earlier versions stay behind."""
    writer = PdfWriter(clone_from=reader, keep_initial_header=True)
    writer.metadata = None
    writer._ID = None  # noqa: SLF001 - it would tell one document's versions from another's
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(item: StreamObject, seen: _Seen, limits: AttachmentLimits) -> None:
    """Note what a stream is or says; the words of pages and drawings are read later."""
    subtype = item.get("/Subtype")
    if subtype == "/Image":
        _picture(item, seen, limits)
    elif subtype == "/Form":
        seen.forms.append(item)
        _beside(item.get_data(), seen)
    elif subtype is None and item.get("/Type") is None:
        seen.untyped.append(item)


def _beside(content: bytes, seen: _Seen) -> None:
    seen.strings += pdf_streams.beside(content)
    seen.pictures += pdf_streams.pictures(content)


def _uncalled(reader: PdfReader, shown: str, seen: _Seen) -> None:
    """Note the words of drawings that no page shows, and of streams that draw nothing."""
    for form in seen.forms:
        text = reader.pages[0].extract_xform_text(form).strip()  # type: ignore[arg-type]
        # A drawing without a font of its own can show words with that of whoever calls it.
        text = text or pdf_streams.literals(form.get_data())
        if text and text not in shown:
            seen.strings.append(text)
    for stream in seen.untyped:
        if id(stream) in seen.drawing:
            _beside(stream.get_data(), seen)
        elif text := pdf_streams.words(stream, stream.get_data).strip():
            seen.strings.append(text)


def _pages(reader: PdfReader, limits: AttachmentLimits) -> tuple[list[str], int]:
    """The text of each page, and how many pages are drawn without any."""
    texts, drawn, length = [], 0, 0
    for page in reader.pages:
        text = page.extract_text().strip()
        length += len(text)
        if length > limits.characters:
            raise Unreadable(Reason.TOO_LARGE)
        odd = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" for sign in text)
        if odd > _MEANINGLESS * len(text):
            raise Unreadable(Reason.PICTURES_ONLY)
        contents = page.get_contents()
        if not text and contents is not None and contents.get_data().strip():
            drawn += 1
        texts.append(text)
    return [text for text in texts if text], drawn


def _dictionaries(root: DictionaryObject, limits: AttachmentLimits) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from `root`, each once."""
    waiting: list[PdfObject] = [root]
    known: set[int] = set()
    count = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in known:
                continue
            known.add(item.idnum)
            target = item.get_object()
            waiting += [target] if target is not None else []
            continue
        count += 1
        if count > limits.objects:
            raise Unreadable(Reason.TOO_LARGE)
        if isinstance(item, DictionaryObject):
            yield item
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, ArrayObject):
            waiting += list(item)


def _look(item: DictionaryObject, seen: _Seen) -> None:
    """Note what `item` shows, and take its metadata out."""
    subtype = item.get("/Subtype")
    seen.drawing |= _drawing(item)
    if not _ACTIVE.isdisjoint(item) or subtype in _ACTIVE_TYPES:
        raise Unreadable(Reason.NESTED)
    for key in _METADATA:
        item.pop(key, None)
    if item.get("/PatternType") == 1:
        seen.pictures += 1  # a pattern may be words
    if "/Rect" in item and subtype is not None:
        if subtype != _WIDGET and "/T" in item:
            item.pop("/T")  # who made the annotation
        seen.comments = seen.comments or "/Contents" in item
        if "/AP" in item and subtype not in _MARKS and "/Contents" not in item:
            seen.pictures += 1
    for key, value in item.items():
        said = list(_strings(value))
        seen.strings += filter(telling, said) if key in _STRUCTURAL else said
        names = (key, value) if isinstance(value, NameObject) else (key,)
        seen.strings += filter(None, map(pdf_streams.in_name, names))


def _drawing(item: DictionaryObject) -> set[int]:
    """The streams that `item`, a page or a font, has its words or letters drawn by."""
    found: list[Any] = []
    if item.get("/Type") == "/Page":
        contents = item.get("/Contents")
        found += contents if isinstance(contents, ArrayObject) else [contents]
    letters = item.get("/CharProcs")
    found += letters.values() if isinstance(letters, DictionaryObject) else []
    return {id(each.get_object()) for each in found if each is not None}


def _picture(item: StreamObject, seen: _Seen, limits: AttachmentLimits) -> None:
    """Count a picture, and take the metadata out of one that is a whole JPEG."""
    seen.pictures += 1
    said = item.get("/Filter")
    filters = list(said) if isinstance(said, ArrayObject) else [said]
    if "/JPXDecode" in filters:
        seen.cleanable = False
    elif filters[-1] == "/DCTDecode":
        try:
            data = jpeg.cleaned(item.get_data(), limits)
        except Unreadable:
            seen.cleanable = False
            return
        item._data = data  # noqa: SLF001 - there is no other way to set encoded data
        item[NameObject("/Filter")] = NameObject("/DCTDecode")
        item.pop("/DecodeParms", None)


def _strings(value: PdfObject) -> Iterator[str]:
    """The strings in a value, and in the arrays it is made of; what is referred to comes itself."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, TextStringObject):
            said = str(item)
        elif isinstance(item, ByteStringObject):
            said = item.decode("latin-1")
        else:
            said = ""
            waiting += list(item) if isinstance(item, ArrayObject) else []
        if said.strip():
            yield said
