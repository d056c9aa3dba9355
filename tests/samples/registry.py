"""Every sample; the coverage test holds the list to the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.samples.chat import ChatSample
from tests.samples.generate_content import GenerateContentSample
from tests.samples.media import HeardSample, ImageSample, SpeechSample, VideoSample
from tests.samples.messages import CountTokensSample, MessagesSample
from tests.samples.responses import ResponsesSample
from tests.samples.texts import CompletionsSample, EmbeddingsSample, ModerationsSample

if TYPE_CHECKING:
    from tests.samples.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    ChatSample(),
    CompletionsSample("/v1/completions"),
    EmbeddingsSample("/v1/embeddings"),
    CountTokensSample(""),
    CountTokensSample("/anthropic"),
    GenerateContentSample("v1", "gemini", stream=False),
    GenerateContentSample("v1", "gemini", stream=True),
    GenerateContentSample("v1beta", "openai", stream=False),
    GenerateContentSample("v1beta", "openai", stream=True, array=True),
    MessagesSample("", "anthropic"),
    MessagesSample("/anthropic", "openai"),
    HeardSample("/v1/audio/transcriptions"),
    HeardSample("/v1/audio/translations"),
    ImageSample("/v1/images/edits"),
    ImageSample("/v1/images/generations"),
    ImageSample("/v1/images/variations"),
    ModerationsSample("/v1/moderations"),
    ResponsesSample("anthropic"),
    ResponsesSample("openai"),
    SpeechSample("/v1/audio/speech"),
    VideoSample("/v1/videos"),
)
