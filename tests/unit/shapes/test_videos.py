"""What of a provider's film job is told: numbers and words of the API, nothing that is quoted."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.shapes.videos import told_of

JOB: dict[str, Any] = {
    "id": "video_1", "object": "video", "model": "film", "status": "in_progress", "progress": 40,
    "created_at": 1_795_766_400, "completed_at": None, "seconds": "8", "size": "1280x720",
    "error": None,
}  # fmt: skip


class TestTold:
    def test_a_job_is_told(self) -> None:
        """
        What the API says of one, and not the prompt.
        """
        assert told_of({**JOB, "prompt": "A cat."}) == JOB

    @pytest.mark.parametrize("name", ["status", "seconds", "size", "progress", "created_at"])
    @pytest.mark.parametrize("value", ["4111 1111 1111 1111", 4111111111111111, {"a": "b"}, "a b"])
    def test_nothing_else_is_told_under_its_names(self, name: str, value: Any) -> None:
        """
        A film's state is asked for every few seconds and not judged, so it holds no content.
        """
        assert name not in told_of({**JOB, name: value})

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            ({"code": "moderation_blocked", "message": "Jane Doe"}, "moderation_blocked"),
            ({"code": "4111111111111111"}, ""),
            ({"code": "no film of Jane Doe"}, ""),
            ("Jane Doe", ""),
        ],
    )
    def test_of_an_error_the_code_is_told(self, error: Any, code: str) -> None:
        """
        Its message may quote the prompt, and its code is a word of the API or none.
        """
        assert told_of({**JOB, "error": error})["error"] == {"code": code}
