"""Every sample; the coverage test holds the list to the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.chat import ChatSample
from tests.samples.generate_content import GenerateContentSample
from tests.samples.messages import CountTokensSample, MessagesSample

if TYPE_CHECKING:
    from tests.samples.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    ChatSample(),
    CountTokensSample(""),
    CountTokensSample("/anthropic"),
    GenerateContentSample("v1", stream=False),
    GenerateContentSample("v1", stream=True),
    GenerateContentSample("v1beta", stream=False),
    GenerateContentSample("v1beta", stream=True, array=True),
    MessagesSample("", "anthropic"),
    MessagesSample("/anthropic", "openai"),
)
