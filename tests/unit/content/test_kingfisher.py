"""Kingfisher behind the detector port; its rules are compiled once, which takes seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.content.inspect import Inspector
from gateway.core.content import DETECTOR_FAILED

if TYPE_CHECKING:
    from gateway.content.detectors.kingfisher import KingfisherDetector

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> KingfisherDetector:
    """One with its rules compiled into a folder of this test."""
    pytest.importorskip("kingfisher_sdk")
    from gateway.content.detectors.kingfisher import KingfisherDetector

    return KingfisherDetector(tmp_path_factory.mktemp("rules"))


class TestKingfisher:
    def test_a_vendors_key_is_a_secret(self, detector: KingfisherDetector) -> None:
        """
        A key in a vendor's format is found at its exact place, behind other scripts too.
        """
        key = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"
        text = f"Schlüssel 雪: {key}."
        found = list(detector.find(text))

        assert [(item.type, text[item.start : item.end]) for item in found] == [("SECRET", key)]

    def test_prose_has_none(self, detector: KingfisherDetector) -> None:
        """
        Ordinary text gives no finding and no failure.
        """
        found = Inspector([detector]).inspect("Please summarise the meeting. " * 200 + "\ud800")

        assert found == ()
        assert DETECTOR_FAILED not in {item.type for item in found}
