from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audit import canonical
from gateway.core import policy_input
from gateway.core.catalogue import ModelEntry, ProviderEntry, Wire
from gateway.core.clock import Deadline, SystemClock
from gateway.core.content import DataClass, FindingSummary
from gateway.core.exchange import Exchange, Kind
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role, Tenant
from gateway.terms.registry import EffectiveTerms
from tests.unit.core.json_schema import problems, schema

TERMS = EffectiveTerms(
    "openai/api-default", True, False, (), "opt_in", 30, "flagged_only"
).as_input()
ACCEPTED = {"code_of_use": {"required": 1, "accepted": 1}}
PROVIDER = ProviderEntry("openai", Wire.OPENAI, "https://x.example", "openai/api-default", "key")
MODEL = ModelEntry("gpt-4o", PROVIDER, "gpt-4o-2026")

tenants = st.builds(Tenant, st.builds(uuid7), st.text(), st.text(), st.booleans())
principals = st.builds(
    Principal,
    tenant=tenants,
    id=st.builds(uuid7),
    kind=st.sampled_from(PrincipalKind),
    roles=st.frozensets(st.sampled_from(Role)),
    credential=st.sampled_from(CredentialKind),
    credential_id=st.text(),
    pseudonym=st.text(),
    email=st.text(),
    groups=st.frozensets(st.sampled_from(["a", "b"])),
)
exchanges = st.builds(
    Exchange,
    id=st.text(),
    principal=principals,
    kind=st.just(Kind.CHAT),
    model=st.text(),
    body=st.dictionaries(st.text(), st.text()),
    stream=st.booleans(),
    received_at=st.just(datetime.now(UTC)),
    deadline=st.just(Deadline(SystemClock(), 1)),
    size=st.integers(0, 10**8),
    declared_class=st.sampled_from([None, *DataClass]),
)
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


def an_exchange(**changes: Any) -> Exchange:
    exchange = Exchange(
        id="ex_1",
        principal=a_principal(),
        kind=Kind.CHAT,
        model="gpt-4o",
        body={"messages": [{"role": "user", "content": "My IBAN is DE89370400440532013000"}]},
        stream=False,
        received_at=datetime(2026, 11, 24, tzinfo=UTC),
        deadline=Deadline(SystemClock(), 60),
        size=100,
    )
    return replace(exchange, **changes)


def asked(exchange: Exchange, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "destination": policy_input.destination(MODEL, exchange.principal, TERMS, "v1"),
        "acknowledgements": ACCEPTED,
        "findings": [FindingSummary("IBAN_CODE", 1, 0.99, ("iban",))],
        "data_class": DataClass.CONFIDENTIAL,
        "unscanned": {},
    }
    return policy_input.for_request(exchange, **{**given, **changes})


class TestForm:
    @given(exchange=exchanges, findings=findings, known=st.booleans(), images=st.integers(0, 99))
    def test_every_request_is_of_the_published_form(
        self, exchange: Exchange, findings: list[FindingSummary], known: bool, images: int
    ) -> None:
        """
        Complete, typed and canonical, whatever the exchange is.
        """
        where = (
            policy_input.destination(MODEL, exchange.principal, TERMS, "v1")
            if known
            else policy_input.Destination()
        )
        question = asked(
            exchange,
            destination=where,
            findings=findings,
            unscanned={"image": images} if images else {},
        )

        assert list(problems(schema("request.v1.json"), question)) == []
        canonical.encode(question)

    @given(exchange=exchanges, findings=findings)
    def test_every_output_is_of_the_published_form(
        self, exchange: Exchange, findings: list[FindingSummary]
    ) -> None:
        """
        The same for the second question.
        """
        where = policy_input.destination(MODEL, exchange.principal, TERMS, "v1")
        question = policy_input.for_output(exchange, destination=where, findings=findings)

        assert list(problems(schema("output.v1.json"), question)) == []
        canonical.encode(question)

    def test_the_schema_would_notice(self) -> None:
        """
        The check above can fail: what is missing, unknown or of another type is a problem.
        """
        question = asked(an_exchange())
        del question["data"]["secrets"]
        question["data"]["text"] = "hello"
        question["tenant"]["demo"] = 0

        assert len(list(problems(schema("request.v1.json"), question))) == 3


