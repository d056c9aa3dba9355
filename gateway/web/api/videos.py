"""What follows once a film was asked for: its state, the film itself, a remake, and its end.

Asking about a state tells the provider nothing it does not know, so it belongs to the exchange
that began the job. Fetching the film is an exchange of its own: policy may have changed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response

from gateway.audit.entries import administration
from gateway.errors import InvalidRequest
from gateway.identity.permissions import Permission
from gateway.pep.held import require_free
from gateway.shapes.videos import CONTENT, JOB, REMIX, told_of
from gateway.web.api.generation import Route
from gateway.web.api.reading import Reading, read_json
from gateway.web.application import incoming
from gateway.web.auth import requires
from gateway.web.dialects.choice import OPENAI

if TYPE_CHECKING:
    from gateway.audit.ledger import Ledger
    from gateway.core.principal import Principal
    from gateway.pep.jobs import Jobs
    from gateway.web.api.generation import Generation

REMIX_ROUTE = Route(
    "/v1/videos/<video>/remix", REMIX, OPENAI, read_json, False, "video", words=False
)
CONTENT_ROUTE = Route("/v1/videos/<video>/content", CONTENT, OPENAI, read_json, False, "video")
_VARIANTS = ("video", "thumbnail", "spritesheet")


class VideoRoutes:
    """Films of a principal, wherever they are made."""

    def __init__(
        self,
        generation: Generation,
        jobs: Jobs,
        ledger: Ledger,
    ) -> None:
        """Exchanges go through `generation`; `jobs` knows whose a film is, and asks about it."""
        self._generation = generation
        self._jobs = jobs
        self._ledger = ledger

    def content(self, principal: Principal, video: str) -> Response:
        """The film, if policy lets it out now."""
        asking = incoming()

        def read() -> Reading:
            job = self._jobs.find(principal, video)
            variant = asking.args.get("variant", "video")
            if variant not in _VARIANTS:
                known = ", ".join(_VARIANTS)
                raise InvalidRequest(f"variant must be one of {known}.", param="variant")
            body = {"model": job.alias, JOB: job.id}
            return Reading(body, job.alias, False, 0, video.encode(), job=job.upstream_id)

        return self._generation.carry(CONTENT_ROUTE, asking, principal, read)

    def remix(self, principal: Principal, video: str) -> Response:
        """Another film from this one."""
        asking = incoming()

        def read() -> Reading:
            job = self._jobs.find(principal, video)
            named = {"model": job.alias, JOB: job.id}
            read = read_json(asking, self._generation.limits, named)
            return read._replace(job=job.upstream_id)

        return self._generation.carry(REMIX_ROUTE, asking, principal, read)

    def state(self, principal: Principal, video: str) -> dict[str, Any]:
        """How far a film is, as the provider tells it.

        No entry of its own: nothing is released, the provider is told nothing it does not know,
        and what comes back holds no words (`told_of`). The exchange that began the film and the
        one that fetches it are in the log; a program that waits asks every few seconds, and an
        entry for each would bury them.

        Raises:
            NotFound: it is not the principal's, or its time is over.
            ProviderError: the provider gave no usable answer.
        """
        job = self._jobs.find(principal, video)
        told = told_of(self._jobs.calls.asked_film(job))
        return {**told, "id": job.id, "model": job.alias, "object": "video"}

    def delete(self, principal: Principal, video: str) -> dict[str, Any]:
        """Have the provider delete a film, and forget it.

        Raises:
            NotFound, ProviderError: as `state`.
            Conflict: a legal hold keeps it.
            AuditUnavailable: it could not be recorded, so it was not asked for.
        """
        job = self._jobs.find(principal, video)
        require_free(self._jobs.database, principal)
        entry = administration(
            self._generation.clock.now(),
            principal.pseudonym,
            "video.deleted",
            job.id,
            exchange=job.exchange_id,
        )
        self._ledger.record_event(principal.tenant.id, entry)
        self._jobs.calls.asked_film(job, "DELETE")
        self._jobs.forget(principal, job.id)
        return {"id": job.id, "object": "video.deleted", "deleted": True}

    def listed(self, principal: Principal) -> dict[str, Any]:
        """The principal's films, without their states."""
        data = [
            {
                "id": job.id,
                "object": "video",
                "model": job.alias,
                "created_at": int(job.created_at.timestamp()),
                "expires_at": int(job.expires_at.timestamp()),
            }
            for job in self._jobs.of(principal)
        ]
        return {"object": "list", "data": data, "has_more": False}


def blueprint(routes: VideoRoutes) -> Blueprint:
    """The routes that follow a film."""
    api = Blueprint("videos", __name__)
    may = requires(Permission.TENANT_CHAT_CREATE)

    @api.get("/v1/videos")
    @may
    def listed(principal: Principal) -> Response:
        return _json(routes.listed(principal))

    @api.get("/v1/videos/<video>")
    @may
    def state(principal: Principal, video: str) -> Response:
        return _json(routes.state(principal, video))

    @api.delete("/v1/videos/<video>")
    @may
    def delete(principal: Principal, video: str) -> Response:
        return _json(routes.delete(principal, video))

    @api.get("/v1/videos/<video>/content")
    @may
    def content(principal: Principal, video: str) -> Response:
        return routes.content(principal, video)

    @api.post("/v1/videos/<video>/remix")
    @may
    def remix(principal: Principal, video: str) -> Response:
        return routes.remix(principal, video)

    return api


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), mimetype="application/json")
