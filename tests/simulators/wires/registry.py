"""Which form is spoken at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.media import HeardForm, ImagesForm, SpeechForm, VideosForm
from tests.simulators.wires.messages import MessagesForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulators.wires.form import Form

CHAT: Form = ChatForm()
FORMS: Mapping[str, Form] = {
    "/audio/speech": SpeechForm(),
    "/audio/transcriptions": HeardForm(),
    "/audio/translations": HeardForm(),
    "/chat/completions": CHAT,
    "/images/edits": ImagesForm(),
    "/images/generations": ImagesForm(),
    "/images/variations": ImagesForm(),
    "/remix": VideosForm(),
    "/videos": VideosForm(),
    "/messages": MessagesForm(),
}
"""Forms by how the path ends, without its query."""


def form_of(path: str) -> Form:
    """The form of an address; chat where none is known."""
    bare = path.partition("?")[0]
    return next((form for ending, form in FORMS.items() if bare.endswith(ending)), CHAT)
