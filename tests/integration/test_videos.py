"""A film from asking to fetching: each part judged, and nobody fetches another's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from gateway.core.identifiers import TenantId
from gateway.db import provider_jobs
from gateway.db.acknowledgements import Acknowledgement
from gateway.db.provider_jobs import ProviderJob
from gateway.pep import upstream as calling
from gateway.retention.holds import CONTENT
from gateway.sealed.envelope import new_key
from tests.factories import an_installation
from tests.simulators.wires.media import UPSTREAM_JOB, an_mp4

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


class Caller:
    """Somebody with a key."""

    def __init__(self, made: Installation, email: str = "emma@acme.example") -> None:
        self._made = made
        self._headers = {"Authorization": f"Bearer {made.key_for(email)}"}

    def begin(self, prompt: str = "A kite over a beach", model: str = "echo") -> Any:
        """Ask for a film."""
        return self.call("post", "/v1/videos", json={"model": model, "prompt": prompt})

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Any request."""
        return getattr(self._made.client, method)(path, headers=self._headers, **more)


@pytest.fixture
def emma(acme: Installation) -> Caller:
    """Somebody who may."""
    return Caller(acme)


class TestFetching:
    def test_the_film_is_an_exchange_of_its_own(
        self, acme: Installation, emma: Caller, upstream: Upstream
    ) -> None:
        """
        The film is judged, recorded with its digest and given out under its own decision.
        """
        name = emma.begin().json["id"]
        answer = emma.call("get", f"/v1/videos/{name}/content")
        entries = acme.entries()

        manifest = acme.gateway.output_rights.marks.read(acme.tenant.value(), answer.data)
        assert manifest is not None
        assert manifest.trusted
        assert answer.content_type == "video/mp4"
        assert upstream.asked[-1] == f"/v1/videos/{UPSTREAM_JOB}/content"
        assert [item["kind"] for item in entries] == ["decision", "outcome"] * 2
        assert entries[3]["media"][0]["bytes"] == len(answer.data) > len(an_mp4())
        assert entries[3]["rights"]["owner_clause"]
        assert UPSTREAM_JOB not in str(entries)
        assert acme.verify().intact

    def test_policy_may_have_changed(self, acme: Installation, emma: Caller) -> None:
        """
        What was asked for may no longer be fetched: then it stays at the provider, and is refused.
        """
        name = emma.begin().json["id"]
        tenant = TenantId(acme.tenant.id)
        with acme.gateway.database.tenant_session(tenant, write=True) as session:
            session.execute(update(Acknowledgement).values(version=0))
        acme.gateway.attributes.source.forget(tenant, acme.entries()[0]["principal"])
        answer = emma.call("get", f"/v1/videos/{name}/content")

        assert answer.status_code == 403
        assert acme.entries()[-1]["status"] == "denied"

    def test_one_that_never_ends(self, acme: Installation, emma: Caller) -> None:
        """
        It can be asked about until its day is over; then it is gone, and says so.
        """
        name = emma.begin().json["id"]
        told = emma.call("get", f"/v1/videos/{name}").json
        tenant = TenantId(acme.tenant.id)
        with acme.gateway.database.tenant_session(tenant, write=True) as session:
            past = acme.gateway.clock.now() - timedelta(seconds=1)
            session.execute(update(ProviderJob).values(expires_at=past))
        gone = emma.call("get", f"/v1/videos/{name}")

        assert told["status"] == "in_progress"
        assert told["id"] == name
        assert "prompt" not in told
        assert gone.status_code == 404
        assert "time is over" in gone.json["error"]["message"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [("get", ""), ("get", "/content"), ("delete", ""), ("post", "/remix")],
    )
    def test_nobody_fetches_anothers(
        self, acme: Installation, emma: Caller, upstream: Upstream, method: str, path: str
    ) -> None:
        """
        A colleague who learns the name of a film gets nothing by it, and nobody is asked.
        """
        name = emma.begin().json["id"]
        before, count = len(upstream.asked), upstream.count
        paul = Caller(acme, "paul@acme.example")
        answer = paul.call(method, f"/v1/videos/{name}{path}", json={"prompt": "Darker"})

        assert answer.status_code == 404
        assert (len(upstream.asked), upstream.count) == (before, count)
        assert paul.call("get", "/v1/videos").json["data"] == []


