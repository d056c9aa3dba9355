"""What is taken for a media type: nobody inspects it, so no number of somebody's is one."""

from __future__ import annotations

import pytest

from gateway.core.media import UNKNOWN, media_type


class TestMediaTypes:
    @pytest.mark.parametrize(
        "told",
        [
            "audio/mpeg", "audio/vnd.nuera.ecelp9600", "audio/g726-16", "video/3gpp", "video/mp2t",
            "text/vtt", "application/x-subrip", "application/vnd.3gpp2.bcmcsinfo+xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ],
    )  # fmt: skip
    def test_one_is_told_as_it_is(self, told: str) -> None:
        """
        Those of the register, in lower case.
        """
        assert media_type(told) == told

    @pytest.mark.parametrize(
        "told",
        [
            "audio/4111111111111111", "audio/x4111-1111-1111-1111", "audio/x-4111.1111.1111.1111",
            "audio/the card 4111", "audio/", "audio", "", "audio/jane@doe", f"audio/{'x' * 200}",
        ],
    )  # fmt: skip
    def test_anything_else_is_none(self, told: str) -> None:
        """
        Whatever stands between the digits.
        """
        assert media_type(told) == UNKNOWN
