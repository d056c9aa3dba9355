"""Promise P8 on the whole bundle: thousands of questions, and both engines say the same.

Deterministic: the seed is fixed, so that a difference found once is found again. Questions
that are not of the published form reach neither engine (`gateway.pdp.form`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.pdp import result
from gateway.pdp.engine import UNDEFINED, load_engine, rule_path
from gateway.pdp.form import ENTRYPOINTS, Forms
from tests.contract.pdp.bulk import NOTHING, BulkOpa
from tests.contract.pdp.engines import needs_opa
from tests.contract.pdp.mutations import Mutator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.decision import Decision
    from gateway.pdp.bundle import Bundle

SEED = 20_261_125
BATCH = 1_250
COUNTS = {"request": 6, "output": 3, "admin": 1}
"""Batches of each phase: 12,500 questions together, of which over 10,000 fit."""

MANY = 10


class Both:
    """The two engines on one bundle."""

    def __init__(self, bundle: Bundle, folder: Path) -> None:
        self._engine = load_engine(bundle)
        self._opa = BulkOpa(bundle, folder)

    def decisions(
        self, entrypoint: str, questions: list[dict[str, Any]]
    ) -> Iterator[tuple[dict[str, Any], Decision, Decision]]:
        """Each question, with both decisions."""
        others = self._opa.answers(entrypoint, questions)
        for question, other in zip(questions, others, strict=True):
            yield question, self._embedded(entrypoint, question), result.read(_value(other), "none")

    def _embedded(self, entrypoint: str, question: dict[str, Any]) -> Decision:
        self._engine.set_input_json(orjson.dumps(question).decode())
        answer = self._engine.eval_rule_as_json(rule_path(entrypoint))
        return result.read(None if answer == UNDEFINED else orjson.loads(answer), "none")


def _value(answer: Any) -> Any:
    return None if answer is NOTHING else answer


def said(decision: Decision) -> tuple[Any, ...]:
    """Everything but the order, which is no part of a set."""
    return (
        decision.effect,
        decision.revision,
        sorted(map(repr, decision.reasons)),
        sorted(map(repr, decision.obligations)),
        sorted(map(repr, decision.advice)),
    )


def batches(bundle: Bundle, seed: int, times: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Batches of questions, most made to fit and one in eight damaged."""
    mutator = Mutator(bundle, seed)
    for phase, count in COUNTS.items():
        for _ in range(count * times):
            yield (
                phase,
                [
                    mutator.damaged(phase) if number % 8 == 0 else mutator.fitting(phase)
                    for number in range(BATCH)
                ],
            )


def compare(bundle: Bundle, folder: Path, seed: int, times: int = 1) -> tuple[int, set[str]]:
    """How many questions both engines were asked, and the effects that came of it.

    Fails at the first difference.
    """
    both, forms = Both(bundle, folder), Forms()
    asked = 0
    effects: set[str] = set()
    for phase, questions in batches(bundle, seed, times):
        entrypoint = ENTRYPOINTS[phase]
        fitting = [item for item in questions if forms.fits(entrypoint, orjson.dumps(item))]
        for question, one, two in both.decisions(entrypoint, fitting):
            if one != two and said(one) != said(two):
                pytest.fail(f"{orjson.dumps(question).decode()}\nembedded: {one}\nOPA: {two}")
            effects.add(one.effect.value)
        asked += len(fitting)
    return asked, effects


@pytest.mark.opa
@needs_opa
class TestSameEffect:
    def test_ten_thousand_questions_get_the_same_decision(
        self, shipped: Bundle, tmp_path: Path
    ) -> None:
        """
        Effect, reasons, obligations and advice are equal as sets, on every question that fits.
        """
        asked, effects = compare(shipped, tmp_path, SEED)

        assert asked >= 10_000
        assert effects == {"permit", "deny"}

    @pytest.mark.slow
    def test_a_hundred_thousand_other_questions(self, shipped: Bundle, tmp_path: Path) -> None:
        """
        The same from other seeds, ten times as many.
        """
        asked, _ = compare(shipped, tmp_path, SEED + 1, MANY)

        assert asked >= 100_000


class TestMutations:
    def test_the_questions_are_the_same_each_time_and_many_kinds(self, shipped: Bundle) -> None:
        """
        A seed gives the same questions again; some fit the form, some do not.
        """
        one, two = Mutator(shipped, 1), Mutator(shipped, 1)
        forms = Forms()
        questions = [one.damaged("request") for _ in range(300)]

        assert [two.damaged("request") for _ in range(300)] == questions
        fits = {forms.fits(ENTRYPOINTS["request"], orjson.dumps(item)) for item in questions}
        assert fits == {True, False}

    def test_what_is_made_to_fit_fits(self, shipped: Bundle) -> None:
        """
        Otherwise the comparison would shrink unseen.
        """
        mutator, forms = Mutator(shipped, 2), Forms()
        made = [(phase, mutator.fitting(phase)) for phase in ENTRYPOINTS for _ in range(300)]

        fits = [forms.fits(ENTRYPOINTS[phase], orjson.dumps(item)) for phase, item in made]
        assert sum(fits) == len(made)
