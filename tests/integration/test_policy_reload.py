"""A changed folder of policies comes into force in a gateway that is at work."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.principal import Role
from gateway.pdp import bundle as bundles
from gateway.pep import upstream as calling
from tests.factories import an_installation
from tests.people import browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.pdp.bundle import Bundle
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

FILE = "gateway/rules/bs_01.rego"
_MORE = """
deny contains reason if {
	input.destination.known == true
	reason := {"rule": "BS-01", "code": "model.unknown", "params": {}}
}
"""
OFTEN = 3_600
"""Seconds: often enough that the job is there, and due only when a test says so."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped policies, without their tests: the change is meant to break some."""
    made = tmp_path / "policies"
    tests = shutil.ignore_patterns("*_test.rego")
    shutil.copytree(bundles.shipped_folder(), made, ignore=tests)
    return made


@pytest.fixture
def company(folder: Path, tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway that runs the copy and looks at it when told to."""
    policy = {"directory": str(folder), "reload_seconds": OFTEN}
    made = an_installation(tmp_path, upstream.base_url, policy=policy)
    made.gateway.reload.stop()
    yield made
    made.close()


def change(folder: Path, text: str) -> None:
    """Add to a rule of the folder."""
    path = folder / FILE
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def ask_approval(folder: Path) -> None:
    """Let the rule ask for a colleague's approval, which no rule has done before."""
    path = folder / FILE
    text = path.read_text(encoding="utf-8").replace("Known models only", "A colleague must agree")
    said = "".join(
        f'#         {name}: "Ask a colleague first."\n' for name in ("en", "de", "fr", "nl")
    )
    reason = (
        "#     bs01.approval:\n#       kind: require_approval\n"
        f"#       text:\n{said}#       remedy:\n{said}"
    )
    text = text.replace("#     model.unknown:\n", reason + "#     model.unknown:\n", 1)
    more = _MORE.replace("deny", "require_approval").replace("model.unknown", "bs01.approval")
    path.write_text(text + more, encoding="utf-8")


def look(company: Installation) -> None:
    """Let the job look at the folder now."""
    for job in company.gateway.reload.jobs:
        job.work()


class TestReload:
    def test_a_sound_change_decides_the_next_request(
        self, company: Installation, folder: Path
    ) -> None:
        """
        The revision in the answer's header, the decision, the texts and the metric follow.
        """
        key = company.key_for()
        before = company.chat(key)
        change(folder, _MORE)
        title = (folder / FILE).read_text(encoding="utf-8").replace("Known models", "Our models", 1)
        (folder / FILE).write_text(title, encoding="utf-8")

        look(company)
        after = company.chat(key)

        assert (before.status_code, after.status_code) == (200, 403)
        revisions = [item.headers["x-proviso-policy-revision"] for item in (before, after)]
        assert revisions[0] != revisions[1] == company.gateway.bundle.revision
        assert company.gateway.reasons.title("BS-01").startswith("Our models")
        metrics = company.client.get("/metrics").text
        assert 'proviso_policy_reload_total{result="activated"} 1.0' in metrics

    def test_a_bad_change_changes_nothing_and_shows(
        self, company: Installation, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        Requests are judged as before; readiness, metric and log say what waits.
        """
        key, before = company.key_for(), company.gateway.bundle.revision
        change(folder, '\nx := http.send({"url": "http://127.0.0.1"})\n')

        look(company)

        assert company.chat(key).status_code == 200
        assert company.gateway.bundle.revision == before
        ready = company.client.get("/readyz")
        assert ready.status_code == 200
        assert ready.json["checks"]["policy_folder"] == "failing"
        assert f"{FILE}:" in caplog.text
        assert "builtin.allowed" in caplog.text
        metrics = company.client.get("/metrics").text
        assert 'proviso_policy_reload_total{result="refused"} 1.0' in metrics

    def test_whoever_asks_at_the_moment_of_the_change_reads_why(
        self, company: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        P11: nothing is refused by a rule whose words are not known yet.
        """
        key, answers = company.key_for(), []
        ask_approval(folder)
        engine = company.gateway.engine
        activate = engine.activate

        def then_ask(bundle: Bundle) -> None:
            activate(bundle)
            answers.append(company.chat(key))

        monkeypatch.setattr(engine, "activate", then_ask)
        look(company)

        (answer,) = answers
        assert answer.status_code == 403
        assert "Ask a colleague first." in answer.json["error"]["message"]

    def test_what_a_new_rule_asks_for_can_be_given(
        self, company: Installation, folder: Path
    ) -> None:
        """
        P11: an approval that a changed policy asks for is taken, without a start; the pages know.
        """
        company.key_for()
        officer = browser(company, "paul@acme.example", Role.PRIVACY_OFFICER)
        ask_approval(folder)
        look(company)
        page = officer.get("/policy").text

        assert "bs01.approval" in company.gateway.attributes.answers.codes
        assert company.gateway.bundle.revision in page
        assert "A colleague must agree" in page
        rules = company.gateway.rights.subjects._rules()
        assert "A colleague must agree" in {rule.title for rule in rules}


class TestOneExchange:
    """What becomes of an exchange during which the policies change."""

    @pytest.mark.parametrize("stream", [False, True])
    def test_request_and_output_are_each_judged_by_one_revision(
        self,
        company: Installation,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        stream: bool,
    ) -> None:
        """
        The decision, the header and the receipt name the earlier one, the outcome the later one.
        """
        key, before = company.key_for(), company.gateway.bundle.revision
        name = "streamed" if stream else "whole"
        real = getattr(calling, name)

        def meanwhile(*asked: Any) -> Any:
            change(folder, "\n# another revision\n")
            look(company)
            return real(*asked)

        monkeypatch.setattr(calling, name, meanwhile)
        answer = company.chat(key, stream=stream)
        assert answer.status_code == 200
        assert answer.data
        after = company.gateway.bundle.revision
        decision, outcome = [item for item in company.entries() if item.get("exchange")]

        assert before != after
        assert answer.headers["x-proviso-policy-revision"] == before
        assert decision["decision"]["revision"] == before
        assert outcome["output"]["revision"] == after
        assert outcome["status"] == "completed"
        assert outcome["rights"]
        assert company.verify().intact

    def test_no_old_answer_is_remembered_for_the_new_revision(
        self, company: Installation, folder: Path
    ) -> None:
        """
        Callers ask the same thing without a pause through a change that refuses it: whoever began
        after it is refused, and no answer names a revision that did not give it.
        """
        key, over = company.key_for(), threading.Event()
        revisions = {200: company.gateway.bundle.revision}
        together = threading.Barrier(4)
        late: list[int] = []
        answers: list[tuple[int, str]] = []

        def ask() -> None:
            client = company.flask.test_client()
            together.wait()
            while not over.is_set():
                changed = company.gateway.engine.revision != revisions[200]
                answer = client.post(
                    "/v1/chat/completions",
                    json={"model": "echo", "messages": [{"role": "user", "content": "Hello"}]},
                    headers={"Authorization": f"Bearer {key}"},
                )
                answers.append((answer.status_code, answer.headers["x-proviso-policy-revision"]))
                if changed:
                    late.append(answer.status_code)

        callers = [threading.Thread(target=ask) for _ in range(3)]
        for caller in callers:
            caller.start()
        together.wait()
        change(folder, _MORE)
        look(company)
        revisions[403] = company.gateway.bundle.revision
        while len(late) < 6:
            assert any(caller.is_alive() for caller in callers)
        over.set()
        for caller in callers:
            caller.join()

        assert set(late) == {403}
        assert {status for status, _ in answers} <= {200, 403}
        assert all(revisions[status] == named for status, named in answers)
        assert company.verify().intact