class TestEqualSituations:
    def test_who_asks_and_when_changes_nothing(self) -> None:
        """
        Another person of the same roles, another minute, another text with the same findings:
        the same bytes, so the same answer from the cache and one kept copy.
        """
        one = an_exchange()
        other = an_exchange(
            id="ex_2",
            principal=a_principal(email="bob@acme.example", pseudonym="p_2", credential_id="k2"),
            body={"messages": [{"role": "user", "content": "GB33BUKB20201555555555, please"}]},
            received_at=one.received_at + timedelta(hours=3),
            size=777,
            language="de",
        )

        assert canonical.encode(asked(one)) == canonical.encode(asked(other))

    def test_the_order_of_what_is_found_changes_nothing(self) -> None:
        """
        Lists come sorted, whatever order the detectors reported in.
        """
        found = [
            FindingSummary("SECRET", 1, 0.9, ("secret.jwt", "secret.assignment")),
            FindingSummary("EMAIL_ADDRESS", 2, 0.9, ("email",)),
        ]
        back = [replace(item, rules=item.rules[::-1]) for item in found[::-1]]

        one, other = (asked(an_exchange(), findings=items) for items in (found, back))

        assert one == other
        assert one["data"]["secrets"] == [{"kind": "secret.assignment"}, {"kind": "secret.jwt"}]

    @pytest.mark.parametrize(
        "changes",
        [
            {"data_class": DataClass.RESTRICTED},
            {"findings": []},
            {"unscanned": {"image": 1}},
            {"acknowledgements": {"code_of_use": {"required": 2, "accepted": 1}}},
            {"destination": policy_input.Destination()},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_what_a_rule_reads_changes_the_bytes(self, changes: dict[str, Any]) -> None:
        """
        Another situation is another question, or the cache would answer the wrong one.
        """
        exchange = an_exchange()

        assert canonical.encode(asked(exchange)) != canonical.encode(asked(exchange, **changes))

    def test_nothing_of_the_text_or_the_person_is_in_it(self) -> None:
        """
        Labels only: no content, no address, no name, no id (promise P7).
        """
        exchange = an_exchange(model="my secret model name")
        question = canonical.encode(asked(exchange, destination=policy_input.Destination()))

        principal = exchange.principal
        for told in ("DE89", "secret model", "ada@", "p_1", "ex_1", "k1", "research", "2026"):
            assert told.encode() not in question
        assert str(principal.id).encode() not in question
        assert str(principal.tenant.id).encode() not in question


class TestSteps:
    @given(st.integers(1, 10**7), st.integers(1, 10**7))
    def test_steps_keep_the_order_and_never_understate(self, one: int, other: int) -> None:
        """
        More findings are never told as fewer, and up to ten thousand a step is not below them.
        """
        if one <= other:
            assert policy_input.step(one) <= policy_input.step(other)
        assert policy_input.step(one) >= min(one, 10_000)

    @pytest.mark.parametrize(
        ("count", "step"), [(1, 1), (2, 2), (3, 5), (37, 50), (99_999, 10_000)]
    )
    def test_examples(self, count: int, step: int) -> None:
        """
        One and two are exact, because one secret and two are judged differently.
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
        where = policy_input.destination(model, a_principal(), TERMS, "v1")

        assert where.known
        assert where.allowed is allowed

    def test_no_destination_is_not_allowed(self) -> None:
        """
        The zero value: unknown, not allowed, on terms nobody knows.
        """
        where = policy_input.Destination()

        assert (where.known, where.allowed, where.terms["known"]) == (False, False, False)
