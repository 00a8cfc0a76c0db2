"""The conformance profile as a suite sees it: a manifest, and addresses that answer."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from httpx2 import Response
from starlette.testclient import TestClient

BASE: Final = "http://localhost:8000"
V1: Final = "https://www.w3.org/2018/credentials/v1"
V2: Final = "https://www.w3.org/ns/credentials/v2"
WHOLE: Final = (
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019-p256",
    "ecdsa-rdfc-2019-p384",
    "ecdsa-jcs-2019-p256",
    "ecdsa-jcs-2019-p384",
)
"""Issuers that sign documents as a whole."""
SELECTIVE: Final = ("ecdsa-sd-2023-p256", "bbs-2023")
"""Issuers whose proofs the holder derives from."""
SUITES: Final = (*WHOLE, *SELECTIVE)
MANDATORY: Final = ("/issuer", "/validFrom")
TERMS: Final = {"skill": "https://terms.example/skill", "level": "https://terms.example/level"}


@dataclass(frozen=True)
class Surface:
    """The addresses of the profile, in process."""

    client: TestClient
    manifest: Mapping[str, Any]

    def issuer(self, name: str) -> Mapping[str, Any]:
        """Return the manifest's entry of an issuer."""
        [found] = [entry for entry in self.manifest["issuers"] if f"/issuers/{name}/" in entry["endpoint"]]
        return dict(found)

    def credential(self, name: str, version: str = "2.0", /, **changes: object) -> dict[str, Any]:
        """Return an unsecured credential of an issuer; a member given as `...` is left out."""
        dates = {"validFrom": "2026-01-01T00:00:00Z"} if version == "2.0" else {"issuanceDate": "2026-01-01T00:00:00Z"}
        document = {
            "@context": [V2 if version == "2.0" else V1, {"@protected": True, **TERMS}],
            "id": "urn:uuid:5f0c2b4e-8a36-4b6e-9a55-0c9b5e7d1a10",
            "type": ["VerifiableCredential"],
            "issuer": self.issuer(name)["id"],
            **dates,
            "credentialSubject": {"id": "did:example:worker", "skill": "welding", "level": "3G"},
        } | changes
        return {member: value for member, value in document.items() if value is not ...}

    def issue(self, name: str, credential: object, **options: object) -> Response:
        return self.client.post(f"/issuers/{name}/credentials/issue", json={"credential": credential, "options": options})

    def issued(self, name: str, version: str = "2.0", /, **changes: object) -> dict[str, Any]:
        """Return a credential as its issuer gives it out, with a base proof where the suite makes one."""
        pointers = ["/issuer", "/validFrom" if version == "2.0" else "/issuanceDate"] if name in SELECTIVE else []
        answer = self.issue(name, self.credential(name, version, **changes), mandatoryPointers=pointers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["verifiableCredential"])

    def shown(self, name: str, version: str = "2.0", /, **changes: object) -> dict[str, Any]:
        """Return a credential as a verifier gets it: derived, where the suite has selective disclosure."""
        document = self.issued(name, version, **changes)
        return self.derived(document, "/credentialSubject") if name in SELECTIVE else document

    def derive(self, document: object, *pointers: object) -> Response:
        return self.client.post(
            "/credentials/derive", json={"verifiableCredential": document, "options": {"selectivePointers": list(pointers)}}
        )

    def derived(self, document: object, *pointers: str) -> dict[str, Any]:
        answer = self.derive(document, *pointers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["verifiableCredential"])

    def verify(self, name: str, document: object, **options: object) -> Response:
        """Return what the verifier for an issuer's tag answers."""
        [tag] = self.issuer(name)["tags"]
        [verifier] = [entry for entry in self.manifest["verifiers"] if entry["tags"] == [tag]]
        return self.client.post(verifier["endpoint"], json={"verifiableCredential": document, "options": options})

    def present(self, presentation: object, **options: object) -> Response:
        message = {"verifiablePresentation": presentation, "options": options}
        return self.client.post(self.manifest["vpVerifiers"][0]["endpoint"], json=message)


def altered(document: Mapping[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Return a copy with another value at a JSON pointer; `...` removes what is there."""
    copied = copy.deepcopy(dict(document))
    *path, last = pointer.removeprefix("/").split("/")
    inner: Any = copied
    for step in path:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    place = int(last) if isinstance(inner, list) else last
    if value is ...:
        del inner[place]
    else:
        inner[place] = value
    return copied


def assert_refused(answer: Response) -> None:
    """Fail unless an answer is 400 or 422 with a problem document that says what is wrong."""
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["type"].startswith("http")
    assert problem["title"]
    assert problem["detail"]
    assert problem["status"] == answer.status_code
    assert problem.get("verified", False) is False


def assert_verified(answer: Response) -> None:
    """Fail unless an answer is 200 and says that everything verified."""
    assert answer.status_code == 200, answer.text
    assert answer.json()["verified"] is True
