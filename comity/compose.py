"""Wires the four services into one application: read this to see who gets what."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fastapi import FastAPI

import issuer_api.errors
import issuer_api.routes
import registry.errors
import registry.facades.routes
import registry.routes
import registry.statistics_pages
import verifier.errors
import verifier.openid.errors
import verifier.routes
import wallet.routes
from comity.bundles import Bundles
from comity.certified_signers import CertifiedSigners
from comity.clock import now
from comity.database_schema import open_database
from comity.deployment import Deployment, open_deployment
from comity.house_names import house_names
from comity.issued_counts import awards_in, issued_by_day, issued_count
from comity.key_stores import bundle_key_store, close_key_store, open_key_store
from comity.mail_server import mail_server
from comity.settings import Settings
from comity.wallet_identity import WalletIdentity
from credentials import rdf
from issuer_api.log import log_key
from issuer_api.organisations import CORRECTIONS
from issuer_api.paper import compiled
from issuer_api.published import Published
from issuer_api.service import Issuer
from registry.facades.routes import Facades
from registry.facades.signing import Exports
from registry.publishing import VALIDITY, Publisher
from registry.service import Registry
from registry.statistics_rows import Planning
from registry.witnessing import WatchedLog
from verifier.openid.pages import router as wallet_desk_pages
from verifier.openid.routes import router as wallet_desk_router
from verifier.openid.service import WalletDesk
from verifier.receipts import new_receipt_signer, receipt_signer
from verifier.seen_lists import KeptLists
from verifier.service import Verifier
from wallet.service import Wallet
from web import people, people_pages, site
from web.bundle_folder import BundleFolder
from web.db import Database
from web.fetcher import GuardedFetcher
from web.in_process import InProcess
from web.joining import join
from web.mailing import posting
from web.pages import Pages
from web.passkeys import Passkeys
from web.people import People
from web.people_pages import PeoplePages
from web.problems import Problems
from web.rate_limits import Limit, RateLimits
from web.sealing import Sealer
from web.security import MEBIBYTE, SecurityHeaders

ROOT: Final = Path(__file__).parent.parent
HOUSES: Final = tuple(ROOT / name for name in ("trust", "issuer_api", "verifier", "wallet", "registry"))
BODY_LIMITS: Final = MappingProxyType(
    {
        "/": MEBIBYTE,
        "/credentials/issue-batch": 12 * MEBIBYTE,
        "/issuer": 12 * MEBIBYTE,  # a class's list
        "/verify": 12 * MEBIBYTE,  # a photo or a PDF
        "/verifier/api": 12 * MEBIBYTE,
        "/wallet/api": 12 * MEBIBYTE,  # a whole vault under its new key
    }
)
"""Path prefix to the bytes that a request's body may have."""
LIMITS: Final = (
    Limit(re.compile(r"/issuers/[^/]+/(?:par|token|nonce|challenge)"), burst=3_000, per_second=20, oauth=True),
    Limit(re.compile("/verifier/api/v1/requests"), burst=3_000, per_second=20),
    Limit(re.compile("/wallet/api/v1/started/[^/]+"), burst=100, per_second=1),
    Limit(re.compile(CORRECTIONS + "(?:/[^/]+/answers)?"), burst=300, per_second=1),
    Limit(re.compile(r"/class/[^/]+"), burst=300, per_second=0.2),
    Limit(re.compile(r"/work-requests/(?:ask|mine|say)/[^/]+"), burst=300, per_second=0.2),
)
"""What one network address may ask for without an account: a class of a thousand behind one address, three times, and then 20/s."""
AUDITED: Final = 256
"""Of so many canonical forms that a shape gives, one is compared with the reference's."""
_LOG: Final = logging.getLogger("comity")


@dataclass(frozen=True)
class Composition:
    """Everything one process runs.

    Attributes:
        build: makes the application; commands that serve and ask nothing do without.
    """

    deployment: Deployment
    build: Callable[[], FastAPI] = field(repr=False)
    people: People
    issuer: Issuer
    verifier: Verifier
    wallet_desk: WalletDesk
    wallet: Wallet
    registry: Registry
    own: InProcess

    @cached_property
    def app(self) -> FastAPI:
        """The application that serves them all, made when it is first asked for."""
        return self.build()

    def close(self) -> None:
        """Let go of the database and of what runs in the background; what is on its way is finished first."""
        self.issuer.background.shutdown()
        self.own.close()
        close_key_store(self.issuer.keys)
        self.issuer.database.close()


