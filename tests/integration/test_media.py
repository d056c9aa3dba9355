"""Pictures and sound through the whole gateway: what comes in, what goes out, what is refused."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.files import pdf, png
from tests.simulators.wires.media import a_png, a_wav

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


def ask(made: Installation, path: str, **more: Any) -> Any:
    """A request by somebody who may."""
    headers = {"Authorization": f"Bearer {made.key_for()}", **more.pop("headers", {})}
    return made.client.post(f"/v1/{path}", headers=headers, **more)


def picture(made: Installation, prompt: str = "A red bicycle", **more: Any) -> Any:
    """A picture of something."""
    return ask(made, "images/generations", json={"model": "echo", "prompt": prompt, **more})


def edit(made: Installation, data: bytes, name: str = "photo.png") -> Any:
    """A picture, changed."""
    fields = {"model": "echo", "prompt": "Make it blue", "image": (BytesIO(data), name)}
    return ask(made, "images/edits", data=fields)


class TestPictures:
    def test_its_digest_is_in_the_record(self, acme: Installation) -> None:
        """
        What was generated can be recognised later: type, size and digests, never the picture.
        """
        answer = picture(acme)
        _, outcome = acme.entries()
        (noted,) = outcome["media"]

        assert answer.status_code == 200
        assert noted["digest"] == hashlib.sha256(a_png()).hexdigest()
        assert noted["bytes"] == len(a_png())
        assert outcome["rights"]["owner_clause"]

    def test_an_address_holds_the_picture(self, acme: Installation, upstream: Upstream) -> None:
        """
        Asked for an address, the gateway still fetches bytes, and gives an address with them in it.
        """
        answer = picture(acme, response_format="url")
        (item,) = answer.json["data"]

        assert upstream.calls[-1]["response_format"] == "b64_json"
        assert item["url"] == "data:image/png;base64," + base64.b64encode(a_png()).decode()
        assert "b64_json" not in item

    def test_a_real_person_is_not_shown(self, acme: Installation, upstream: Upstream) -> None:
        """
        A picture of somebody who exists takes that person's consent (rule ET-02).
        """
        before = upstream.count
        answer = picture(acme, "A photo of Angela Merkel in prison, photorealistic")
        decision, outcome = acme.entries()

        assert answer.status_code == 403
        assert "ET-02" in decision["rules"]
        assert outcome["status"] == "denied"
        assert upstream.count == before

    def test_pieces_are_refused_by_name(self, acme: Installation) -> None:
        """
        A picture in pieces could be neither judged nor marked.
        """
        answer = picture(acme, stream=True)

        assert answer.status_code == 400
        assert answer.json["error"]["param"] == "stream"

    def test_a_page_is_no_picture(self, acme: Installation) -> None:
        """
        An upstream that answers with HTML has failed; the outcome says so and nothing is passed on.
        """
        answer = picture(acme, model="garbage")
        _, outcome = acme.entries()

        assert answer.status_code == 502
        assert outcome["status"] == "failed"
        assert b"html" not in answer.data


class TestForms:
    def test_a_name_stays_here(self, acme: Installation, upstream: Upstream) -> None:
        """
        A file leaves under a name that says nothing, and without what a camera wrote into it.
        """
        answer = edit(acme, a_png(), "holiday-at-the-lake.png")

        assert answer.status_code == 200, answer.data
        assert upstream.calls[-1]["image"][0] == "image-1.png"
        assert b"lake" not in upstream.raw

    def test_one_that_was_cut(self, acme: Installation, upstream: Upstream) -> None:
        """
        A form that does not end in its boundary is refused: the rest might change everything.
        """
        whole = (
            b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\necho\r\n'
            b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
            + a_png()
        )
        before = upstream.count
        for body in (whole, whole + b"\r\n--b", b"", b"--b--"):
            answer = ask(
                acme,
                "images/variations",
                data=body,
                headers={"Content-Type": "multipart/form-data; boundary=b"},
            )

            assert answer.status_code == 400
            assert answer.json["error"]["type"] == "invalid_request_error"
        assert upstream.count == before

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"just words", id="text"),
            pytest.param(pdf("Hello"), id="a document"),
            pytest.param(a_wav(), id="sound"),
            pytest.param(a_png() + b"PK\x05\x06" + b"\x00" * 18, id="a picture and an archive"),
            pytest.param(b"", id="nothing"),
        ],
    )
    def test_what_is_no_picture_or_more(self, acme: Installation, data: bytes) -> None:
        """
        What is not a picture, or something besides, is refused by name.
        """
        answer = edit(acme, data)

        assert answer.status_code == 400
        assert answer.json["error"]["param"] == "image"

    def test_a_bomb_is_told_to_policy(self, acme: Installation) -> None:
        """
        A picture that claims more points than may be is unreadable, and recorded as too large.
        """
        edit(acme, png(width=60_000, height=60_000))
        decision = acme.entries()[0]

        assert decision["attachments"][0]["unreadable"] == "too_large"

    def test_past_the_limit(self, acme: Installation) -> None:
        """
        A form larger than the limit is refused with the limit in the text, and not read on.
        """
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = ask(acme, "images/edits", data=b"\x00" * 31_000_000, headers=headers)

        assert answer.status_code == 413
        assert "30000000" in answer.json["error"]["message"]


class TestSound:
    def test_text_comes_as_text(self, acme: Installation) -> None:
        """
        Subtitles and plain text are inspected and come back as they are.
        """
        fields = {"model": "echo", "prompt": "Hello there", "file": (BytesIO(a_wav()), "a.wav")}
        answer = ask(acme, "audio/transcriptions", data=fields)

        assert answer.json["text"] == "Hello there"

    def test_speech_is_noted(self, acme: Installation) -> None:
        """
        A spoken text leaves its type and digest in the record.
        """
        answer = ask(
            acme, "audio/speech", json={"model": "echo", "input": "Good morning", "voice": "v"}
        )
        _, outcome = acme.entries()

        assert answer.data == a_wav()
        assert answer.headers["x-proviso-ai-generated"] == "true"
        assert outcome["media"][0]["content_type"] == "audio/wav"
