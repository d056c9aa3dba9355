"""Questions are of the published form before any engine sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gateway.core.decision import Effect
from gateway.errors import ConfigurationError
from gateway.pdp.cache import CachedPdp
from gateway.pdp.form import ENTRYPOINTS, FormedPdp, Forms, examples
from tests.unit.pdp.builders import ACME, ToldEngine, permit

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = ENTRYPOINTS["request"]


@pytest.fixture(scope="module")
def forms() -> Forms:
    return Forms()


def spoilt(change: dict[str, Any]) -> bytes:
    """The complete request with the attributes of one section changed."""
    question = examples()["request"]
    for section, values in change.items():
        question[section] = {**question[section], **values} if isinstance(values, dict) else values
    return orjson.dumps(question)


class TestForm:
    @pytest.mark.parametrize("phase", ENTRYPOINTS)
    def test_the_complete_examples_fit(self, forms: Forms, phase: str) -> None:
        """
        What ships as an example is of the form.
        """
        assert forms.fits(ENTRYPOINTS[phase], orjson.dumps(examples()[phase]))

    @pytest.mark.parametrize(
        "question",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b"{}",
            b'{"version": 2, "phase": "request"}',
            b'{"a": "\\ud800"}',
            b"\xff",
            b"[" * 2_000 + b"]" * 2_000,
            spoilt({"data": {"findings": 5}}),
            spoilt({"data": {"findings": "EMAIL_ADDRESS"}}),
            spoilt({"data": {"people": 1.5}}),
            spoilt({"data": {"class": "secret"}}),
            spoilt({"data": 7}),
            spoilt({"phase": "output"}),
            spoilt({"data": {"unheard_of": 1}}),
        ],
    )
    def test_anything_else_does_not(self, forms: Forms, question: bytes) -> None:
        """
        No JSON, no object, another type, a word outside its list, an attribute nobody knows.
        """
        assert not forms.fits(REQUEST, question)

    def test_an_entrypoint_nobody_knows_has_no_form(self, forms: Forms) -> None:
        """
        A question to somewhere else is no question.
        """
        assert not forms.fits("gateway/other", orjson.dumps(examples()["request"]))

    def test_schemas_that_are_not_there_stop_the_start(self, tmp_path: Path) -> None:
        """
        Without its schemas, the gateway does not start.
        """
        with pytest.raises(ConfigurationError):
            Forms(tmp_path)

        for phase in ENTRYPOINTS:
            (tmp_path / f"{phase}.v2.json").write_text('{"type": "nonsense"}')
        with pytest.raises(ConfigurationError):
            Forms(tmp_path)


class TestAdapter:
    def test_what_does_not_fit_is_denied_and_asked_of_nobody(self, forms: Forms) -> None:
        """
        The deny is the gateway's own, with its own code, and is not remembered.
        """
        engine = ToldEngine(permit())
        pdp = CachedPdp(FormedPdp(engine, forms), 10)

        decision = pdp.decide(ACME, REQUEST, spoilt({"data": {"findings": 5}}))

        assert decision.effect is Effect.DENY
        assert [(item.rule, item.code) for item in decision.reasons] == [
            ("GATEWAY", "input.malformed")
        ]
        assert engine.asked == 0
        assert len(pdp) == 0

    def test_what_fits_is_asked(self, forms: Forms) -> None:
        """
        And remembered, so that its form is looked at once.
        """
        engine = ToldEngine(permit())
        pdp = CachedPdp(FormedPdp(engine, forms), 10)
        question = orjson.dumps(examples()["request"])

        assert pdp.decide(ACME, REQUEST, question).permits
        assert pdp.decide(ACME, REQUEST, question).permits
        assert engine.asked == 1
        assert pdp.ready()
