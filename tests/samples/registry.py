"""Every sample; the coverage test holds the list to the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.chat import ChatSample
from tests.samples.messages import CountTokensSample, MessagesSample

if TYPE_CHECKING:
    from tests.samples.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    ChatSample(),
    CountTokensSample(""),
    CountTokensSample("/anthropic"),
    MessagesSample("", "anthropic"),
    MessagesSample("/anthropic", "openai"),
)
