"""What can be followed, made so that it can be: answers, batches, files and films."""

from __future__ import annotations

from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from gateway.core.identifiers import TenantId
from gateway.db.acknowledgements import Acknowledgement
from gateway.web.api.routes import BATCHES
from tests.batching import Door

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.web.api.followed import Followed
    from tests.factories import Installation


class Caller:
    """Somebody with a key, who follows one address."""

    def __init__(self, made: Installation, row: Followed, email: str = "emma@acme.example") -> None:
        self.row = row
        self._made = made
        self._headers = {"Authorization": f"Bearer {made.key_for(email)}"}

    def follow(self, name: str) -> Any:
        """What stands at the address for the thing of this name."""
        path = self.row.path.replace("<name>", name).replace("<video>", name)
        more = {"json": {"prompt": name}} if path.endswith("/remix") else {}
        return self.call(
            self.row.method, f"{path}?stream=true" if self.row.stream else path, **more
        )

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Any request."""
        return self._made.client.open(path, method=method, headers=self._headers, **more)

    def begin(self, text: str, model: str = "echo") -> str:
        """The name of a thing that this address can be asked for, made with `text`."""
        kind = self.row.path.removeprefix("/anthropic").split("/")[2]
        return str({"responses": self._response, "videos": self._film, "files": self._file}.get(
            kind, self._batch
        )(text, model))  # fmt: skip

    def door(self) -> Door:
        """The batches whose state or answers are had at this address."""
        of = (it for it in BATCHES if self.row.path.startswith(it.path))
        return Door(self._made, next(of, BATCHES[0]))

    def batched(self, text: str, model: str = "echo") -> dict[str, Any]:
        """The body of one request of such a batch."""
        more = {"max_tokens": 100} if "messages" in self.row.path else {}
        return {"model": model, "messages": [{"role": "user", "content": text}], **more}

    def _response(self, text: str, model: str) -> Any:
        waits = self.row.path.endswith("/cancel") or self.row.stream
        model = "never" if self.row.path.endswith("/cancel") else model
        asked = {"model": model, "input": text, "store": True, "background": waits}
        answer = self.call("POST", "/v1/responses", json={**asked, "stream": self.row.stream})
        if not self.row.stream:
            return answer.json["id"]
        return answer.get_data(as_text=True).partition('"id":"')[2].partition('"')[0]

    def _film(self, text: str, model: str) -> Any:
        return self.call("POST", "/v1/videos", json={"model": model, "prompt": text}).json["id"]

    def _file(self, text: str, model: str) -> Any:
        fields = {"purpose": "user_data", "file": (BytesIO(text.encode()), "a.txt")}
        return self.call("POST", "/v1/files", data=fields).json["id"]

    def _batch(self, text: str, model: str) -> Any:
        """One that has ended, where it is to be deleted; else one that has not begun."""
        door = self.door()
        name = door.begin(self.batched(text, model))
        if self.row.method == "DELETE":
            self._made.gateway.batches.start()
            door.ended(name)
        return name


@contextmanager
def revoked(made: Installation) -> Iterator[None]:
    """A time in which nobody has accepted the code of use, so that policy refuses everything."""
    _accepted(made, 0)
    try:
        yield
    finally:
        _accepted(made, 1)


def _accepted(made: Installation, version: int) -> None:
    tenant = TenantId(made.tenant.id)
    with made.gateway.database.tenant_session(tenant, write=True) as session:
        session.execute(update(Acknowledgement).values(version=version))
    pseudonym = made.gateway.secret.pseudonym(tenant, made.person())
    made.gateway.attributes.source.forget(tenant, pseudonym)
