"""Everything of this room, wired once from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.values import dataclass
from gateway.identity.access_tokens import TokenVerifier
from gateway.identity.authenticator import Authenticator
from gateway.identity.key_desk import KeyDesk
from gateway.identity.keys import KeyRing
from gateway.identity.people import People
from gateway.identity.registrations import SignIn
from gateway.identity.sessions import Sessions
from gateway.identity.trust import trust

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.clock import Clock
    from gateway.core.secrets import RootSecret
    from gateway.db.last_known import Bridging
    from gateway.db.session import Database
    from gateway.identity.security_log import SecurityEvent
    from gateway.sections import SignInSettings


@dataclass(frozen=True, slots=True)
class Identity:
    """What the doors of the gateway ask about who is asking."""

    keys: KeyRing
    desk: KeyDesk
    people: People
    sign_in: SignIn
    sessions: Sessions
    authenticator: Authenticator
    report: Callable[[SecurityEvent], None]

    @property
    def knows_anybody(self) -> bool:
        """Whether somebody could go on if the database could not be reached."""
        return self.keys.knows_anybody or self.people.knows_anybody

    def recheck(self) -> None:
        """Forget keys and people that no longer open anything; see `gateway.db.last_known`.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        self.keys.recheck()
        self.people.recheck()


def assemble(
    sign_in: Mapping[str, SignInSettings],
    database: Database,
    secret: RootSecret,
    clock: Clock,
    report: Callable[[SecurityEvent], None],
    bridging: Bridging | None = None,
) -> Identity:
    """The room for one configuration. Nothing is fetched or connected yet.

    Raises:
        ConfigurationError: a section of `sign_in` cannot be accepted.
    """
    trusted = trust(sign_in, clock)
    role_maps = {slug: item.roles for slug, item in trusted.items()}
    keys = KeyRing(database, secret, clock, bridging)
    people = People(database, secret, clock, role_maps, bridging)
    return Identity(
        keys=keys,
        desk=KeyDesk(keys, secret),
        people=people,
        sign_in=SignIn(trusted),
        sessions=Sessions(database, secret, clock),
        authenticator=Authenticator(keys, TokenVerifier(trusted, clock), people, report),
        report=report,
    )
