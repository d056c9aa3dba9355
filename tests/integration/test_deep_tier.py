"""The deep tier behind the whole gateway, with a detector behind HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway import assembly
from gateway.errors import ConfigurationError
from tests.factories import an_installation, settings_for
from tests.simulators.analyzer import Analyzer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream

UNSURE = "Ask Brumvald tomorrow."


@pytest.fixture
def analyzer() -> Iterator[Analyzer]:
    """A server that knows one more name."""
    with Analyzer({"Brumvald": "PERSON"}) as simulator:
        yield simulator


def outcome(folder: Path, upstream: Upstream, **deep: Any) -> tuple[Any, str, list[Any]]:
    """The answer to an unsure sentence, what the provider got last, and the decision's findings."""
    company = an_installation(folder, upstream.base_url, deep={"detector": "http", **deep})
    answer = company.chat(company.key_for(), UNSURE)
    (decision,) = [item for item in company.entries() if item["kind"] == "decision"]
    company.close()
    sent = str(upstream.calls[-1]["messages"][-1]["content"]) if upstream.calls else ""
    return answer, sent, decision["findings"]


class TestDeepTier:
    def test_what_it_finds_leaves_as_a_placeholder(
        self, tmp_path: Path, upstream: Upstream, analyzer: Analyzer
    ) -> None:
        """
        A name that only the deep tier knows is replaced, and comes back in the answer.
        """
        answer, sent, _ = outcome(tmp_path, upstream, url=analyzer.url)

        assert sent == "Ask [PERSON_1] tomorrow."
        assert UNSURE in answer.json["choices"][0]["message"]["content"]

    @pytest.mark.parametrize("behaviour", ["slow", "down", "no_json"])
    def test_a_failure_is_refused(
        self, tmp_path: Path, upstream: Upstream, analyzer: Analyzer, behaviour: str
    ) -> None:
        """
        P2: unless told otherwise, nothing is sent when it fails or takes too long.
        """
        analyzer.behave = behaviour
        before = upstream.count
        answer, _, found = outcome(tmp_path, upstream, url=analyzer.url, seconds=0.2)

        assert answer.status_code == 403
        assert "inspection.failed" in [item["code"] for item in answer.json["error"]["reasons"]]
        assert upstream.count == before
        assert [item["type"] for item in found] == ["detector.failed"]

    def test_going_on_without_stands_in_the_log(
        self, tmp_path: Path, upstream: Upstream, analyzer: Analyzer
    ) -> None:
        """
        An operator may choose to go on; the decision then says that it was without.
        """
        analyzer.behave = "down"
        answer, sent, found = outcome(
            tmp_path, upstream, url=analyzer.url, on_failure="go_on"
        )  # fmt: skip

        assert answer.status_code == 200
        assert sent == UNSURE
        assert [item["type"] for item in found] == ["detector.skipped"]


class TestSettings:
    @pytest.mark.parametrize(
        ("deep", "said"),
        [
            ({"detector": "http"}, r"deep\.url"),
            ({"unsure_from": 0.8, "unsure_to": 0.2}, r"deep\.unsure_from"),
            ({"detector": "spacy", "model": "no_such_model"}, r"spacy|deep\.model"),
        ],
    )
    def test_what_cannot_work_stops_the_start(
        self, tmp_path: Path, upstream: Upstream, deep: dict[str, Any], said: str
    ) -> None:
        """
        A tier that would never be asked is a control that is not on.
        """
        from gateway import secret_file

        settings = settings_for(tmp_path, upstream.base_url, deep=deep)
        secret_file.create(settings.secret_file)
        with pytest.raises(ConfigurationError, match=said):
            assembly.build(settings)
