"""The portable subset: what it refuses, where, and that the sound passes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gateway.pdp.lint import SUBSET, lint
from tests.unit.pdp.folders import (
    DATA_FILE,
    OUTPUT_FILE,
    RULE,
    RULE_FILE,
    TEST,
    TEST_FILE,
    sound,
    spoilt,
    with_classes,
    write,
)

if TYPE_CHECKING:
    from pathlib import Path

BODY = '\tinput.data.class == "restricted"\n'
HEAD = "deny contains reason if {\n"
PARAMS = '"params": {"class": input.data.class}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder."""
    return sound(tmp_path / "policies")


def rules(folder: Path, file: str = RULE_FILE) -> set[tuple[str, int]]:
    """The rules of the subset that a file breaks, with their lines."""
    return {(item.rule, item.line) for item in lint(folder) if item.file == file}


def line(text: str, part: str) -> int:
    """The line of `text` that holds `part`."""
    return next(number for number, each in enumerate(text.splitlines(), 1) if part in each)


EXPRESSIONS = [
    ("head.bound", "contains reason if", 'contains {"a": input.data.class} if'),
    ("not.reference", BODY, '\tnot input.data.class == "public"\n'),
    ("not.reference", BODY, "\tnot input.data.class\n"),
    ("iterate.every", BODY, "\tevery item in input.data.class { item == 1 }\n"),
    ("iterate.some", BODY, "\tinput.data.class[_] == 1\n"),
    ("iterate.some", BODY, "\tsome i\n\tinput.data.class[i] == 1\n"),
    ("builtin.allowed", BODY, '\thttp.send({"url": input.data.class})\n'),
    ("builtin.allowed", BODY, "\tcount(numbers.range(1, 9)) > count(input.data.class)\n"),
    ("builtin.allowed", BODY, "\ttime.now_ns() > count(input.data.class)\n"),
    ("builtin.allowed", BODY, "\trand.intn(input.data.class, 2) == 1\n"),
    ("builtin.allowed", BODY, "\twalk(input.data.class, [1, 2])\n"),
    ("builtin.allowed", BODY, '\tio.jwt.decode(input.data.class) == "x"\n'),
    ("builtin.allowed", BODY, "\topa.runtime() == input.data.class\n"),
    ("number.whole", BODY, "\tinput.data.class == 1.5\n"),
    ("number.whole", BODY, "\tinput.data.class / 2 == 1\n"),
    ("regex.literal", BODY, "\tregex.match(input.data.class, `a`)\n"),
    ("regex.portable", BODY, "\tregex.match(`\\w`, input.data.class)\n"),
    ("regex.portable", BODY, "\tregex.match(`a(?=b)`, input.data.class)\n"),
    ("unify.none", BODY, "\tx = input.data.class\n\tx == 1\n"),
    ("unify.none", BODY, "\t[x, _] := input.data.class\n\tx == 1\n"),
    ("with.tests", BODY, '\tinput.data.class == "a" with input as {}\n'),
    ("literal.nesting", BODY, "\tinput.data.class == [[[[[[[1]]]]]]]\n"),
    ("import.root", BODY, "\tinput.data.class == data.gateway.rules.yy_01.deny\n"),
    ("input.plain", BODY, '\tobject.keys(input.data) == {"class", input.data.class}\n'),
    ("input.plain", BODY, "\tinput[input.data.class] == 1\n"),
    ("annotation.params", PARAMS, '"params": {"secret": input.data.class}'),
    ("annotation.complete", '"test.restricted", "params"', '"test.other", "params"'),
    ("annotation.complete", '{"rule": "XX-01"', '{"rule": "XX-02"'),
]


