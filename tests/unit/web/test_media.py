"""What pages say of generated media."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.web.dashboard.media import pieces

OURS = {"c2pa": "valid", "ours": True, "manifest": "urn:a", "ingredients": []}
OTHERS = {**OURS, "ours": False}
BROKEN = {**OURS, "c2pa": "invalid"}
NONE = {"c2pa": "none"}


def told(*marks: dict[str, Any], labels: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What is said of as many pictures, which came bare and left with these marks."""
    item = {"content_type": "image/png", "bytes": 5, "digest": "aa", "delivered_digest": "bb"}
    rights = {"marks_in": [NONE] * len(marks), "marks_out": list(marks)}
    return pieces(
        {"media": [item] * len(marks), "rights": rights, "output": {"labels": list(labels)}}
    )


class TestVerified:
    @pytest.mark.parametrize(
        ("left", "verified", "words"),
        [
            (OURS, True, "your organisation"),
            (OTHERS, False, "others"),
            (BROKEN, False, "do not hold"),
            (NONE, False, "no content credentials"),
        ],
    )
    def test_only_our_own_and_valid_counts(
        self, left: dict[str, Any], verified: bool, words: str
    ) -> None:
        """
        A manifest of others may hold, and one of ours may be broken: neither is verified.
        """
        (item,) = told(left)

        assert item["verified"] is verified
        assert words in item["left_with"]
        assert item["came_with"] == "no content credentials"

    def test_each_piece_has_its_own(self) -> None:
        """
        One bare picture among marked ones is told apart.
        """
        assert [item["verified"] for item in told(OURS, NONE, OURS)] == [True, False, True]

    def test_without_a_rights_record_nothing_is_claimed(self) -> None:
        """
        Media that no mark is on record of are said to bear none.
        """
        item = {"content_type": "", "bytes": 5, "digest": "aa", "delivered_digest": "aa"}
        (found,) = pieces({"media": [item], "rights": {}, "output": {"labels": []}})

        assert not found["verified"]
        assert found["left_with"] == "no content credentials"
        assert found["content_type"] == "not said"

    def test_the_label_is_the_answers(self) -> None:
        """
        Said where rule AI-03 had it put, and nowhere else.
        """
        assert told(OURS, labels=("ai_generated",))[0]["labelled"]
        assert not told(OURS)[0]["labelled"]

    def test_text_has_none(self) -> None:
        """
        An outcome without media, or none at all yet.
        """
        assert pieces({}) == []
        assert pieces({"rights": {}, "output": {"labels": []}}) == []
