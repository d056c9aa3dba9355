"""Known addresses that no rule reaches: refused with a code and with what would serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.web.api.ungoverned import UNGOVERNED

if TYPE_CHECKING:
    from gateway.web.api.ungoverned import Ungoverned
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

FAMILIES = UNGOVERNED


class TestUngoverned:
    @pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH", "POST", "PUT"])
    @pytest.mark.parametrize("below", ["", "/x", "/x/cancel/y"])
    @pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.path)
    def test_it_teaches_and_sends_nothing(
        self, family: Ungoverned, below: str, method: str, shared: Installation, upstream: Upstream
    ) -> None:
        """
        Whatever the method, and at every address below.
        """
        path = family.path + below
        before = upstream.count
        answer = shared.client.open(
            path, method=method, headers={"Authorization": f"Bearer {shared.key_for()}"}
        )

        assert answer.status_code == 404
        assert answer.json["error"]["code"] == "api.not_governed"
        assert answer.json["error"]["type"] == "invalid_request_error"
        assert family.instead in answer.json["error"]["message"]
        assert answer.headers["x-should-retry"] == "false"
        assert upstream.count == before

    def test_a_socket_is_refused_before_it_opens(self, shared: Installation) -> None:
        """
        A client that asks to speak over a socket is told in an answer it can read.
        """
        headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
        headers["Authorization"] = f"Bearer {shared.key_for()}"
        answer = shared.client.get("/v1/realtime?model=m", headers=headers)

        assert answer.status_code == 404
        assert answer.json["error"]["code"] == "api.not_governed"
