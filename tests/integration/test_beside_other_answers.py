"""What a hostile provider puts beside the words of its answers: the APIs beside conversations.

The table says of each API, and of each way to ask it, what becomes of what stands where.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest
from sqlalchemy import update

from gateway.content.walk import said as said_in
from gateway.core.identifiers import TenantId
from gateway.core.media import UNKNOWN
from gateway.db.stored_responses import StoredResponse
from gateway.shapes.registry import SHAPES
from tests.integration import other_answers as other
from tests.integration.hostile import CHAT, MESSAGES, said
from tests.integration.other_answers import film, handed, kept, line, posted, raw
from tests.integration.test_pseudonyms import ORDERS
from tests.simulators.wires.media import a_wav, an_mp4, job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.other_answers import Asking, Company, Got

CARD, NUMBER, MARK = "4111 1111 1111 1111", 4111111111111111, "[CREDIT_CARD]"
CANARY = "CANARY-desk-7f3a9c2e"
NO_FIELD = "there is no field for them"
THEIRS = "it is what the caller said itself"


class Row(NamedTuple):
    """One way to ask one API."""

    api: str
    """The shape of the exchange."""

    how: str
    ask: Asking
    answer: Any
    """What a good provider says: a document, the events of a stream, or bytes."""

    judged: str
    """Where what is others' is taken out, or the answer is withheld: paths, with the number of the
    event before those of a stream. Behind ``#`` it is planted as a key, behind ``=`` as a number.
    """

    stays: str
    """Where whatever stands there is never passed on."""

    instructions: str
    """Why there are none that could be given away; empty where there are."""


COMPLETED = "choices.0.text choices.0.note choices.0.note# choices.0.note= id note note# usage.note"
SPELT = "choices.0.logprobs.tokens.0 choices.0.logprobs.top_logprobs.0.note#"
"""What spells the words once more is left out as a whole."""

PICTURED = "data.0.revised_prompt data.0.note data.0.note# data.0.note= note note# usage.note size"
HEARD = (
    "text language segments.0.text segments.0.note segments.0.note# segments.0.note= words.0.word "
    "words.0.note note note#"
)
TOLD = "note note# note= prompt status size seconds progress created_at error error.code"
ANSWERED = "note note# note= choices.0.message.content choices.0.message.note id"
REPLIED = "note note# note= output.0.content.0.text output.0.content.0.note output.0.note#"
STATE = "note note# note= error.message error.code created_at incomplete_details.reason user"

TABLE = (
    Row("completions", "whole", posted("/v1/completions", prompt="Hello"), other.COMPLETION,
        COMPLETED, SPELT, NO_FIELD),
    Row("completions", "streamed", posted("/v1/completions", prompt="Hello", stream=True),
        other.CHUNKS,
        "0.choices.0.text 1.choices.0.text 0.id 1.system_fingerprint",
        "0.choices.0.note 0.choices.0.note# 0.choices.0.logprobs.note 1.note 1.note# 1.usage.note",
        NO_FIELD),
    Row("embeddings", "whole", posted("/v1/embeddings", input="Hello"), other.EMBEDDING,
        "data.0.note data.0.note# data.0.note= data.0.embedding.0 data.0.embedding.0= note note# "
        "usage.note object", "", NO_FIELD),
    Row("images", "whole", posted("/v1/images/generations", prompt="A bicycle"), other.PICTURE,
        PICTURED, "", NO_FIELD),
    Row("images", "as an address",
        posted("/v1/images/generations", prompt="A bicycle", response_format="url"), other.PICTURE,
        PICTURED, "data.0.url", NO_FIELD),
    Row("image_edits", "whole", handed("/v1/images/edits", "image", prompt="Blue"), other.PICTURE,
        PICTURED, "", NO_FIELD),
    Row("image_variations", "whole", handed("/v1/images/variations", "image"), other.PICTURE,
        PICTURED, "", NO_FIELD),
    Row("speech", "whole", posted("/v1/audio/speech", input="Hello", voice="alloy"),
        raw("audio/wav", a_wav()), "", "content-type", NO_FIELD),
    Row("transcriptions", "json", handed("/v1/audio/transcriptions", "file"), other.HEARD,
        HEARD, "", NO_FIELD),
    Row("transcriptions", "verbose_json",
        handed("/v1/audio/transcriptions", "file", response_format="verbose_json"), other.HEARD,
        HEARD, "", NO_FIELD),
    Row("transcriptions", "text",
        handed("/v1/audio/transcriptions", "file", response_format="text"),
        raw("text/plain", b"Hello. {words}\n"), "words", "content-type", NO_FIELD),
    Row("transcriptions", "srt",
        handed("/v1/audio/transcriptions", "file", response_format="srt"),
        raw("application/x-subrip", other.SRT), "words", "content-type", NO_FIELD),
    Row("transcriptions", "vtt",
        handed("/v1/audio/transcriptions", "file", response_format="vtt"),
        raw("text/vtt", other.VTT), "words", "content-type", NO_FIELD),
    Row("translations", "json", handed("/v1/audio/translations", "file"), other.HEARD,
        HEARD, "", NO_FIELD),
    Row("moderations", "whole", posted("/v1/moderations", input="Hello"), other.MODERATION,
        "id note note# results.0.note results.0.note# results.0.note= results.0.categories.note# "
        "results.0.category_scores.violence", "", NO_FIELD),
    Row("videos", "begun", posted("/v1/videos", prompt="A kite"), job("queued"),
        "", TOLD, NO_FIELD),
    Row("videos", "asked about", film("get"), job("in_progress"), "", f"{TOLD} id", NO_FIELD),
    Row("videos", "deleted", film("delete"), {"id": "v", "deleted": True}, "", "note id", NO_FIELD),
    Row("video_remix", "begun", film("post", "/remix", prompt="Darker"), job("queued"),
        "", TOLD, NO_FIELD),
    Row("video_content", "whole", film("get", "/content"), raw("video/mp4", an_mp4()),
        "", "content-type", NO_FIELD),
    Row("responses", "to be kept", other.stored, other.KEPT, REPLIED, "id", ""),
    Row("stored_response", "fetched", kept("get"), other.KEPT, f"{REPLIED} instructions", "id user",
        ""),
    Row("stored_response", "streamed", kept("get", "?stream=true"), other.TAKEN_UP,
        "1.delta 1.note 1.note# 2.response.note", "0.response.id", ""),
    Row("stored_response_input", "fetched", kept("get", "/input_items"), other.ITEMS,
        "note note# data.0.note data.0.note= data.0.content.0.text data.0.content.0.note#", "",
        THEIRS),
    Row("background_response", "fetched", kept("get", background=True), other.KEPT,
        f"{REPLIED} instructions", "id user", ""),
    Row("background_response", "waited for", kept("get", background=True), other.WAITING,
        "", STATE, ""),
    Row("background_response", "cancelled", kept("post", "/cancel", background=True), other.WAITING,
        "", f"{STATE} status", ""),
    Row("chat", "in a batch", line("/v1/chat/completions"), said(CHAT, {}, {}), ANSWERED, "", ""),
    Row("completions", "in a batch", line("/v1/completions", prompt="Hello"), other.COMPLETION,
        COMPLETED, "", NO_FIELD),
    Row("embeddings", "in a batch", line("/v1/embeddings", input="Hello"), other.EMBEDDING,
        "data.0.note note#", "", NO_FIELD),
    Row("responses", "in a batch", line("/v1/responses", input="Hello"), other.KEPT,
        REPLIED, "", ""),
    Row("messages", "in a batch", other.message, said(MESSAGES, {}, {}),
        "note note# note= content.0.text content.0.note content.0.note# id stop_sequence", "", ""),
)  # fmt: skip


def rows(*, stays: bool = False, kinds: str = "text key number", **more: bool) -> Any:
    """The rows, once for each place with what is of these kinds."""
    hidden, depth = more.get("hidden", False), more.get("depth", False)
    return [
        pytest.param(row, place, id=f"{row.api}-{row.how}-{place}")
        for row in TABLE
        for place in (row.stays if stays else row.judged).split()
        if kind_of(place) in kinds
        and not (hidden and (row.instructions or place == "instructions"))
        and not (depth and isinstance(row.answer, bytes))
    ]


def kind_of(place: str) -> str:
    """As what it is planted there."""
    return {"#": "key", "=": "number"}.get(place[-1], "text")


def planted(answer: Any, place: str, what: Any) -> Any:
    """A copy of `answer` with that in it."""
    if isinstance(answer, bytes):
        if place == "words":
            return answer.replace(b"{words}", what.encode())
        head, kind, rest = answer.partition(b"Content-Type: ")
        group, _, rest = rest.partition(b"/")
        return head + kind + group + b"/" + what.replace(" ", "").encode() + b"; " + rest
    made = node = deepcopy(answer)
    *path, last = place.rstrip("#=").split(".")
    for at, step in enumerate(path):
        key: Any = int(step) if isinstance(node, list) else step
        if isinstance(node, dict) and not isinstance(node.get(key), (dict, list)):
            node[key] = [{}] if ([*path, last][at + 1]).isdigit() else {}
        node = node[key]
    if isinstance(node, list):
        node[int(last) : int(last) + 1] = [what]
    elif place.endswith("#"):
        node[what] = 1
    else:
        node[last] = what
    return made


def card_for(place: str) -> Any:
    """A stranger's card as it is planted there."""
    return NUMBER if place.endswith("=") else CARD


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company and its provider."""
    with other.a_company(tmp_path_factory.mktemp("others")) as made:
        yield made


def shows_none(got: Got) -> bool:
    """Whether the card is nowhere, with or without blanks."""
    return str(NUMBER) not in got.text.replace(" ", "")


class TestOthersValues:
    @pytest.mark.parametrize(("row", "place"), rows())
    def test_they_are_taken_out(self, company: Company, row: Row, place: str) -> None:
        """
        P5: a stranger's card is gone, and its mark says so; the rest of the answer is there.
        """
        got = row.ask(company, planted(row.answer, place, card_for(place)), "")

        assert got.status == 200, got.text
        assert shows_none(got)
        assert MARK in got.text
        assert company.outcome()["status"] == "completed"

    @pytest.mark.parametrize(("row", "place"), rows(stays=True))
    def test_they_stay_here(self, company: Company, row: Row, place: str) -> None:
        """
        P5: what the API has no use for is not passed on, whatever it is.
        """
        got = row.ask(company, planted(row.answer, place, card_for(place)), "")

        assert shows_none(got)
        assert "CREDIT_CARD" not in got.text


class TestInstructions:
    @pytest.mark.parametrize(("row", "place"), rows(hidden=True, kinds="text key"))
    @pytest.mark.parametrize(
        ("system", "hidden"), [(ORDERS, ORDERS), (f"Be kind. {CANARY}", CANARY)]
    )
    def test_they_are_not_given_away(
        self, company: Company, row: Row, place: str, system: str, hidden: str
    ) -> None:
        """
        P5: nor is what marks them, wherever it stands.
        """
        got = row.ask(company, planted(row.answer, place, hidden), system)

        assert got.status != 200 or isinstance(row.answer, list)
        assert hidden not in got.text
        assert company.outcome()["status"] == "withheld"

    @pytest.mark.parametrize(
        "row", [row for row in TABLE if row.instructions], ids=lambda row: f"{row.api}-{row.how}"
    )
    def test_there_are_none(self, row: Row) -> None:
        """
        Where the table says so, nothing in a request is read as instructions.
        """
        names = ("instructions", "system", "prompt", "input", "systemInstruction", "suffix")
        body = {"model": "echo", **dict.fromkeys(names, ORDERS)}

        assert list(said_in(body, "system", SHAPES[row.api].turns)) == []


class TestTooDeep:
    @pytest.mark.parametrize(("row", "place"), rows(kinds="text", depth=True))
    def test_it_is_no_answer(self, company: Company, row: Row, place: str) -> None:
        """
        P10: the provider is at fault, and the log says so.
        """
        got = row.ask(company, planted(row.answer, place, deep()), "")

        assert "abyss" not in got.text
        assert got.status == 502 or isinstance(row.answer, list)
        assert company.outcome()["status"] == "failed"
        assert company.outcome()["code"] == "provider.garbage"

    @pytest.mark.parametrize(("row", "place"), rows(stays=True, kinds="text", depth=True))
    def test_it_stays_here(self, company: Company, row: Row, place: str) -> None:
        """
        P10: nor does it break anything where nothing is passed on.
        """
        got = row.ask(company, planted(row.answer, place, deep()), "")

        assert "abyss" not in got.text
        assert got.status in (200, 502)


def deep() -> Any:
    """What nobody can write out again."""
    made: Any = "abyss"
    for _ in range(300):
        made = [made]
    return made


class TestTheLog:
    def test_a_state_says_none_of_it(self, company: Company) -> None:
        """
        P7: how an answer ended that nobody fetched stands in the log, in a word of the API.
        """
        company.name_of("/v1/responses", other.WAITING, input="Hello", store=True, background=True)
        tenant = TenantId(company.made.tenant.id)
        with company.made.gateway.database.tenant_session(tenant, write=True) as session:
            past = company.made.gateway.clock.now() - timedelta(days=2)
            session.execute(update(StoredResponse).values(created_at=past))
        company.tell({**other.KEPT, "status": CARD})
        before = len(company.made.entries())

        assert company.made.gateway.rights.stored_expiry.run(tenant) > 0
        ends = company.made.entries()[before:]
        assert {item["params"]["state"] for item in ends} == {""}

    def test_nor_does_the_type_of_a_picture(self, company: Company) -> None:
        """
        P7: a provider says what it has made; it is noted where it is a media type.
        """
        call = {"type": "image_generation_call", "id": "i", "status": "completed",
                "result": other.PICTURE["data"][0]["b64_json"]}  # fmt: skip
        for form, noted in (("webp", "image/webp"), (CARD, UNKNOWN), (NUMBER, UNKNOWN)):
            made = {**other.KEPT, "output": [{**call, "output_format": form}]}
            got = other.stored(company, made, "")

            assert got.status == 200, got.text
            assert shows_none(got)
            assert company.outcome()["media"][0]["content_type"] == noted


class TestNothingIsWrong:
    @pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.api}-{row.how}")
    def test_a_good_answer_passes(self, company: Company, row: Row) -> None:
        """
        Without a plant each of them is an answer, and nothing is found in it.
        """
        good = row.answer.replace(b"{words}", b"") if isinstance(row.answer, bytes) else row.answer
        got = row.ask(company, good, "")

        assert got.status == 200, got.text
        assert "CREDIT_CARD" not in got.text
        for told in got.text.splitlines():
            if told.startswith("data: {"):
                orjson.loads(told[6:])
