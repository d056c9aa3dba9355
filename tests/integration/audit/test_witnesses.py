"""Checkpoints reach those outside, and what they give back convicts a rewritten history."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from gateway.audit import export
from gateway.audit.timestamp import Stamps
from gateway.audit.verify import Trust, kept_checkpoints, verify_path
from gateway.audit.witness import from_settings
from gateway.core.identifiers import TenantId
from gateway.errors import ConfigurationError
from gateway.sections import WitnessSettings
from tests.factories import Installation, an_installation
from tests.simulators.witness import NAME, Cosigner, Outside, StampAuthority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.audit.verdict import Verdict
    from tests.simulators.upstream import Upstream


Made: TypeAlias = "Callable[[dict[str, Any]], Installation]"


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Made]:
    """Makes a gateway with witnesses, whose schedule is moved by hand."""
    made: list[Installation] = []

    def make(witnesses: dict[str, Any]) -> Installation:
        seconds = {"checkpoint_seconds": 3600, "witness_seconds": 3600}
        audit = {"witnesses": witnesses, **seconds}
        made.append(an_installation(tmp_path, upstream.base_url, audit=audit))
        return made[0]

    yield make
    for installation in made:
        installation.close()


def asked(installation: Installation) -> TenantId:
    """One exchange more, and a checkpoint of it."""
    tenant = TenantId(installation.tenant.id)
    assert installation.chat(installation.key_for()).status_code == 200
    assert installation.gateway.log.seal(tenant)
    return tenant


def judged(installation: Installation, path: Path, trust: dict[str, Any]) -> Verdict:
    """An auditor's verdict on an export."""
    tenant = TenantId(installation.tenant.id)
    log = installation.gateway.log
    export.to_file(log, tenant, path)
    return verify_path(path, Trust([log.verifier_key(tenant)], **trust))


