"""Wires the four services into one application: read this to see who gets what."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import FastAPI

import issuer_api.errors
import issuer_api.routes
import registry.routes
import verifier.errors
import verifier.routes
import wallet.routes
from comity.bundles import Bundles
from comity.clock import now
from comity.database_schema import check_schema
from comity.deployment import Deployment, open_deployment
from comity.key_stores import open_key_store
from comity.settings import Settings
from issuer_api.service import Issuer
from registry.service import Registry
from verifier.service import Verifier
from wallet.service import Wallet
from web import people, problems, site
from web.bundle_folder import BundleFolder
from web.db import Database, open_engine
from web.fetcher import GuardedFetcher
from web.in_process import InProcess
from web.pages import Pages
from web.people import People
from web.sealing import Sealer
from web.security import SecurityHeaders

ROOT: Final = Path(__file__).parent.parent
HOUSES: Final = tuple(ROOT / name for name in ("trust", "issuer_api", "verifier", "wallet", "registry"))


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything one process runs."""

    deployment: Deployment
    app: FastAPI
    people: People
    issuer: Issuer
    verifier: Verifier
    wallet: Wallet
    registry: Registry


def database_url(settings: Settings, deployment: Deployment) -> str:
    """Return the SQLAlchemy URL of the deployment's database."""
    return settings.database_url or f"sqlite:///{(deployment.folder / 'comity.db').resolve()}"


def compose(settings: Settings, clock: Callable[[], datetime] = now) -> Composition:
    """Return the services of an initialized deployment and the application that serves them.

    Raises:
        SetupError: there is no deployment, or its database is of another version.
    """
    deployment = open_deployment(settings.data)
    engine = open_engine(database_url(settings, deployment))
    check_schema(engine)
    base_url, database, sealer = deployment.public_url, Database(engine), Sealer(deployment.master_key)
    own = InProcess(base_url)
    host = base_url.partition("://")[2]
    fetcher = GuardedFetcher(in_process={f"https://{host}": own, f"http://{host}": own})
    pages, bundle = Pages(HOUSES), Bundles(deployment, clock)
    signed_in = People(database, clock, pages, secure=base_url.startswith("https:"))
    issuer = Issuer(
        base_url=base_url,
        database=database,
        clock=clock,
        pages=pages,
        people=signed_in,
        fetcher=fetcher,
        keys=open_key_store(settings.key_store, deployment),
        sealer=sealer,
        fonts=ROOT / "issuer_api" / "fonts",
        background=ThreadPoolExecutor(max_workers=1, thread_name_prefix="issuing"),
    )
    verifying = Verifier(base_url, clock, pages, fetcher, bundle)
    holding = Wallet(base_url, database, clock, pages, fetcher, sealer)
    states = Registry(clock, pages, bundle, BundleFolder(deployment.bundle))
    app = FastAPI(
        title="Comity",
        version="0.1.0",
        description="Issue, keep, check and recognise certificates for training and work experience.",
        docs_url=None,
        redoc_url=None,
    )
    own.app = app
    problems.install(app, pages, {**issuer_api.errors.STATUS, **verifier.errors.STATUS})
    app.add_middleware(SecurityHeaders)
    for router in (
        site.router(pages, database, bundle),
        people.router(signed_in),
        issuer_api.routes.router(issuer),
        verifier.routes.router(verifying),
        wallet.routes.router(holding),
        registry.routes.router(states),
    ):
        app.include_router(router)
    site.mount_static(app)
    return Composition(deployment, app, signed_in, issuer, verifying, holding, states)
