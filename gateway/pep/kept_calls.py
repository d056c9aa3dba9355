"""Asking providers about answers and films they keep: state and end. Nothing is said to them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gateway.core.call import NativeCall
from gateway.core.clock import Deadline
from gateway.core.values import dataclass
from gateway.errors import NotFound, ProviderError
from gateway.pep.turned_down import wordless
from gateway.shapes.stored_responses import STORED
from gateway.shapes.videos import CREATE

if TYPE_CHECKING:
    from gateway.core.call import Method
    from gateway.core.catalogue import Catalogue, ModelEntry
    from gateway.core.clock import Clock
    from gateway.db.provider_jobs import ProviderJob
    from gateway.db.stored_responses import StoredResponse
    from gateway.providers.registry import Providers
    from gateway.shapes.shape import Shape


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """Calls about kept answers and films."""

    catalogue: Catalogue
    providers: Providers
    clock: Clock
    seconds: float
    """How long one may take."""

    def asked(self, row: StoredResponse, method: Method = "GET", below: str = "") -> dict[str, Any]:
        """What the provider tells of an answer.

        Raises:
            NotFound: the model is configured no more, or the provider has the answer no more.
            ProviderError: it gave no usable answer.
        """
        model = self.catalogue.find(row.alias)
        if model is None or model.provider.name != row.provider:
            raise NotFound("The model that gave this answer is no longer configured.")
        return self._told(model, STORED, f"/responses/{row.upstream_id}{below}", method)

    def gone(self, row: StoredResponse) -> bool:
        """Have the provider delete an answer; whether it has it no more."""
        model = self.catalogue.find(row.alias)
        if model is None or model.provider.name != row.provider:
            return False
        if row.background and not row.counted:
            # It may still be at work. One that has ended cannot be stopped, and is deleted anyway.
            with suppress(NotFound, ProviderError):
                self.asked(row, "POST", "/cancel")
        try:
            self.asked(row, "DELETE")
        except NotFound:
            return True  # it went before, or by itself
        except ProviderError:
            return False
        return True

    def asked_film(self, job: ProviderJob, method: Method = "GET") -> dict[str, Any]:
        """What the provider tells of a film.

        Raises:
            NotFound, ProviderError: as `asked`.
        """
        model = self.catalogue.find(job.alias)
        if model is None:
            raise NotFound("The model that makes this film is no longer configured.")
        return self._told(model, CREATE, f"/videos/{job.upstream_id}", method)

    def _told(self, model: ModelEntry, shape: Shape, path: str, method: Method) -> dict[str, Any]:
        call = NativeCall(
            model=model,
            shape=shape.name,
            path=path,
            body={},
            deadline=Deadline(self.clock, self.seconds),
            stream=False,
            ends=shape.ends,
            method=method,
        )
        with wordless():
            return self.providers.for_model(model).native(call).body
