"""Every way the gateway says no: one tree, with public codes and private diagnostics.

`code` and `title` are public and documented in docs/reference/errors.md, which is
generated from this module. Content never appears in either. What an operator
needs goes to the log through `__cause__`, never to the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from gateway.core.decision import Decision


class GatewayError(Exception):
    """Base of every error the gateway answers with."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "The gateway could not handle this request."
    type: ClassVar[str] = "api_error"
    """OpenAI's error type."""

    retryable: ClassVar[bool] = False
    """Whether an SDK should try again by itself (sent as ``x-should-retry``)."""

    def __init__(self, detail: str = "", *, param: str | None = None) -> None:
        """`detail` is public: it explains `title` and must hold no content and no secret."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.param = param
        self.wire_headers: dict[str, str] = {}
        """Headers the answer must carry, such as the decision's id."""

    @property
    def message(self) -> str:
        """The text the caller reads."""
        return f"{self.title} {self.detail}" if self.detail else self.title


class InvalidRequest(GatewayError):
    """The request cannot be understood."""

    status = 400
    code = "request.invalid"
    title = "The request is not valid."
    type = "invalid_request_error"


class InvalidTerms(InvalidRequest):
    """A tenant's detection terms or patterns break a limit or cannot be compiled."""

    code = "detection.invalid_terms"
    title = "These detection terms cannot be used."


class TooLarge(GatewayError):
    """The body is larger than the limit."""

    status = 413
    code = "request.too_large"
    title = "The request is larger than this gateway accepts."
    type = "invalid_request_error"


class NotFound(GatewayError):
    """There is nothing at this address, or nothing this caller may see."""

    status = 404
    code = "not_found"
    title = "There is nothing at this address."
    type = "invalid_request_error"


class NotGoverned(NotFound):
    """A known address of a provider's API that no rule of this gateway reaches yet."""

    code = "api.not_governed"
    title = "This gateway does not offer this API, because it cannot yet be governed."


class MethodNotAllowed(GatewayError):
    """The address exists, but not for this HTTP method."""

    status = 405
    code = "request.method"
    title = "This address does not accept that HTTP method."
    type = "invalid_request_error"


class Unauthenticated(GatewayError):
    """No credential, or one that does not verify."""

    status = 401
    code = "auth.invalid"
    title = "Sign in with a gateway key (sk-pv-…) or an access token of your company."
    type = "authentication_error"

    def __init__(
        self, detail: str = "", *, param: str | None = None, reason: str = "unspecified"
    ) -> None:
        """`reason` is for operators only: told to callers, it would help whoever is guessing."""
        super().__init__(detail, param=param)
        self.reason = reason


class IdentityUnavailable(GatewayError):
    """The tenant's identity provider did not answer, so nobody can be verified through it."""

    status = 503
    code = "identity.unavailable"
    title = "Your company's sign-in service cannot be reached."
    retryable = True


class Forbidden(GatewayError):
    """A verified identity without the right."""

    status = 403
    code = "auth.forbidden"
    title = "Your role does not include this."
    type = "permission_error"


class ContentOff(Forbidden):
    """The tenant keeps no content, and what was asked for takes keeping some."""

    code = "content.off"
    title = (
        "Your company keeps no content, so nothing can be handed over for later. "
        "Its privacy officer can turn that on."
    )


class Conflict(GatewayError):
    """The state does not allow it."""

    status = 422
    code = "state.conflict"
    title = "This cannot be done in the present state."
    type = "invalid_request_error"


class Refused(GatewayError):
    """The policy said no: the request was understood, and may not be carried out."""

    status = 403
    code = "policy.refused"
    title = "Your company's policy does not allow this request."
    type = "policy_violation"

    def __init__(self, decision: Decision, text: str) -> None:
        """`text` is the rendered reason (promise P11)."""
        super().__init__(text)
        self.decision = decision


