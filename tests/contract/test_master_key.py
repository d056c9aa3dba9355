"""One suite over every place a master key can be: this process, and a KMS over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.errors import ConfigurationError, SealingUnavailable
from gateway.evidence_sections import KmsSettings, SealingSettings
from gateway.rights_of_people import master_key
from gateway.sealed.envelope import new_key
from gateway.sealed.kms import TransitKms
from gateway.sealed.master import LocalMasterKey, NoMasterKey
from tests.simulators.kms import TOKEN, Kms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.sealed.master import MasterKey

KEY, PLACE = new_key(), b"tenant-key"


@pytest.fixture
def kms() -> Iterator[Kms]:
    """A KMS."""
    with Kms() as simulator:
        yield simulator


@pytest.fixture(params=["local", "kms"])
def rotated(request: pytest.FixtureRequest, kms: Kms) -> tuple[MasterKey, Callable[[], MasterKey]]:
    """A master key, and what makes a newer one that still opens the older's."""
    if request.param == "kms":

        def newer() -> MasterKey:
            kms.rotate()
            return TransitKms(kms.url, "proviso", TOKEN)

        return TransitKms(kms.url, "proviso", TOKEN), newer
    old, new = new_key().hex(), new_key().hex()
    return LocalMasterKey([old]), lambda: LocalMasterKey([new, old])


class TestEveryMasterKey:
    def test_what_is_wrapped_unwraps(self, rotated: tuple[MasterKey, object]) -> None:
        """
        Round trip; the key does not stand in what is stored.
        """
        master = rotated[0]
        wrapped, name = master.wrap(KEY, PLACE)

        assert master.unwrap(wrapped, name, PLACE) == KEY
        assert KEY not in wrapped

    def test_in_another_place_it_does_not(self, rotated: tuple[MasterKey, object]) -> None:
        """
        A wrapped key moved to another tenant opens nothing there.
        """
        wrapped, name = rotated[0].wrap(KEY, PLACE)

        with pytest.raises(SealingUnavailable):
            rotated[0].unwrap(wrapped, name, b"elsewhere")

    def test_a_newer_one_opens_the_older_ones_and_wraps_anew(
        self, rotated: tuple[MasterKey, Callable[[], MasterKey]]
    ) -> None:
        """
        Rotation leaves nothing closed, and names itself in what it wraps.
        """
        wrapped, name = rotated[0].wrap(KEY, PLACE)
        newer = rotated[1]()
        again, new_name = newer.wrap(newer.unwrap(wrapped, name, PLACE), PLACE)

        assert new_name != name
        assert newer.unwrap(again, new_name, PLACE) == KEY

    def test_a_key_nobody_knows(self, rotated: tuple[MasterKey, object]) -> None:
        """
        Wrapped by a master key that is not configured: an error, not garbage.
        """
        with pytest.raises(SealingUnavailable):
            rotated[0].unwrap(b"x" * 60, "other:1", PLACE)


class TestKms:
    @pytest.mark.parametrize("behaviour", ["down", "garbage"])
    def test_one_that_misbehaves(self, kms: Kms, behaviour: str) -> None:
        """
        What is no answer is no key.
        """
        kms.behave = behaviour
        with pytest.raises(SealingUnavailable):
            TransitKms(kms.url, "proviso", TOKEN).wrap(KEY, PLACE)

    def test_one_that_is_not_there(self) -> None:
        """
        Nobody listens: refused in time.
        """
        with pytest.raises(SealingUnavailable):
            TransitKms("http://127.0.0.1:1", "proviso", TOKEN).wrap(KEY, PLACE)

    def test_a_wrong_token(self, kms: Kms) -> None:
        """
        The KMS's no is ours.
        """
        with pytest.raises(SealingUnavailable):
            TransitKms(kms.url, "proviso", "wrong").wrap(KEY, PLACE)


class TestConfigured:
    def test_none_is_none(self) -> None:
        """
        Without a master key nothing can be sealed, which is the default.
        """
        with pytest.raises(SealingUnavailable):
            master_key(SealingSettings()).wrap(KEY, PLACE)
        with pytest.raises(SealingUnavailable):
            NoMasterKey().unwrap(b"", "", PLACE)

    def test_from_a_file_of_its_owner(self, tmp_path: Path) -> None:
        """
        One key a line, newest first; a file that others can read is refused.
        """
        file = tmp_path / "master"
        file.write_text(f"{new_key().hex()}\n{new_key().hex()}\n")
        file.chmod(0o600)
        made = master_key(SealingSettings(master_key_file=file))
        wrapped, name = made.wrap(KEY, PLACE)

        assert made.unwrap(wrapped, name, PLACE) == KEY
        file.chmod(0o644)
        with pytest.raises(ConfigurationError):
            master_key(SealingSettings(master_key_file=file))

    @pytest.mark.parametrize("keys", [["zz"], ["00"], [new_key().hex(), ""]])
    def test_keys_that_are_none(self, keys: list[str]) -> None:
        """
        Half a key stops the start.
        """
        with pytest.raises(ConfigurationError):
            master_key(SealingSettings(master_keys=keys))

    def test_two_places_are_one_too_many(self) -> None:
        """
        Which of them would count is a guess.
        """
        kms = KmsSettings(url="http://127.0.0.1:1", key="proviso")
        with pytest.raises(ConfigurationError):
            master_key(SealingSettings(master_keys=[new_key().hex()], kms=kms))
