"""Which form is spoken at which address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.wires.chat import ChatForm
from tests.simulators.wires.cohere import CohereForm
from tests.simulators.wires.converse import ConverseForm
from tests.simulators.wires.count_tokens import CountTokensForm
from tests.simulators.wires.generate_content import GenerateContentForm
from tests.simulators.wires.media import HeardForm, ImagesForm, SpeechForm, VideosForm
from tests.simulators.wires.messages import MessagesForm
from tests.simulators.wires.mistral import MistralForm
from tests.simulators.wires.responses import ResponsesForm
from tests.simulators.wires.texts import CompletionsForm, EmbeddingsForm, ModerationsForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulators.wires.form import Form

CHAT: Form = ChatForm()
GOOGLE: Form = GenerateContentForm()
FORMS: Mapping[str, Form] = {
    "/mistral/v1/chat/completions": MistralForm(),
    "/v2/chat": CohereForm(),
    "/converse": ConverseForm(),
    "/converse-stream": ConverseForm(),
    ":generateContent": GOOGLE,
    ":streamGenerateContent": GOOGLE,
    "/audio/speech": SpeechForm(),
    "/audio/transcriptions": HeardForm(),
    "/audio/translations": HeardForm(),
    "/chat/completions": CHAT,
    "/completions": CompletionsForm(),
    "/embeddings": EmbeddingsForm(),
    "/images/edits": ImagesForm(),
    "/images/generations": ImagesForm(),
    "/images/variations": ImagesForm(),
    "/moderations": ModerationsForm(),
    "/remix": VideosForm(),
    "/responses": ResponsesForm(),
    "/videos": VideosForm(),
    "/messages": MessagesForm(),
    "/messages/count_tokens": CountTokensForm(),
}
"""Forms by how the path ends, without its query."""


def form_of(path: str) -> Form:
    """The form of an address; chat where none is known."""
    bare = path.partition("?")[0]
    return next((form for ending, form in FORMS.items() if bare.endswith(ending)), CHAT)
