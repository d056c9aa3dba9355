"""Terms on the page and over the API: read with sources and state, confirmed by a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.principal import PrincipalKind, Role
from gateway.errors import AuditUnavailable
from tests.factories import EMMA, Installation, an_installation
from tests.people import browser, somebody, token, with_a_token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.simulators.upstream import Upstream

PAUL = "paul@acme.example"
TIER = "google/gemini-api-unpaid"
"""A tier that the test installation has a provider of, and nobody has reviewed."""


def an_officer(company: Installation) -> FlaskClient:
    """The browser of a privacy officer."""
    return browser(company, PAUL, Role.PRIVACY_OFFICER)


def digests(page: str) -> list[str]:
    """What can be ticked on the page."""
    return re.findall(r'name="digest" value="([0-9a-f]{64})"', page)


def noted(company: Installation) -> list[dict[str, Any]]:
    """The confirmations in the log."""
    return [item for item in company.entries() if item.get("action") == "terms.reviewed"]


class TestList:
    def test_it_shows_the_configured_tiers_and_how_they_stand(self, acme: Installation) -> None:
        """
        One is confirmed, one is not and says what is missing; all others are a step away.
        """
        client = browser(acme, EMMA, Role.AUDITOR)
        page, everything = client.get("/terms").text, client.get("/terms?all=true").text

        assert "openai/api-default" in page
        assert TIER in page
        assert page.count("badge good") == 1
        assert page.count("badge bad") == 1
        assert "anthropic/" not in page
        assert "anthropic/" in everything

    def test_not_for_everybody(self, acme: Installation) -> None:
        """
        An employee has no such page.
        """
        client = browser(acme, EMMA)

        assert client.get("/terms").status_code == 403
        assert client.get(f"/terms/{TIER}").status_code == 403


class TestTier:
    def test_every_statement_has_its_sources_and_its_state(self, acme: Installation) -> None:
        """
        The contract that was confirmed is fresh, with who confirmed it and until when.
        """
        page = an_officer(acme).get("/terms/openai/api-default").text
        base = acme.gateway.terms.base
        named = {
            name
            for items in base.tiers["openai/api-default"].statements.values()
            for item in items
            for name in item.sources
        }

        for name in named:
            assert base.sources[name].url.replace("&", "&amp;") in page
            assert str(base.sources[name].doc_date) in page
        assert "fresh" in page
        assert "counts until" in page
        assert "not confirmed" not in page

    def test_there_is_none_of_an_invented_name(self, acme: Installation) -> None:
        """
        404, read or confirmed.
        """
        client = an_officer(acme)
        form = {"csrf_token": token(client.get("/terms").text), "digest": "ab" * 32}

        assert client.get("/terms/acme/home-made").status_code == 404
        assert client.post("/terms/acme/home-made", data=form).status_code == 404

    def test_an_auditor_reads_and_confirms_nothing(self, acme: Installation) -> None:
        """
        There is nothing to tick, and a form that is sent all the same is refused.
        """
        client = browser(acme, EMMA, Role.AUDITOR)
        page = client.get(f"/terms/{TIER}").text
        form = {"csrf_token": token(page), "digest": "ab" * 32}

        assert digests(page) == []
        assert client.post(f"/terms/{TIER}", data=form).status_code == 403


class TestConfirming:
    def test_what_is_ticked_counts_and_the_rest_does_not(self, acme: Installation) -> None:
        """
        One statement is fresh then, and the log says whose word it is and for what.
        """
        client = an_officer(acme)
        page = client.get(f"/terms/{TIER}").text
        chosen = digests(page)[0]
        done = client.post(f"/terms/{TIER}", data={"csrf_token": token(page), "digest": chosen})
        states = acme.gateway.terms.states(acme.tenant.value(), TIER, acme.gateway.clock.now())
        (fresh,) = [item for item in states if item.state == "current"]
        (entry,) = noted(acme)

        assert (done.status_code, done.location) == (303, f"/terms/{TIER}")
        assert fresh.fact.digest == chosen
        assert fresh.reviewed_by == somebody(acme, PAUL).pseudonym == entry["principal"]
        assert entry["target"] == TIER
        assert entry["params"]["facts"] == 1
        assert entry["params"]["names"] == fresh.fact.name

    def test_a_whole_tier_becomes_usable(self, acme: Installation) -> None:
        """
        With every statement ticked only what nobody has established stays unknown.
        """
        client = an_officer(acme)
        page = client.get(f"/terms/{TIER}").text
        client.post(f"/terms/{TIER}", data={"csrf_token": token(page), "digest": digests(page)})
        after = client.get(f"/terms/{TIER}").text

        assert "not confirmed" not in after
        assert noted(acme)[0]["params"]["facts"] == len(digests(page))

    @pytest.mark.parametrize(("chosen", "status"), [([], 400), (["ab" * 32], 422)])
    def test_nothing_or_what_is_not_stated_confirms_nothing(
        self, acme: Installation, chosen: list[str], status: int
    ) -> None:
        """
        A statement that changed since it was read has another digest: it must be read again.
        """
        client = an_officer(acme)
        page = client.get(f"/terms/{TIER}").text
        form = {"csrf_token": token(page), "digest": [*chosen, *digests(page)[: len(chosen)]]}

        assert client.post(f"/terms/{TIER}", data=form).status_code == status
        assert noted(acme) == []
        assert digests(client.get(f"/terms/{TIER}").text) == digests(page)

    def test_no_record_no_confirmation(
        self, acme: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        What rules rely on must be provable: with the log away nothing is confirmed.
        """

        def away(*_: object, **__: object) -> None:
            raise AuditUnavailable

        client = an_officer(acme)
        page = client.get(f"/terms/{TIER}").text
        with monkeypatch.context() as failing:
            failing.setattr(type(acme.gateway.ledger), "record_event", away)
            form = {"csrf_token": token(page), "digest": digests(page)}
            answer = client.post(f"/terms/{TIER}", data=form)

        assert answer.status_code == 503
        assert "fresh" not in client.get(f"/terms/{TIER}").text

    def test_it_is_for_ones_own_organisation_only(self, acme: Installation) -> None:
        """
        Another tenant has confirmed nothing (promise P4).
        """
        other = acme.add_tenant("globex").value()
        client = an_officer(acme)
        page = client.get(f"/terms/{TIER}").text
        client.post(f"/terms/{TIER}", data={"csrf_token": token(page), "digest": digests(page)})
        states = acme.gateway.terms.states(other, TIER, acme.gateway.clock.now())

        assert {item.state for item in states} == {"unreviewed"}


