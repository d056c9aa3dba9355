"""Which policies are in force, and how a changed folder comes into force.

The folder is looked at now and then. What changed is examined in a process of its own; what
is good is activated beside the running one, and what is not is logged and left. Requests
are judged by the old revision until the very moment they are judged by the new one.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from gateway.errors import ConfigurationError
from gateway.pdp import bundle as bundles
from gateway.pdp import opa_program, submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateway.pdp.bundle import Bundle, Rule
    from gateway.pdp.submission import Verdict

_LOG = logging.getLogger(__name__)
_SHOWN = 20
UNCHANGED, ACTIVATED, REFUSED, FAILED = "unchanged", "activated", "refused", "failed"


class Activates(Protocol):
    """An engine that can be given another bundle while it decides."""

    def activate(self, bundle: Bundle) -> None:
        """Decide with `bundle` from now on.

        Raises:
            ConfigurationError: it cannot judge; nothing changed.
        """


class ActivePolicy:
    """The bundle in force. Texts, titles and pages follow `bundle`."""

    def __init__(
        self,
        bundle: Bundle,
        folder: Path | None,
        engine: Activates | None,
        examine: Callable[[Path], Verdict] | None = None,
    ) -> None:
        """`engine` decides with `bundle`; None when a server does, which has its own ways.

        `folder` is where `bundle` is from and changes are looked for, or None for the shipped
        policies. `examine` judges a changed folder: as ``proviso policy check`` does, unless told
        otherwise.
        """
        self._bundle = bundle
        self._folder = folder or bundles.shipped_folder()
        self._engine = engine
        self._examine = examine or _examine
        self._refused = ""
        self._seen = bundle.seen

    @property
    def bundle(self) -> Bundle:
        """The bundle that requests are judged by now."""
        return self._bundle

    def rules(self) -> Sequence[Rule]:
        """The rules of that bundle."""
        return self._bundle.rules

    def good(self) -> bool:
        """Whether the folder is what is in force; readiness shows it, and the log says more."""
        return not self._refused

    def refresh(self, learn: Callable[[Sequence[Rule]], None] | None = None) -> str:
        """Look at the folder; ``unchanged``, ``activated``, ``refused`` or ``failed``.

        A folder that was refused is examined again only when it has changed again; after a failure
        it is with the next look. Nothing of a changed folder is read in this process before another
        one has found it sound. `learn` is told the rules before anything is decided by them.
        """
        try:
            return self._look(learn)
        # Whatever broke, a full machine or a bundle that breaks its reader: what is in force stays,
        # and the next look tries again.
        except Exception as error:  # noqa: BLE001 - said, and shown at readiness
            self._seen = ""
            said = error.message if isinstance(error, ConfigurationError) else type(error).__name__
            return self._leave(FAILED, said)

    def _look(self, learn: Callable[[Sequence[Rule]], None] | None) -> str:
        seen = bundles.signature(self._folder)
        if seen == self._seen:
            return UNCHANGED
        self._seen = seen
        verdict = self._examine(self._folder)
        if not verdict.good:
            return self._leave(REFUSED, "; ".join(map(str, verdict.findings[:_SHOWN])))
        if verdict.revision == self._bundle.revision:
            self._refused = ""
            return UNCHANGED
        return self._change(verdict.revision, learn)

    def _change(self, revision: str, learn: Callable[[Sequence[Rule]], None] | None) -> str:
        found = bundles.load(self._folder)
        if found.revision != revision:
            # Somebody is still writing; the next look sees it whole.
            self._seen = ""
            return UNCHANGED
        if _declared(found) != _declared(self._bundle):
            # Questions are filled with the parameters that were declared at the start.
            return self._leave(FAILED, "It declares other parameters: start the gateway anew.")
        if learn is not None:
            learn(found.rules)
        if self._engine is not None:
            self._engine.activate(found)
        before, self._bundle, self._refused = self._bundle.revision, found, ""
        _LOG.info("policy revision %s follows %s", found.revision, before)
        return ACTIVATED

    def _leave(self, how: str, why: str) -> str:
        if self._refused != why:
            _LOG.error("policy revision %s stays; the folder: %s", self._bundle.revision, why)
        self._refused = why
        return how


def _examine(folder: Path) -> Verdict:
    return submission.submitted(folder, opa_program.found())


def _declared(bundle: Bundle) -> dict[str, Any]:
    """What of a bundle may be tuned and switched, which questions are filled from."""
    data = bundle.data["proviso"]
    told = {rule.package: rule.custom.get("parameters") for rule in bundle.rules}
    known = {package: parameters for package, parameters in told.items() if parameters}
    return {"defaults": data.get("defaults"), "optional": data.get("optional"), "rules": known}