class TestExpressions:
    @pytest.mark.parametrize(
        ("rule", "old", "new"),
        EXPRESSIONS,
        ids=[f"{r} {new.strip()[:40]}" for r, _, new in EXPRESSIONS],
    )
    def test_what_differs_or_harms_is_refused_at_its_line(
        self, folder: Path, rule: str, old: str, new: str
    ) -> None:
        """
        Each form of reference section 6.4, in an otherwise sound file, with line and rule.
        """
        text = spoilt(old, new)
        write(folder, RULE_FILE, text)

        found = rules(folder)

        assert rule in {name for name, _ in found}
        first = line(text, new.strip().splitlines()[0])
        assert any(first <= number <= first + 1 for name, number in found if name == rule)

    @pytest.mark.parametrize(
        ("rule", "more"),
        [
            ("else.none", "a := 1 if input.data.class == `x` else := 2\n"),
            ("default.value", "default f(x) := 1\n\nf(x) := 2 if x == 1\n"),
            ("name.once", "default a := 1\n\ndefault a := 2\n"),
            ("name.once", "deny := set()\n"),
            ("name.keyword", "a.if := 1\n"),
            ("line.length", f"a := `{'x' * 1_000}`\n"),
            ("literal.nesting", f"a := {'[' * 14}1{']' * 14}\n"),
            ("literal.nesting", f"a := {'(' * 60}1{')' * 60}\n"),
            ("parse", "a := {\n"),
        ],
        ids=lambda value: value[:20],
    )
    def test_definitions(self, folder: Path, rule: str, more: str) -> None:
        """
        Definitions that the engines read differently, or that cost the parser its time.
        """
        write(folder, RULE_FILE, f"{RULE}\n{more}")

        assert rule in {name for name, _ in rules(folder)}

    def test_not_before_a_rule_with_a_default_is_fine(self, folder: Path) -> None:
        """
        So is what else the subset names: a function, a comprehension, a library rule.
        """
        with_classes(folder)
        more = (
            "import data.gateway.lib.classes\n\n"
            "default high := false\n\nhigh if classes.rank > 2\n\n"
            "twice(x) := x + x\n\n"
            "kinds := {kind | some kind in input.data.special}\n\n"
            "advice contains item if {\n\tnot high\n\ttwice(count(kinds)) > 2\n"
            '\titem := {"rule": "XX-01", "code": "test.high", "params": {}}\n}\n'
        )
        text = spoilt("needs: [data.class]", "needs: [data.class, data.special]")
        reason = text[text.index("#     test.restricted") : text.index("package ")]
        reason = reason.replace("test.restricted", "test.high").replace("kind: deny", "kind: warn")
        text = text.replace("package ", reason + "package ")
        head, tail = text.split("\ndeny contains", 1)
        write(folder, RULE_FILE, f"{head}\n{more}\ndeny contains{tail}")

        assert rules(folder) == set()


class TestFolder:
    def test_a_sound_folder_has_no_finding(self, folder: Path) -> None:
        """
        The folder these tests spoil is sound to begin with.
        """
        assert lint(folder) == []

    @pytest.mark.parametrize("name", ["gateway/main.rego", "gateway/lib/merge.rego"])
    def test_the_guard_is_as_it_was_shipped(self, folder: Path, name: str) -> None:
        """
        One byte more, or no file, is refused.
        """
        text = (folder / name).read_text()
        write(folder, name, text.replace('"deny"', '"permit"', 1))
        assert "guard.bytes" in {rule for rule, _ in rules(folder, name)}

        (folder / name).unlink()
        assert "guard.bytes" in {rule for rule, _ in rules(folder, name)}

    @pytest.mark.parametrize(
        ("file", "package", "rule"),
        [
            ("gateway/more.rego", "gateway", "package.root"),
            ("gateway/rules/more.rego", "gateway", "module.alone"),
            ("gateway/lib/more.rego", "gateway.lib.merge", "module.alone"),
            ("other/more.rego", "other", "package.root"),
            ("gateway/rules/deep/more.rego", "gateway.rules.deep.more", "package.root"),
            ("proviso/more.rego", "proviso", "package.root"),
        ],
    )
    def test_nothing_shadows_the_guard_or_leaves_the_rooms(
        self, folder: Path, file: str, package: str, rule: str
    ) -> None:
        """
        A second module of a guard's package would add to its decision.
        """
        write(folder, file, f'package {package}\n\neffect := "permit"\n')

        assert rule in {name for name, _ in rules(folder, file)}

    def test_an_import_of_another_root_is_refused(self, folder: Path) -> None:
        """
        Rules read the question and the library, and not one another.
        """
        write(
            folder, RULE_FILE, RULE.replace("xx_01\n\n", "xx_01\n\nimport data.other.thing\n\n", 1)
        )

        assert "import.root" in {name for name, _ in rules(folder)}

    def test_a_rule_without_deny_is_refused(self, folder: Path) -> None:
        """
        The guard would take it for missing, and deny everything.
        """
        write(folder, RULE_FILE, spoilt("deny contains", "objections contains"))

        assert "deny.defined" in {name for name, _ in rules(folder)}

    def test_what_is_required_is_there_and_the_other_way_round(self, folder: Path) -> None:
        """
        A rule that nobody requires is never asked; one that is not there denies all.
        """
        document = json.loads((folder / DATA_FILE).read_text())
        document["required"]["request"] = ["zz_09"]
        write(folder, DATA_FILE, json.dumps(document))
        found = [item.said for item in lint(folder) if item.rule == "required.loaded"]

        assert len(found) == 2

    def test_data_stand_under_proviso(self, folder: Path) -> None:
        """
        Data beside a package would be read as the package.
        """
        write(folder, "gateway/rules/data.json", "{}")

        assert ("data.root", 1) in rules(folder, "gateway/rules/data.json")

    def test_sizes(self, folder: Path) -> None:
        """
        A file over 64 KB, and a folder over 2 MB, are not read any further.
        """
        write(folder, RULE_FILE, RULE + "# x\n" * 20_000)
        assert {item.rule for item in lint(folder)} == {"size.file"}

        for number in range(40):
            write(folder, f"gateway/rules/yy_{number}.rego", "# x\n" * 15_000)
        assert "size.bundle" in {item.rule for item in lint(folder)}

    def test_bytes_that_are_no_text(self, folder: Path) -> None:
        """
        A file that is not UTF-8 is refused, not guessed at.
        """
        (folder / RULE_FILE).write_bytes(b"package \xff\n")

        assert ("parse", 1) in rules(folder)

    def test_tests_may_use_what_tests_need(self, folder: Path) -> None:
        """
        `with`, negation and the rules' packages are for tests; deep literals are for nobody.
        """
        write(folder, TEST_FILE, TEST + f"\ntest_deep if {'[' * 7}1{']' * 7} == 1\n")

        assert {name for name, _ in rules(folder, TEST_FILE)} == {"literal.nesting"}


