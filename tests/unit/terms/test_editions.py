from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.errors import ConfigurationError
from gateway.telemetry import Metrics
from gateway.terms import signing
from gateway.terms.editions import MANIFEST, SHIPPED, Bundle, Editions, verified
from gateway.terms.registry import TermsRegistry
from gateway.terms.signing import BadSignature, shipped_keys
from gateway.terms.watch import Watch
from tests.unit.terms.builders import KEY, TRUSTED, a_document, a_fact, a_tier, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Tenant
    from gateway.db.session import Database
    from tests.unit.terms.conftest import SetClock


def _another_keys(manifest: dict[str, Any]) -> dict[str, Any]:
    return signing.sign(manifest, Ed25519PrivateKey.generate(), "test-key")


def _signature(**changes: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda manifest: {**manifest, "signature": {**manifest["signature"], **changes}}


MANIFESTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no signature": lambda manifest: {**manifest, "signature": None},
    "another key's signature": _another_keys,
    "an unknown key": lambda manifest: signing.sign(manifest, KEY, "nobody"),
    "another version": lambda manifest: {**manifest, "version": "test-9"},
    "another algorithm": _signature(alg="none"),
    "not base64": _signature(sig="***"),
    "another form": lambda manifest: signing.sign(manifest | {"files": []}, KEY, "test-key"),
    "no time": lambda manifest: signing.sign(manifest | {"published_at": 7}, KEY, "test-key"),
}
FILES = ("a byte of a file", "a file more", "a file less", "no manifest", "not JSON")
SPOILS = [*MANIFESTS, *FILES]


def spoil(folder: Path, how: str) -> None:
    """Make a signed edition one that must not be relied on."""
    manifest, terms = folder / MANIFEST, folder / "terms.yaml"
    if how in MANIFESTS:
        changed = MANIFESTS[how](orjson.loads(manifest.read_bytes()))
        manifest.write_bytes(orjson.dumps(changed))
    elif how == "a byte of a file":
        terms.write_bytes(terms.read_bytes().replace(b"test-1", b"test-2"))
    elif how == "a file more":
        (folder / "more.yaml").write_text("# nothing")
    elif how == "a file less":
        terms.unlink()
    elif how == "no manifest":
        manifest.unlink()
    else:
        manifest.write_bytes(b"{")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return signed(tmp_path / "edition", a_document())


@pytest.fixture
def opened(database: Database, clock: SetClock, folder: Path) -> Editions:
    return Editions(database, clock, folder=folder, trusted=TRUSTED)


class TestShipped:
    def test_the_shipped_edition_is_signed(self) -> None:
        """
        Whoever edits the base signs it again: the files and the signature agree, byte by byte.
        """
        edition = verified(Bundle.of(SHIPPED), shipped_keys())

        assert edition.signed_by in shipped_keys()
        assert "demo/synthetic" in edition.facts.tiers

    @pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.glob("*.yaml")))
    def test_no_file_of_it_can_be_changed_unseen(self, name: str) -> None:
        """
        One byte, even in a comment.
        """
        bundle = Bundle.of(SHIPPED)
        files = {**bundle.files, name: bundle.files[name] + b"#"}

        with pytest.raises(BadSignature, match=name):
            verified(Bundle(bundle.manifest, files), shipped_keys())

    def test_no_private_key_is_in_the_repository(self) -> None:
        """
        Only the public half ships.
        """
        for path in Path(signing.__file__).parent.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                assert b"PRIVATE KEY-----" not in path.read_bytes()


class TestLoading:
    def test_a_companys_own_edition_loads_under_its_own_key(self, opened: Editions) -> None:
        """
        So that the refusals below mean something.
        """
        assert (opened.current.version, opened.current.signed_by) == ("test-1", "test-key")
        assert opened.good()

    @pytest.mark.parametrize("how", SPOILS)
    def test_b_t6_without_a_valid_signature_it_never_loads(
        self, database: Database, clock: SetClock, folder: Path, how: str
    ) -> None:
        """
        B-T6: and there is nothing older to serve, so the gateway does not start.
        """
        spoil(folder, how)

        with pytest.raises(ConfigurationError):
            Editions(database, clock, folder=folder, trusted=TRUSTED)

    def test_a_good_signature_does_not_excuse_a_bad_form(
        self, database: Database, clock: SetClock, tmp_path: Path
    ) -> None:
        """
        Who may sign may still misspell.
        """
        broken = signed(tmp_path / "broken", a_document(tiers={"x/api": {"name": 7}}))

        with pytest.raises(ConfigurationError, match="no name"):
            Editions(database, clock, folder=broken, trusted=TRUSTED)


