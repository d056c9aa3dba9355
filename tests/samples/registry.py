"""Every sample; the coverage test holds the list to the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.chat import ChatSample

if TYPE_CHECKING:
    from tests.samples.sample import Sample

SAMPLES: tuple[Sample, ...] = (ChatSample(),)
