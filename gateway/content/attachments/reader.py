"""Reading one request's attachments: each by its bytes, in the place that is safe for its format.

Containers of pictures and sound, and plain text, are read here: one pass, linear in their size.
Documents have parsers of their own and are read in another process.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from gateway.content.attachments import text
from gateway.content.attachments.attachment import (
    PICTURED,
    Attachment,
    AttachmentLimits,
    Reading,
    Reason,
    Unreadable,
    unreadable,
)
from gateway.content.attachments.isolation import ReadingProcesses
from gateway.content.attachments.media import gif, jpeg, mp3, png, riff
from gateway.content.attachments.sniff import (
    ARCHIVE,
    GIF,
    JPEG,
    MP3,
    PDF,
    PNG,
    WAV,
    WEBP,
    Media,
    sniff,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    _Clean = Callable[[bytes, AttachmentLimits], bytes]

_CONTAINERS: dict[Media, _Clean] = {
    GIF: gif.cleaned,
    JPEG: jpeg.cleaned,
    MP3: mp3.cleaned,
    PNG: png.cleaned,
    WAV: riff.wav,
    WEBP: riff.webp,
}


def _contained(media: Media, clean: _Clean, data: bytes, limits: AttachmentLimits) -> Reading:
    try:
        return Reading(media.kind, media.media_type, None, cleaned=clean(data, limits))
    except Unreadable as error:
        return unreadable(media.kind, error.reason, media.media_type)


class AttachmentReader:
    """Reads attachments within limits."""

    def __init__(
        self,
        limits: AttachmentLimits | None = None,
        processes: ReadingProcesses | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds that only go forward."""
        self.limits = limits or AttachmentLimits()
        self._processes = processes or ReadingProcesses()
        self._clock = clock

    def request(self) -> RequestReader:
        """For the attachments of one request, which share a budget."""
        return RequestReader(self)

    def close(self) -> None:
        """End the processes that read documents."""
        self._processes.close()

    def now(self) -> float:
        """Seconds that only go forward."""
        return self._clock()

    def read(self, attachment: Attachment, seconds: float) -> Reading:
        """What `attachment` is and says, in at most about `seconds`. Never raises."""
        try:
            return self._read(attachment, seconds)
        except Unreadable as error:
            return unreadable(attachment.kind, error.reason)

    def _read(self, attachment: Attachment, seconds: float) -> Reading:
        media = sniff(attachment.data)
        if media is None:
            return text.reading(attachment.data, attachment.kind, attachment.name, self.limits)
        if attachment.kind in PICTURED and media.kind is not attachment.kind:
            raise Unreadable(Reason.MISMATCH)
        container = _CONTAINERS.get(media)
        if container is not None:
            return _contained(media, container, attachment.data, self.limits)
        if media in (ARCHIVE, PDF):
            return self._processes.read(media.kind, attachment.data, self.limits, seconds)
        return unreadable(media.kind, Reason.UNKNOWN, media.media_type)


class RequestReader:
    """Reads the attachments of one request."""

    def __init__(self, reader: AttachmentReader) -> None:
        """With `reader`, whose limits on one request begin to count."""
        self._reader = reader
        self._count = 0
        self._left = reader.limits.total_seconds

    def read(self, attachment: Attachment) -> Reading:
        """What `attachment` is and says; past the limits of a request it is unreadable."""
        limits = self._reader.limits
        self._count += 1
        if self._count > limits.attachments:
            return unreadable(attachment.kind, Reason.TOO_LARGE)
        began = self._reader.now()
        reading = self._reader.read(attachment, min(limits.seconds, self._left))
        self._left -= self._reader.now() - began
        return reading
