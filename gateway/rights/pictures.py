"""What a picture looks like, in 256 bits that survive another size or another compression.

A perceptual hash by the discrete cosine transform (Zauner, "Implementation and
Benchmarking of Perceptual Image Hash Functions", 2010): the lowest frequencies of
the grey picture, each above or below their median. The sole importer of Pillow.
"""

from __future__ import annotations

import io
from threading import BoundedSemaphore

import numpy as np

from gateway.content.attachments.attachment import AttachmentLimits, Unreadable
from gateway.content.attachments.media import jpeg, png, riff
from gateway.content.attachments.sniff import JPEG, PNG, WEBP, sniff

MOST_PIXELS = 20_000_000
"""Larger pictures are not decoded, and found by their digest alone."""

_SIDE, _KEPT = 64, 16
_LIMITS = AttachmentLimits(pixels=MOST_PIXELS)
_CHECKS = {PNG: (png.cleaned, "PNG"), JPEG: (jpeg.cleaned, "JPEG"), WEBP: (riff.webp, "WEBP")}


class Pictures:
    """Looks at pictures, few at a time: a decoded one takes four bytes a pixel."""

    def __init__(self, at_once: int = 1) -> None:
        """At most so many at a time in this process; whoever comes later waits."""
        self._slots = BoundedSemaphore(at_once)
        at = np.arange(_SIDE)
        self._cosines = np.cos(
            np.pi * (2 * at[None, :] + 1) * np.arange(1, _KEPT + 1)[:, None] / (2 * _SIDE)
        )

    def bits(self, data: bytes) -> bytes:
        """The picture in 32 bytes; empty for what is no picture, broken, too large, or two things.

        Its container is checked before anything is decoded, so a bomb costs its headers.
        """
        try:
            media = sniff(data)
            known = _CHECKS.get(media) if media is not None else None
            if known is None:
                return b""
            check, form = known
            # What does not change the picture, such as packed texts, is not decoded either.
            bare = check(data, _LIMITS)
        except Unreadable:
            return b""
        with self._slots:
            grey = _grey(bare, form)
        return b"" if grey is None else self._hashed(grey)

    def _hashed(self, grey: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bytes:
        low = self._cosines @ grey @ self._cosines.T
        if float(np.ptp(low)) < 1e-6:
            return b""  # one colour all over: alike to every other such picture
        return np.packbits(low > np.median(low)).tobytes()


def _grey(data: bytes, form: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]] | None:
    # Here, because it takes 4 MB, and most workers never see a picture.
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("L", (_SIDE * 4, _SIDE * 4))  # JPEG: decode only what is needed
            small = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
            return np.asarray(small, np.float64)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