class TestAnnotations:
    @pytest.mark.parametrize(
        ("old", "new", "rule"),
        [
            ("# METADATA", "# Metadata", "annotation.complete"),
            ("#   severity: low\n", "", "annotation.complete"),
            ("severity: low", "severity: grave", "annotation.complete"),
            ("pack: input-privacy", "pack: privacy", "annotation.complete"),
            ("concerns: [input]", "concerns: [privacy]", "annotation.complete"),
            ("#       kind: deny\n", "", "annotation.complete"),
            ("kind: deny", "kind: route", "annotation.complete"),
            (', nl: "Niet."', "", "annotation.complete"),
            ('{en: "Do not."', '{en: ""', "annotation.complete"),
            ("Das ist {class}", "Das ist {prompt}", "annotation.params"),
            ("needs: [data.class]", "needs: []", "needs.exact"),
            ("needs: [data.class]", "needs: [data.class, data.people]", "needs.exact"),
            ("# title: A", "# title: [A", "annotation.complete"),
            ("input.data.class ==", "input.parameters.xx_01_class ==", "annotation.complete"),
        ],
    )
    def test_an_annotation_is_complete_and_true(
        self, folder: Path, old: str, new: str, rule: str
    ) -> None:
        """
        What a privacy officer reads is there in four languages, and is what the file does.
        """
        write(folder, RULE_FILE, spoilt(old, new))

        assert rule in {name for name, _ in rules(folder)}

    def test_what_the_library_reads_counts(self, folder: Path) -> None:
        """
        A rule that asks the library for the class's rank needs the class.
        """
        with_classes(folder)
        text = spoilt('input.data.class == "restricted"', "classes.rank > 2")
        text = text.replace('{"class": input.data.class}', "{}")
        text = text.replace("xx_01\n\n", "xx_01\n\nimport data.gateway.lib.classes\n\n", 1)
        write(folder, RULE_FILE, text)
        assert rules(folder) == set()

        write(folder, RULE_FILE, text.replace("needs: [data.class]", "needs: []"))
        assert "needs.exact" in {name for name, _ in rules(folder)}


class TestWords:
    def test_every_finding_says_what_to_write_instead(self, folder: Path) -> None:
        """
        File, line, column, rule, what is wrong, what is right.
        """
        write(folder, OUTPUT_FILE, "package gateway.output_rules.xx_01\n\nx := 1.5\n")
        finding = next(item for item in lint(folder) if item.rule == "number.whole")

        assert str(finding).startswith(f"{OUTPUT_FILE}:3:")
        assert finding.instead == SUBSET["number.whole"]
