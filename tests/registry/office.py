"""What people at a state's desk do in tests: ask, put forward, approve, publish."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from credentials.dids import did_document
from credentials.keys import InMemorySigner
from tests.registry.conftest import Desk, House
from tests.trust.world import CAREGIVING

STATE: Final = "/registry/states/XA"
CENTRE: Final = "did:web:centre.example"
SIGNER: Final = InMemorySigner(f"{CENTRE}#k1", bytes(range(32)))
ASKED: Final[dict[str, Any]] = {
    "state": "XA",
    "did": CENTRE,
    "name": "Lowland Care School",
    "place": "Lowland",
    "contact": "office@centre.example",
    "kind": "TrainingProvider",
    "qualifications": [CAREGIVING],
    "evidence": "Four nurses teach here.",
}
AUTHORITY: Final = "urn:comity:XA:authority:nsc"


def apply(house: House) -> str:
    answer = house.anybody.post("/registry/api/v1/applications", json=ASKED)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def publish_keys(house: House) -> None:
    document = did_document(CENTRE, {"k1": SIGNER.public_key})
    house.outside.documents["https://centre.example/.well-known/did.json"] = json.dumps(document).encode()


def put_forward(desk: Desk, page: str, **form: object) -> str:
    """Send a form that puts something before a second person; return the change's address."""
    sent = desk.post(page, page, **form)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"]).removeprefix("http://localhost:8000")


def digest_on(page: str) -> str:
    """Return the digest of what a page asks to approve."""
    found = re.search(r'name="digest" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def approve(desk: Desk, change: str) -> None:
    answer = desk.post(change, change, digest=digest_on(desk.get(change)), act="approve")
    assert answer.status_code == 303, answer.text


def accredit(house: House, name: str, **more: object) -> str:
    """Put the approval that a centre asked for before a second person."""
    writer = house.desk("The assessor", "assessor")
    page = f"{STATE}/applications/{name}"
    form = {"act": "accredit", "authority": AUTHORITY, "start": "2026-12-01", "reason": "It teaches well.", "grant": CAREGIVING}
    return put_forward(writer, page, **{**form, **more})


def words(page: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"<[^>]+>", "", page)