def compose(settings: Settings, clock: Callable[[], datetime] = now, *, processes: int = 1, number: int = 0) -> Composition:
    """Return the services of an initialized deployment and the application that serves them.

    Args:
        settings: of the process.
        clock: gives the present moment.
        processes: how many serve this deployment side by side.
        number: which of them this is; the first one removes what has ended.

    Raises:
        SetupError: there is no deployment, or its database is gone or of another version.
    """
    deployment = open_deployment(settings.data)
    engine = open_database(settings, deployment)
    base_url, database, sealer = deployment.public_url, Database(engine), Sealer(deployment.master_key)
    own = InProcess(base_url)
    host = base_url.partition("://")[2]
    fetcher = GuardedFetcher(in_process={f"https://{host}": own, f"http://{host}": own})
    pages, bundle = Pages(HOUSES), Bundles(deployment, clock)
    https = not deployment.is_local
    signed_in = People(database, clock, pages, secure=https)
    keys, server = open_key_store(settings, deployment), mail_server(settings)
    issuer = Issuer(
        base_url=base_url,
        database=database,
        clock=clock,
        pages=pages,
        people=signed_in,
        fetcher=fetcher,
        keys=keys,
        sealer=sealer,
        fonts=ROOT / "issuer_api" / "fonts",
        background=ThreadPoolExecutor(max_workers=1, thread_name_prefix="issuing"),
        codec=bundle.codec,
        log_heads=bundle.log_heads,
        wallet_makers=deployment.wallet_makers,
        certified=CertifiedSigners(keys, deployment),
        canonicalize=_shapes(),
        processes=processes,
        sweeps=number == 0,
        post=partial(posting, server) if server is not None else None,
    )
    receipts, sign_receipts = partial(receipt_signer, issuer.keys, base_url), partial(new_receipt_signer, issuer.keys, base_url)
    verifying = Verifier(
        base_url,
        clock,
        pages,
        fetcher,
        bundle,
        _shapes(),
        KeptLists(database),
        receipts=receipts,
        sign_receipts=sign_receipts,
        anchors=deployment.anchors,
    )
    asking = WalletDesk(verifying, database, sealer, WalletIdentity(issuer.keys, deployment), secure=https)
    paper = partial(compiled, ROOT / "wallet" / "templates" / "paper" / "dossier.typ", fonts=issuer.fonts)
    holding = Wallet(base_url, database, clock, pages, fetcher, sealer, bundle, own.send, fetcher.exchange, paper, settings.of_age)
    states = Registry(
        base_url,
        clock,
        pages,
        bundle,
        BundleFolder(deployment.bundle),
        database,
        signed_in,
        Publisher(deployment.bundle, bundle_key_store(settings, deployment)),
        deployment.waiting_draft,
        issuer.keys,
        sealer,
        fetcher,
        issued_count(database),
        issued_by_day(database),
        lambda: (WatchedLog(f"{base_url}/log", log_key(issuer)),),
    )

    published = Published(issuer)

    def build() -> FastAPI:
        app = _application(pages, https=https)
        join(
            app,
            wallet_desk_router(asking),  # first what wallets ask most: addresses are looked through in this order
            issuer_api.routes.router(issuer, published),
            site.router(pages, database, bundle, signed_in.anyone),
            people.router(signed_in),
            people_pages.router(PeoplePages(Passkeys(signed_in, base_url), house_names(issuer, bundle))),
            wallet_desk_pages(asking),
            verifier.routes.router(verifying),
            wallet.routes.router(holding),
            registry.routes.router(states),
            registry.statistics_pages.router(Planning(states, awards_in(database))),
            registry.facades.routes.router(
                Facades(bundle, clock, pages, Exports(issuer.keys, base_url, VALIDITY["timestamp"], deployment.certificate))
            ),
        )
        site.mount_static(app)
        return app

    made = Composition(deployment, build, signed_in, issuer, verifying, asking, holding, states, own)
    own.application, own.published = (lambda: made.app), published.at
    return made


def _shapes() -> rdf.Shapes:
    """Return what canonicalizes documents of known shapes; one answer of many is compared with the reference's."""
    differs = partial(_LOG.critical, "a document's canonical form was not the reference's; its shape is forgotten: report this")
    return rdf.Shapes(rdf.canonicalize, audit=AUDITED, differs=differs)


def _application(pages: Pages, *, https: bool) -> FastAPI:
    """Return the application with what every address of it has in common."""
    app = FastAPI(
        title="Comity",
        version="0.1.0",
        description="Issue, keep, check and recognise certificates for training and work experience.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # such a redirect would repeat whatever Host the request names
    )
    houses = (issuer_api.errors, registry.errors, verifier.errors, verifier.openid.errors)
    problems = Problems(pages, {kind: status for house in houses for kind, status in house.STATUS.items()}, https=https)
    problems.install(app)
    app.add_middleware(RateLimits, limits=LIMITS, refuse=problems.answer)
    app.add_middleware(SecurityHeaders, https=https, limits=BODY_LIMITS, refuse=problems.answer)
    return app
