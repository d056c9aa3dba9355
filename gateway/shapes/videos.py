"""OpenAI's videos API: a film is asked for, waited for, and fetched; each part is judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gateway.core.exchange import Kind
from gateway.core.media import RAW, Raw
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.shape import Medium
from gateway.shapes.states import WHEN, WORD, word
from gateway.shapes.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.core.call import Method

_TOLD: Mapping[str, re.Pattern[str] | None] = {
    "completed_at": WHEN,
    "created_at": WHEN,
    "expires_at": WHEN,
    "id": None,
    "model": None,
    "object": None,
    "progress": re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})?"),
    "seconds": re.compile(r"[0-9]{1,4}"),
    "size": re.compile(r"[0-9]{2,5}x[0-9]{2,5}"),
    "status": WORD,
}
"""What of a job is told, and the form it must have where we have no word of our own for it. The
prompt is not: it is the caller's, in the provider's words."""


class Videos(Whole):
    """The shape ``videos``: a job begins."""

    name = "videos"
    kind = Kind.VIDEO
    address = "/videos"
    prompts = ("prompt", "input_reference")
    job = True
    about_job = False
    """Whether a request is about a job that was begun before."""

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        if JOB in body and not self.about_job:
            raise InvalidRequest(f"{JOB} is a name of this gateway's own.", param=JOB)
        if not isinstance(body.get("prompt"), str) or not body["prompt"]:
            raise InvalidRequest("prompt must be a non-empty text.", param="prompt")

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: a job, and nothing beside what may be told of one."""
        if not isinstance(answer.get("id"), str):
            raise ProviderGarbage
        told = told_of(answer)
        answer.clear()
        answer.update(told)


class Remix(Videos):
    """The shape ``video_remix``: a job begins from what another has made."""

    name = "video_remix"
    about_job = True

    def path_of(self, body: dict[str, Any], model: str, *, stream: bool) -> str:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`."""
        return f"/videos/{body[JOB]}/remix"

    def sent(self, body: dict[str, Any], model: str) -> dict[str, Any]:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: what is remade has its model already."""
        return {name: value for name, value in body.items() if name not in (JOB, "model")}


class VideoContent(Whole):
    """The shape ``video_content``: the film itself, judged when it is fetched."""

    name = "video_content"
    kind = Kind.VIDEO
    prompts = ()
    method: Method = "GET"

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)

    def path_of(self, body: dict[str, Any], model: str, *, stream: bool) -> str:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`."""
        return f"/videos/{body[JOB]}/content"

    def sent(self, body: dict[str, Any], model: str) -> dict[str, Any]:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: nothing but its name, which is in the address."""
        return {}

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        raw = answer.get(RAW)
        if not isinstance(raw, Raw) or not raw.content_type.startswith(("video/", "image/")):
            raise ProviderGarbage("It did not answer with a film.")

    def media(self, answer: dict[str, Any]) -> Iterator[Medium]:
        """See `gateway.shapes.shape.Shape`."""
        raw = answer[RAW]

        def put(data: bytes) -> None:
            answer[RAW] = Raw(raw.content_type, data)

        yield Medium(raw.content_type, raw.data, put)


JOB = "proviso_job"
"""Where a request about a job names it: put there by us over whatever the caller wrote. It is our
own name of the job until the very moment it leaves."""


def told_of(job: dict[str, Any]) -> dict[str, Any]:
    """What of a provider's job a caller is told."""
    told = {
        name: job[name]
        for name, form in _TOLD.items()
        if name in job and (form is None or job[name] is None or form.fullmatch(str(job[name])))
    }
    error = job.get("error")
    if error is not None:
        # Its message may quote the prompt.
        told["error"] = {"code": word(error.get("code")) if isinstance(error, dict) else ""}
    elif "error" in job:
        told["error"] = None
    return told


CREATE = Videos()
REMIX = Remix()
CONTENT = VideoContent()
