"""A certificate whose issuer is a did:webvh: the desk reads its history over the network, and says what it could not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.responses import Response

from credentials.data_integrity import add_proof_set
from credentials.errors import COMITY, SECURITY
from tests.credentials.dids.webvh.logs import (
    MOVED,
    NAMED,
    NEW,
    WITNESSES,
    approvals,
    document,
    entries,
    first,
    key_of,
    lines,
    name_of,
    rule,
    then,
)
from tests.trust.world import NOW
from tests.verifier.desk import BASE, DAY, browser, certificate, lists, pages
from verifier.assessing import assess
from verifier.service import Verifier
from web.fetcher import GuardedFetcher
from web.in_process import InProcess

ORIGIN: Final = "https://history.example"
LOG, PROOFS = "/.well-known/did.jsonl", "/.well-known/did-witness.json"
SIMPLE: Final = entries(first(state=document()))
FORGED, UNKNOWN = ("forged", "genuine.no"), ("unknown", "genuine.unknown")


@dataclass
class Host:
    """A web server that has files or answers that it has not."""

    files: dict[str, bytes] = field(default_factory=dict)

    def serve(self, log: list[dict[str, Any]]) -> None:
        self.files[LOG] = lines(log)


@dataclass(frozen=True)
class Desk:
    """An employer's desk whose network is one host."""

    host: Host
    verifier: Verifier


@pytest.fixture
def desk() -> Iterator[Desk]:
    host, app = Host(), FastAPI()

    @app.get("/{path:path}")
    def answer(path: str) -> Response:
        content = host.files.get(f"/{path}")
        return Response(status_code=404) if content is None else Response(content, media_type="text/jsonl")

    transport = InProcess(ORIGIN, seconds=5)
    transport.application = lambda: app
    fetcher = GuardedFetcher(in_process={ORIGIN: transport})
    yield Desk(host, Verifier(BASE, lambda: NOW, pages(), fetcher, lists))
    transport.close()


def issued(did: str, name: str = "old") -> dict[str, Any]:
    """Return a certificate that the DID has signed."""
    issuer = {"id": did, "name": "A School", "type": ["Profile"]}
    plain = certificate(issuer=issuer, credentialStatus=None, credentialSchema=None)
    return add_proof_set(plain, key_of(did, name), created=DAY)


def told(desk: Desk, document: dict[str, Any]) -> tuple[str, str]:
    """Return the verdict and the answer to the first question, at the page and to programs."""
    assessment = assess(desk.verifier, json.dumps(document).encode(), "XB")
    return assessment.verdict, assessment.questions[0].message


def reported(desk: Desk, document: dict[str, Any]) -> tuple[int, str, list[str]]:
    """Return what VC-API answers: status, outcome of the proof, types of the problems."""
    answer = browser(desk.verifier).post("/credentials/verify", json={"verifiableCredential": document})
    report = answer.json()
    outcome = next(check["outcome"] for check in report["checks"] if check["check"] == "proof")
    return answer.status_code, outcome, [problem["type"] for problem in report["problemDetails"]]


def test_it_is_genuine_as_long_as_the_history_says_so(desk: Desk) -> None:
    certified = issued(name_of(SIMPLE))
    desk.host.serve(SIMPLE)
    assert told(desk, certified) == ("not-in-register", "genuine.yes-unregistered")
    assert reported(desk, certified) == (200, "passed", [])
    assert told(desk, certified | {"validFrom": "2020-01-01T00:00:00Z"}) == FORGED


def test_without_an_answer_it_could_not_be_checked(desk: Desk) -> None:
    certified = issued(name_of(SIMPLE))
    assert told(desk, certified) == UNKNOWN
    assert reported(desk, certified) == (400, "could-not-check", [COMITY + "NOT_THERE"])


def test_an_issuer_that_has_ended_its_did_is_no_forger(desk: Desk) -> None:
    certified = issued(name_of(SIMPLE))
    desk.host.serve(entries(first(state=document()), then(state=document(), deactivated=True)))
    assert told(desk, certified) == UNKNOWN
    assert reported(desk, certified) == (400, "could-not-check", [COMITY + "DID_DEACTIVATED"])


@pytest.mark.parametrize(
    ("log", "problem"),
    [
        (entries(first(state=document()), then(state=document(key=NEW))), SECURITY + "PROOF_VERIFICATION_ERROR"),
        (
            entries(first(state=document()), then(state=document(), signer=NEW)),
            SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT",
        ),
        (
            entries(first(state=document()), then(state=document(assertionMethod=[]))),
            SECURITY + "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
        ),
        (entries(first(state=document(), ttl=60)), SECURITY + "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"),
    ],
    ids=["another key", "a broken history", "another purpose", "another DID"],
)
def test_it_is_not_genuine_where_the_history_speaks_against_it(desk: Desk, log: list[dict[str, Any]], problem: str) -> None:
    certified = issued(name_of(SIMPLE))
    desk.host.serve(log)
    assert told(desk, certified) == FORGED
    assert reported(desk, certified) == (400, "failed", [problem])


def test_witnesses_are_asked_and_their_silence_is_no_refusal(desk: Desk) -> None:
    log = entries(first(state=document(), witness=rule(2)))
    certified = issued(name_of(log))
    desk.host.serve(log)
    assert told(desk, certified) == UNKNOWN
    desk.host.files[PROOFS] = json.dumps(approvals(log, (1, WITNESSES[0]))).encode()
    assert told(desk, certified) == FORGED
    desk.host.files[PROOFS] = json.dumps(approvals(log, (1, WITNESSES[0]), (1, WITNESSES[2]))).encode()
    assert told(desk, certified) == ("not-in-register", "genuine.yes-unregistered")


def test_what_was_issued_under_a_former_name_stays_genuine(desk: Desk) -> None:
    log = entries(first(state=document(), portable=True), then(state=document(MOVED, alsoKnownAs=[NAMED])))
    desk.host.serve(log)
    assert told(desk, issued(name_of(log, 0))) == ("not-in-register", "genuine.yes-unregistered")
    assert told(desk, issued(name_of(log, 0), "new")) == FORGED
