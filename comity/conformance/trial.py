"""An issuer for wallets to be tried out against: `course`, `course-deferred`, `course-compat`, and `alice` who can sign in.

`course-compat` is also handed to wallets that speak older drafts (@digitalbazaar/oid4-client, @sphereon/oid4vci-client).
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from comity.certified_signers import certificates_of, certified_key
from comity.compose import Composition
from credentials.x509 import certify
from issuer_api.openid.configurations import FORMATS, configuration_of
from issuer_api.openid.routes import router
from issuer_api.openid.service import Account, OpenID, Trial
from issuer_api.organisations import create_issuer, organisation
from issuer_api.programmes import define_programme
from issuer_api.service import Purpose
from web.joining import join

SLUG: Final = "school"
COURSE, DEFERRED, COMPAT = "course", "course-deferred", "course-compat"
BATCH: Final = 3
_ACCOUNTS: Final = MappingProxyType({"alice": Account("alice", ("Alice",))})
_RECORD: Final = {"name": "School for trying out wallets"}


def _course(name: str, title: str) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "training",
        "title": {"en": title},
        "criteria": "Took part.",
        "qualification": "urn:course:1",
        "hours": 1,
        "validYears": 1,
        "number": "COURSE",
        "alignment": [
            {
                "targetType": "ext:ISCO08",
                "targetFramework": "ISCO-08",
                "targetCode": "5322",
                "targetName": "Home-based personal care workers",
            }
        ],
    }


def _certify_documents(composition: Composition) -> None:
    """Have an authority that is gone at once certify the key that signs the mobile documents of the issuer."""
    issuer, deployment = composition.issuer, composition.deployment
    (did, _), starts = organisation(issuer, SLUG), issuer.clock()
    key = certified_key(issuer.keys, deployment, SLUG, Purpose.MOBILE_DOCUMENTS)
    x5c, _ = certify(key, SLUG, starts=starts - timedelta(days=1), ends=starts + timedelta(days=365), did=did, mdocs_of="ZZ")
    file = certificates_of(deployment, SLUG, Purpose.MOBILE_DOCUMENTS)
    file.parent.mkdir(exist_ok=True)
    file.write_text("".join(f"-----BEGIN CERTIFICATE-----\n{one}\n-----END CERTIFICATE-----\n" for one in x5c))


def add_trial(composition: Composition) -> OpenID:
    """Create the issuer and mount its addresses before those of the product, which would ask for tokens and claim links."""
    issuer = composition.issuer
    create_issuer(issuer, SLUG, _RECORD, by="trial")
    for name, title in ((COURSE, "Course"), (DEFERRED, "Course, handed out later"), (COMPAT, "Course, for older wallets")):
        define_programme(issuer, SLUG, _course(name, title), by="trial")
    openid = OpenID(
        issuer, BATCH, Trial(SLUG, _ACCOUNTS, frozenset({DEFERRED}), frozenset(configuration_of(COMPAT, each) for each in FORMATS))
    )
    _certify_documents(composition)
    routes = composition.app.router.routes
    others = list(routes)
    routes.clear()
    join(composition.app, router(openid))
    routes.extend(others)
    return openid
