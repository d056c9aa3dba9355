"""From an answer back to its rights record, through the pipeline itself."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING, Any

from gateway.core.identifiers import TenantId
from gateway.rights.signed import verify
from tests.factories import EMMA
from tests.integration.test_media import ask, picture
from tests.integration.test_output_rights import OTTO, post, token, upload
from tests.simulators.wires.media import a_png

if TYPE_CHECKING:
    from tests.factories import Installation

WORDS = " ".join(f"word{at} of {at * 7}" for at in range(40))


def looked_up(acme: Installation, **how: Any) -> list[Any]:
    """What a lookup finds, once the index has read the log."""
    acme.gateway.output_rights.index.catch_up(TenantId(acme.tenant.id))
    found: list[Any] = post(acme, acme.key_for(), **how).get_json()["data"]
    return found


class TestText:
    def test_an_answer_leads_to_its_record(self, acme: Installation) -> None:
        """
        Whole or in pieces; what was pasted need not have the same line breaks.
        """
        key = acme.key_for()
        whole = acme.chat(key, WORDS).get_json()["choices"][0]["message"]["content"]
        list(acme.chat(key, WORDS, stream=True).response)
        found = looked_up(acme, json={"text": whole.replace(" ", "\n")})
        outcomes = [item for item in acme.entries() if item["kind"] == "outcome"]

        assert {item["exchange"] for item in found} == {item["exchange"] for item in outcomes}
        assert [item["match"] for item in found] == ["released", "released"]
        assert WORDS not in str(acme.entries())
        for outcome in outcomes:
            facts = {item["fact"] for item in outcome["rights"]["sources"]}
            assert "output_ownership" in facts


class TestPictures:
    def test_a_picture_leaves_with_a_mark_and_is_found_by_it(self, acme: Installation) -> None:
        """
        It came bare, so AI-04 marks it; the provider's bytes and ours are both found.
        """
        (item,) = picture(acme).json["data"]
        data = base64.b64decode(item["b64_json"])
        _, outcome = acme.entries()
        manifest = acme.gateway.output_rights.marks.read(acme.tenant.value(), data)
        ours, theirs = (looked_up(acme, **upload(file)) for file in (data, a_png()))

        assert manifest is not None
        assert (manifest.trusted, manifest.exchange) == (True, outcome["exchange"])
        assert outcome["media"][0]["digest"] == hashlib.sha256(a_png()).hexdigest()
        assert outcome["media"][0]["delivered_digest"] == hashlib.sha256(data).hexdigest()
        assert outcome["rights"]["marks_out"][0]["ours"] is True
        assert [item["match"] for item in ours] == ["released"]
        assert [item["match"] for item in theirs] == ["received"]

    def test_sound_is_marked_too(self, acme: Installation) -> None:
        """
        Speech leaves with a manifest in its container.
        """
        answer = ask(
            acme, "audio/speech",
            json={"model": "echo", "input": "Hello", "voice": "alloy", "response_format": "wav"},
        )  # fmt: skip
        found = acme.gateway.output_rights.marks.read(acme.tenant.value(), answer.data)

        assert answer.status_code == 200, answer.data
        assert found is not None
        assert found.trusted

    def test_the_receipt_and_the_record_show_it(self, acme: Installation) -> None:
        """
        Type, size, digests, marks in and out and the label: as JSON and in words; a step from one
        page to the other, and the signed file a step further.
        """
        exchange = picture(acme).headers["x-proviso-decision-id"]
        acme.client.set_cookie("proviso", acme.session_for(EMMA))
        told = acme.client.get(f"/receipts/{exchange}", headers={"Accept": "application/json"}).json
        (item,) = told["output"]["media"]
        receipt = acme.client.get(f"/receipts/{exchange}").text
        record = acme.client.get(f"/rights/records/{exchange}").text
        file = acme.client.get(f"/rights/records/{exchange}/file")
        key = acme.gateway.log.verifier_key(TenantId(acme.tenant.id))

        assert item["verified"]
        assert item["came_with"] == "no content credentials"
        assert item["digest"] == hashlib.sha256(a_png()).hexdigest()
        for words in ("manifest verified", item["delivered_digest"], f"/rights/records/{exchange}"):
            assert words in receipt
        for words in (
            "content credentials of your organisation",
            item["digest"],
            f"{exchange}/file",
        ):
            assert words in record
        assert "attachment" in file.headers["Content-Disposition"]
        assert verify(file.data, key)["exchange"] == exchange

    def test_the_page_shows_a_picture_and_nothing_else(self, acme: Installation) -> None:
        """
        What was sent is shown back where it is a picture; only that page may show such addresses.
        """
        client = acme.client
        client.set_cookie("proviso", acme.session_for(EMMA))
        form = {"csrf_token": token(client.get("/rights/lookup").text)}
        files = (a_png(), a_png() + b"PK\x05\x06" + b"\x00" * 18, b"<script>alert(1)</script>")
        shown = [
            client.post("/rights/lookup", data={**form, "file": (io.BytesIO(data), "a.png")})
            for data in files
        ]

        assert ["data:image/png" in page.text for page in shown] == [True, False, False]
        for page, allowed in zip(shown, (True, False, False), strict=True):
            policy = page.headers["Content-Security-Policy"]

            assert page.status_code == 200
            assert ("img-src 'self' data:" in policy) is allowed
            assert "script-src 'self';" in policy
        assert "alert(1)" not in shown[2].text

    def test_a_colleague_sees_neither(self, acme: Installation) -> None:
        """
        Who made nothing of it gets no page and no file of it.
        """
        exchange = picture(acme).headers["x-proviso-decision-id"]
        acme.client.set_cookie("proviso", acme.session_for(OTTO))

        for path in (
            f"receipts/{exchange}",
            *(f"rights/records/{exchange}{it}" for it in ("", "/file")),
        ):
            assert acme.client.get(f"/{path}").status_code == 404
