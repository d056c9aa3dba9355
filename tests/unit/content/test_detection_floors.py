"""Floors under precision and recall, on texts that were held from training."""

from __future__ import annotations

import time

import pytest

from bench.detection import by_type, held_sets, ours, prompts
from bench.names import corpora, frames
from gateway.content.inspect import Inspector
from gateway.content.names.model import Model
from gateway.content.names.tagger import NameDetector

SETS = held_sets()
INSPECTOR = Inspector()

PERSONS = {
    "btc_train": 0.79,
    "wnut17_train": 0.67,
    "wnut17_dev": 0.68,
    "wikigold_train": 0.83,
    "tab_train": 0.68,
    "echr_fr_dev": 0.92,
    "echr_es_dev": 0.90,
}
"""F1 for persons on whole documents that the tagger did not learn from."""

MADE = {"frames_en": 0.90, "frames_fr": 0.80, "frames_requests": 0.80}
SHAPES = {"CREDIT_CARD": 0.85, "EMAIL_ADDRESS": 0.95, "IBAN_CODE": 0.9, "US_SSN": 0.95, "URL": 0.9}


def f1(name: str, kind: str) -> float:
    """Our F1 for one type on one set."""
    items = SETS[name]

    return by_type(items, ours(INSPECTOR, [item.text for item in items]))[kind].f1


class TestFloors:
    @pytest.mark.parametrize(("name", "floor"), PERSONS.items())
    def test_persons_in_real_texts(self, name: str, floor: float) -> None:
        """
        Tweets, forums, encyclopedia and court cases of three languages keep their score.
        """
        if corpora.folder() is None:
            pytest.skip("the labelled texts are not at hand")

        assert f1(name, "PERSON") >= floor

    @pytest.mark.parametrize(("name", "floor"), MADE.items())
    def test_persons_in_made_up_requests(self, name: str, floor: float) -> None:
        """
        Frames that were never filled for training keep their score.
        """
        assert f1(name, "PERSON") >= floor

    @pytest.mark.parametrize(("kind", "floor"), SHAPES.items())
    def test_structured_values_in_requests(self, kind: str, floor: float) -> None:
        """
        Numbers and addresses in all request frames, which train no pattern, are found.
        """
        items = [item for item in frames.made(seed=5, times=3) if item.set == "frames_requests"]
        score = by_type(items, ours(INSPECTOR, [item.text for item in items]))[kind]

        assert score.f1 >= floor


class TestCost:
    def test_names_cost_far_less_than_a_millisecond_a_kilobyte(self) -> None:
        """
        A loose bound that a loaded machine keeps; `make bench` measures.
        """
        texts = prompts((item for items in SETS.values() for item in items), 350)[:300]
        detector = NameDetector(Model.shipped())
        spent = []
        for _ in range(2):
            began = time.process_time()
            for text in texts:
                list(detector.find(text))
            spent.append(time.process_time() - began)
        size = sum(len(text.encode()) for text in texts) / 1024

        assert spent[-1] * 1_000 / size < 1.5
