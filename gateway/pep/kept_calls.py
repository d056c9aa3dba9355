"""Asking providers about answers they keep: their state, and their end. Nothing is said to them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gateway.core.call import NativeCall
from gateway.core.clock import Deadline
from gateway.core.values import dataclass
from gateway.errors import NotFound, ProviderError
from gateway.pep.turned_down import wordless
from gateway.shapes.stored_responses import STORED

if TYPE_CHECKING:
    from gateway.core.call import Method
    from gateway.core.catalogue import Catalogue
    from gateway.core.clock import Clock
    from gateway.db.stored_responses import StoredResponse
    from gateway.providers.registry import Providers


@dataclass(frozen=True, slots=True)
class KeptCalls:
    """Calls about kept answers."""

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
        call = NativeCall(
            model=model,
            shape=STORED.name,
            path=f"/responses/{row.upstream_id}{below}",
            body={},
            deadline=Deadline(self.clock, self.seconds),
            stream=False,
            ends=STORED.ends,
            method=method,
        )
        with wordless():
            return self.providers.for_model(model).native(call).body

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
