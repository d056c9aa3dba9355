"""The shape of the code: budgets and house rules that no linter knows (DESIGN section 7)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    path
    for path in (*(ROOT / "gateway").rglob("*.py"), *(ROOT / "tests").rglob("*.py"))
    if "node_modules" not in path.parts
)
CODE = [path for path in SOURCES if "gateway" in path.relative_to(ROOT).parts[:1]]
COMPILED = sorted((ROOT / "gateway").rglob("*.pyx"))
MODULE_LINES, FUNCTION_LINES = 400, 50

DOORS = {
    "jsonschema_rs": {"gateway/pdp/form.py"},
    "regorus": {"gateway/pdp/engine.py"},
    "opa_client": {"gateway/pdp/opa.py"},
    "authlib": {"gateway/identity/oidc.py"},
    "prometheus_client": {"gateway/telemetry.py"},
    "botocore": {"gateway/providers/aws.py"},
    "httptools": {"gateway/providers/response.py"},
    "re2": {"gateway/content/patterns.py", "gateway/content/signals/scan.py"},
    "spacy": {"gateway/content/detectors/spacy_names.py"},
    "c2pa": {"gateway/rights/marks/manifest.py"},
    "PIL": {"gateway/rights/pictures.py"},
    "alembic": {"gateway/db/migrate.py"},
    "charset_normalizer": {"gateway/content/attachments/text.py"},
    "pypdf": {"gateway/content/attachments/pdf.py"},
    "psycopg": {"gateway/db/log_wire.py"},
    "rfc3161_client": {"gateway/audit/timestamp.py"},
}
"""Outside libraries and the one file that may know each."""

BROAD = {
    "gateway/audit/ledger.py": 1,
    "gateway/content/deep.py": 1,
    "gateway/content/inspect.py": 1,
    "gateway/demo/tour.py": 1,
    "gateway/jobs/runner.py": 1,
    "gateway/pdp/active.py": 1,
    "gateway/pdp/engine.py": 3,
    "gateway/pdp/opa.py": 1,
    "gateway/pdp/thread.py": 1,
    "gateway/web/api/batch_worker.py": 3,
    "gateway/web/api/events.py": 1,
}
"""Where everything is caught, and how often; each place says why."""

WORDS = re.compile(
    r"\b(guardrails?|\w*(?<!context)(?<!context )(?<!pool)manager|\w*_utils?|helpers?)\b"
)
"""Words this project does not use (DESIGN section 3)."""


def name(path: Path) -> str:
    """The path as it is written in this file."""
    return path.relative_to(ROOT).as_posix()


class TestBudgets:
    @pytest.mark.parametrize("path", SOURCES, ids=name)
    def test_modules_and_functions_are_small(self, path: Path) -> None:
        """
        No module over 400 lines, no function over 50. Raising a budget takes an ADR.
        """
        text = path.read_text()
        long = [
            node.name
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
        ]

        assert text.count("\n") <= MODULE_LINES
        assert long == []

    @pytest.mark.parametrize("path", COMPILED, ids=name)
    def test_compiled_modules_are_small_and_declared(self, path: Path) -> None:
        """
        A loop that is compiled has the same budget, and a stub that says its types.
        """
        assert path.read_text().count("\n") <= MODULE_LINES
        assert path.with_suffix(".pyi").exists()

    def test_the_median_module_is_under_150_lines(self) -> None:
        """
        The budget bounds the tail; this keeps the middle small as well.
        """
        sizes = sorted(path.read_text().count("\n") for path in CODE)

        assert sizes[len(sizes) // 2] < 150


class TestDoors:
    @pytest.mark.parametrize("library", DOORS)
    def test_each_library_has_one_door(self, library: str) -> None:
        """
        An outside library is imported in one file, so that it can be replaced there.
        """
        wanted = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
        found = {name(path) for path in CODE if wanted.search(path.read_text())}

        assert found == DOORS[library]

    def test_values_are_made_in_one_way(self) -> None:
        """
        Dataclasses are those of `gateway.core.values`, of which a request makes dozens; but for
        what the offline verifier needs, which runs without the gateway.
        """
        wanted = re.compile(r"^\s*from dataclasses import (?:.*\b)?dataclass\b", re.MULTILINE)
        found = {name(path) for path in CODE if wanted.search(path.read_text())}
        alone = {"verify", "note", "checkpoint", "keyring", "verdict", "walk"}

        assert found == {"gateway/core/values.py", *(f"gateway/audit/{word}.py" for word in alone)}

    def test_content_leaves_by_one_door(self) -> None:
        """
        Only one file opens connections to providers; the others here carry no content.
        """
        wanted = re.compile(r"^\s*(?:from|import) (?:urllib3|httpx|http\.client)\b", re.MULTILINE)
        found = {name(path) for path in CODE if wanted.search(path.read_text())}

        assert found == {
            "gateway/audit/outbound.py",  # checkpoints to witnesses, labels to receivers
            "gateway/demo/stage.py",  # asks its own server whether it is ready
            "gateway/pdp/opa.py",  # the retry policy of OPA's client
            "gateway/providers/multipart.py",  # writes forms; opens nothing
        }
        sockets = re.compile(r"^import socket$", re.MULTILINE)
        assert {name(path) for path in CODE if sockets.search(path.read_text())} == {
            "gateway/providers/http.py",
            "gateway/serve.py",  # whether the port is free
        }


class TestHouseRules:
    def test_everything_is_caught_in_known_places_only(self) -> None:
        """
        A broad ``except`` swallows what nobody thought of; the few there are, are listed.
        """
        found: dict[str, int] = {}
        for path in CODE:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                    found[name(path)] = found.get(name(path), 0) + 1

        assert {path: count for path, count in found.items() if not _reraises(path)} == BROAD

    def test_no_module_level_state(self) -> None:
        """
        Nothing is kept in a module: no ``global``.
        """
        guilty = [
            name(path)
            for path in CODE
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Global)
        ]

        assert guilty == []

    def test_words_with_no_meaning_are_not_used(self) -> None:
        """
        The glossary's banned words name nothing here.
        """
        guilty = {name(path): WORDS.findall(path.read_text()) for path in CODE}

        assert {path: words for path, words in guilty.items() if words} == {}

    def test_requirements_name_no_registry(self) -> None:
        """
        Lock files hold names, versions and hashes, and no address.
        """
        for path in (ROOT / "requirements").glob("*.txt"):
            assert "://" not in path.read_text()
            assert "--hash=sha256:" in path.read_text()


def _is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or (
        isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
    )


def _reraises(path: str) -> bool:
    """Whether a file only catches broadly to pass on."""
    return path in {
        "gateway/db/ready.py",
        "gateway/pep/pipeline.py",
        "gateway/providers/http.py",
        "gateway/providers/patient.py",
        "gateway/web/answers.py",
        "gateway/web/api/generation.py",
        "gateway/web/application.py",
    }
