"""The root secret: made once, for one reader, and nothing else is accepted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gateway import secret_file
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


class TestMaking:
    def test_it_is_made_once_for_its_owner_only(self, tmp_path: Path) -> None:
        """
        A new file holds 32 random bytes, mode 600; an existing one is never replaced.
        """
        path = tmp_path / "root"
        first, before, second = secret_file.create(path), path.read_text(), secret_file.create(path)

        assert (first, second) == (True, False)
        assert path.read_text() == before
        assert len(bytes.fromhex(before)) == 32
        assert path.stat().st_mode & 0o777 == 0o600


class TestLoading:
    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
    def test_a_file_that_others_can_read(self, tmp_path: Path, mode: int) -> None:
        """
        A secret that is open to others stops the start, and says what to do.
        """
        path = tmp_path / "root"
        secret_file.create(path)
        path.chmod(mode)

        with pytest.raises(ConfigurationError, match="chmod 600"):
            secret_file.load(path)

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
    def test_a_secret_that_an_orchestrator_mounted(self, tmp_path: Path) -> None:
        """
        Owned by somebody else and readable by our group only: that is how we are let in.
        """
        path = tmp_path / "root"
        secret_file.create(path)
        os.chown(path, 10_001, -1)
        path.chmod(0o440)

        assert secret_file.load(path) is not None

    @pytest.mark.parametrize("text", ["", "not-hex", "00" * 31, "é"])
    def test_what_is_not_a_secret(self, tmp_path: Path, text: str) -> None:
        """
        Too short, not hex, not there: refused without showing what is in it.
        """
        path = tmp_path / "root"
        path.write_text(text)
        path.chmod(0o600)

        with pytest.raises(ConfigurationError) as refusal:
            secret_file.load(path)
        assert not text or text not in refusal.value.message
        with pytest.raises(ConfigurationError, match="db upgrade"):
            secret_file.load(tmp_path / "missing")


class TestDeriving:
    def test_every_purpose_and_tenant_has_its_own(self, tmp_path: Path) -> None:
        """
        Pseudonyms, digests and signing seeds of two tenants have nothing in common.
        """
        path = tmp_path / "root"
        secret_file.create(path)
        secret = secret_file.load(path)
        one, two, person = TenantId(uuid7()), TenantId(uuid7()), PrincipalId(uuid7())

        assert secret.pseudonym(one, person) == secret.pseudonym(one, person)
        assert secret.pseudonym(one, person) != secret.pseudonym(two, person)
        assert secret.checkpoint_seed(one) != secret.checkpoint_seed(two)
        assert secret.content(one).digest(b"a") != secret.content(two).digest(b"a")
        assert secret.credential_digest(one, "k") != secret.credential_digest(two, "k")
        assert "RootSecret" in repr(secret)
        assert path.read_text().strip() not in repr(secret)
