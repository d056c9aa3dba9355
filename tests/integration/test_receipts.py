"""Receipts: what a person is told about their own exchange, and how it can be checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.audit import proofs
from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from tests.factories import EMMA, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
ACCEPT = {"Accept": "application/json"}
SAID = "Please write to Anna Marsh about her contract."
OPEN = {"name": "open", "description": "Opens the Marsh folder."}


@pytest.fixture
def sealing(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway that can seal, whose tenant has turned keeping content on."""
    master = tmp_path / "master.key"
    master.write_text("5a" * 32)
    master.chmod(0o600)
    made = an_installation(tmp_path, upstream.base_url, sealing={"master_key_file": str(master)})
    made.gateway.rights.content.turn(
        TenantId(made.tenant.id), on=True, dpia="DPIA-7", days=30, by="p_officer", note=list
    )
    yield made
    made.close()


def browse(company: Installation, email: str, *roles: Role) -> None:
    """Sign somebody in."""
    company.client.set_cookie("proviso", company.session_for(email, *roles))


def receipt(company: Installation, exchange: str) -> dict[str, Any]:
    """A receipt as JSON."""
    answer = company.client.get(f"/receipts/{exchange}", headers=ACCEPT)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.json
    return found


class TestHeaders:
    @pytest.mark.parametrize("stream", [False, True])
    def test_every_answer_counts_by_type_and_links_its_receipt(
        self, acme: Installation, stream: bool
    ) -> None:
        """
        How much of what was replaced, and where to read the rest.
        """
        answer = acme.chat(
            acme.key_for(), f"{MAIL}, bob@globex.example, Anna Kowalska", stream=stream
        )
        exchange = answer.headers["x-proviso-decision-id"]
        answer.get_data()

        assert answer.headers["x-proviso-replaced"] == "EMAIL_ADDRESS=2, PERSON=1"
        assert answer.headers["x-proviso-entities-replaced"] == "3"
        assert answer.headers["x-proviso-receipt"].endswith(f"/receipts/{exchange}")

    def test_where_nothing_was_replaced_nothing_is_counted(self, acme: Installation) -> None:
        """
        No header of counts at all.
        """
        assert "x-proviso-replaced" not in acme.chat(acme.key_for()).headers


class TestReceipt:
    def test_it_says_where_it_went_and_under_what(self, acme: Installation) -> None:
        """
        Provider, model, contract, region; the terms with source and date of review; the rules with
        what they asked for; and no value.
        """
        answer = acme.chat(acme.key_for(), f"Write to {MAIL}")
        browse(acme, EMMA)
        found = receipt(acme, answer.headers["x-proviso-decision-id"])

        assert found["went_to"] == {
            "model": "echo", "provider": "sim", "upstream": "echo",
            "tier": "openai/api-default", "region": "eu", "transfer": "none_needed",
        }  # fmt: skip
        trains = next(it for it in found["terms"]["rests_on"] if it["name"] == "trains_on_input")
        assert trains["sources"]
        assert trains["reviewed_at"]
        assert found["terms"]["trains_on_input"] != "unknown"
        assert found["replaced"]["by_type"] == {"EMAIL_ADDRESS": 1}
        assert found["replaced"]["values"] is None
        assert "never stored here" in found["replaced"]["why_no_values"]
        pseudonyms = next(item for item in found["rules"] if item["rule"] == "IP-06")
        assert pseudonyms["title"]
        assert {"type": "pseudonymise", "params": {"types": ["EMAIL_ADDRESS"]}} in (
            pseudonyms["obliges"]
        )
        assert found["policy_revision"] == acme.gateway.bundle.revision
        assert found["output"]["rights"]["owner_meaning"]
        assert MAIL not in json.dumps(found)

    def test_it_proves_its_entries_with_a_public_key_alone(self, acme: Installation) -> None:
        """
        Both entries are shown to be in the log that the newest checkpoint speaks of.
        """
        exchanges = [acme.chat(acme.key_for()).headers["x-proviso-decision-id"] for _ in range(5)]
        browse(acme, EMMA)
        log = receipt(acme, exchanges[2])["log"]
        for kind in ("decision", "outcome"):
            proof = log[kind]["inclusion"]
            moved = {**proof, "sequence": proof["sequence"] + 1}

            assert proof["sequence"] == log[kind]["sequence"]
            assert proofs.check(proof, [log["verifier_key"]]).intact
            assert not proofs.check(moved, [log["verifier_key"]]).intact

    def test_a_refusal_went_nowhere(self, acme: Installation) -> None:
        """
        Nothing was sent, and the rule that objected is named.
        """
        answer = acme.chat(acme.key_for(), "My key is AKIAIOSFODNN7EXAMPLE")
        browse(acme, EMMA)
        found = receipt(acme, answer.headers["x-proviso-decision-id"])

        assert found["went_to"] is None
        assert "IP-07" in [item["rule"] for item in found["rules"] if item["objects"]]

    def test_as_a_page(self, acme: Installation) -> None:
        """
        A browser gets the same in words.
        """
        answer = acme.chat(acme.key_for(), f"Write to {MAIL}")
        acme.gateway.log.seal(TenantId(acme.tenant.id))
        browse(acme, EMMA)
        page = acme.client.get(f"/receipts/{answer.headers['x-proviso-decision-id']}").text

        for words in ("Where it went", "What was replaced", "EMAIL_ADDRESS", "In the log"):
            assert words in page
        assert MAIL not in page


