"""Media on their way out: the mark that is owed, or none leave."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.clock import Deadline, SystemClock
from gateway.core.decision import Decision, Effect, Obligation
from gateway.core.exchange import Exchange, Kind, Outcome
from gateway.core.identifiers import PrincipalId, TenantId, exchange_id, uuid7
from gateway.core.policy_input import Destination, Situation
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Role, Tenant
from gateway.core.secrets import RootSecret
from gateway.db.session import Database
from gateway.errors import Withheld
from gateway.pep.judgement import Judged
from gateway.pep.marking import UNMARKED, came_with, mark_media
from gateway.pep.obligations import owed
from gateway.rights.assembly import OutputRights, assemble
from gateway.shapes.shape import Medium
from tests.factories import settings_for
from tests.media import a_picture, a_sound, encoded

if TYPE_CHECKING:
    from pathlib import Path

PICTURE, OGG = encoded(a_picture()), b"OggS" + b"\x00" * 60
TENANT = Tenant(TenantId(uuid7()), "acme", "Acme")
NOTHING: dict[str, Any] = {}


class Answer:
    """Media in an answer, and what is put in their place."""

    def __init__(self, *pieces: bytes) -> None:
        self.media = [
            Medium("image/png", data, lambda put, at=at: self.put.__setitem__(at, put))  # type: ignore[misc]
            for at, data in enumerate(pieces)
        ]
        self.put: dict[int, bytes] = {}


@pytest.fixture
def rights(tmp_path: Path) -> OutputRights:
    """Marks and an index of no database: nothing is looked up here."""
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")
    return assemble({}, database, RootSecret(b"p" * 32), SystemClock())


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    """A permitted exchange."""
    clock = SystemClock()
    principal = Principal(
        tenant=TENANT, id=PrincipalId(uuid7()), kind=PrincipalKind.PERSON,
        roles=frozenset({Role.EMPLOYEE}), credential=CredentialKind.SESSION, credential_id="x",
        pseudonym="p_x",
    )  # fmt: skip
    exchange = Exchange(
        exchange_id(), principal, Kind.IMAGE, "echo", {}, stream=False, received_at=clock.now(),
        deadline=Deadline(clock, 5), size=1,
    )  # fmt: skip
    model = settings_for(tmp_path, "http://127.0.0.1:1").catalogue().find("echo")
    assert model is not None
    situation = Situation(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    permit = Decision(Effect.PERMIT, "r1")
    return Judged(exchange, situation, permit, model, Destination(), owed(()))


def put_on(rights: OutputRights, judged: Judged, answer: Answer, level: str = "") -> Outcome:
    """What the outcome is told, with the mark of that level owed."""
    outcome = Outcome()
    wanted = [Obligation("AI-04/mark", "mark", {"level": level})] if level else []

    def said(decision: Decision, _exchange: Exchange) -> str:
        return decision.reasons[0].code

    mark_media(answer.media, judged, owed(wanted), outcome, rights, said)
    return outcome


class TestMarkMedia:
    def test_each_piece_is_marked_and_told(self, rights: OutputRights, judged: Judged) -> None:
        """
        Digests of what came and of what leaves, the marks of both, and a likeness to find it by.
        """
        answer = Answer(PICTURE, a_sound())
        outcome = put_on(rights, judged, answer, "required")
        found = rights.marks.read(TENANT, answer.put[0])

        assert set(answer.put) == {0, 1}
        assert found is not None
        assert (found.trusted, found.exchange) == (True, judged.exchange.id)
        assert outcome.marks_in == [{"c2pa": "none"}] * 2
        assert [item["ours"] for item in outcome.marks_out] == [True, True]
        assert [item.kind for item in outcome.outputs] == ["image", "audio"]
        assert outcome.media[0]["digest"] == hashlib.sha256(PICTURE).hexdigest()
        assert outcome.media[0]["delivered_digest"] == hashlib.sha256(answer.put[0]).hexdigest()
        assert outcome.outputs[0].digest.hex() == outcome.media[0]["delivered_digest"]

    def test_what_is_owed_no_mark_leaves_byte_by_byte(
        self, rights: OutputRights, judged: Judged
    ) -> None:
        """
        Nothing is put in its place, and its digest is one.
        """
        answer = Answer(PICTURE)
        (told,) = put_on(rights, judged, answer).media

        assert answer.put == {}
        assert told["digest"] == told["delivered_digest"]

    def test_what_cannot_take_a_required_mark_is_withheld(
        self, rights: OutputRights, judged: Judged
    ) -> None:
        """
        With a text that says which formats can; where it is only to be added, it leaves bare.
        """
        with pytest.raises(Withheld) as refusal:
            put_on(rights, judged, Answer(PICTURE, OGG), "required")

        assert refusal.value.decision.reasons[0].code == UNMARKED
        assert put_on(rights, judged, Answer(OGG), "add").marks_out == [{"c2pa": "none"}]


class TestCameWith:
    def test_one_bare_piece_makes_the_answer_bare(
        self, rights: OutputRights, judged: Judged
    ) -> None:
        """
        Policy is told of a mark when all of it bears one.
        """
        answer = Answer(PICTURE)
        put_on(rights, judged, answer, "add")
        marked = Medium("image/png", answer.put[0], answer.media[0].put)

        assert came_with(rights.marks, TENANT, [marked, marked]) == ("c2pa",)
        assert came_with(rights.marks, TENANT, [marked, *answer.media]) == ()
        assert came_with(rights.marks, TENANT, []) == ()
