"""Terms that are made up count for the demonstration's tenant alone, and each answer says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import an_installation

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

ECHO = {
    "wire": "echo", "base_url": "http://echo.invalid", "tier": "demo/synthetic", "region": "eu",
    "transfer": "none_needed",
}  # fmt: skip


class TestSynthetic:
    def test_who_may_run_on_them_reads_so_in_each_answer(
        self, tmp_path: Path, upstream: Upstream
    ) -> None:
        """
        The demonstration's tenant is answered with a header that says so; any other is refused.
        """
        made = an_installation(
            tmp_path, upstream.base_url, providers={"demo": ECHO},
            models={"echo": {"provider": "demo", "upstream": "echo"}},
        )  # fmt: skip
        try:
            shown = made.add_tenant("show", demo=True)
            good = made.chat(made.key_for(tenant=shown))
            other = made.chat(made.key_for())

            assert good.status_code == 200, good.data
            assert good.headers["x-proviso-terms"] == "synthetic"
            assert other.status_code == 403
        finally:
            made.close()

    def test_real_terms_are_not_called_synthetic(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        An answer on confirmed terms has no such header.
        """
        made = an_installation(tmp_path, upstream.base_url)
        try:
            answer = made.chat(made.key_for())

            assert answer.status_code == 200
            assert "x-proviso-terms" not in answer.headers
        finally:
            made.close()