APIS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "/v1/chat/completions",
        {
            "tools": [{"type": "function", "function": OPEN}],
            "messages": [{"role": "user", "content": SAID}],
        },
    ),
    (
        "/v1/messages",
        {
            "max_tokens": 9,
            "messages": [{"role": "user", "content": OPEN["description"]}],
            "system": SAID,
        },
    ),
    ("/v1/responses", {"tools": [{"type": "function", **OPEN}], "input": SAID}),
)
"""Requests in which a surname stands before the name it is known by, and is read after it."""


class TestWhoMayRead:
    def test_who_may_read_decisions_may_read_it_and_that_is_recorded(
        self, acme: Installation
    ) -> None:
        """
        An auditor sees it without the values; a colleague finds nothing there.
        """
        exchange = acme.chat(acme.key_for()).headers["x-proviso-decision-id"]
        browse(acme, "paul@acme.example", Role.AUDITOR)
        found = receipt(acme, exchange)
        read = acme.entries()[-1]

        assert "Only the person who wrote them" in found["replaced"]["why_no_values"]
        assert (read["kind"], read["action"]) == ("reading", "receipt.read")
        browse(acme, "other@acme.example")
        assert acme.client.get(f"/receipts/{exchange}", headers=ACCEPT).status_code == 404

    def test_kept_values_are_shown_to_the_person_alone(self, sealing: Installation) -> None:
        """
        Where the request is kept sealed, its author sees what was replaced in it; nobody else.
        """
        answer = sealing.chat(sealing.key_for(), f"Write to {MAIL} or {MAIL.upper()}")
        exchange = answer.headers["x-proviso-decision-id"]
        browse(sealing, EMMA)
        mine = receipt(sealing, exchange)["replaced"]
        page = sealing.client.get(f"/receipts/{exchange}").text
        browse(sealing, "paul@acme.example", Role.AUDITOR)
        theirs = receipt(sealing, exchange)["replaced"]

        assert mine["values"] == {"EMAIL_ADDRESS": [MAIL]}
        assert MAIL in page
        assert theirs["values"] is None
        assert MAIL not in sealing.client.get(f"/receipts/{exchange}").text

    @pytest.mark.parametrize(("address", "body"), APIS, ids=[address for address, _ in APIS])
    def test_values_are_found_again_whatever_the_api(
        self, sealing: Installation, address: str, body: dict[str, Any]
    ) -> None:
        """
        A surname that is known only from the full name was replaced too, and the receipt says so.
        """
        key = {"Authorization": f"Bearer {sealing.key_for()}"}
        asked = json.dumps({"model": "echo", **body})
        answer = sealing.client.post(address, data=asked, headers=key, mimetype="application/json")
        exchange = answer.headers["x-proviso-decision-id"]
        browse(sealing, EMMA)
        told = receipt(sealing, exchange)["replaced"]

        assert answer.status_code == 200, answer.text
        assert told["by_type"] == {"PERSON": 2}
        assert told["values"] == {"PERSON": ["Anna Marsh", "Marsh"]}
