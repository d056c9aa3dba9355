"""Gemini's ``generateContent`` and ``streamGenerateContent``."""

from __future__ import annotations

from typing import Any

from tests.samples.messages import events_of


class GenerateContentSample:
    """`tests.samples.sample.Sample`."""

    def __init__(self, version: str, wire: str, *, stream: bool, array: bool = False) -> None:
        """Of this `version` of the API, of a provider that speaks `wire`.

        A stream comes as events, or as one JSON `array`.
        """
        method = "streamGenerateContent" if stream else "generateContent"
        self.route = f"/{version}/models/<path:model>:{method}"
        query = "?alt=sse" if stream and not array else ""
        self.address = f"/{version}/models/{{model}}:{method}{query}"
        self.provider: dict[str, Any] = {"wire": wire}
        self._array = array

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """See `Sample`."""
        return {"json": {"contents": [{"role": "user", "parts": [{"text": text}]}]}}

    def said(self, answer: Any, *, stream: bool) -> str:
        """See `Sample`."""
        return "".join(
            part.get("text", "")
            for event in self._events(answer, stream=stream)
            for candidate in event["candidates"]
            for part in candidate["content"]["parts"]
        )

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """See `Sample`."""
        if stream:
            last = self._events(answer, stream=True)[-1]
            return bool(last["candidates"][0]["finishReason"] == "SAFETY")
        return answer.status_code == 403 and answer.json["error"]["status"] == "PERMISSION_DENIED"

    def _events(self, answer: Any, *, stream: bool) -> list[dict[str, Any]]:
        if not stream:
            return [answer.json]
        return list(answer.json) if self._array else events_of(answer)