class TestFile:
    def test_each_checkpoint_is_added_once(self, company: Made, tmp_path: Path) -> None:
        """
        The schedule gives what is new and nothing twice; the file is what an auditor holds on to.
        """
        where = tmp_path / "kept.jsonl"
        acme = company({"vault": {"kind": "file", "path": str(where)}})
        for _ in range(2):
            asked(acme)
            acme.gateway.publisher.run()
            acme.gateway.publisher.run()
        notes = kept_checkpoints(where.read_text())

        assert len(notes) == 2
        assert judged(acme, tmp_path / "log", {"checkpoints": notes}).intact

    def test_it_convicts_a_history_that_was_rewritten(self, company: Made, tmp_path: Path) -> None:
        """
        P6: the one with the database and the root secret signs a new history; the file says no.
        """
        where = tmp_path / "kept.jsonl"
        acme = company({"vault": {"kind": "file", "path": str(where)}})
        tenant = asked(acme)
        acme.gateway.publisher.run()
        with acme.gateway.database.engine.begin() as connection:
            for table in ("checkpoint", "witness_receipt", "log_head", "log_entry"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        for version in ("one", "two"):
            acme.gateway.log.announce(tenant, "system:gateway", "policy.activated", version)
        acme.gateway.log.seal(tenant)
        notes = kept_checkpoints(where.read_text())

        assert judged(acme, tmp_path / "log", {}).intact
        kinds = {
            item.kind for item in judged(acme, tmp_path / "log", {"checkpoints": notes}).defects
        }
        assert "rewritten" in kinds

    def test_a_file_that_cannot_be_written_is_tried_again(
        self, company: Made, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """
        A failure is said and not counted as given.
        """
        folder = tmp_path / "away"
        acme = company({"vault": {"kind": "file", "path": str(folder / "kept.jsonl")}})
        asked(acme)

        assert acme.gateway.publisher.run() == 0
        assert "the file cannot be written" in caplog.text
        folder.mkdir()
        assert acme.gateway.publisher.run() == 1


class TestHttp:
    def test_it_is_posted_with_its_token(self, company: Made) -> None:
        """
        An address that only takes counts as delivered.
        """
        with Outside() as outside:
            acme = company({"one": {"kind": "http", "url": outside.url, "token": "t-1"}})
            tenant = asked(acme)
            given = acme.gateway.publisher.give(tenant)

        assert given == {"one": "given"}
        assert outside.taken == [acme.gateway.log.latest(tenant).encode()]
        assert outside.tokens == ["Bearer t-1"]

    def test_one_that_cosigns_is_held_to_it(self, company: Made, tmp_path: Path) -> None:
        """
        A signature by another key is a failure; the right one stands in the export.
        """
        with Cosigner() as outside:
            outside.signs = False
            acme = company({"one": {"kind": "http", "url": outside.url, "key": outside.key}})
            tenant = asked(acme)
            refused = acme.gateway.publisher.give(tenant)
            outside.signs = True
            given = acme.gateway.publisher.give(tenant)
        verdict = judged(acme, tmp_path / "log", {"witnesses": [outside.key]})

        assert refused == {"one": "failed: it did not sign the checkpoint"}
        assert given == {"one": "given"}
        assert verdict.intact
        assert verdict.witnesses == {NAME: 2}

    def test_one_that_fails_holds_nobody_up(self, company: Made, tmp_path: Path) -> None:
        """
        The others get theirs, and requests go on.
        """
        with Outside() as outside:
            outside.status = 500
            where = tmp_path / "kept.jsonl"
            witnesses: dict[str, Any] = {"broken": {"kind": "http", "url": outside.url}}
            witnesses["vault"] = {"kind": "file", "path": str(where)}
            acme = company(witnesses)
            tenant = asked(acme)

            assert acme.gateway.publisher.run() == 1
            assert acme.gateway.publisher.give(tenant) == {
                "broken": "failed: the answer was 500",
                "vault": "has it",
            }
            assert acme.chat(acme.key_for()).status_code == 200


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to stamp with")
class TestStamped:
    def test_a_stamp_says_when(self, company: Made, tmp_path: Path) -> None:
        """
        The authority's answer is checked on arrival, kept, exported, and checked again offline.
        """
        with StampAuthority(tmp_path) as outside:
            (tmp_path / "roots.pem").write_bytes(outside.roots)
            made = {"kind": "rfc3161", "url": outside.url}
            acme = company({"clock": {**made, "certificates": str(tmp_path / "roots.pem")}})
            tenant = asked(acme)
            given = acme.gateway.publisher.give(tenant)
        stamped_at = Stamps(outside.roots).check
        verdict = judged(acme, tmp_path / "log", {"stamped_at": stamped_at})

        assert given == {"clock": "given"}
        assert verdict.intact
        assert verdict.stamped["size"] == 2
        assert verdict.stamped["witness"] == "clock"

    def test_a_stamp_for_other_bytes_is_named(self, company: Made, tmp_path: Path) -> None:
        """
        A stamp taken from another checkpoint proves nothing for this one.
        """
        with StampAuthority(tmp_path) as outside:
            (tmp_path / "roots.pem").write_bytes(outside.roots)
            made = {"kind": "rfc3161", "url": outside.url}
            acme = company({"clock": {**made, "certificates": str(tmp_path / "roots.pem")}})
            for _ in range(2):
                acme.gateway.publisher.give(asked(acme))
        stamped_at = Stamps(outside.roots).check
        judged(acme, tmp_path / "log", {})
        lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        one, two = (line for line in lines if line["type"] == "receipt")
        one["content"], two["content"] = two["content"], one["content"]
        (tmp_path / "log").write_text("".join(json.dumps(line) + "\n" for line in lines))
        key = acme.gateway.log.verifier_key(TenantId(acme.tenant.id))
        verdict = verify_path(tmp_path / "log", Trust([key], stamped_at=stamped_at))

        assert {item.kind for item in verdict.defects} == {"witness"}

    def test_another_authority_is_not_believed(self, company: Made, tmp_path: Path) -> None:
        """
        Who answers must be who the settings name.
        """
        other = tmp_path / "other"
        other.mkdir()
        with StampAuthority(tmp_path) as outside, StampAuthority(other) as stranger:
            (tmp_path / "roots.pem").write_bytes(outside.roots)
            made = {"kind": "rfc3161", "url": stranger.url}
            acme = company({"clock": {**made, "certificates": str(tmp_path / "roots.pem")}})
            given = acme.gateway.publisher.give(asked(acme))

        assert given["clock"].startswith("failed: the time stamp does not hold")

    @pytest.mark.parametrize("raw", [b"", b"\x30", b"no stamp", b"\x30\x03\x02\x01\x00"])
    def test_what_is_no_stamp_is_refused(self, tmp_path: Path, raw: bytes) -> None:
        """
        Bytes that are not a response at all.
        """
        with StampAuthority(tmp_path) as outside:
            stamps = Stamps(outside.roots)

        with pytest.raises(ValueError, match=r".+"):
            stamps.check(b"message", raw)


class TestSettings:
    @pytest.mark.parametrize(
        "given",
        [
            {"kind": "file"},
            {"kind": "http", "url": "ftp://example"},
            {"kind": "http", "url": "https://example", "key": "no key"},
            {"kind": "rfc3161", "url": "https://example"},
            {"kind": "rfc3161", "url": "https://example", "certificates": "/nowhere.pem"},
        ],
        ids=["no path", "no address", "no key", "no certificates", "certificates away"],
    )
    def test_what_lacks_something_stops_the_start(self, given: dict[str, Any]) -> None:
        """
        A witness that cannot work is a control that is not on.
        """
        with pytest.raises(ConfigurationError, match=r"audit\.witnesses\.one"):
            from_settings({"one": WitnessSettings.model_validate(given)})
