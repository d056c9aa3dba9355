"""The WSGI application over the rooms: which address is answered by which. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.web import auth, health, pages, problems, sign_in
from gateway.web.api import approvals as approvals_route
from gateway.web.api import (
    batches,
    code_of_use,
    generation,
    message_batches,
    stored,
    ungoverned,
    videos,
)
from gateway.web.api import catalogue as catalogue_route
from gateway.web.api import confirmations as confirmations_route
from gateway.web.api import files as kept_files
from gateway.web.api import keys as keys_route
from gateway.web.api import terms as terms_route
from gateway.web.api.followed import FOLLOWED
from gateway.web.api.routes import BATCHED, BATCHES, MESSAGES_BATCHED, PREFIXES, ROUTES
from gateway.web.application import Application
from gateway.web.dashboard import (
    PageDependencies,
    ReceiptPage,
    approvals,
    confirmations,
    coverage,
    create_pages,
    keys,
    people,
    policy_page,
    rights,
    terms,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask import Flask

    from gateway.assembly import Gateway


def create_app(gateway: Gateway) -> Flask:
    """The WSGI application over a gateway: which route is answered by which room."""
    settings = gateway.settings
    app = Application(__name__, static_folder=None, template_folder="web/templates")
    public_url = settings.server.public_url
    doors = auth.Doors(
        gateway.identity.authenticator,
        gateway.identity.sessions,
        gateway.identity.report,
        encrypted=public_url.startswith("https://"),
    )
    auth.install(app, doors, gateway.secret.cookie_key())
    problems.register(app, gateway.metrics, pages.error_page)
    pages.install(app)
    _register_health(app, gateway)
    _register_generation(app, gateway, doors)
    app.register_blueprint(catalogue_route.blueprint(gateway.catalogue))
    accepted = code_of_use.CodeOfUse(gateway.database, gateway.ledger, gateway.clock)
    app.register_blueprint(code_of_use.blueprint(accepted))
    app.register_blueprint(sign_in.blueprint(gateway.identity, public_url))
    app.register_blueprint(
        create_pages(
            PageDependencies(
                database=gateway.database,
                log=gateway.log,
                ledger=gateway.ledger,
                reasons=gateway.reasons,
                terms=gateway.terms,
                attributes=gateway.attributes.source,
                code_of_use=accepted,
                catalogue=gateway.catalogue,
                public_url=public_url.rstrip("/"),
                clock=gateway.clock,
            ),
            _receipts(gateway),
        )
    )
    _register_answers(app, gateway)
    _register_accounts(app, gateway)
    app.register_blueprint(people.create_pages(gateway.rights, gateway.ledger, gateway.clock))
    rights.register(app, gateway.output_rights, gateway.ledger, gateway.clock)
    return app


def _register_health(app: Flask, gateway: Gateway) -> None:
    spooled = gateway.spooled
    checks = {
        "decision_log": (gateway.spooled or gateway.ledger).writable,
        "policy": gateway.pdp.ready,
    }
    details = {
        "terms_edition": gateway.terms.editions.good,
        "policy_folder": gateway.policy.good,
    }
    if spooled is None:
        checks["database"] = gateway.database.ping
    else:
        # Without it those go on whom this worker knows, as long as it knows anybody.
        checks["database"] = lambda: gateway.database.ping() or gateway.identity.knows_anybody
        details["spool"] = lambda: spooled.sound
    app.register_blueprint(
        health.blueprint(
            checks, gateway.metrics, gateway.settings.server.metrics_token, details,
            degraded=lambda: spooled is not None
            and (spooled.degraded or not gateway.ledger.writable()),
        )
    )  # fmt: skip


def _register_generation(app: Flask, gateway: Gateway, doors: auth.Doors) -> None:
    """Every route that generates, and what belongs to it."""
    settings, files = gateway.settings, gateway.rights.files
    earlier = stored.Earlier(gateway.pep.stored, gateway.catalogue)
    generating = generation.Generation(
        settings, gateway.pep, gateway.clock, gateway.metrics, files, earlier.of
    )
    app.register_blueprint(generation.blueprint(generating, ROUTES, doors))
    films = videos.VideoRoutes(generating, gateway.pep.jobs, gateway.ledger)
    app.register_blueprint(videos.blueprint(films))
    kept = stored.StoredRoutes(generating, gateway.pep.stored, gateway.ledger)
    app.register_blueprint(stored.blueprint(kept))
    app.register_blueprint(kept_files.blueprint(files, settings.limits))
    _register_batches(app, gateway)
    app.register_blueprint(coverage.blueprint(ROUTES, BATCHES, FOLLOWED))
    app.register_blueprint(ungoverned.blueprint())


def _register_batches(app: Flask, gateway: Gateway) -> None:
    """Batches in each API that has them, over the same rows and the same worker."""

    def rooms(prefix: str, endpoints: Collection[str]) -> batches.Batches:
        return batches.Batches(
            gateway.database, gateway.ledger, gateway.rights.files, gateway.clock, prefix,
            endpoints, gateway.batches.wake,
        )  # fmt: skip

    app.register_blueprint(batches.blueprint(rooms("batch_", BATCHED)))
    of_messages = rooms(message_batches.PREFIX, MESSAGES_BATCHED)
    settings = gateway.settings
    for prefix in PREFIXES:
        shown = message_batches.MessageBatches(
            of_messages, settings.limits, f"{settings.server.public_url}{prefix}"
        )
        app.register_blueprint(message_batches.blueprint(prefix, shown))


def _receipts(gateway: Gateway) -> ReceiptPage:
    return ReceiptPage(
        gateway.database, gateway.log, gateway.ledger, gateway.reasons, gateway.terms,
        gateway.rights.content, gateway.readers, gateway.clock,
    )  # fmt: skip


def _register_answers(app: Flask, gateway: Gateway) -> None:
    """What people answer to a refusal, and what the policy is for them."""
    rooms = confirmations_route.AnswerRooms(
        gateway.database, gateway.ledger, gateway.clock, gateway.attributes.answers
    )
    app.register_blueprint(confirmations_route.blueprint(rooms))
    app.register_blueprint(approvals_route.blueprint(rooms))
    confirming = confirmations.ConfirmationPage(rooms, gateway.reasons)
    app.register_blueprint(confirmations.blueprint(confirming))
    approving = approvals.ApprovalPage(rooms, gateway.reasons)
    app.register_blueprint(approvals.blueprint(approving))
    shown = policy_page.PolicyPage(
        gateway.database, gateway.attributes.tuning, lambda: gateway.bundle
    )
    app.register_blueprint(policy_page.blueprint(shown))


def _register_accounts(app: Flask, gateway: Gateway) -> None:
    """Who holds keys, and whose word the terms rest on."""
    given = keys_route.KeyRooms(gateway.identity, gateway.ledger, gateway.clock)
    app.register_blueprint(keys_route.blueprint(given))
    app.register_blueprint(keys.blueprint(keys.KeyPage(given)))
    providers: dict[str, list[str]] = {}
    for name, provider in sorted(gateway.settings.providers.items()):
        providers.setdefault(provider.tier, []).append(name)
    read = terms_route.TermsRooms(gateway.terms, gateway.ledger, gateway.clock, providers)
    app.register_blueprint(terms_route.blueprint(read))
    app.register_blueprint(terms.blueprint(terms.TermsPages(read)))
