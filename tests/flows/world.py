"""A whole deployment in a folder, reached as programs reach it: over HTTP, with a token of one training centre."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlmodel import SQLModel, func, select
from starlette.responses import Response
from starlette.testclient import TestClient

from comity.compose import ROOT, Composition, compose
from comity.database_schema import create_database
from comity.deployment import create_deployment
from comity.settings import Settings
from credentials.data_integrity import add_proof_set
from credentials.keys import InMemorySigner, PublicKey, generate_private_key
from credentials.status.bitstring import StatusList, status_list_credential
from issuer_api.organisations import create_issuer, public_keys
from issuer_api.programmes import define_programme
from issuer_api.tokens import ACTIONS, create_token
from registry.founding import build_files, state_codes
from registry.publishing import Publisher
from verifier.tables import SeenList

BASE: Final = "http://localhost:8000"
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
SLUG: Final = "sunder-bay-care"
SLUGS: Final = (SLUG, "tarimba-welding", "harborline-shipyard")
AUTHORITIES: Final = ("skills-council", "skills-office", "labour-skills-board")  # their keys sign decisions
UNREGISTERED: Final = "lonely-school"  # it has a key and issues, and no authority has registered it
PARTNERSHIP: Final = ROOT / "examples" / "partnership"
PROGRAMME: Final[Mapping[str, Any]] = {
    "id": "caregiving-nc2",
    "kind": "training",
    "title": {"en": "Caregiving NC II"},
    "description": "Cares for older people at home and in institutions.",
    "criteria": "Completed the course of 786 hours and passed the assessment.",
    "qualification": "urn:comity:XA:q:CAREGIVING-NC-II@2026",
    "hours": 786,
    "validYears": 10,
    "number": "XA-SBC",
    "started": "2026-03-02",
    "alignment": [
        {
            "targetType": "ext:ISCO08",
            "targetFramework": "ISCO-08",
            "targetCode": "5322",
            "targetName": "Home-based personal care workers",
            "targetUrl": "http://data.europa.eu/esco/isco/C5322",
        },
        {"targetType": "ext:NQF", "targetFramework": "Aravel Qualifications Framework", "targetCode": "2", "targetName": "Level 2"},
    ],
}
WORK_FORM: Final = {"id": "work-experience", "kind": "work", "title": {"en": "Work experience"}, "validYears": 20}
GOOD_LIST: Final = b"name,awarded_on,name_native\nNajma Akter,2026-11-13,\nSari,2026-11-13,\nYusuf Haddad,2026-11-13,\n"


@dataclass
class World:
    """One deployment: its services, a program that holds a token, and documents that it serves besides."""

    settings: Settings
    composition: Composition
    browser: TestClient
    token: str
    served: dict[str, bytes] = field(default_factory=dict)

    def close(self) -> None:
        self.browser.close()
        self.composition.close()

    def bring(self, content: bytes, *, programme: str = "caregiving-nc2", name: str = "list.csv") -> tuple[int, dict[str, Any]]:
        answer = self.browser.post(
            "/issuer/api/v1/cohorts",
            data={"programme": programme},
            files={"file": (name, content, "text/csv")},
            headers=self.authorization,
        )
        return answer.status_code, answer.json()

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def issue_one(self) -> dict[str, Any]:
        """Issue the good list and return its first credential; asking again gives the same one."""
        _, report = self.bring(GOOD_LIST)
        issued = self.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=self.authorization)
        credential = issued.json()["credentials"][0]
        document: dict[str, Any] = self.browser.get(f"/issuer/api/v1/credentials/{credential}", headers=self.authorization).json()
        return document

    def resign(self, document: Mapping[str, Any], *, slug: str = SLUG, created: datetime | None = None, **changes: object) -> bytes:
        """Return a credential with other members, signed by the centre's real key."""
        did, _ = public_keys(self.composition.issuer, slug)
        unsigned = {name: value for name, value in document.items() if name != "proof"} | changes
        signer = self.composition.issuer.keys.signer(f"{did}#k1")
        moment = created or datetime.fromisoformat(str(unsigned["validFrom"]))
        return json.dumps(add_proof_set(unsigned, signer, created=moment)).encode()

    def with_status(self, document: Mapping[str, Any], **changes: str) -> bytes:
        """Return the credential with its revocation entry changed, signed again."""
        entries = [dict(entry) for entry in document["credentialStatus"]]
        entries[0] |= changes
        return self.resign(document, credentialStatus=entries)

    def serve_list(self, name: str, *, valid_until: datetime, length: int = 131_072) -> str:
        """Serve a revocation list signed by the centre, and return its address."""
        did, _ = public_keys(self.composition.issuer, SLUG)
        url = f"{BASE}/elsewhere/{name}"
        made = NOW - timedelta(days=30)
        listed = status_list_credential(
            url,
            issuer=did,
            purpose="revocation",
            status_list=StatusList.from_indices(set(), length),
            valid_from=made,
            valid_until=valid_until,
        )
        signer = self.composition.issuer.keys.signer(f"{did}#k1")
        self.served[name] = json.dumps(add_proof_set(listed, signer, created=made)).encode()
        return url

    def check(self, content: bytes, *, state: str = "") -> tuple[int, dict[str, Any]]:
        """Hand a credential to the verifier as a file."""
        answer = self.browser.post(
            "/verifier/api/v1/verify", data={"state": state}, files={"file": ("c.json", content, "application/json")}
        )
        return answer.status_code, answer.json()

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has: equal before and after means that nothing was left behind.

        Which lists were relied on is left out: whoever checks a certificate remembers that.
        """
        with self.composition.issuer.database.session() as session:
            return {
                name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in SQLModel.metadata.tables.items()
                if name != SeenList.__tablename__
            }


def build(folder: Path, database_url: str = "") -> World:
    """Return a deployment in a folder that is not there yet; its database is empty, or a SQLite file of its own."""
    deployment = create_deployment(folder, BASE, NOW)
    settings = Settings(data=folder, database_url=database_url)
    create_database(settings, deployment).dispose()
    composition = compose(settings, clock=lambda: NOW)
    issuer = composition.issuer
    for slug in (*SLUGS, *AUTHORITIES, UNREGISTERED):
        create_issuer(issuer, slug, {"name": slug.replace("-", " ").title()})
    for record in (PROGRAMME, WORK_FORM):
        define_programme(issuer, SLUG, record)
    _publish(composition)
    world = World(settings, composition, TestClient(composition.app, base_url=BASE, raise_server_exceptions=False), "")
    world.token = create_token(issuer, SLUG, "tests", ACTIONS)

    @composition.app.get("/elsewhere/{name}")
    def elsewhere(name: str) -> Response:
        return Response(world.served[name], media_type="application/vc")

    assert deployment.folder == folder
    return world


def _publish(composition: Composition) -> None:
    issuer, deployment = composition.issuer, composition.deployment

    def keys_of(slug: str) -> tuple[str, Mapping[str, str]]:
        did, keys = public_keys(issuer, slug)
        return did, {f"#{name}": key.multibase for name, key in keys.items()}

    publisher = Publisher(deployment.bundle, _BundleKeys())
    publisher.publish(build_files(PARTNERSHIP, keys_of), state_codes(PARTNERSHIP), now=NOW)
    deployment.pinned_root.write_bytes(publisher.root())


class _BundleKeys:
    """Keys for the lists' roles, made on first use."""

    def __init__(self) -> None:
        self._signers: dict[str, InMemorySigner] = {}

    def signer(self, verification_method: str) -> InMemorySigner:
        self.create(verification_method)
        return self._signers[verification_method]

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        made = InMemorySigner(verification_method, generate_private_key(algorithm), algorithm)
        return self._signers.setdefault(verification_method, made).public_key

    def verification_methods(self) -> tuple[str, ...]:
        return tuple(sorted(self._signers))
