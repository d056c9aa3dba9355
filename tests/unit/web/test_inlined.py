"""Files named in a request: ours come with their bytes, a provider's are refused."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core.media import Upload
from gateway.errors import InvalidRequest
from gateway.web.api.inlined import inlined

OURS, THEIRS = "file-ex_1", "file-abc"
ADDRESS = "data:text/plain;base64,SGk="


def opened(name: str) -> Upload:
    """The one file that is kept here."""
    assert name == OURS
    return Upload("a.txt", "text/plain", b"Hi")


class TestInlined:
    @pytest.mark.parametrize(
        ("part", "expected"),
        [
            (
                {"type": "input_file", "file_id": OURS},
                {"type": "input_file", "filename": "a.txt", "file_data": ADDRESS},
            ),
            (
                {"type": "input_image", "file_id": OURS},
                {"type": "input_image", "image_url": ADDRESS},
            ),
            (
                {"input_reference": {"file_id": OURS}},
                {"input_reference": {"image_url": ADDRESS}},
            ),
            (
                {"type": "file", "file": {"file_id": OURS}},
                {"type": "file", "file": {"filename": "a.txt", "file_data": ADDRESS}},
            ),
            (
                {"type": "document", "source": {"type": "file", "file_id": OURS}},
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "text/plain", "data": "SGk="},
                },
            ),
        ],
    )
    def test_a_file_that_is_kept_here_is_put_in(
        self, part: dict[str, Any], expected: dict[str, Any]
    ) -> None:
        """
        In the words of the API that names it.
        """
        assert inlined({"input": [part]}, opened, 1_000_000) == {"input": [expected]}

    @pytest.mark.parametrize(
        ("part", "param"),
        [
            ({"type": "input_file", "file_id": THEIRS}, "input.0.file_id"),
            ({"type": "input_image", "file_id": THEIRS}, "input.0.file_id"),
            ({"type": "container_upload", "file_id": THEIRS}, "input.0.file_id"),
            ({"type": "file", "file": {"file_id": THEIRS}}, "input.0.file.file_id"),
            (
                {"type": "document", "source": {"type": "file", "file_id": THEIRS}},
                "input.0.source.file_id",
            ),
            ({"images": [{"file_id": THEIRS}]}, "input.0.images.0.file_id"),
            ({"input_reference": {"file_id": THEIRS}}, "input.0.input_reference.file_id"),
            ({"container": {"file_ids": [THEIRS]}}, "input.0.container.file_ids"),
            ({"type": "container_upload", "file_id": OURS}, "input.0.file_id"),
        ],
    )
    def test_a_file_that_a_provider_keeps_is_refused_by_name(
        self, part: dict[str, Any], param: str
    ) -> None:
        """
        Its account is every tenant's, so its files may be anybody's.
        """
        with pytest.raises(InvalidRequest) as refusal:
            inlined({"input": [part]}, opened, 1_000_000)

        assert refusal.value.param == param

    def test_what_names_no_file_stays_the_same(self) -> None:
        """
        A citation of an earlier answer, a schema, arguments and a caller's own words are none.
        """
        body = {
            "input": [{"annotations": [{"type": "file_citation", "file_id": THEIRS}]}],
            "tools": [{"parameters": {"properties": {"file_id": {"type": "string"}}}}],
            "metadata": {"file_id": THEIRS, "type": {}},
            "contents": [{"parts": [{"functionCall": {"args": {"file_id": THEIRS}}}]}],
            "messages": [{"content": [{"type": "tool_use", "input": {"file_id": THEIRS}}]}],
        }

        assert inlined(body, opened, 1_000_000) is body
