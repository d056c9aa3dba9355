from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.decision import TEXT_PARAMS
from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

RULE = """# METADATA
# title: A rule
# description: >-
#   Two
#   lines.
# custom:
#   id: XX-01
#   reasons:
#     x.y:
#       text: {en: "No."}
#       remedy: {en: "Ask."}
package gateway.rules.xx_01

deny := set()
"""


def a_folder(root: Path) -> Path:
    """A small folder of policies."""
    (root / "gateway" / "rules").mkdir(parents=True)
    (root / "proviso").mkdir()
    (root / "gateway" / "rules" / "xx_01.rego").write_text(RULE)
    (root / "gateway" / "rules" / "xx_01_test.rego").write_text("package x_test\n")
    (root / "proviso" / "data.json").write_text('{"required": {"request": ["xx_01"]}}')
    (root / "schema.json").write_text("{}")
    return root


class TestLoading:
    def test_rules_and_data_are_taken_and_tests_are_not(self, tmp_path: Path) -> None:
        """
        Modules by path, data under their folder, and nothing else that lies about.
        """
        bundle = bundles.load(a_folder(tmp_path))

        assert [name for name, _ in bundle.modules] == ["gateway/rules/xx_01.rego"]
        assert bundle.data["proviso"]["required"] == {"request": ["xx_01"]}

    def test_rules_about_administration_are_kept_apart(self, tmp_path: Path) -> None:
        """
        What a rule asks about an act of administration is not answered in advance, as what one
        asks about an exchange is.
        """
        root = a_folder(tmp_path)
        (root / "gateway" / "admin_rules").mkdir()
        act = RULE.replace("XX-01", "YY-01").replace("gateway.rules.xx", "gateway.admin_rules.yy")
        (root / "gateway" / "admin_rules" / "yy_01.rego").write_text(act)
        bundle = bundles.load(root)

        assert [rule for rule, _, _ in bundle.annotations] == ["XX-01", "YY-01"]
        assert [rule for rule, _, _ in bundle.of_exchanges] == ["XX-01"]
        assert bundle.european == frozenset()

    def test_the_annotation_is_read(self, tmp_path: Path) -> None:
        """
        What people read about a rule stands beside it, and is there without OPA.
        """
        [rule] = bundles.load(a_folder(tmp_path)).rules

        assert (rule.id, rule.title, rule.description) == ("XX-01", "A rule", "Two lines.")
        assert rule.package == "gateway.rules.xx_01"
        assert rule.custom["reasons"]["x.y"]["text"] == {"en": "No."}

    @pytest.mark.parametrize(
        "text",
        [
            "package gateway.lib.x\n",
            "# METADATA\n# title: A library\npackage gateway.lib.x\n",
            "\n# only a comment\n",
        ],
    )
    def test_a_module_without_a_rule_has_no_rule(self, tmp_path: Path, text: str) -> None:
        """
        Libraries are modules like any other, and are not listed as rules.
        """
        root = a_folder(tmp_path)
        (root / "gateway" / "library.rego").write_text(text)

        bundle = bundles.load(root)

        assert len(bundle.modules) == 2
        assert [rule.id for rule in bundle.rules] == ["XX-01"]

    def test_the_revision_changes_with_every_byte(self, tmp_path: Path) -> None:
        """
        Same files, same revision; one byte of a rule, of its data or of a name, another one.
        """
        root = a_folder(tmp_path)
        first = bundles.load(root).revision
        assert bundles.load(root).revision == first
        assert re.fullmatch("[0-9a-f]{16}", first)

        (root / "proviso" / "data.json").write_text('{"required": {"request": []}}')
        second = bundles.load(root).revision
        (root / "gateway" / "rules" / "xx_01.rego").rename(
            root / "gateway" / "rules" / "xx_02.rego"
        )
        third = bundles.load(root).revision

        assert len({first, second, third}) == 3

    def test_a_test_does_not_change_the_revision(self, tmp_path: Path) -> None:
        """
        A better test is not another policy.
        """
        root = a_folder(tmp_path)
        first = bundles.load(root).revision
        (root / "gateway" / "rules" / "xx_01_test.rego").write_text("package other_test\n")

        assert bundles.load(root).revision == first

    def test_the_revision_is_in_the_data(self, tmp_path: Path) -> None:
        """
        So that a decision can name it, in whatever engine it was made.
        """
        bundle = bundles.load(a_folder(tmp_path))

        assert bundle.data["proviso"]["revision"] == bundle.revision

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("proviso/data.json", "{"),
            ("proviso/data.json", "[]"),
            ("data.json", '{"proviso": 1}'),
            ("gateway/rules/xx_01.rego", RULE.replace("# title: A rule\n", "")),
            ("gateway/rules/xx_01.rego", RULE.replace("# title: A rule", "# title: [")),
            ("gateway/rules/xx_01.rego", "# METADATA\n# just words\npackage gateway.x\n"),
        ],
    )
    def test_what_cannot_be_read_stops_the_start(
        self, tmp_path: Path, name: str, text: str
    ) -> None:
        """
        A rule whose texts are broken would refuse people without saying why.
        """
        root = a_folder(tmp_path)
        (root / name).write_text(text)

        with pytest.raises(ConfigurationError):
            bundles.load(root)

    def test_an_empty_folder_stops_the_start(self, tmp_path: Path) -> None:
        """
        No policies is not a policy.
        """
        with pytest.raises(ConfigurationError, match="no policies"):
            bundles.load(tmp_path)


