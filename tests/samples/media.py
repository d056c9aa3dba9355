"""OpenAI's images and audio."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from tests.simulators.wires.media import UPSTREAM_JOB, a_png, a_wav


class _OpenAISample:
    """What they share."""

    provider: dict[str, Any] = {"wire": "openai"}  # noqa: RUF012 - read only

    def __init__(self, route: str) -> None:
        self.route = self.address = route

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        return answer.status_code == 403 and answer.json["error"]["type"] == "policy_violation"


class ImageSample(_OpenAISample):
    """A picture from words, and another picture where the route takes one."""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        fields = {"model": model, "prompt": text}
        if self.route.endswith("generations"):
            return {"json": fields}
        return {"data": {**fields, "image": (BytesIO(a_png()), "holiday.png")}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        (item,) = answer.json["data"]
        assert base64.b64decode(item["b64_json"]) == a_png()
        return str(item["revised_prompt"])


class SpeechSample(_OpenAISample):
    """A text that is read aloud."""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        return {"json": {"model": model, "input": text, "voice": "alloy"}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`: no words come back."""
        assert answer.content_type == "audio/wav"
        assert answer.data == a_wav()
        return "Write to us please; Write to jane.doe@customer.example please"


class HeardSample(_OpenAISample):
    """A recording; the prompt says what is in it."""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        return {
            "data": {"model": model, "prompt": text, "file": (BytesIO(a_wav()), "recording.wav")}
        }

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        return str(answer.json["text"])


class VideoSample(_OpenAISample):
    """A film that is asked for: a job begins."""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        return {"json": {"model": model, "prompt": text, "seconds": "4"}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`: the job is known by a name of ours, and says nothing of the prompt."""
        told = answer.json
        assert told["id"].startswith("video_")
        assert told["id"] != UPSTREAM_JOB
        assert told["model"] == "echo"
        assert "prompt" not in told
        return "Write to us please; Write to jane.doe@customer.example please"
