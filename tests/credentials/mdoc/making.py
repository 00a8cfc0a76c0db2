"""Mobile documents for the tests: a certified issuer, a device, and what is wrong in one way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from credentials.keys import InMemorySigner, Signer
from credentials.mdoc import Validity, issue_mdoc
from credentials.verify import VerificationOptions
from credentials.x509 import certify
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, Outside

SIGNER_SECRET: Final = sha256(b"document signer").digest()
DEVICE_SECRET: Final = sha256(b"device").digest()
SIGNER: Final = InMemorySigner("", SIGNER_SECRET, "ES256")
DEVICE: Final = InMemorySigner("", DEVICE_SECRET, "ES256")
DID: Final = "did:web:centre.example"
DOCTYPE: Final = "org.example.course"
NAMESPACE: Final = "org.example.course.1"
ELEMENTS: Final[Mapping[str, Any]] = {"name": "Welding", "hours": 120, "photo": b"\1\2\3", "units": [{"id": "a"}, True, None]}
X5C, ANCHORS = certify(
    SIGNER.public_key, "Centre", starts=NOW - timedelta(days=2), ends=NOW + timedelta(days=2), did=DID, mdocs_of="ZZ"
)


def validity() -> Validity:
    """Return a day before now and a day after it."""
    return Validity(NOW - timedelta(days=1), NOW - timedelta(days=1), NOW + timedelta(days=1))


def made(signer: Signer = SIGNER, **changes: Any) -> bytes:  # noqa: ANN401  # arguments of `issue_mdoc`
    """Return a mobile document; `namespaces` may be another."""
    given: dict[str, Any] = {"entropy": Counted(), "holder": DEVICE.public_key, "validity": validity(), "x5c": X5C}
    namespaces = changes.pop("namespaces", {NAMESPACE: ELEMENTS})
    return issue_mdoc(DOCTYPE, namespaces, signer, **given | changes)


def options(**changes: Any) -> VerificationOptions:  # noqa: ANN401  # members of the options
    """Return how mobile documents are checked now: the issuer's authority is pinned."""
    given: dict[str, Any] = {"now": NOW, "fetcher": Outside(), "anchors": ANCHORS}
    return VerificationOptions(**given | changes)
