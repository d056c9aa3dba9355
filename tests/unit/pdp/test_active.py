"""A changed folder comes into force by itself, or stays out with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp.active import ActivePolicy
from gateway.pdp.lint import Finding
from gateway.pdp.submission import Verdict
from tests.unit.pdp.folders import RULE, RULE_FILE, sound, spoilt, write

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.pdp.bundle import Bundle

CHANGED = spoilt("A rule of the tests", "Another title")
BAD = Finding(RULE_FILE, 3, 4, "head.bound", "A value is made in the head.")


class EngineSimulator:
    """What takes a bundle, or refuses it."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.refuses = False

    def activate(self, bundle: Bundle) -> None:
        if self.refuses:
            raise ConfigurationError("It cannot judge.")
        self.given.append(bundle.revision)


class Scene:
    """An `ActivePolicy` over a sound folder, with an examination that says what it is told."""

    def __init__(self, folder: Path) -> None:
        self.folder = sound(folder)
        self.engine = EngineSimulator()
        self.findings: tuple[Finding, ...] = ()
        self.examined = 0
        self.policy = ActivePolicy(
            bundles.load(self.folder), self.folder, self.engine, self._examine
        )

    def _examine(self, folder: Path) -> Verdict:
        self.examined += 1
        if self.findings:
            return Verdict("", self.findings, ("embedded",))
        return Verdict(bundles.load(folder).revision, self.findings, ("embedded",))

    def change(self, text: str = CHANGED) -> None:
        write(self.folder, RULE_FILE, text)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "policies")


class TestRefresh:
    def test_nothing_changed_is_a_look_and_no_more(self, scene: Scene) -> None:
        """
        The folder is not even read.
        """
        assert [scene.policy.refresh() for _ in range(3)] == ["unchanged"] * 3
        assert scene.examined == 0

    def test_a_sound_change_comes_into_force(self, scene: Scene) -> None:
        """
        Engine, bundle and titles follow the folder.
        """
        scene.change()

        assert scene.policy.refresh() == "activated"
        assert scene.engine.given == [scene.policy.bundle.revision]
        assert {rule.title for rule in scene.policy.bundle.rules} >= {"Another title"}
        assert scene.policy.good()
        assert scene.policy.refresh() == "unchanged"

    def test_a_bad_change_stays_out_and_says_why(
        self, scene: Scene, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        The old revision stays; the log holds file, line and rule; it is examined once.
        """
        before = scene.policy.bundle
        scene.findings = (BAD,)
        scene.change()

        assert [scene.policy.refresh() for _ in range(3)] == ["refused", "unchanged", "unchanged"]
        assert scene.examined == 1
        assert scene.policy.bundle is before
        assert scene.engine.given == []
        assert f"{RULE_FILE}:3:4: head.bound" in caplog.text
        assert not scene.policy.good()

    def test_put_right_it_comes_into_force(self, scene: Scene) -> None:
        """
        After a refusal, the next change is looked at anew.
        """
        scene.findings = (BAD,)
        scene.change()
        scene.policy.refresh()
        scene.findings = ()
        scene.change(CHANGED + "\n# put right\n")

        assert scene.policy.refresh() == "activated"
        assert scene.policy.good()

    def test_put_back_it_is_as_before(self, scene: Scene) -> None:
        """
        A folder that is again what runs needs no change.
        """
        scene.findings = (BAD,)
        scene.change()
        scene.policy.refresh()
        scene.findings = ()
        scene.change(RULE)

        assert scene.policy.refresh() == "unchanged"
        assert scene.policy.good()

    def test_an_engine_that_cannot_take_it_is_asked_again(self, scene: Scene) -> None:
        """
        The old one goes on; a failure may pass, so the next look tries again.
        """
        before = scene.policy.bundle
        scene.engine.refuses = True
        scene.change()

        assert scene.policy.refresh() == "failed"
        assert scene.policy.bundle is before

        scene.engine.refuses = False
        assert scene.policy.refresh() == "activated"

    def test_other_parameters_wait_for_a_start(self, scene: Scene) -> None:
        """
        Questions hold the parameters that were declared at the start; with others, the guard
        would find every question incomplete.
        """
        before = scene.policy.bundle
        scene.change(
            CHANGED.replace(
                "#   reasons:",
                "#   parameters:\n#     xx_01_days: {default: 1, tighten: lower}\n#   reasons:",
            )
        )

        assert scene.policy.refresh() == "failed"
        assert scene.policy.bundle is before
        assert scene.engine.given == []
        assert not scene.policy.good()

    def test_a_folder_that_is_still_being_written_waits(self, scene: Scene) -> None:
        """
        What was examined is what is activated, byte for byte.
        """
        scene.change()
        real = scene._examine

        def examine(folder: Path) -> Verdict:
            verdict = real(folder)
            scene.change(CHANGED + "\n# later\n")
            return verdict

        scene.policy._examine = examine
        assert scene.policy.refresh() == "unchanged"
        assert scene.engine.given == []

        scene.policy._examine = real
        assert scene.policy.refresh() == "activated"

    def test_a_folder_that_is_gone_changes_nothing(self, scene: Scene) -> None:
        """
        Somebody moved it: the bundle in memory goes on.
        """
        before = scene.policy.bundle
        scene.findings = (BAD,)
        scene.folder.rename(scene.folder.with_name("elsewhere"))

        assert scene.policy.refresh() == "refused"
        assert scene.policy.bundle is before

    def test_a_change_between_reading_and_watching_is_seen(self, tmp_path: Path) -> None:
        """
        What is written while the gateway starts, right behind the reading, comes into force too.
        """
        folder = sound(tmp_path / "policies")
        bundle, engine = bundles.load(folder), EngineSimulator()
        write(folder, RULE_FILE, CHANGED)
        changed = bundles.load(folder).revision
        policy = ActivePolicy(bundle, folder, engine, lambda _: Verdict(changed, (), ("embedded",)))

        assert policy.refresh() == "activated"
        assert engine.given == [changed]

    @pytest.mark.parametrize(
        "error", [OSError(12, "Cannot allocate memory"), RuntimeError("can't start new thread")]
    )
    @pytest.mark.parametrize("where", ["examination", "engine"])
    def test_whatever_breaks_the_revision_in_force_stays(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
    ) -> None:
        """
        A machine without memory or threads is no verdict: it is said, and tried again.
        """
        before = scene.policy.bundle
        scene.change()

        def broken(*_: object) -> None:
            raise error

        with monkeypatch.context() as patch:
            if where == "engine":
                patch.setattr(scene.engine, "activate", broken)
            else:
                patch.setattr(scene.policy, "_examine", broken)
            assert scene.policy.refresh() == "failed"

        assert scene.policy.bundle is before
        assert not scene.policy.good()
        assert scene.policy.refresh() == "activated"
        assert scene.policy.good()

    def test_a_server_has_its_own_ways(self, tmp_path: Path) -> None:
        """
        With an OPA server, only texts and titles follow the folder.
        """
        folder = sound(tmp_path / "policies")
        policy = ActivePolicy(bundles.load(folder), folder, None)
        write(folder, RULE_FILE, CHANGED)

        assert policy.refresh() == "activated"
        assert {rule.title for rule in policy.bundle.rules} >= {"Another title"}
