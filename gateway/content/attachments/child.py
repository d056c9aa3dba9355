"""The process that reads documents: it may be killed at any time, and holds nothing.

Parsers meet bytes that somebody may have built to break them. Here they can take no more memory,
time or files than this process has, which is no environment, no file to write and nothing to lose.
Whatever they raise ends the process; its parent then knows that reading failed.
"""

from __future__ import annotations

import resource
import sys

from gateway.content.attachments import frames, office
from gateway.content.attachments.attachment import AttachmentLimits, Reading, Unreadable, unreadable
from gateway.content.attachments.sniff import ARCHIVE, PDF, Media


def _confine(memory: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def _read(media: Media, data: bytes, limits: AttachmentLimits) -> Reading:
    try:
        if media == PDF:
            # Only here, so that a process that never meets a PDF does not load the reader.
            from gateway.content.attachments import pdf  # noqa: PLC0415

            return pdf.reading(data, limits)
        return office.reading(data, limits)
    except Unreadable as error:
        return unreadable(media.kind, error.reason, media.media_type)


def main() -> None:
    """Read documents from standard input until it ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    confined = False
    while (asked := frames.receive_question(source)) is not None:
        pdf, limits, data = asked
        if not confined:
            _confine(limits.memory_bytes)
            confined = True
        frames.send_reading(target, _read(PDF if pdf else ARCHIVE, data, limits))


if __name__ == "__main__":
    main()
