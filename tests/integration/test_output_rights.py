"""Output rights through the whole gateway: records, lookups by page, API and shell, and marks."""

from __future__ import annotations

import io
import json
import resource
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from gateway.cli import proviso
from gateway.core import policy_input
from gateway.core.exchange import OutcomeStatus
from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from gateway.errors import GatewayError
from gateway.pep.digest import FieldDigests
from gateway.pep.opened import Opened
from gateway.rights.clauses import clauses
from gateway.rights.record import record
from gateway.rights.signed import verify
from gateway.web.uploads import LARGEST_FILE
from tests.factories import EMMA
from tests.integration.test_sealed import an_exchange
from tests.media import a_bomb, a_picture, encoded
from tests.people import browser, somebody, token

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.exchange import Exchange
    from gateway.core.policy_input import Destination
    from gateway.rights.likeness import Output
    from tests.factories import Installation

OTTO, OLIVER = "otto@acme.example", "oliver@acme.example"
ANSWER = " ".join(f"Sentence {at} of the answer says {at * at}." for at in range(20))
PURPOSE = {"code": "general", "human_statement": True, "editor": False, "reviewer": True}


def destination(acme: Installation, principal: Any) -> Destination:
    """Where a request of this person goes, with its terms, as the pipeline finds it."""
    gateway = acme.gateway
    model = gateway.catalogue.find("echo")
    assert model is not None
    terms = gateway.terms.effective(
        principal.tenant, model.provider.tier, model.upstream, gateway.clock.now()
    )
    return policy_input.destination(
        model, principal, terms.as_input(), terms.version, terms.facts_digest,
        clauses(terms, gateway.terms.base.sources),
    )  # fmt: skip


def settled(acme: Installation, exchange: Exchange, *outputs: Output) -> None:
    """A durable outcome with a rights record of these outputs, closed as the pipeline closes it."""
    gateway, principal = acme.gateway, exchange.principal
    from gateway.audit.entries import Entry

    entry = Entry(
        kind="decision", at=exchange.received_at, exchange_id=exchange.id, effect="permit",
        principal=principal.pseudonym, document={"decision": {}, "retain_days": 0},
    )  # fmt: skip
    gateway.ledger.record_decision(principal.tenant.id, entry, b"{}")
    opened = Opened(
        gateway.ledger, gateway.clock, gateway.metrics, exchange, "echo",
        lambda _usage: gateway.output_rights.index.note(principal.tenant.id),
    )  # fmt: skip
    opened.outcome.rights = record(
        destination(acme, principal), PURPOSE, modified=False, outputs=outputs
    )
    opened.settle(OutcomeStatus.COMPLETED)


def a_text(acme: Installation, email: str = EMMA, text: str = ANSWER) -> str:
    """Somebody's answer, released and in the index."""
    exchange, tenant = an_exchange(somebody(acme, email)), TenantId(acme.tenant.id)
    delivered = FieldDigests(acme.gateway.secret, tenant)
    for piece in (text[:50], text[50:]):
        delivered.add((0, "content"), piece)
    settled(
        acme, exchange, *acme.gateway.output_rights.index.text_outputs(tenant, delivered.texts())
    )
    acme.gateway.output_rights.index.catch_up(tenant)
    return exchange.id


def post(acme: Installation, key: str, **how: Any) -> Any:
    """A lookup over the API."""
    headers = {"Authorization": f"Bearer {key}"}
    return acme.client.post("/v1/rights/lookup", headers=headers, **how)


