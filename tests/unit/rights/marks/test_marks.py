"""Marks on media: put on, read back, kept, and refused."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from PIL import Image

from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, uuid7
from gateway.core.principal import Tenant
from gateway.core.secrets import RootSecret
from gateway.evidence_sections import MarkingSettings
from gateway.rights.marks import chain, manifest
from gateway.rights.marks.manifest import MADE_BY_A_MODEL, Unmarkable
from gateway.rights.marks.marks import ADD, OFF, REQUIRED, Facts, Marks
from tests.media import a_bomb, a_film, a_picture, a_sound, an_mp3, encoded

if TYPE_CHECKING:
    from pathlib import Path

SECRET = RootSecret(b"m" * 32)
ACME = Tenant(
    TenantId(uuid7()), "acme", "Acme Industries with a name that is longer than certificates allow"
)
OTHER = Tenant(TenantId(uuid7()), "other", "Other")
FACTS = Facts("x-4711", "image-model", "openai", frozenset({"ai_generated"}))
MARKS = Marks(SECRET, SystemClock())
FILES = {
    "png": encoded(a_picture()),
    "jpeg": encoded(a_picture(), "JPEG"),
    "webp": encoded(a_picture(), "WEBP"),
    "webp_lossless": encoded(a_picture().convert("RGBA"), "WEBP", lossless=True),
    "mp4": a_film(),
    "wav": a_sound(),
    "mp3": an_mp3(),
}


def flipped(data: bytes, at: int) -> bytes:
    """The file with one bit of it changed."""
    broken = bytearray(data)
    broken[at] ^= 1
    return bytes(broken)


class TestAdd:
    @pytest.mark.parametrize("name", FILES)
    def test_every_format_takes_a_mark_that_holds(self, name: str) -> None:
        """
        PNG, JPEG, WebP, MP4, WAV and MP3 leave with a manifest of this tenant, read back.
        """
        made = MARKS.sign(ACME, FILES[name], FACTS, REQUIRED)
        found = MARKS.read(ACME, made.data)

        assert made.marks_in == {"c2pa": "none"}
        assert made.marks_out["ours"] is True
        assert made.digest_before != made.digest_after
        assert found is not None
        assert (found.state, found.trusted, found.exchange) == ("valid", True, "x-4711")
        assert found.generator == "Proviso"
        assert found.sources == ("trainedAlgorithmicMedia",)

    @pytest.mark.parametrize("name", ["png", "jpeg", "webp", "webp_lossless"])
    def test_the_picture_stays_as_it_was(self, name: str) -> None:
        """
        Marking changes no pixel, and other programs still open it.
        """
        made = MARKS.sign(ACME, FILES[name], FACTS)
        with (
            Image.open(io.BytesIO(FILES[name])) as before,
            Image.open(io.BytesIO(made.data)) as after,
        ):
            assert before.tobytes() == after.tobytes()
            assert (before.size, before.mode) == (after.size, after.mode)

    @pytest.mark.parametrize("name", ["png", "jpeg", "webp", "webp_lossless"])
    def test_the_metadata_say_ai_generated_where_the_label_is_owed(self, name: str) -> None:
        """
        Programs that know no content credentials find IPTC's source type in XMP (rule AI-03).
        """
        labelled = MARKS.sign(ACME, FILES[name], FACTS).data
        plain = MARKS.sign(ACME, FILES[name], Facts("x", "m")).data
        with Image.open(io.BytesIO(labelled)) as picture:
            packet = picture.info["xmp"]

        assert b'xmp:Label="AI-generated"' in packet
        assert MADE_BY_A_MODEL.encode() in packet
        assert b"AI-generated" not in plain

    def test_one_changed_bit_shows(self) -> None:
        """
        Of the picture, and of what the manifest says.
        """
        made = MARKS.sign(ACME, FILES["png"], FACTS).data
        places = (len(made) - 200, made.index(b"x-4711"))
        states = [found.state for at in places if (found := MARKS.read(ACME, flipped(made, at)))]

        assert states == ["invalid", "invalid"]

    def test_another_tenants_mark_is_not_ours(self) -> None:
        """
        It holds, and another root stands behind it.
        """
        made = MARKS.sign(OTHER, FILES["png"], FACTS).data
        found = MARKS.read(ACME, made)

        assert found is not None
        assert (found.state, found.trusted) == ("valid", False)

    def test_nothing_about_the_person_or_the_tenant_travels(self) -> None:
        """
        The manifest is public: model, provider and exchange, and nobody's name.
        """
        made = MARKS.sign(ACME, FILES["png"], FACTS).data

        assert str(ACME.id).encode() not in made


class TestAProvidersOwnManifest:
    def test_it_is_kept_as_an_ingredient(self) -> None:
        """
        It is never taken away, and stands under ours by its own id.
        """
        provider = MARKS.sign(OTHER, FILES["jpeg"], Facts("their-1", "their-model"))
        made = MARKS.sign(ACME, provider.data, FACTS)
        found = MARKS.read(ACME, made.data)

        assert made.marks_in["c2pa"] == "valid"
        assert made.marks_in["ours"] is False
        assert made.marks_out["ingredients"] == [provider.marks_out["manifest"]]
        assert found is not None
        assert found.ingredients == (provider.marks_out["manifest"],)
        assert MARKS.names(ACME, provider.data) == ("c2pa",)

    def test_one_that_does_not_hold_is_told(self) -> None:
        """
        It counts as no mark for policy; what leaves says that it did not hold.
        """
        provider = MARKS.sign(OTHER, FILES["png"], Facts("their-1", "their-model")).data
        broken = flipped(provider, len(provider) - 200)
        made = MARKS.sign(ACME, broken, FACTS)

        assert MARKS.names(ACME, broken) == ()
        assert made.marks_in["c2pa"] == "invalid"
        assert made.marks_out["ours"] is True


class TestLevels:
    def test_off_leaves_every_byte(self) -> None:
        """
        What is not asked to be marked leaves as it came.
        """
        made = MARKS.sign(ACME, FILES["png"], FACTS, OFF)

        assert made.data == FILES["png"]
        assert made.digest_before == made.digest_after

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"plain text", b"OggS" + b"\x00" * 50, FILES["png"][:100], a_film()[:60],
            FILES["png"] + b"PK\x05\x06" + b"\x00" * 18,
        ],
        ids=["empty", "text", "ogg", "cut", "cut film", "polyglot"],
    )  # fmt: skip
    def test_what_cannot_take_one_leaves_as_it_came_or_not_at_all(self, data: bytes) -> None:
        """
        Added where it can be; where it is required, such bytes are refused.
        """
        assert MARKS.sign(ACME, data, FACTS, ADD).data == data
        with pytest.raises(Unmarkable):
            MARKS.sign(ACME, data, FACTS, REQUIRED)

    def test_no_other_level_is_understood(self) -> None:
        """
        A misspelt level must not become "off".
        """
        with pytest.raises(ValueError, match="of"):
            MARKS.sign(ACME, FILES["png"], FACTS, "of")

    def test_a_bomb_is_not_unpacked(self) -> None:
        """
        Marking works on the container; nobody decodes ten gigabytes.
        """
        made = MARKS.sign(ACME, a_bomb(), FACTS, ADD)

        assert len(made.data) < 20_000


class TestHostile:
    @pytest.mark.parametrize("name", ["png", "jpeg", "webp", "mp4", "wav", "mp3"])
    def test_changed_bytes_never_break_the_reader(self, name: str) -> None:
        """
        A file with a manifest, cut anywhere or with bytes turned over, is read or is not.
        """
        made = MARKS.sign(ACME, FILES[name], Facts("x", "m")).data
        for at in range(0, len(made), max(1, len(made) // 60)):
            for broken in (made[:at], made[:at] + bytes([made[at] ^ 0xFF]) + made[at + 1 :]):
                found = MARKS.read(ACME, broken)

                assert found is None or found.state in ("valid", "invalid")


class TestCertificates:
    def test_every_worker_makes_the_same(self) -> None:
        """
        Nothing is stored, and nothing can be lost but the installation's secret.
        """
        one, other = (chain.derived(RootSecret(b"m" * 32), ACME, 2026) for _ in range(2))

        assert one == other
        assert one.root != chain.derived(SECRET, OTHER, 2026).root
        assert "PRIVATE" not in repr(one)

    def test_a_signing_key_serves_one_year_and_is_valid_for_ten(self) -> None:
        """
        The root stays, so what was marked in another year still verifies.
        """
        first, second = (chain.derived(SECRET, ACME, year) for year in (2026, 2027))
        leaf, root = x509.load_pem_x509_certificates(first.chain)

        assert first.root == second.root
        assert first.key != second.key
        assert leaf.not_valid_before_utc == datetime(2026, 1, 1, tzinfo=UTC)
        assert leaf.not_valid_after_utc == datetime(2036, 1, 1, tzinfo=UTC)
        root.verify_directly_issued_by(root)
        leaf.verify_directly_issued_by(root)

    def test_an_organisations_own_chain_is_used(self, tmp_path: Path) -> None:
        """
        Certificates named in the settings sign in place of the derived ones.
        """
        theirs = chain.derived(SECRET, OTHER, 2026)
        file = tmp_path / "chain.pem"
        file.write_bytes(theirs.chain)
        settings = MarkingSettings(
            certificates_file=file, key_file=tmp_path / "key.pem", algorithm="ed25519"
        )
        named = chain.from_files(settings, theirs.key)
        marks = Marks(SECRET, SystemClock(), {"acme": named})
        made = marks.sign(ACME, FILES["png"], FACTS, REQUIRED)
        found = manifest.read("image/png", made.data, theirs.root)

        assert named.root == theirs.root
        assert found is not None
        assert found.trusted


class TestRecord:
    def test_what_a_record_tells_holds_nothing_that_somebody_wrote(self) -> None:
        """
        Labels and ids only: a provider's words stay in the file.
        """
        provider = MARKS.sign(OTHER, FILES["png"], Facts("their-1", "their-model")).data
        made = MARKS.sign(ACME, provider, FACTS, OFF)

        assert set(made.marks_in) == {"c2pa", "manifest", "ours", "ingredients"}
        assert "their" not in json.dumps(made.marks_in)
