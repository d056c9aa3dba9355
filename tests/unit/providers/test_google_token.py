"""Tokens for Google's cloud: asked for with a signed assertion, kept, and renewed in time."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import RSAKey

from gateway.core.clock import Deadline, SystemClock
from gateway.errors import ConfigurationError, ProviderCredentials, ProviderError
from gateway.providers.google_token import GoogleTokens, service_account
from gateway.providers.http import Door
from tests.simulators.google_tokens import EMAIL, TOKEN, GoogleTokenService

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Later(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Asking:
    """Tokens of one account."""

    def __init__(self, service: GoogleTokenService, path: Path) -> None:
        self.clock = Later()
        self.door = Door([service.uri], connect_seconds=1, idle_seconds=1, answer_bytes=10_000)
        self.tokens = GoogleTokens(service_account(path), self.door, self.clock)

    def token(self) -> str:
        """The present token."""
        return self.tokens.token(Deadline(self.clock, 5))


@pytest.fixture
def service() -> Iterator[GoogleTokenService]:
    """Google's token service."""
    with GoogleTokenService() as made:
        yield made


class TestTokens:
    def test_an_assertion_for_ten_minutes(
        self, service: GoogleTokenService, tmp_path: Path
    ) -> None:
        """
        RFC 7523: who we are, whom it is for, and for how long, under the account's key.
        """
        asking = Asking(service, service.credentials(tmp_path))
        with closing(asking.door):
            assert asking.token() == TOKEN
        claims = service.claims[0]

        assert claims["iss"] == EMAIL
        assert claims["aud"] == service.uri
        assert claims["scope"] == "https://www.googleapis.com/auth/cloud-platform"
        assert claims["exp"] - claims["iat"] == 600
        assert (claims["alg"], claims["kid"]) == ("RS256", "kid-1")

    def test_one_token_serves_until_shortly_before_its_end(
        self, service: GoogleTokenService, tmp_path: Path
    ) -> None:
        """
        Fetched once for many calls at a time, and again before the hour is over.
        """
        asking = Asking(service, service.credentials(tmp_path))
        with closing(asking.door):
            threads = [threading.Thread(target=asking.token) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            asking.clock.ahead = 3_299
            asking.token()
            assert len(service.claims) == 1
            asking.clock.ahead = 3_302
            asking.token()

        assert len(service.claims) == 2

    def test_a_key_that_google_does_not_know(
        self, service: GoogleTokenService, tmp_path: Path
    ) -> None:
        """
        An operator's matter, with none of Google's words in it.
        """
        other = RSAKey.generate_key(2048, private=True)
        asking = Asking(service, service.credentials(tmp_path, other))
        with closing(asking.door), pytest.raises(ProviderCredentials) as refusal:
            asking.token()

        assert "Signature" not in str(refusal.value)

    def test_a_service_that_fails_is_asked_again(
        self, service: GoogleTokenService, tmp_path: Path
    ) -> None:
        """
        A failure is not kept.
        """
        service.status = 503
        asking = Asking(service, service.credentials(tmp_path))
        with closing(asking.door):
            with pytest.raises(ProviderError):
                asking.token()
            service.status = 200

            assert asking.token() == TOKEN


class TestKeys:
    @pytest.mark.parametrize(
        "change",
        [
            {"type": "authorized_user"}, {"private_key": "no key"}, {"client_email": None},
            {"token_uri": "ftp://x.example"}, {"private_key": 7},
        ],
    )  # fmt: skip
    def test_what_is_no_key_stops_the_start(
        self, service: GoogleTokenService, tmp_path: Path, change: dict[str, Any]
    ) -> None:
        """
        The file is named, and nothing of what stands in it is said.
        """
        path = service.credentials(tmp_path)
        document = json.loads(path.read_text()) | change
        if change == {"client_email": None}:
            del document["client_email"]
        path.write_text(json.dumps(document))
        with pytest.raises(ConfigurationError) as refusal:
            service_account(path)

        assert "account.json" in refusal.value.message
        assert "PRIVATE KEY" not in refusal.value.message

    @pytest.mark.parametrize("text", ["", "[]", "not json"])
    def test_no_document_at_all(self, tmp_path: Path, text: str) -> None:
        """
        The same for files of another kind, or none.
        """
        path = tmp_path / "account.json"
        with pytest.raises(ConfigurationError):
            service_account(path)
        path.write_text(text)
        with pytest.raises(ConfigurationError):
            service_account(path)