class TestApi:
    def test_a_program_reads_and_an_officers_token_confirms(
        self, acme: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Tiers, one tier, and the confirmation of one statement by its digest.
        """
        with_a_token(acme, monkeypatch, PAUL, Role.PRIVACY_OFFICER)
        listed = acme.client.get("/v1/terms").json
        one = acme.client.get(f"/v1/terms/{TIER}").json
        chosen = next(item["digest"] for item in one["statements"] if item["established"])
        done = acme.client.post(f"/v1/terms/{TIER}/reviews", json={"digests": [chosen]})

        assert [item["tier"] for item in listed["data"]] == [TIER, "openai/api-default"]
        assert [item["usable"] for item in listed["data"]] == [False, True]
        assert [item["providers"] for item in listed["data"]] == [["trainer"], ["sim"]]
        assert one["effective"]["tier"] == TIER
        assert done.status_code == 201
        assert [item["state"] for item in done.json["data"]] == ["current"]
        assert len(noted(acme)) == 1

    @pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"digests": "a"}', b'{"digests": [1]}'])
    def test_bad_input_is_told(
        self, acme: Installation, monkeypatch: pytest.MonkeyPatch, body: bytes
    ) -> None:
        """
        In the API's own shape, and nothing is confirmed.
        """
        with_a_token(acme, monkeypatch, PAUL, Role.PRIVACY_OFFICER)
        answer = acme.client.post(f"/v1/terms/{TIER}/reviews", data=body)

        assert answer.status_code == 400
        assert answer.json["error"]["message"]
        assert noted(acme) == []

    def test_a_key_reads_no_terms(self, acme: Installation) -> None:
        """
        Whoever holds it.
        """
        acme.key_for(PAUL)
        acme.person(PAUL, Role.PRIVACY_OFFICER)
        headers = {"Authorization": f"Bearer {acme.key_for(PAUL)}"}

        assert acme.client.get("/v1/terms", headers=headers).status_code == 403

    def test_a_program_confirms_nothing(
        self, acme: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A workload with the role has read no text.
        """
        from dataclasses import replace

        with_a_token(acme, monkeypatch, PAUL, Role.PRIVACY_OFFICER)
        door = acme.gateway.identity.authenticator
        workload = replace(door.authenticate({}), kind=PrincipalKind.WORKLOAD)
        monkeypatch.setattr(type(door), "authenticate", lambda _door, _headers: workload)
        answer = acme.client.post(f"/v1/terms/{TIER}/reviews", json={"digests": ["ab" * 32]})

        assert answer.status_code == 403


class TestMetrics:
    @pytest.fixture
    def guarded(self, tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
        """A gateway whose metrics have a token."""
        made = an_installation(tmp_path, upstream.base_url, server={"metrics_token": "scrape-me"})
        yield made
        made.close()

    def test_an_operator_of_the_platform_reads_them_in_a_browser(
        self, guarded: Installation
    ) -> None:
        """
        The role opens them beside the scraper's token; no other role does.
        """
        operator = browser(guarded, EMMA, Role.PLATFORM_OPERATOR)
        admin = browser(guarded, PAUL, Role.TENANT_ADMIN, Role.PRIVACY_OFFICER)
        scraper = guarded.client.get("/metrics", headers={"Authorization": "Bearer scrape-me"})

        assert operator.get("/metrics").status_code == scraper.status_code == 200
        assert "proviso_" in operator.get("/metrics").text
        assert admin.get("/metrics").status_code == 401
        assert guarded.client.get("/metrics").status_code == 401