def upload(data: bytes) -> dict[str, Any]:
    """A form with one file, as bytes: the test client would put a large one on the disk."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    return {
        "data": head + data + b"\r\n--x--\r\n",
        "content_type": "multipart/form-data; boundary=x",
    }


class TestApi:
    def test_a_text_is_found_with_its_signed_record(self, acme: Installation) -> None:
        """
        Owner clause with its source, indemnity with its conditions, human part, edition: signed.
        """
        exchange, key = a_text(acme), acme.key_for(EMMA)
        found = post(acme, key, json={"text": ANSWER}).get_json()["data"]
        address = found[0]["record"]
        signed = acme.client.get(address, headers={"Authorization": f"Bearer {key}"}).data
        own_key = acme.gateway.log.verifier_key(TenantId(acme.tenant.id))
        rights = verify(signed, own_key)["rights"]
        owner = next(item for item in rights["sources"] if item["fact"] == "output_ownership")

        assert [(item["exchange"], item["match"]) for item in found] == [(exchange, "released")]
        assert owner["documents"][0]["url"].startswith("https://")
        assert owner["reviewer"] == "p_officer"
        assert rights["terms_version"] == acme.gateway.terms.version
        assert rights["indemnity"]["unmet"] == ["content_filter"]
        assert rights["human"] == {"statement": True, "editor": False, "reviewer": True}
        assert acme.verify().intact

    def test_colleagues_are_apart_and_an_officer_is_recorded(self, acme: Installation) -> None:
        """
        With a key one sees one's own; an officer's page shows all, and the log says who looked.
        """
        exchange = a_text(acme, OTTO)
        mine = post(acme, acme.key_for(EMMA), json={"text": ANSWER}).get_json()["data"]
        refused = acme.client.get(
            f"/v1/rights/records/{exchange}",
            headers={"Authorization": f"Bearer {acme.key_for(EMMA)}"},
        )
        officer = browser(acme, OLIVER, Role.AUDITOR)
        form = {"csrf_token": token(officer.get("/rights/lookup").text), "text": ANSWER}
        page = officer.post("/rights/lookup", data=form).text
        officer.get(f"/rights/records/{exchange}")
        read = [item for item in acme.entries() if item["kind"] == "reading"]

        assert mine == []
        assert refused.status_code == 404
        assert exchange in page
        assert [item["action"] for item in read] == ["rights.looked_up", "rights.read"]
        assert "Sentence" not in json.dumps(acme.entries())

    @pytest.mark.parametrize(
        "how",
        [
            {"json": {}}, {"json": {"text": ""}}, {"json": {"text": "a", "sha256": "b"}},
            {"json": {"sha256": "zz"}}, {"json": [1]}, {"data": b"{"}, {"data": b""},
            {"json": {"text": 5}}, {"data": {"other": "x"}, "content_type": "multipart/form-data"},
            {"data": {"file": (io.BytesIO(b""), "a.png")}},
            {"data": {"file": [(io.BytesIO(b"1"), "a"), (io.BytesIO(b"2"), "b")]}},
            {"data": b"--x\r\nContent-Disp", "content_type": "multipart/form-data; boundary=x"},
            {"data": b"abc", "content_type": "multipart/form-data"},
        ],
        ids=range(13),
    )  # fmt: skip
    def test_what_cannot_be_understood_is_refused_clearly(
        self, shared: Installation, how: dict[str, Any]
    ) -> None:
        """
        Empty, cut short, of two kinds, or no JSON at all: an error in the API's own shape.
        """
        answer = post(shared, shared.key_for(EMMA), **how)

        assert answer.status_code == 400
        assert answer.get_json()["error"]["code"] == "request.invalid"

    def test_too_large_is_refused_before_it_is_read(self, shared: Installation) -> None:
        """
        A file over 25 MB, and a text over 1 MB.
        """
        key = shared.key_for(EMMA)
        file = upload(b"\x00" * (LARGEST_FILE + 20_000))

        assert post(shared, key, **file).status_code == 413
        assert post(shared, key, json={"text": "a" * 1_000_001}).status_code == 413


class TestPictures:
    def test_a_marked_picture_is_found_and_its_credentials_are_shown(
        self, acme: Installation
    ) -> None:
        """
        As it left; and as somebody saved it again, which took its credentials away.
        """
        gateway, exchange = acme.gateway, an_exchange(somebody(acme, EMMA))
        tenant = exchange.principal.tenant
        from gateway.rights.marks.marks import REQUIRED, Facts

        came = encoded(a_picture())
        made = gateway.output_rights.marks.sign(
            tenant, came, Facts(exchange.id, "image-model"), REQUIRED
        )
        index = gateway.output_rights.index
        settled(
            acme, exchange, index.media_output(tenant.id, "image", "image/png", came, made.data)
        )
        index.catch_up(tenant.id)
        client = browser(acme, EMMA)
        form = {"csrf_token": token(client.get("/rights/lookup").text)}
        page = client.post(
            "/rights/lookup", data={**form, "file": (io.BytesIO(made.data), "picture.png")}
        ).text
        again = io.BytesIO()
        with Image.open(io.BytesIO(made.data)) as picture:
            picture.save(again, "JPEG", quality=80)
        saved = post(
            acme, acme.key_for(EMMA), data={"file": (io.BytesIO(again.getvalue()), "p.jpg")}
        ).get_json()

        assert "the same, as it was released" in page
        assert "trainedAlgorithmicMedia" in page
        assert exchange.id in page
        assert [(item["exchange"], item["match"]) for item in saved["data"]] == [
            (exchange.id, "near")
        ]
        assert saved["content_credentials"] is None

    def test_hostile_files_find_nothing_and_cost_little(self, shared: Installation) -> None:
        """
        A bomb, a picture cut short, a polyglot, and 25 MB of picture: memory stays in bounds.
        """
        key, whole = shared.key_for(EMMA), encoded(a_picture())
        noise = Image.effect_noise((2_900, 2_850), 80).convert("RGB")
        large = encoded(noise, compress_level=0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        answers = [
            post(shared, key, **upload(data))
            for data in (a_bomb(), whole[:500], whole + b"PK\x05\x06" + b"\x00" * 18, large)
        ]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

        assert 24_000_000 < len(large) <= LARGEST_FILE
        assert [answer.status_code for answer in answers] == [200] * 4
        assert [answer.get_json()["data"] for answer in answers] == [[]] * 4
        assert grown < 200 * 1024


class TestPage:
    def test_neither_or_both_is_refused(self, shared: Installation) -> None:
        """
        A text or a file.
        """
        client = browser(shared, EMMA)
        form = {"csrf_token": token(client.get("/rights/lookup").text)}
        both = {**form, "text": "a", "file": (io.BytesIO(b"b"), "b.txt")}

        assert client.post("/rights/lookup", data=form).status_code == 400
        assert client.post("/rights/lookup", data=both).status_code == 400

    def test_a_form_of_another_site_is_refused(self, shared: Installation) -> None:
        """
        The page's token is asked for with a file as well.
        """
        file = {"file": (io.BytesIO(b"b"), "b.txt")}

        assert browser(shared, EMMA).post("/rights/lookup", data=file).status_code == 403

    def test_nothing_says_that_nothing_proves_nothing(self, shared: Installation) -> None:
        """
        What is not found may have been changed.
        """
        client = browser(shared, EMMA)
        form = {"csrf_token": token(client.get("/rights/lookup").text), "text": "never said"}

        assert "That proves nothing" in client.post("/rights/lookup", data=form).text


class TestShell:
    def run(self, acme: Installation, folder: Path, *words: str, code: int = 0) -> Any:
        """What a command prints."""
        settings, file = acme.gateway.settings, folder / "proviso.yaml"
        document = {"database": settings.database, "secret_file": str(settings.secret_file)}
        file.write_text(yaml.safe_dump(document))
        where = [] if words[0] == "verify" else ["--tenant", "acme", "--config", str(file)]
        done = CliRunner().invoke(proviso, ["rights", *words, *where, "--json"])
        if isinstance(done.exception, GatewayError):
            raise done.exception
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.output

    def test_found_written_and_verified_offline(self, acme: Installation, tmp_path: Path) -> None:
        """
        A record is handed out as a file, and proved with the public key alone.
        """
        exchange, file = a_text(acme), tmp_path / "record.json"
        found = self.run(acme, tmp_path, "lookup", "--text", ANSWER)
        self.run(acme, tmp_path, "record", exchange, "--output", str(file))
        key = acme.gateway.log.verifier_key(TenantId(acme.tenant.id))
        genuine = self.run(acme, tmp_path, "verify", str(file), "--key", key)
        file.write_text(file.read_text().replace('"code"', '"c0de"').replace("general", "other"))
        self.run(acme, tmp_path, "verify", str(file), "--key", key, code=1)
        self.run(acme, tmp_path, "lookup", "--text", "never said", code=1)

        assert [item["exchange"] for item in found] == [exchange]
        assert genuine["exchange"] == exchange
        assert [item["action"] for item in acme.entries() if item["kind"] == "reading"] == [
            "rights.looked_up", "rights.read", "rights.looked_up",
        ]  # fmt: skip

    def test_the_marks_of_a_file_are_shown(self, acme: Installation, tmp_path: Path) -> None:
        """
        Ours or not; and that a file without any proves nothing.
        """
        from gateway.rights.marks.marks import Facts

        tenant, file = acme.tenant.value(), tmp_path / "picture.png"
        file.write_bytes(encoded(a_picture()))
        bare = self.run(acme, tmp_path, "show", str(file), code=1)
        made = acme.gateway.output_rights.marks.sign(
            tenant, encoded(a_picture()), Facts("x-1", "m")
        )
        file.write_bytes(made.data)
        shown = self.run(acme, tmp_path, "show", str(file))
        root = self.run(acme, tmp_path, "certificate")["certificate"]

        assert bare == {"state": "none"}
        assert (shown["state"], shown["ours"], shown["exchange"]) == ("valid", True, "x-1")
        assert root.startswith("-----BEGIN CERTIFICATE-----")

    def test_a_lost_index_is_made_anew(self, acme: Installation, tmp_path: Path) -> None:
        """
        From the log, as often as one likes.
        """
        a_text(acme)

        assert self.run(acme, tmp_path, "reindex") == {"outputs": 1}
        assert self.run(acme, tmp_path, "reindex") == {"outputs": 1}
