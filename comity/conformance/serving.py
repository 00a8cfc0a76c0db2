"""The whole application with the conformance profile in it, in a folder of its own that is gone when it stops."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from comity.clock import now
from comity.compose import Composition, compose
from comity.conformance.profile import ConformanceProfile
from comity.conformance.routes import router
from comity.conformance.trial import add_trial
from comity.database_schema import create_database
from comity.deployment import create_deployment
from comity.settings import Settings
from comity.wallet_identity import verifier_did
from credentials.keys import InMemorySigner, generate_private_key
from credentials.x509 import certify
from verifier.openid.identity import Identity
from verifier.openid.pages import router as wallet_desk_pages
from verifier.openid.routes import router as wallet_desk_router
from web.joining import join


@contextmanager
def conformance_composition(base_url: str, clock: Callable[[], datetime] = now) -> Iterator[Composition]:
    """Lend the application; nothing of what the environment says of data, database or keys is used.

    Args:
        base_url: where it is served.
        clock: gives the present moment in UTC.
    """
    with tempfile.TemporaryDirectory(prefix="comity-conformance-") as folder:
        settings = Settings(
            data=Path(folder) / "data", public_url="", database_url="", key_store="file:", key_passphrase_file=None, smtp_url=""
        )
        create_database(settings, create_deployment(settings.data, base_url, clock())).dispose()
        with closing(compose(settings, clock)) as composition:
            add_profile(composition, base_url, clock)
            add_trial(composition)
            yield composition


def add_profile(composition: Composition, base_url: str, clock: Callable[[], datetime]) -> ConformanceProfile:
    """Mount the profile before the services: where both have an address, it is the profile's."""
    verifier = composition.verifier
    profile = ConformanceProfile.with_new_keys(base_url, clock, verifier.pages, verifier.fetcher)
    identity = new_identity(base_url, clock())
    asking = replace(composition.wallet_desk, identity=lambda: identity, short_forms=True)
    routes = composition.app.router.routes
    services = list(routes)
    routes.clear()
    join(composition.app, router(profile), wallet_desk_router(asking), wallet_desk_pages(asking))
    routes.extend(services)
    return profile


def new_identity(base_url: str, now: datetime) -> Identity:
    """Return who asks wallets in the profile: a new key, with a certificate by an authority that is gone at once."""
    signer = InMemorySigner(f"{verifier_did(base_url)}#k1", generate_private_key("ES256"), "ES256")
    starts = now.replace(microsecond=0) - timedelta(days=1)
    x5c, _ = certify(signer.public_key, urlsplit(base_url).hostname or "", starts=starts, ends=starts + timedelta(days=365))
    return Identity(base_url, signer, x5c)
