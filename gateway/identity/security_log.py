"""Security events: what an operator or a SIEM wants to know about refused identities.

Not the decision log: nothing was judged. An event says which door refused and
why, never the credential, the person's name or an address.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gateway.core.values import StrEnum, dataclass

if TYPE_CHECKING:
    from gateway.telemetry import Metrics

_LOG = logging.getLogger("proviso.security")


class SecurityTag(StrEnum):
    """What happened, as ``<source>:<subject>:<action>``, in alphabetical order."""

    API_CREDENTIAL_REFUSE = "api:credential:refuse"
    PAGES_CSRF_REFUSE = "pages:csrf:refuse"
    PAGES_PERSON_SIGN_IN = "pages:person:sign_in"
    PAGES_PERSON_SIGN_OUT = "pages:person:sign_out"
    PAGES_SIGN_IN_REFUSE = "pages:sign_in:refuse"


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One thing worth knowing."""

    tag: SecurityTag
    reason: str = ""
    """A reason code such as ``key.unknown``; empty when nothing went wrong."""

    tenant: str = ""
    """The tenant's short name, where it was verified; a claimed one stays out."""

    principal: str = ""
    """The pseudonym of the principal, where it was verified."""


class SecurityLog:
    """Counts refusals by reason and writes events to the logger ``proviso.security``."""

    def __init__(self, metrics: Metrics) -> None:
        """Count on `metrics`."""
        self._metrics = metrics

    def __call__(self, event: SecurityEvent) -> None:
        """Take note of `event`."""
        if event.reason:
            self._metrics.authentication_failed(event.reason).inc()
        _LOG.log(
            logging.WARNING if event.reason else logging.INFO,
            "%s",
            event.tag,
            extra={
                "reason": event.reason or None,
                "tenant": event.tenant or None,
                "principal": event.principal or None,
            },
        )
