from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit import canonical
from gateway.core import policy_input
from gateway.core.catalogue import ModelEntry, ProviderEntry, Wire
from gateway.core.content import FindingSummary
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.policy_input import Destination, Situation
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role, Tenant
from gateway.pdp.bundle import shipped_folder
from tests.unit.core.json_schema import problems, schema

EXAMPLES = shipped_folder() / "schemas" / "examples"
REQUEST: dict[str, Any] = json.loads((EXAMPLES / "request.json").read_text())
OUTPUT: dict[str, Any] = json.loads((EXAMPLES / "output.json").read_text())
PROVIDER = ProviderEntry(
    "openai", Wire.OPENAI, "https://x.example", "openai/api-default", "key", "eu", "adequacy"
)
MODEL = ModelEntry("gpt-4o", PROVIDER, "gpt-4o-2026")
SECTIONS = (
    "tenant", "subject", "purpose", "request", "data", "signals", "usage", "parameters",
)  # fmt: skip
SITUATION = Situation(**{name: REQUEST[name] for name in SECTIONS})

kinds = st.sampled_from(["PERSON", "SECRET", "EMAIL_ADDRESS", "detector.failed"])
findings = st.lists(
    st.builds(
        FindingSummary,
        type=kinds,
        count=st.integers(1, 10**6),
        confidence=st.floats(0, 1),
        rules=st.lists(st.sampled_from(["secret.jwt", "secret.private_key"]), unique=True).map(
            tuple
        ),
    ),
    unique_by=lambda item: item.type,
)


def a_principal(**changes: Any) -> Principal:
    tenant = Tenant(TenantId(uuid7()), "acme", "Acme")
    principal = Principal(
        tenant=tenant,
        id=PrincipalId(uuid7()),
        kind=PrincipalKind.PERSON,
        roles=frozenset({Role.EMPLOYEE, Role.AUDITOR}),
        credential=CredentialKind.GATEWAY_KEY,
        credential_id="k1",
        pseudonym="p_1",
        email="ada@acme.example",
        groups=frozenset({"research"}),
    )
    return replace(principal, **changes)


def where() -> Destination:
    return policy_input.destination(MODEL, a_principal(), REQUEST["terms"], "v1")


class TestForm:
    def test_a_request_is_of_the_published_form(self) -> None:
        """
        Complete, typed and canonical, with a destination and without one.
        """
        for destination in (where(), Destination()):
            question = SITUATION.for_request(destination)

            assert list(problems(schema("request.v2.json"), question)) == []
            canonical.encode(question)

    @given(findings=findings)
    def test_an_output_is_of_the_published_form(self, findings: list[FindingSummary]) -> None:
        """
        The same for the second question, whatever was found.
        """
        seen = {**OUTPUT["output"], **policy_input.seen(findings)}
        question = SITUATION.for_output(where(), seen)

        assert list(problems(schema("output.v2.json"), question)) == []
        canonical.encode(question)

    def test_the_schema_would_notice(self) -> None:
        """
        The check above can fail: what is missing, unknown or of another type is a problem.
        """
        question = json.loads(json.dumps(SITUATION.for_request(where())))
        del question["data"]["secrets"]
        question["data"]["text"] = "hello"
        question["tenant"]["demo"] = 0

        assert len(list(problems(schema("request.v2.json"), question))) == 3


class TestSeen:
    def test_the_order_of_what_is_found_changes_nothing(self) -> None:
        """
        Lists come sorted, whatever order the detectors reported in.
        """
        found = [
            FindingSummary("SECRET", 1, 0.9, ("secret.jwt", "secret.assignment")),
            FindingSummary("EMAIL_ADDRESS", 2, 0.9, ("email",)),
        ]
        back = [replace(item, rules=item.rules[::-1]) for item in found[::-1]]

        one, other = (policy_input.seen(items) for items in (found, back))

        assert one == other
        assert one["secrets"] == [{"kind": "secret.assignment"}, {"kind": "secret.jwt"}]


class TestSteps:
    @given(st.integers(0, 10**8), st.integers(0, 10**8))
    def test_steps_keep_the_order_and_never_understate(self, one: int, other: int) -> None:
        """
        More findings are never told as fewer, and up to a million a step is not below them.
        """
        if one <= other:
            assert policy_input.step(one) <= policy_input.step(other)
        assert policy_input.step(one) >= min(one, 1_000_000)

    @pytest.mark.parametrize(
        ("count", "step"), [(0, 0), (1, 1), (2, 2), (3, 5), (37, 50), (99_999, 100_000)]
    )
    def test_examples(self, count: int, step: int) -> None:
        """
        None, one and two are exact, because one secret and two are judged differently.
        """
        assert policy_input.step(count) == step


class TestDestination:
    @pytest.mark.parametrize(
        ("groups", "tenants", "allowed"),
        [
            (set(), set(), True),
            ({"research"}, set(), True),
            ({"board"}, set(), False),
            (set(), {"acme"}, True),
            (set(), {"globex"}, False),
            ({"research"}, {"globex"}, False),
        ],
    )
    def test_it_says_whether_this_principal_may(
        self, groups: set[str], tenants: set[str], allowed: bool
    ) -> None:
        """
        By group and by tenant, both of them where both are given.
        """
        model = replace(MODEL, allowed_groups=frozenset(groups), allowed_tenants=frozenset(tenants))
        where = policy_input.destination(model, a_principal(), REQUEST["terms"], "v1")

        assert where.known
        assert where.allowed is allowed

    def test_no_destination_is_not_allowed(self) -> None:
        """
        The zero value: unknown, not allowed, on terms nobody knows.
        """
        where = Destination()

        assert (where.known, where.allowed, where.terms["known"]) == (False, False, False)

    def test_nothing_secret_is_told(self) -> None:
        """
        Neither our credential there nor the provider's own name for the model.
        """
        told = json.dumps(where().as_input())

        assert "key" not in told
        assert "gpt-4o-2026" not in told
