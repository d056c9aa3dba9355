"""Files in a chat request, through the whole gateway to a provider over real HTTP."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests import files
from tests.factories import UPSTREAM_KEY, Installation, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"


@pytest.fixture
def acme(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway whose provider is in the Union, so that only what is attached decides."""
    provider = {
        "wire": "openai",
        "base_url": upstream.base_url,
        "tier": "openai/api-default",
        "api_key": UPSTREAM_KEY,
        "region": "eu",
        "transfer": "none_needed",
    }
    made = an_installation(
        tmp_path,
        upstream.base_url,
        providers={"sim": provider},
        models={"echo": {"provider": "sim", "upstream": "echo"}},
    )
    yield made
    made.close()


def asking(installation: Installation, *parts: dict[str, Any], **more: Any) -> Any:
    """The answer to a message with these files."""
    words = {"type": "text", "text": "Summarise this"}
    messages = [{"role": "user", "content": [words, *parts]}]
    return installation.chat(installation.key_for(), messages=messages, **more)


def decision(installation: Installation) -> dict[str, Any]:
    """The last decision's entry."""
    return [item for item in installation.entries() if item["kind"] == "decision"][-1]


class TestPermitted:
    def test_a_photo_leaves_without_its_metadata(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        AN-02: who took it, where and with what does not reach the provider; the picture does.
        """
        answer = asking(acme, files.image_part(files.jpeg(), "image/jpeg"))
        url = upstream.calls[-1]["messages"][0]["content"][1]["image_url"]["url"]
        data = base64.b64decode(url.partition(",")[2])

        assert answer.status_code == 200, answer.json
        assert data.startswith(b"\xff\xd8\xff")
        assert files.AUTHOR.encode() not in data
        assert "strip_metadata" in acme.entries()[-1]["fulfilled"]
        assert decision(acme)["unscanned"] == {"image": 1}

    @pytest.mark.parametrize(
        "part",
        [
            {"type": "picture_of_tomorrow", "picture": "{}"},
            {"type": "text", "text": "{}"},
        ],
    )
    def test_a_picture_in_a_part_that_nobody_knows_is_one(
        self, acme: Installation, upstream: Upstream, part: dict[str, Any]
    ) -> None:
        """
        Whatever a server calls its parts, a picture in an address of its own is told to policy
        as one that nobody looked at, and leaves without its metadata.
        """
        address = files.data_url(files.jpeg(), "image/jpeg")
        answer = asking(acme, json.loads(json.dumps(part).replace("{}", address)))
        sent = json.dumps(upstream.calls[-1])
        data = base64.b64decode(sent.partition(";base64,")[2].partition('"')[0])

        assert answer.status_code == 200, answer.json
        assert data.startswith(b"\xff\xd8\xff")
        assert files.AUTHOR.encode() not in data
        assert decision(acme)["unscanned"] == {"image": 1}

    @pytest.mark.parametrize(
        ("part", "kind"),
        [
            ({"type": "letter_of_tomorrow", "letter": "{}"}, "file"),
            ({"type": "document_url", "document_url": "https://files.example/a.pdf"}, "file"),
            ({"type": "video_url", "video_url": {"url": "https://files.example/a.mp4"}}, "video"),
        ],
    )
    def test_what_cannot_be_read_is_told(
        self, acme: Installation, part: dict[str, Any], kind: str
    ) -> None:
        """
        Neither a part whose text could take its place, nor bytes that are here: it is unread.
        """
        address = files.data_url(files.docx("Quarterly figures"), "application/msword")
        asking(acme, json.loads(json.dumps(part).replace("{}", address)))

        assert decision(acme)["unscanned"] == {kind: 1}

    def test_a_document_leaves_without_its_author(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        A document in which nothing was found leaves as a document.
        """
        answer = asking(acme, files.file_part(files.docx("Quarterly figures"), "figures.docx"))
        sent = upstream.calls[-1]["messages"][0]["content"][1]

        assert answer.status_code == 200, answer.json
        assert sent["file"]["filename"] == "figures.docx"
        assert base64.b64decode(sent["file"]["file_data"].partition(",")[2]).startswith(b"PK")
        assert decision(acme)["attachments"] == [
            {"kind": "document", "unreadable": "", "pictures": 0, "hidden": ["revisions"]}
        ]

    def test_a_value_in_a_file_never_reaches_the_provider(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        P5: the file leaves as its text with placeholders, and the answer has the value again.
        """
        answer = asking(acme, files.file_part(files.pdf(f"Write to {MAIL}"), f"{MAIL} 1.pdf"))
        sent = json.dumps(upstream.calls[-1])

        assert answer.status_code == 200, answer.json
        assert MAIL not in sent
        assert base64.b64encode(MAIL.encode()).decode() not in sent
        assert "Text of document-1.pdf:\\n\\nWrite to [EMAIL_ADDRESS_1]" in sent
        assert answer.headers["x-proviso-entities-replaced"] == "1"


class TestRefused:
    @pytest.mark.parametrize(
        "data",
        [
            files.docx(word__a_dot_xml=b" " * (8 << 20)),
            files.png(width=1 << 20, height=1 << 20),
            files.docx("Hello") + b"%PDF-1.7",
            files.docx("Hello", word__embeddings__a_dot_docx=files.docx(MAIL)),
        ],
        ids=["zip bomb", "picture bomb", "polyglot", "nested"],
    )
    def test_what_cannot_be_read_is_not_sent_with_confidential_content(
        self, acme: Installation, upstream: Upstream, data: bytes
    ) -> None:
        """
        AN-02 and IP-06: unread is unscanned, and from confidential on that is refused.
        """
        before = len(upstream.calls)
        answer = asking(
            acme, files.file_part(data), headers={"x-proviso-data-class": "confidential"}
        )

        assert answer.status_code == 403
        assert {item["code"] for item in answer.json["error"]["reasons"]} >= {
            "attachment.unreadable",
            "content.unscanned",
        }
        assert len(upstream.calls) == before

    def test_a_secret_in_a_file_is_refused_like_any_other(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        BS-01 does not ask where a secret stands.
        """
        before = len(upstream.calls)
        answer = asking(acme, files.file_part(b"key = AKIAIOSFODNN7EXAMPLE\n", "notes.txt"))

        assert answer.status_code == 403
        assert len(upstream.calls) == before

    def test_a_reader_that_breaks_down_refuses(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        P2: a document whose reading failed is refused whatever its class.
        """
        before = len(upstream.calls)
        acme.gateway.attachments._processes._command = ("false",)
        answer = asking(acme, files.file_part(files.pdf("Hello")))

        assert answer.status_code == 403
        assert "inspection.failed" in {item["code"] for item in answer.json["error"]["reasons"]}
        assert len(upstream.calls) == before


class TestHidden:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.docx", files.docx(customXml__item1_dot_xml=f'<case mail="{MAIL}" of="x"/>')),
            ("b.docx", files.docx(word__footer1_dot_xml=f"<f><!-- {MAIL} --></f>")),
            ("c.pdf", files.pdf(f"hi) Tj /Span << /ActualText ({MAIL}) >> BDC (x")),
            ("d.pdf", files.pdf("hi", f"/OpenAction << /S /GoTo /D ({MAIL}) >>")),
            ("e.eml", b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(MAIL.encode())),
        ],
    )
    def test_what_nobody_sees_is_taken_out_too(
        self, acme: Installation, upstream: Upstream, name: str, data: bytes
    ) -> None:
        """
        An address where no program shows it: the provider gets the text with a placeholder.
        """
        before = upstream.count
        answer = asking(acme, files.file_part(data, name))
        said = json.dumps(upstream.calls[-1]) if upstream.count > before else ""

        assert answer.status_code in (200, 403), answer.json
        assert answer.status_code == 403 or "EMAIL_ADDRESS" in said
        assert MAIL not in said
        assert base64.b64encode(data).decode() not in said
