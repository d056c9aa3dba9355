"""The promises of DESIGN.md, attacked through the composed gateway."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest

from gateway.core.decision import Decision, Effect, Obligation
from gateway.core.principal import Role
from gateway.errors import AuditUnavailable
from gateway.identity.permissions import PUBLIC, Permission
from gateway.web.auth import permission_of
from gateway.web.problems import API_PREFIXES

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


class BrokenLedger:
    """A ledger that can no longer write what it is told not to."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.recorded: list[str] = []

    def record_decision(self, *_: object) -> int:
        return self._record("decision")

    def record_outcome(self, *_: object) -> int:
        return self._record("outcome")

    def _record(self, kind: str) -> int:
        if kind in self.broken:
            raise AuditUnavailable
        self.recorded.append(kind)
        return 0


def with_room(installation: Installation, **rooms: object) -> None:
    """Put another neighbour into the pipeline."""
    from dataclasses import replace

    pep = installation.gateway.pep
    pep._rooms = replace(pep._rooms, **rooms)


class TestNoRecordNoCall:
    def test_nothing_is_sent_that_could_not_be_recorded(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        P1: a permit that cannot be made durable is not acted on.
        """
        key, before = acme.key_for(), len(upstream.calls)
        with_room(acme, ledger=BrokenLedger("decision"))
        answer = acme.chat(key)

        assert answer.status_code == 503
        assert answer.json["error"]["code"] == "audit.unavailable"
        assert answer.headers["x-should-retry"] == "true"
        assert len(upstream.calls) == before

    def test_nothing_is_released_whose_outcome_could_not_be_recorded(
        self, acme: Installation
    ) -> None:
        """
        P1: an answer without a durable outcome is not given out.
        """
        key = acme.key_for()
        with_room(acme, ledger=BrokenLedger("outcome"))
        answer = acme.chat(key, "canary-answer")

        assert answer.status_code == 503
        assert "canary-answer" not in answer.get_data(as_text=True)

    def test_a_stream_does_not_end_well_without_its_outcome(self, acme: Installation) -> None:
        """
        P1: no finish reason leaves before the outcome is durable.
        """
        key = acme.key_for()
        with_room(acme, ledger=BrokenLedger("outcome"))
        text = acme.chat(key, "hello", stream=True).get_data(as_text=True)

        assert '"finish_reason":"stop"' not in text
        assert "audit.unavailable" in text

    def test_readiness_turns_red_with_the_log(self, acme: Installation) -> None:
        """
        Not ready means that a request could not be recorded now.
        """
        good = acme.client.get("/readyz")
        acme.gateway.ledger.stop()
        acme.gateway.ledger._probed = (float("-inf"), False)
        bad = acme.client.get("/readyz")

        assert (good.status_code, bad.status_code) == (200, 503)
        assert bad.json["checks"]["decision_log"] == "failing"

    def test_a_lost_database_is_said_in_shape(self, acme: Installation) -> None:
        """
        Without its database the gateway answers 503, in shape, and sends nothing.
        """
        key = acme.key_for()
        where = acme.gateway.settings.database.removeprefix("sqlite:///")
        with sqlite3.connect(where) as database:
            database.execute("ALTER TABLE gateway_key RENAME TO lost")

        assert acme.chat(key).status_code == 503


class Answering:
    """A PDP that always says the same."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    def decide(self, *_: object) -> Decision:
        return self.decision

    def ready(self) -> bool:
        return True


class TestDenyIsZero:
    @pytest.mark.parametrize(
        ("decision", "status", "code"),
        [
            (Decision(), 403, "policy.no_reason"),
            (
                Decision(Effect.PERMIT, obligations=(Obligation("x", "teleport", {}),)),
                403,
                "obligation.unknown",
            ),
            (
                Decision(Effect.PERMIT, obligations=(Obligation("x", "redact", {"types": []}),)),
                403,
                "obligation.malformed",
            ),
            (
                Decision(Effect.PERMIT, obligations=(Obligation("x", "redact", {"all": True}),)),
                403,
                "obligation.malformed",
            ),
            (Decision().refused("GATEWAY", "policy.unavailable"), 503, "policy.unavailable"),
            (Decision().refused("GATEWAY", "policy.timeout"), 503, "policy.unavailable"),
        ],
    )
    def test_whatever_is_not_a_clear_permit(
        self, acme: Installation, upstream: Upstream, decision: Decision, status: int, code: str
    ) -> None:
        """
        P2: an unknown or malformed obligation voids the permit; no decision is no permit.
        """
        key, before = acme.key_for(), len(upstream.calls)
        with_room(acme, pdp=Answering(decision))
        answer = acme.chat(key)

        assert answer.status_code == status
        assert answer.json["error"]["code"] == code
        assert len(upstream.calls) == before

    def test_a_permit_for_a_model_that_is_not_there(self, acme: Installation) -> None:
        """
        No policy can make a model: the catalogue still decides what can be called.
        """
        key = acme.key_for()
        with_room(acme, pdp=Answering(Decision(Effect.PERMIT)))

        assert acme.chat(key, model="imaginary").json["error"]["code"] == "model.unknown"

    def test_readiness_turns_red_with_the_policy(self, acme: Installation) -> None:
        """
        Not ready means that nothing could be judged now.
        """
        acme.gateway.engine.stop()

        assert acme.client.get("/readyz").json["checks"]["policy"] == "failing"
        assert acme.chat(acme.key_for()).status_code == 503


class TestIdentityDecides:
    @pytest.mark.parametrize(
        "headers",
        [
            {"x-tenant": "globex"},
            {"x-proviso-policy": "off"},
            {"x-proviso-audit": "off"},
            {"x-user": "admin"},
            {"x-proviso-data-class": "public"},
        ],
    )
    def test_no_header_widens_anything(self, acme: Installation, headers: dict[str, str]) -> None:
        """
        P3: a header changes neither tenant nor judgement nor record.
        """
        answer = acme.chat(acme.key_for(), "AKIAIOSFODNN7EXAMPLE", headers=headers)

        assert answer.status_code == 403
        assert [item["kind"] for item in acme.entries()] == ["decision", "outcome"]

    def test_a_declared_class_raises(self, acme: Installation) -> None:
        """
        P3: a caller may say that content is more sensitive, and it counts.
        """
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
        messages = [{"role": "user", "content": [image]}]
        key = acme.key_for()
        plain = acme.chat(key, messages=messages)
        raised = acme.chat(key, messages=messages, headers={"x-proviso-data-class": "confidential"})

        assert plain.status_code == 200
        assert "IP-06" in raised.json["error"]["rules"]


class TestEveryRoute:
    def test_every_route_declares_one_permission(self, shared: Installation) -> None:
        """
        A route that forgot to say who may use it fails here, whoever adds it.
        """
        undeclared = [
            rule.rule
            for rule in shared.flask.url_map.iter_rules()
            if permission_of(shared.flask.view_functions[rule.endpoint]) is None
        ]

        assert undeclared == []

    def test_public_routes_are_few_and_known(self, shared: Installation) -> None:
        """
        What asks for no identity is listed here by name.
        """
        public = {
            rule.rule
            for rule in shared.flask.url_map.iter_rules()
            if permission_of(shared.flask.view_functions[rule.endpoint]) is PUBLIC
        }

        assert public == {
            "/favicon.ico", "/health/liveliness", "/health/readiness", "/healthz", "/metrics",
            "/readyz", "/sign-in", "/sign-in/<slug>", "/sign-in/<slug>/callback", "/sign-out",
            "/static/<path:name>",
        }  # fmt: skip

    def test_every_guarded_route_refuses_strangers(self, shared: Installation) -> None:
        """
        Without a credential an API route answers 401 and a page leads to the sign-in.
        """
        for rule in shared.flask.url_map.iter_rules():
            if permission_of(shared.flask.view_functions[rule.endpoint]) is PUBLIC:
                continue
            path = rule.rule.replace("<exchange_id>", "x").replace("<path:alias>", "x")
            method = next(
                method for method in ("POST", "GET", "DELETE") if method in (rule.methods or ())
            )
            answer = shared.client.open(path, method=method)

            expected = 401 if path.startswith(API_PREFIXES) else 303
            assert answer.status_code == expected, path

    def test_a_key_opens_no_page_and_reads_no_decision(self, shared: Installation) -> None:
        """
        A leaked key can generate; it cannot read what others asked.
        """
        headers = {"Authorization": f"Bearer {shared.key_for()}"}

        assert shared.client.get("/decisions", headers=headers).status_code == 303


class TestPages:
    def test_roles_see_what_is_theirs(self, acme: Installation) -> None:
        """
        An employee sees no decisions of others; an auditor does; only some may verify.
        """
        for roles, path, expected in (
            ((), "/decisions", 403),
            ((), "/log", 403),
            ((Role.AUDITOR,), "/decisions", 200),
            ((Role.AUDITOR,), "/log", 200),
        ):
            cookie = acme.session_for("someone@acme.example", *roles)
            acme.client.set_cookie("proviso", cookie)

            assert acme.client.get(path).status_code == expected, (roles, path)

    def test_a_receipt_is_its_owners(self, acme: Installation) -> None:
        """
        Somebody else's receipt is not there.
        """
        exchange = acme.chat(acme.key_for()).headers["x-proviso-decision-id"]
        acme.client.set_cookie("proviso", acme.session_for("other@acme.example"))
        foreign = acme.client.get(f"/receipts/{exchange}").status_code
        acme.client.set_cookie("proviso", acme.session_for("emma@acme.example"))
        own = acme.client.get(f"/receipts/{exchange}").status_code

        assert (foreign, own) == (404, 200)

    def test_another_tenants_decision_is_not_there(self, acme: Installation) -> None:
        """
        P4: an officer of one tenant finds no decision of another, not even by its id.
        """
        other = acme.add_tenant("globex")
        key = acme.key_for("hank@globex.example", tenant=other)
        exchange = acme.chat(key).headers["x-proviso-decision-id"]
        acme.client.set_cookie("proviso", acme.session_for("paul@acme.example", Role.AUDITOR))

        assert acme.client.get(f"/decisions/{exchange}").status_code == 404

    def test_verifying_takes_the_sessions_token(self, acme: Installation) -> None:
        """
        A form from elsewhere cannot press the button.
        """
        acme.client.set_cookie("proviso", acme.session_for("paul@acme.example", Role.AUDITOR))

        assert acme.client.post("/log/verify").status_code == 403


class TestMetrics:
    def test_metrics_hold_no_person_and_no_content(self, acme: Installation) -> None:
        """
        P7: what is exported is counts by tenant, model, rule; never who and what.
        """
        acme.chat(acme.key_for(), "canary-4711 to jane@acme.example")
        acme.chat(acme.key_for(), "AKIAIOSFODNN7EXAMPLE", model="canary-model")
        text = acme.client.get("/metrics").get_data(as_text=True)

        assert 'proviso_decisions_total{effect="permit",phase="request",tenant="acme"} 1.0' in text
        assert 'rule="IP-07"' in text
        assert re.search(r"\bp_[\w-]{22}", text) is None
        for secret in ("canary", "jane", "emma", "sk-pv"):
            assert secret not in text

    def test_metrics_are_for_this_machine_or_the_token(self, acme: Installation) -> None:
        """
        Metrics name tenants: a stranger on the network does not get them.
        """
        stranger = {"REMOTE_ADDR": "203.0.113.9"}
        proxied = {"X-Forwarded-For": "203.0.113.9"}

        assert acme.client.get("/metrics", environ_base=stranger).status_code == 401
        assert acme.client.get("/metrics", headers=proxied).status_code == 401


class TestPermissions:
    def test_names_have_one_form(self) -> None:
        """
        ``<scope>:<resource>:<action>``, in alphabetical order.
        """
        names = [item.value for item in Permission]

        assert names == sorted(names)
        assert all(name.count(":") == 2 for name in names)
