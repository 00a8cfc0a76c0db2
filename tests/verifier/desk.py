"""An employer's desk in memory: the shipped lists, certificates signed by their centres, and addresses that answer from a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.compose import HOUSES, ROOT
from credentials.data_integrity import add_proof_set
from credentials.errors import FetchError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner, generate_private_key
from credentials.status.bitstring import StatusList, status_list_credential
from tests.trust.world import CARE_SCHOOL, NOW, SHIPYARD, Files, bundle_of, did, shipped, signer
from trust.bundle import Bundle
from verifier.assessing import Assessment, assess
from verifier.errors import STATUS
from verifier.routes import router
from verifier.service import Verifier
from web.joining import join
from web.pages import Pages
from web.problems import Problems

BASE: Final = "http://localhost:8000"
DAY: Final = datetime(2026, 11, 20, tzinfo=UTC)
_LENGTH: Final = 131_072


@cache
def pages() -> Pages:
    return Pages(HOUSES)


@cache
def lists() -> Bundle:
    return bundle_of(shipped())


def lists_with(change: Any) -> Bundle:  # noqa: ANN401  # a function from the files to nothing
    """Return the lists after a change to their files, signed again."""
    files: Files = shipped()
    change(files)
    return bundle_of(files)


@dataclass
class Addresses:
    """Answers from a table; everything else does not answer. Remembers what was asked for."""

    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.answers:
            raise FetchError("nobody answers there")
        return Fetched(url, self.answers[url], "application/vc")


def status_url(slug: str, purpose: str) -> str:
    return f"{BASE}/status/{slug}-1-{purpose}"


def did_document(slug: str) -> bytes:
    """Return the document behind an issuer's did:web."""
    key, name = signer(slug).public_key.multibase, did(slug)
    method = {"id": f"{name}#k1", "type": "Multikey", "controller": name, "publicKeyMultibase": key}
    return json.dumps({"id": name, "verificationMethod": [method], "assertionMethod": [f"{name}#k1"]}).encode()


def status_list(
    slug: str, purpose: str, indices: set[int], valid_until: datetime, *, by: str = "", key: str = "#k1", made: datetime = DAY
) -> bytes:
    """Return an issuer's list, signed by itself or by somebody else."""
    by = by or slug
    listed = status_list_credential(
        status_url(slug, purpose),
        issuer=did(by),
        purpose=purpose,
        status_list=StatusList.from_indices(indices, _LENGTH),
        valid_from=made,
        valid_until=valid_until,
    )
    return json.dumps(add_proof_set(listed, signer(by, key), created=made)).encode()


def certificate(**changes: object) -> dict[str, Any]:
    """Return the shipped example of a certificate, unsigned, with other members; `None` takes a member away."""
    return _example("training-credential.json", CARE_SCHOOL, 7, changes)


def attestation(**changes: object) -> dict[str, Any]:
    """Return the shipped example of attested work, unsigned."""
    return _example("work-experience-credential.json", SHIPYARD, 7, changes)


def _example(name: str, slug: str, index: int, changes: dict[str, object]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "schemas" / "examples" / name).read_bytes())
    document.pop("proof", None)
    document["credentialStatus"] = [_entry(slug, purpose, index) for purpose in ("revocation", "suspension")]
    return {name: value for name, value in (document | changes).items() if value is not None}


def _entry(slug: str, purpose: str, index: int) -> dict[str, Any]:
    url = status_url(slug, purpose)
    return {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }


def subject_with(document: Mapping[str, Any], **changes: object) -> dict[str, Any]:
    """Return a document whose subject has other members; `None` takes one away."""
    subject = {name: value for name, value in (document["credentialSubject"] | changes).items() if value is not None}
    return {**document, "credentialSubject": subject}


def signed(document: Mapping[str, Any], slug: str = "", created: datetime = DAY) -> bytes:
    """Return the document signed by its issuer (or another centre's key)."""
    by = signer(slug or document["issuer"]["id"].rpartition(":")[2])
    return json.dumps(add_proof_set(dict(document), by, created=created), ensure_ascii=False).encode()


def by_stranger(document: Mapping[str, Any], name: str) -> bytes:
    """Return the document signed by somebody with a key of their own, who calls themselves `name`."""
    key = generate_private_key()
    multibase = InMemorySigner("", key).public_key.multibase
    stranger = f"did:key:{multibase}"
    changed = {**document, "issuer": {"id": stranger, "name": name, "type": ["Profile"]}}
    return json.dumps(add_proof_set(changed, InMemorySigner(f"{stranger}#{multibase}", key), created=DAY)).encode()


def desk(
    *,
    bundle: Bundle | None = None,
    withdrawn: set[int] | None = None,
    held: set[int] | None = None,
    replaced: set[int] | None = None,
    now: datetime = NOW,
    missing: tuple[str, ...] = (),
    lists_until: datetime | None = None,
    lists_by: str = "#k1",
) -> Verifier:
    """Return the employer's house with current lists of both issuers, by that key of each; `missing` addresses do not answer."""
    answers, until = {}, lists_until or now + timedelta(days=1)
    for slug in (CARE_SCHOOL, SHIPYARD):
        answers[status_url(slug, "revocation")] = status_list(slug, "revocation", withdrawn or set(), until, key=lists_by)
        answers[status_url(slug, "suspension")] = status_list(slug, "suspension", held or set(), until, key=lists_by)
        if replaced is not None:
            answers[status_url(slug, "refresh")] = status_list(slug, "refresh", replaced, until, key=lists_by)
        for scheme in ("http", "https"):
            answers[f"{scheme}://localhost:8000/issuers/{slug}/did.json"] = did_document(slug)
    addresses = Addresses({url: content for url, content in answers.items() if url not in missing})
    known = bundle or lists()
    return Verifier(BASE, lambda: now, pages(), addresses, lambda: known)


def asked(content: bytes, state: str | None = "XB", **settings: Any) -> Assessment:  # noqa: ANN401  # as `desk` takes them
    return assess(desk(**settings), content, state)


def browser(verifier: Verifier) -> TestClient:
    """Return a browser in front of the house."""
    app = FastAPI()
    Problems(verifier.pages, STATUS).install(app)
    join(app, router(verifier))
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def aged(bundle: Bundle, days: int) -> Bundle:
    """Return the lists as if they had been published earlier."""
    return replace(bundle, published=bundle.published - timedelta(days=days))
