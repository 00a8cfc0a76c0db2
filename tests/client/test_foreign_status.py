"""Status lists of issuers that no list knows, on the holder's device: what they say, and what does not count as their word."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set
from credentials.dids.did_web import did_document
from credentials.encoding import b64url_encode
from credentials.keys import InMemorySigner, generate_private_key
from credentials.mdoc import Validity, issue_mdoc
from credentials.status.bitstring import StatusList, status_list_credential
from credentials.vc_jwt import secure_jwt
from credentials.x509 import certify
from tests.client.node import run_node

pytestmark = pytest.mark.node
DID, OTHER = "did:web:school.example", "did:web:other.example"
NOW: Final = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY: Final = dt.timedelta(days=1)
GONE, HELD, GOOD = 5, 6, 7


def signer(did: str, fragment: str, algorithm: str = "Ed25519") -> InMemorySigner:
    return InMemorySigner(f"{did}#{fragment}", generate_private_key(algorithm), algorithm)


TOKEN_KEY: Final = generate_private_key("ES256")
SCHOOL, TOKENS = signer(DID, "k1"), InMemorySigner(f"{DID}#k2", TOKEN_KEY, "ES256")
THIEF, STRANGER = signer(DID, "k1"), signer(OTHER, "k1")


def unsigned(
    name: str, purpose: str = "revocation", issuer: str = DID, index: int = GONE, age: dt.timedelta = DAY / 24
) -> dict[str, Any]:
    url, made = f"https://school.example/{name}", NOW - age
    bits = StatusList.from_indices([index])
    return status_list_credential(url, issuer=issuer, purpose=purpose, status_list=bits, valid_from=made, valid_until=made + DAY)


def signed(document: dict[str, Any], by: InMemorySigner = SCHOOL) -> str:
    return json.dumps(add_proof_set(document, by, created=NOW, cryptosuites=["eddsa-jcs-2022"]))


def changed(document: dict[str, Any]) -> str:
    found = json.loads(signed(document))
    found["credentialSubject"]["encodedList"] = unsigned("x", index=GOOD)["credentialSubject"]["encodedList"]
    return json.dumps(found)


def answers() -> dict[str, str]:
    keys = {"k1": SCHOOL.public_key, "k2": TOKENS.public_key}
    return {
        "https://school.example/.well-known/did.json": json.dumps(did_document(DID, keys)),
        "https://other.example/.well-known/did.json": json.dumps(did_document(OTHER, {"k1": STRANGER.public_key})),
    } | {
        f"https://school.example/{name}": content
        for name, content in {
            "list": signed(unsigned("list")),
            "holds": signed(unsigned("holds", "suspension", index=HELD)),
            "token": secure_jwt(unsigned("token"), TOKENS).decode(),
            "stolen": signed(unsigned("stolen", index=GOOD), THIEF),
            "stranger": signed(unsigned("stranger", issuer=OTHER, index=GOOD), STRANGER),
            "lent": signed(unsigned("lent", index=GOOD), STRANGER),
            "moved": signed(unsigned("list")),
            "old": signed(unsigned("old", age=2 * DAY)),
            "changed": changed(unsigned("changed")),
            "open": json.dumps(unsigned("open", index=GOOD)),
            "nothing": "{}",
        }.items()
    }


def entry(name: str, index: object = GONE, purpose: str = "revocation", **more: object) -> dict[str, Any]:
    url = f"https://school.example/{name}"
    named = {"statusPurpose": purpose, "statusListIndex": str(index), "statusListCredential": url}
    return {"type": "BitstringStatusListEntry", **named, **more}


def document(*entries: object) -> dict[str, Any]:
    return {"issuer": {"id": DID}, "credentialStatus": list(entries)}


SAID: Final = {
    "no status": ("valid", {"issuer": DID}),
    "one that is good": ("valid", document(entry("list", GOOD))),
    "withdrawn": ("withdrawn", {"issuer": DID, "credentialStatus": entry("list")}),
    "by a token": ("withdrawn", document(entry("token"))),
    "good by a token": ("valid", document(entry("token", GOOD))),
    "on hold": ("on-hold", document(entry("list", HELD), entry("holds", HELD, "suspension"))),
    "both": ("withdrawn", document(entry("holds", HELD, "suspension"), entry("list"))),
    "withdrawn, whatever else": ("withdrawn", document(entry("away"), entry("list"))),
    "another key": ("unknown", document(entry("stolen", GOOD))),
    "another issuer's list": ("unknown", document(entry("stranger", GOOD))),
    "signed by another issuer": ("unknown", document(entry("lent", GOOD))),
    "another list in its place": ("unknown", document(entry("moved"))),
    "run out": ("unknown", document(entry("old"))),
    "changed": ("unknown", document(entry("changed", GOOD))),
    "not signed": ("unknown", document(entry("open", GOOD))),
    "no list": ("unknown", document(entry("nothing"))),
    "not there": ("unknown", document(entry("away"))),
    "for another purpose": ("unknown", document(entry("list", GOOD, "suspension"))),
    "a purpose that nobody knows": ("unknown", document(entry("list", GOOD, "mood"))),
    "behind its end": ("unknown", document(entry("list", 999_999_999))),
    "no place": ("unknown", document(entry("list", "1e3"))),
    "several bits": ("unknown", document(entry("list", GOOD, statusSize=2))),
    "another kind": ("unknown", document(entry("list", GOOD, type="StatusList2021Entry"))),
    "no object": ("unknown", document("https://school.example/list")),
    "no entry": ("unknown", document()),
    "too many": ("unknown", document(*[entry("list", GOOD)] * 9)),
}


def mobile(key: bytes, method: str, *, certified: bool = True) -> str:
    """Return a mobile document that a key signed, under a name."""
    by = InMemorySigner(method, key, "ES256")
    x5c, _ = certify(by.public_key, "school", starts=NOW - DAY, ends=NOW + DAY, did=DID, mdocs_of="ZZ")
    status = {"status_list": {"idx": 3, "uri": "https://school.example/t"}}
    made = issue_mdoc(
        "org.example.course",
        {"org.example": {"name": "Welding"}},
        by,
        entropy=bytes,
        holder=signer(DID, "h", "ES256").public_key,
        validity=Validity(NOW, NOW, NOW + DAY),
        x5c=x5c if certified else (),
        status=status,
    )
    return b64url_encode(made)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    listed, another = generate_private_key("ES256"), generate_private_key("ES256")
    multibase = InMemorySigner("", listed, "ES256").public_key.multibase
    record = {"did": "did:web:listed.example", "keys": [{"id": "#k2", "publicKeyMultibase": multibase}]}
    given = {
        "answers": answers(),
        "documents": {name: told for name, (_, told) in SAID.items()},
        "listed": [record],
        "mobile": {
            "its own": mobile(TOKEN_KEY, f"{DID}#k2"),
            "without a certificate": mobile(TOKEN_KEY, f"{DID}#k2", certified=False),
            "in another's name": mobile(another, f"{DID}#k2"),
            "listed": mobile(listed, "did:web:listed.example#k2"),
            "in a listed name": mobile(another, "did:web:listed.example#k2"),
            "a name that nobody answers to": mobile(another, "did:web:away.example#k1"),
        },
    }
    return dict(run_node("foreign_status.mjs", given=json.dumps(given)))


def test_a_list_counts_when_its_issuer_signed_it_and_all_else_could_not_be_checked(said: dict[str, Any]) -> None:
    assert said["states"] == {name: state for name, (state, _) in SAID.items()}


def test_who_signed_a_mobile_document_is_told_by_its_did_and_the_lists_before_it(said: dict[str, Any]) -> None:
    found = {
        name: tuple(told[part] for part in ("byCertificate", "isListed", "byIssuer")) for name, told in said["documents"].items()
    }
    assert found == {
        "its own": (True, False, True),
        "without a certificate": (None, False, True),
        "in another's name": (True, False, False),
        "listed": (True, True, True),
        "in a listed name": (True, True, False),
        "a name that nobody answers to": (True, False, None),
    }
    one = said["documents"]["its own"]
    assert (one["until"], one["status"]["status_list"]) == (
        f"{NOW + DAY:%Y-%m-%dT%H:%M:%SZ}",
        {"idx": 3, "uri": "https://school.example/t"},
    )