class TestReloading:
    def test_a_good_one_serves_from_then_on(self, opened: Editions, folder: Path) -> None:
        """
        Without a restart.
        """
        signed(folder, a_document(tiers={"y/api": a_tier()}), version="test-2")

        assert opened.reload()
        assert opened.current.version == "test-2"
        assert set(opened.current.facts.tiers) == {"y/api"}

    @pytest.mark.parametrize("how", SPOILS)
    def test_b_t6_the_last_good_one_keeps_serving_and_an_alert_fires(
        self,
        database: Database,
        clock: SetClock,
        opened: Editions,
        folder: Path,
        caplog: pytest.LogCaptureFixture,
        how: str,
    ) -> None:
        """
        B-T6: in the log once, in the metrics and in the readiness detail; until it is mended.
        """
        metrics = Metrics()
        watch = Watch(TermsRegistry(opened, database, clock), database, clock, metrics)
        before = opened.current
        spoil(folder, how)
        with caplog.at_level(logging.ERROR):
            watch.run()
            watch.run()

        assert opened.current is before
        assert not opened.good()
        assert len([item for item in caplog.records if "keeps serving" in item.message]) == 1
        assert b"proviso_registry_edition_refused 1.0" in metrics.expose()
        (folder / "more.yaml").unlink(missing_ok=True)
        signed(folder, a_document(), version="test-3")
        watch.run()
        assert opened.good()
        assert b"proviso_registry_edition_refused 0.0" in metrics.expose()

    def test_after_a_restart_the_kept_one_serves(
        self, database: Database, clock: SetClock, opened: Editions, folder: Path
    ) -> None:
        """
        B-T6: what was relied on is in the database, and is verified again when it is read.
        """
        opened.keep()
        spoil(folder, "a byte of a file")
        again = Editions(database, clock, folder=folder, trusted=TRUSTED)

        assert again.current.digest == opened.current.digest
        assert not again.good()
        with pytest.raises(ConfigurationError):
            Editions(database, clock, folder=folder)  # its key is trusted no more

    def test_an_edition_is_kept_once_and_again_when_it_returns(
        self, database: Database, clock: SetClock, opened: Editions, folder: Path
    ) -> None:
        """
        What served on a day can be asked for, also after somebody went back to it.
        """
        first, second = a_document(), a_document(tiers={"x/api": a_tier(human_review=a_fact())})
        second["tiers"]["x/api"]["human_review"] = a_fact("sampled")
        moments = []
        for document, version in ((first, "test-1"), (second, "test-2"), (first, "test-1")):
            signed(folder, document, version=version)
            assert opened.reload()
            opened.keep()
            opened.keep()
            moments.append(clock.now())
            clock.forward(days=1)

        known = [opened.known_at(moment) for moment in moments]
        assert [item.version for item in known if item] == ["test-1", "test-2", "test-1"]
        assert opened.known_at(moments[0].replace(year=2020)) is None
        assert opened.named("test-2").facts.tiers["x/api"].statements["human_review"]

    def test_a_damaged_row_is_passed_over(
        self, database: Database, clock: SetClock, opened: Editions, folder: Path
    ) -> None:
        """
        Whoever can write to the database cannot put facts under it.
        """
        from sqlalchemy import text

        opened.keep()
        with database.directory_session(write=True) as session:
            session.execute(text("UPDATE terms_edition SET content = x'00'"))
        spoil(folder, "no signature")

        with pytest.raises(BadSignature):
            Editions(database, clock, folder=folder, trusted=TRUSTED)


class TestKeys:
    def test_a_key_is_made_for_its_owner_only(self, tmp_path: Path) -> None:
        """
        Readable by nobody else, and never written over.
        """
        made = signing.make_key(tmp_path / "key.pem")

        assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
        loaded = signing.load_key(tmp_path / "key.pem")
        assert signing.public_text(loaded) == signing.public_text(made)
        with pytest.raises(ConfigurationError):
            signing.make_key(tmp_path / "key.pem")

    @pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n"])
    def test_what_is_no_key_is_refused(self, tmp_path: Path, content: bytes) -> None:
        """
        With a clear word.
        """
        (tmp_path / "key.pem").write_bytes(content)

        with pytest.raises(ConfigurationError, match="private key"):
            signing.load_key(tmp_path / "key.pem")

    def test_another_kind_of_key_is_refused(self, tmp_path: Path) -> None:
        """
        Ed25519 and nothing else.
        """
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        other = generate_private_key(SECP256R1())
        text = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "key.pem").write_bytes(text)

        with pytest.raises(ConfigurationError, match="Ed25519"):
            signing.load_key(tmp_path / "key.pem")


class TestWatching:
    def test_b_t2_expired_facts_are_counted(
        self, registry: TermsRegistry, acme: Tenant, database: Database, clock: SetClock
    ) -> None:
        """
        B-T2: one confirmation runs out, and the metric rises by one.
        """
        metrics = Metrics()
        watch = Watch(registry, database, clock, metrics)
        registry.review(acme, "openai/api-default", "p", clock.now(), only=["retention"])

        def count() -> Any:
            watch.run()
            return metrics.registry.get_sample_value(
                "proviso_registry_expired_facts", {"tenant": "acme"}
            )

        before = count()
        clock.forward(days=90)
        after = count()
        registry.review(acme, "openai/api-default", "p", clock.now(), only=["retention"])

        assert (before, after, count()) == (0, 1, 0)
