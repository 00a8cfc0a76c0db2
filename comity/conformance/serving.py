"""The whole application with the conformance profile in it, in a folder of its own that is gone when it stops."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from comity.clock import now
from comity.compose import Composition, compose
from comity.conformance.profile import ConformanceProfile
from comity.conformance.routes import router
from comity.conformance.trial import add_trial
from comity.database_schema import create_database
from comity.deployment import create_deployment
from comity.settings import Settings


@contextmanager
def conformance_composition(base_url: str, clock: Callable[[], datetime] = now) -> Iterator[Composition]:
    """Lend the application; nothing of what the environment says of data, database or keys is used.

    Args:
        base_url: where it is served.
        clock: gives the present moment in UTC.
    """
    with tempfile.TemporaryDirectory(prefix="comity-conformance-") as folder:
        settings = Settings(data=Path(folder) / "data", public_url="", database_url="", key_store="file:", key_passphrase_file=None)
        create_database(settings, create_deployment(settings.data, base_url, clock())).dispose()
        with closing(compose(settings, clock)) as composition:
            add_profile(composition, base_url, clock)
            add_trial(composition)
            yield composition


def add_profile(composition: Composition, base_url: str, clock: Callable[[], datetime]) -> ConformanceProfile:
    """Mount the profile before the services: where both have an address, it is the profile's."""
    verifier = composition.verifier
    profile = ConformanceProfile.with_new_keys(base_url, clock, verifier.pages, verifier.fetcher)
    routes = composition.app.router.routes
    services = list(routes)
    routes.clear()
    composition.app.include_router(router(profile))
    routes.extend(services)
    return profile
