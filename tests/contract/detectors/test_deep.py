"""What every detector of the deep tier must do: in this process, and behind HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.clock import SystemClock
from gateway.errors import ConfigurationError, ProviderError
from gateway.providers.analyzer import AnalyzerDetector
from tests.simulators.analyzer import GARBAGE, Analyzer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.content.deep import DeepDetector

NAMES = {"Brumvald": "PERSON", "Doxley": "LOCATION", "Quux": "ORGANIZATION", "noon": "DATE_TIME"}


@pytest.fixture
def analyzer() -> Iterator[Analyzer]:
    """A server that knows these names."""
    with Analyzer(NAMES) as simulator:
        yield simulator


def a_pipeline(folder: Path) -> str:
    """A spaCy pipeline that knows the same names, saved in a folder."""
    spacy: Any = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    labels = {"LOCATION": "GPE", "ORGANIZATION": "ORG"}
    ruler.add_patterns(
        [{"label": labels.get(kind, kind), "pattern": name} for name, kind in NAMES.items()]
    )
    pipeline.to_disk(folder / "model")
    return str(folder / "model")


@pytest.fixture(params=["http", "spacy"])
def detector(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DeepDetector]:
    """Each implementation."""
    if request.param == "http":
        simulator = request.getfixturevalue("analyzer")
        made = AnalyzerDetector(simulator.url, "en", ("PERSON", "LOCATION", "ORGANIZATION"), "",
                                SystemClock())  # fmt: skip
        yield made
        made.close()
        return
    model = a_pipeline(tmp_path)
    from gateway.content.detectors.spacy_names import SpacyDetector

    yield SpacyDetector(model)


class TestEveryDetector:
    def test_names_are_found_at_their_places(self, detector: DeepDetector) -> None:
        """
        Places are code points, characters beyond the first plane included; other kinds are left.
        """
        text = "\U0001f600 Brumvald of Quux was in Doxley at noon"
        found = [
            (item.type, text[item.start : item.end], item.confidence)
            for item in detector.find(text, 5.0)
        ]

        assert sorted(found) == [
            ("LOCATION", "Doxley", 0.85),
            ("ORGANIZATION", "Quux", 0.85),
            ("PERSON", "Brumvald", 0.85),
        ]

    def test_rules_name_the_tier(self, detector: DeepDetector) -> None:
        """
        A finding says where it came from.
        """
        (found,) = detector.find("Brumvald", 5.0)

        assert found.rule == f"deep.{detector.name}.person"


class TestHttp:
    def test_the_documented_request_is_made(self, analyzer: Analyzer) -> None:
        """
        Text, language and types, as Presidio Analyzer takes them; the token as a bearer.
        """
        detector = AnalyzerDetector(analyzer.url + "/", "de", ("PERSON",), "t0", SystemClock())
        list(detector.find("Brumvald", 5.0))
        detector.close()

        assert analyzer.asked == [{"text": "Brumvald", "language": "de", "entities": ["PERSON"]}]
        assert analyzer.tokens == ["Bearer t0"]

    @pytest.mark.parametrize("behaviour", [*GARBAGE, "down", "slow"])
    def test_anything_but_a_good_answer_in_time_is_an_error(
        self, analyzer: Analyzer, behaviour: str
    ) -> None:
        """
        No answer, a late one, or one of another form is never an answer without names.
        """
        analyzer.behave = behaviour
        detector = AnalyzerDetector(analyzer.url, "en", ("PERSON",), "", SystemClock())
        with pytest.raises(ProviderError):
            list(detector.find("Brumvald", 0.2))
        detector.close()

    def test_nobody_there(self) -> None:
        """
        A server that is not there is an error too.
        """
        detector = AnalyzerDetector("http://127.0.0.1:9", "en", ("PERSON",), "", SystemClock())
        with pytest.raises(ProviderError):
            list(detector.find("Brumvald", 0.5))


class TestSpacy:
    def test_a_model_that_is_not_there_stops_the_start(self) -> None:
        """
        A misspelt model is a configuration error.
        """
        pytest.importorskip("spacy")
        from gateway.content.detectors.spacy_names import SpacyDetector

        with pytest.raises(ConfigurationError, match=r"deep\.model"):
            SpacyDetector("no_such_model")

    def test_a_model_without_names_stops_the_start(self, tmp_path: Path) -> None:
        """
        So is one that finds no entities.
        """
        spacy: Any = pytest.importorskip("spacy")
        from gateway.content.detectors.spacy_names import SpacyDetector

        spacy.blank("en").to_disk(tmp_path / "blank")

        with pytest.raises(ConfigurationError, match="no names"):
            SpacyDetector(str(tmp_path / "blank"))

    def test_waiting_for_another_text_is_bounded(self, tmp_path: Path) -> None:
        """
        Texts are looked at one by one; who waits too long has not been looked at.
        """
        model = a_pipeline(tmp_path)
        from gateway.content.detectors.spacy_names import SpacyDetector

        detector = SpacyDetector(model)
        with detector._lock, pytest.raises(TimeoutError):
            list(detector.find("Brumvald", 0.01))
