"""What a worker imports: large libraries only where something needs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

NOT_AT_START = frozenset(
    {
        "PIL", "alembic", "authlib", "botocore", "c2pa", "charset_normalizer",
        "kingfisher_sdk", "numpy.ma", "opa_client", "psycopg", "pyarrow", "pypdf", "requests",
        "rfc3161_client", "spacy",
    }
)  # fmt: skip
"""Libraries for some installations, or for some requests."""

_WORKER = """
import json, sys
from gateway import wsgi
worker = wsgi.create()
started = set(sys.modules)
answer = worker.test_client().post(
    "/v1/chat/completions",
    json={"model": "echo", "messages": [{"role": "user", "content": "Hello " * 60}]},
    headers={"Authorization": "Bearer " + sys.argv[1]},
)
asked = sorted(set(sys.modules) - started)
print(json.dumps({"status": answer.status_code, "started": sorted(started), "asked": asked}))
"""


@pytest.fixture
def worker(tmp_path: Path, upstream: Upstream, acme: Installation) -> dict[str, list[str]]:
    """The modules of a worker of the plain kind after its start, and those of its first request."""
    provider = {
        "wire": "openai",
        "base_url": upstream.base_url,
        "tier": "openai/api-default",
        "region": "eu",
        "transfer": "none_needed",
    }
    document = {
        "database": f"sqlite:///{tmp_path / 'test.db'}",
        "secret_file": str(tmp_path / "test.secret"),
        "providers": {"sim": provider},
        "models": {"echo": {"provider": "sim", "upstream": "echo"}},
    }
    (tmp_path / "proviso.yaml").write_text(json.dumps(document))
    done = subprocess.run(
        [sys.executable, "-c", _WORKER, acme.key_for()],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PROVISO_CONFIG": str(tmp_path / "proviso.yaml")},
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, list[str]] = json.loads(done.stdout)
    assert said.pop("status") == 200
    return said


class TestPlainStart:
    def test_what_only_some_need_is_not_imported(self, worker: dict[str, list[str]]) -> None:
        """
        A worker on SQLite, without sign-in, marks or extras, has none of their libraries.
        """
        started = set(worker["started"])

        assert {"gateway.app", "numpy", "regorus"} <= started
        assert sorted(started & NOT_AT_START) == []

    def test_the_first_plain_request_imports_none_of_it(self, worker: dict[str, list[str]]) -> None:
        """
        What is imported late is not paid for by whoever asks first.
        """
        assert sorted(set(worker["asked"]) & NOT_AT_START) == []