class TestArchive:
    def test_the_archive_holds_what_the_engine_gets(self) -> None:
        """
        Manifest, data and modules, as OPA takes them.
        """
        bundle = bundles.load()
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(bundles.archive(bundle)))) as tar:
            files = {item.name: tar.extractfile(item).read() for item in tar}  # type: ignore[union-attr]

        manifest = json.loads(files.pop(".manifest"))
        assert manifest == {
            "revision": bundle.revision,
            "roots": ["gateway", "proviso"],
            "rego_version": 1,
        }
        assert json.loads(files.pop("data.json")) == bundle.data
        assert {name: text.decode() for name, text in files.items()} == dict(bundle.modules)

    def test_the_same_bundle_is_the_same_bytes(self) -> None:
        """
        No clock and no user name in it: two builds can be compared.
        """
        assert bundles.archive(bundles.load()) == bundles.archive(bundles.load())


def _shipped() -> list[tuple[str, bundles.Rule]]:
    return [(f"{rule.id} {rule.package.split('.')[1]}", rule) for rule in bundles.load().rules]


class TestShippedAnnotations:
    def test_every_rule_ships_once_for_each_question(self) -> None:
        """
        Forty rules; some judge both the request and the output.
        """
        rules = bundles.load().rules

        assert len({rule.id for rule in rules}) >= 40
        assert len({rule.package for rule in rules}) == len(rules)

    def test_the_shipped_folder_keeps_to_the_portable_subset(self) -> None:
        """
        What is asked of others is kept here, annotations in four languages included.
        """
        assert lint(bundles.shipped_folder()) == []

    @pytest.mark.parametrize(
        "rule", [rule for _, rule in _shipped()], ids=[n for n, _ in _shipped()]
    )
    def test_every_rule_says_what_why_and_what_to_do(self, rule: bundles.Rule) -> None:
        """
        Pack, severity, source and standards, and in English a reason and a remedy for each code.
        """
        custom = rule.custom
        assert {"pack", "severity", "references", "standards", "reasons"} <= custom.keys()
        for texts in custom["reasons"].values():
            for part in ("text", "remedy"):
                assert texts[part]["en"].strip().endswith((".", "key."))

    @pytest.mark.parametrize(
        "rule", [rule for _, rule in _shipped()], ids=[n for n, _ in _shipped()]
    )
    def test_a_text_uses_only_parameters_that_the_rule_gives(self, rule: bundles.Rule) -> None:
        """
        An unknown place holder would be shown to people as it is, in any language.
        """
        modules = dict(bundles.load().modules)
        module = modules[rule.package.replace(".", "/") + ".rego"].partition("\npackage ")[2]
        # Parameters may come from the library, as a whole.
        for name in re.findall(r"^import data\.(gateway\.lib\.\w+)", module, re.MULTILINE):
            module += modules[name.replace(".", "/") + ".rego"]
        given = set(re.findall(r'"(\w+)":', module)) | {"public_url"}
        for used in _placeholders(rule.custom["reasons"]):
            assert used in TEXT_PARAMS & given

    @pytest.mark.parametrize(
        "rule", [rule for _, rule in _shipped()], ids=[n for n, _ in _shipped()]
    )
    def test_every_code_has_a_text_and_every_text_a_code(self, rule: bundles.Rule) -> None:
        """
        A code without a text would refuse without a reason; a text without a code is dead.
        """
        module = dict(bundles.load().modules)[rule.package.replace(".", "/") + ".rego"]
        body = module.partition("\npackage ")[2]
        said = set(re.findall(r'"code": "([a-z_.]+)"', body))

        assert said <= set(rule.custom["reasons"]) <= set(re.findall(r'"([a-z_.]+)"', body))


def _placeholders(document: Any) -> set[str]:
    if isinstance(document, dict):
        return set().union(*map(_placeholders, document.values()))
    return set(re.findall(r"\{(\w+)\}", document))