class TestAfter:
    def test_a_remake_is_judged(self, acme: Installation, emma: Caller, upstream: Upstream) -> None:
        """
        Another film from this one goes the same way; the address in its prompt leaves replaced.
        """
        name = emma.begin().json["id"]
        answer = emma.call(
            "post", f"/v1/videos/{name}/remix", json={"prompt": "Add jane.doe@customer.example"}
        )

        assert answer.status_code == 200, answer.data
        assert answer.json["id"] not in (name, UPSTREAM_JOB)
        assert "jane" not in str(upstream.calls[-1])
        assert acme.entries()[-1]["replaced"] == {"EMAIL_ADDRESS": 1}

    def test_a_caller_names_no_job_of_the_provider(self, emma: Caller, upstream: Upstream) -> None:
        """
        The place in which we note a film is no parameter: a film from words has none, and a
        remake is of one's own.
        """
        before, body = upstream.count, {"model": "echo", "prompt": "A kite"}
        refused = emma.call("post", "/v1/videos", json={**body, "proviso_job": "../somebody"})

        assert refused.status_code == 400
        assert refused.json["error"]["param"] == "proviso_job"
        assert upstream.count == before

        path = f"/v1/videos/{emma.begin().json['id']}/remix"
        again = emma.call("post", path, json={"prompt": "Darker", "proviso_job": "../somebody"})

        assert again.status_code == 200
        assert upstream.calls[-1] == {"prompt": "Darker"}

    def test_it_can_be_deleted(self, acme: Installation, emma: Caller, upstream: Upstream) -> None:
        """
        The provider deletes it, it is forgotten here, and the log says so before it is asked for.
        """
        name = emma.begin().json["id"]
        began = acme.entries()[-1]["exchange"]

        assert emma.call("delete", f"/v1/videos/{name}").json["deleted"] is True
        assert upstream.asked[-1] == f"/v1/videos/{UPSTREAM_JOB}"
        assert emma.call("get", f"/v1/videos/{name}").status_code == 404
        entry = acme.entries()[-1]
        assert (entry["action"], entry["target"]) == ("video.deleted", name)
        assert entry["params"] == {"exchange": began}

    def test_what_is_kept_of_it_names_it_as_we_do(self, tmp_path: Path, upstream: Upstream) -> None:
        """
        Where content is kept, the request for a film says our name of it, not the provider's.
        """
        sealing = {"master_keys": [new_key().hex()]}
        made = an_installation(tmp_path, upstream.base_url, sealing=sealing)
        tenant = TenantId(made.tenant.id)
        content = made.gateway.rights.content
        content.turn(tenant, on=True, dpia="DPIA-7", days=30, by="p_officer", note=lambda: None)
        emma = Caller(made)
        name = emma.begin().json["id"]
        emma.call("get", f"/v1/videos/{name}/content")
        emma.call("post", f"/v1/videos/{name}/remix", json={"prompt": "Darker"})
        kept = [item.value for item in content.of(tenant, made.person())]
        made.close()

        assert [item for item in kept if item.get("proviso_job") == name] == [
            {"model": "echo", "proviso_job": name},
            {"prompt": "Darker", "model": "echo", "proviso_job": name},
        ]
        assert UPSTREAM_JOB not in str(kept)

    def test_they_are_listed(self, emma: Caller) -> None:
        """
        One's own films, newest first.
        """
        names = [emma.begin().json["id"] for _ in range(2)]

        assert [item["id"] for item in emma.call("get", "/v1/videos").json["data"]] == names[::-1]

    def test_who_is_erased_leaves_no_film_behind(self, acme: Installation, emma: Caller) -> None:
        """
        Whose it was is forgotten here, and the certificate says what the provider still keeps.
        """
        name = emma.begin().json["id"]
        tenant = TenantId(acme.tenant.id)
        done = acme.gateway.rights.erasure.erase(tenant, acme.person(), "operator:test")
        film = {"model": "echo", "id": UPSTREAM_JOB, "object": "video"}

        assert done.provider_objects[0] == film
        assert done.erased["provider_jobs"] == 1
        assert emma.call("get", f"/v1/videos/{name}").status_code == 401

    @pytest.mark.parametrize("held", [False, True])
    def test_a_film_noted_after_the_erasure_goes(
        self, acme: Installation, emma: Caller, upstream: Upstream,
        monkeypatch: pytest.MonkeyPatch, *, held: bool,
    ) -> None:  # fmt: skip
        """
        No certificate lists it: the provider deletes it unless a hold is set, the request fails.
        """
        tenant, whole, person = TenantId(acme.tenant.id), calling.whole, acme.person()
        if held:
            acme.gateway.rights.holds.add(
                tenant, (person, "p_emma"), part=CONTENT, matter="1", by="x", note=lambda: None
            )
        before = len(upstream.asked)

        def meanwhile(*asked: Any) -> Any:
            answer = whole(*asked)
            acme.gateway.rights.erasure.erase(tenant, person, "operator:test")
            return answer

        monkeypatch.setattr(calling, "whole", meanwhile)
        answer = emma.begin()

        assert answer.status_code == 401
        assert upstream.asked[before:] == ([] if held else [f"/v1/videos/{UPSTREAM_JOB}"])
        assert acme.entries()[-1]["status"] == "failed"
        with acme.gateway.database.tenant_session(tenant) as session:
            assert provider_jobs.of_principal(session, person, 9) == []

    def test_a_film_noted_during_the_erasure_is_on_its_certificate(
        self, acme: Installation, emma: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        One that begins after the counts were taken, and before its row is taken out.
        """
        erasure = acme.gateway.rights.erasure
        take_out = erasure._take_out

        def meanwhile(*asked: Any) -> Any:
            assert emma.begin().status_code == 200
            return take_out(*asked)

        monkeypatch.setattr(erasure, "_take_out", meanwhile)
        done = erasure.erase(TenantId(acme.tenant.id), acme.person(), "operator:test")

        assert UPSTREAM_JOB in [item.get("id") for item in done.provider_objects]