class Withheld(Refused):
    """The policy said no to the output."""

    code = "policy.withheld"
    title = "The answer was withheld by your company's policy."


class PolicyUnavailable(GatewayError):
    """No decision could be had, so the answer is no; trying again may help."""

    status = 503
    code = "policy.unavailable"
    title = "The policy could not be evaluated, so nothing was sent."
    retryable = True


class AuditUnavailable(GatewayError):
    """The decision log cannot be written, so nothing is sent or released (promise P1)."""

    status = 503
    code = "audit.unavailable"
    title = "The decision log cannot be written, so nothing was sent or released."
    retryable = True


class LogTampered(GatewayError):
    """A decision log is not as its writer left it, so nothing more is signed or written to it."""

    status = 503
    code = "audit.tampered"
    title = "The decision log was changed by somebody else. Verify it, then `proviso audit adopt`."


class Overloaded(GatewayError):
    """All slots are taken."""

    status = 503
    code = "gateway.overloaded"
    title = "The gateway is at its limit of simultaneous requests."
    retryable = True


class StorageUnavailable(GatewayError):
    """The database did not answer."""

    status = 503
    code = "storage.unavailable"
    title = "The gateway's database did not answer."
    retryable = True


class NotRemembered(StorageUnavailable):
    """The database cannot be reached, and what it last said about this is not known any more."""

    code = "storage.not_remembered"
    title = "The gateway's database cannot be reached, and this was not used here lately."


class SealingUnavailable(GatewayError):
    """Content that is to be kept cannot be sealed or opened: the key is out of reach."""

    status = 503
    code = "sealing.unavailable"
    title = "Content cannot be sealed or opened, because its key is out of reach."
    retryable = True


class ProviderError(GatewayError):
    """The upstream provider did not give a usable answer."""

    status = 502
    code = "provider.failed"
    title = "The AI provider did not give a usable answer."

    attempts: int = 1
    """How often the request's content was sent, or may have been, before this came of it."""


class ProviderUnreachable(ProviderError):
    """No connection could be made; nothing was sent."""

    code = "provider.unreachable"
    title = "The AI provider could not be reached."
    retryable = True


class ProviderUnavailable(ProviderError):
    """The provider failed so often in a row that it is left alone for a while; nothing was sent."""

    status = 503
    code = "provider.unavailable"
    title = "The AI provider keeps failing, so nothing was sent to it."
    retryable = True


class ProviderTimeout(ProviderError):
    """The provider took too long."""

    status = 504
    code = "provider.timeout"
    title = "The AI provider did not answer in time."


class ProviderGarbage(ProviderError):
    """The provider's answer is not of the shape it promises."""

    code = "provider.garbage"
    title = "The AI provider answered something that is not a valid reply."


class ProviderCut(ProviderError):
    """The provider ended its stream before it was complete."""

    code = "provider.cut"
    title = "The AI provider ended its answer before it was complete."


class ProviderCredentials(ProviderError):
    """The provider refused the gateway's own credential: an operator's matter, not the caller's."""

    code = "provider.credentials"
    title = "The AI provider did not accept this gateway's credential. Tell your administrator."


class EgressRefused(ProviderError):
    """The destination is not on the egress allow-list. Nothing was sent."""

    code = "provider.egress"
    title = "The destination is not on this gateway's list of allowed providers."


class ProviderRejected(ProviderError):
    """The provider understood us and said no: its status and error body go back to the caller."""

    code = "provider.rejected"
    title = "The AI provider rejected the request."

    def __init__(
        self, status: int, body: dict[str, object] | None, headers: dict[str, str] | None = None
    ) -> None:
        """`body` is the provider's own error object, already scrubbed of our credential."""
        super().__init__()
        self.upstream_status = status
        self.body = body
        self.headers = headers or {}


class ConfigurationError(GatewayError):
    """The configuration cannot be used; the gateway refuses to start."""

    code = "configuration.invalid"
    title = "The configuration is not valid."
