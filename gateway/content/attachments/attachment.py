"""An attachment, what may be spent on it, and what reading it gave. Not bound to any API's shape.

No attachment is trusted to be what it says it is: its kind comes from its first bytes. What cannot
be read within the limits is unreadable, with a reason; policy decides what that means.
"""

from __future__ import annotations

from gateway.core.values import StrEnum, dataclass


class Kind(StrEnum):
    """What an attachment is, in the words of the policy input."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    PDF = "pdf"
    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    FILE = "file"


PICTURED = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO})
"""Kinds whose content is seen or heard: no detector looks at it, whatever else was read."""


class Reason(StrEnum):
    """Why an attachment is unreadable."""

    REMOTE = "remote"
    """Its bytes are not here: an address, or a file kept at the provider."""

    UNKNOWN = "unknown"
    """No format that is understood here."""

    MISMATCH = "mismatch"
    """It is of another kind than the request says."""

    POLYGLOT = "polyglot"
    """It is two things at once, or something stands behind its end."""

    MALFORMED = "malformed"
    LOCKED = "locked"
    """A password is needed."""

    TOO_LARGE = "too_large"
    """It goes past a limit: pages, cells, pixels, or bytes once unpacked."""

    NESTED = "nested"
    """It holds other files, or programs."""

    PICTURES_ONLY = "pictures_only"
    """Its text is a picture, or in letters that have no meaning outside of it."""

    FAILED = "failed"
    """The reader broke down or took too long. The only reason that is a failed detector."""


class Unreadable(Exception):
    """Reading stops here. Caught by the reader; never reaches a caller of the gateway."""

    def __init__(self, reason: Reason) -> None:
        """For this reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it came."""

    kind: Kind
    """What the request says it is; `Kind.FILE` leaves it open."""

    media_type: str
    """What the request says its format is; not relied on."""

    data: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """What may be spent on the attachments of one request."""

    attachments: int = 32
    """How many are read; the rest is unreadable."""

    seconds: float = 10.0
    """For reading one document, waiting for a free reader included."""

    total_seconds: float = 15.0
    """For reading all documents of one request."""

    memory_bytes: int = 512 << 20
    """Address space of a reading process."""

    documents_per_process: int = 64
    """How many documents one process reads before another takes its place."""

    unpacked_bytes: int = 64 << 20
    """All parts of a document together, once unpacked."""

    ratio: int = 200
    """How many times larger a part may be unpacked than packed, once it is over 1 MiB."""

    members: int = 4_000
    """Parts of a document in an archive."""

    blocks: int = 100_000
    """Chunks, segments or frames of a picture or a sound."""

    pages: int = 2_000
    cells: int = 500_000
    nesting: int = 256
    """Depth of markup, and of a PDF's objects."""

    objects: int = 200_000
    """Objects of a PDF."""

    characters: int = 4_000_000
    """Extracted text, in code points."""

    pixels: int = 100_000_000
    """Width times height of a picture, by its header; over all frames of an animation too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an attachment gave."""

    kind: Kind
    """By its bytes; what the request says where they are not understood."""

    media_type: str = "application/octet-stream"
    reason: Reason | None = Reason.UNKNOWN
    """Why it could not be read; None if it was."""

    text: str = ""
    """All the text in it."""

    pictures: int = 0
    """Pictures and drawings in it that nobody looked at."""

    cleaned: bytes | None = None
    """The same without its metadata; None when they cannot be taken out."""

    hidden: tuple[str, ...] = ()
    """What is not seen when it is opened, but was read: ``hidden_sheets``, ``revisions``, …"""

    @property
    def readable(self) -> bool:
        """Whether it was opened, and every text in it can be inspected."""
        return self.reason is None

    @property
    def textual(self) -> bool:
        """Whether its text can stand for it."""
        return self.readable and self.kind not in PICTURED

    @property
    def may_show_somebody(self) -> bool:
        """Whether a face or a voice may be in it, as far as anybody can know."""
        return self.kind in PICTURED or self.pictures > 0 or not self.readable


def unreadable(kind: Kind, reason: Reason, media_type: str = "application/octet-stream") -> Reading:
    """The reading of what cannot be read."""
    return Reading(kind, media_type, reason)
