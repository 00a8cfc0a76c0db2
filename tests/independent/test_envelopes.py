"""SD-JWT, SD-JWT VC and status lists against `openvc-core`: what one writes the other reads, and both refuse what was changed."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.status import token_status_list as peer_lists

from credentials.encoding import b64url_encode
from credentials.errors import VCError
from credentials.keys import InMemorySigner
from credentials.sd_jwt import bind, present, verify_key_binding
from credentials.sd_jwt_vc import issue_sd_jwt_vc, open_sd_jwt_vc
from credentials.status.token import TokenStatusList
from credentials.vc_sd_jwt import secure_sd_jwt
from tests.credentials.test_algorithms import seed
from tests.credentials.world import credential, key_signer

PEER: Final = SdJwtVcProofSuite()
VCT: Final = "https://centre.example/credentials/welding"
AUDIENCE: Final = "https://employer.example"
NONCE: Final = "n-0S6_WzA2Mj"
CLAIMS: Final[dict[str, Any]] = {
    "name": "Ana",
    "skills": ["welding", "rigging"],
    "address": {"city": "Tarimba", "street": "Dock 4"},
}
PEER_KEYS: Final[dict[str, Any]] = {"Ed25519": Ed25519SigningKey, "ES256": P256SigningKey, "ES384": P384SigningKey}
EACH = pytest.mark.parametrize("algorithm", PEER_KEYS)


def signer(algorithm: str, name: str = "issuer") -> InMemorySigner:
    """Return a signer whose did:key follows from its algorithm and a name."""
    private = key_seed(algorithm, name)
    multibase = InMemorySigner("", private, algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", private, algorithm)


def key_seed(algorithm: str, name: str) -> bytes:
    if algorithm == "Ed25519":
        return name.encode().ljust(32, b".")
    return seed(algorithm)[: -len(name)] + name.encode()


def peer_key(algorithm: str, name: str = "issuer") -> Any:  # noqa: ANN401  # one of three classes
    """Return the peer's key with the same secret."""
    ours = signer(algorithm, name)
    jwk = ours.public_key.jwk() | {"d": b64url_encode(key_seed(algorithm, name))}
    return PEER_KEYS[algorithm].from_jwk(jwk, ours.verification_method)


def issued(algorithm: str) -> str:
    by = signer(algorithm)
    claims = {"iss": by.verification_method.partition("#")[0], "vct": VCT, **CLAIMS}
    selective = [("name",), ("skills", 1), ("address",), ("address", "street")]
    holder = signer(algorithm, "holder").public_key
    return issue_sd_jwt_vc(claims, by, entropy=secrets.token_bytes, selective=selective, decoys=2, holder=holder).decode()


def peer_issued(algorithm: str) -> str:
    by = peer_key(algorithm)
    return PEER.issue(
        {"iss": by.kid.partition("#")[0], **CLAIMS},
        signing_key=by,
        disclosable=["name", "skills"],
        holder_jwk=signer(algorithm, "holder").public_key.jwk(),
        vct=VCT,
        decoys=3,
    )


@EACH
def test_the_peer_verifies_what_we_issue_present_and_bind(algorithm: str) -> None:
    now = datetime.now(UTC)
    opened = open_sd_jwt_vc(issued(algorithm).encode()).sd_jwt
    shown = open_sd_jwt_vc(present(opened, [("name",), ("address", "street")]).encode()).sd_jwt
    text = bind(shown, signer(algorithm, "holder"), audience=AUDIENCE, nonce=NONCE, now=now)
    verified = PEER.verify(
        text,
        public_key_jwk=signer(algorithm).public_key.jwk(),
        audience=AUDIENCE,
        nonce=NONCE,
        require_key_binding=True,
        expected_vct=VCT,
    )
    assert verified.claims["name"] == "Ana"
    assert verified.claims["address"] == {"city": "Tarimba", "street": "Dock 4"}
    assert verified.claims["skills"] == ["welding"]


@EACH
def test_we_verify_what_the_peer_issues_and_binds(algorithm: str) -> None:
    text = PEER.create_presentation(
        peer_issued(algorithm), holder_key=peer_key(algorithm, "holder"), audience=AUDIENCE, nonce=NONCE
    )
    opened = open_sd_jwt_vc(text.encode())
    opened.verify(lambda _method, _purpose: signer(algorithm).public_key)
    opened.check_issuer_key()
    verify_key_binding(opened.sd_jwt, audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))
    assert {name: opened.document[name] for name in CLAIMS} == CLAIMS


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("~", "~WyJzYWx0IiwibmFtZSIsIkV2YSJd~", 1), id="a disclosure that nobody signed"),
        pytest.param(lambda text: "~".join([*text.split("~")[:2], text.split("~")[1], *text.split("~")[2:]]), id="one twice"),
        pytest.param(lambda text: text[:20] + ("A" if text[20] != "A" else "B") + text[21:], id="another header"),
        pytest.param(lambda text: text.replace(".", ".e30.", 1), id="four parts"),
        pytest.param(lambda text: text.replace("~", "", 1), id="a tilde less"),
        pytest.param(lambda text: text.rpartition("~")[0][:-1] + "~", id="a letter less"),
    ],
)
def test_both_refuse_what_was_changed(change: Any) -> None:  # noqa: ANN401
    key = signer("Ed25519").public_key
    for text in (issued("Ed25519"), peer_issued("Ed25519")):
        changed = change(text)
        with pytest.raises(OpenvcError):
            PEER.verify(changed, public_key_jwk=key.jwk())
        with pytest.raises(VCError):
            open_sd_jwt_vc(changed.encode()).verify(lambda _method, _purpose: key)


def test_the_peer_reads_a_credential_of_the_w3c_in_an_sd_jwt() -> None:
    by = key_signer()
    document = credential(by, credentialSubject={"id": "did:example:worker", "name": "Ana"})
    text = secure_sd_jwt(document, by, entropy=secrets.token_bytes, selective=[("credentialSubject", "name")]).decode()
    verified = PEER.verify(text, public_key_jwk=by.public_key.jwk())
    assert {name: verified.claims[name] for name in document} == document


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_status_lists_are_the_same_to_both(bits: int) -> None:
    statuses = {index: index % (1 << bits) for index in range(0, 1000, 7)}
    ours = TokenStatusList.from_statuses(statuses, bits=bits, size=1000)
    theirs = peer_lists.new_status_list(1000, bits=bits)
    for index, status in statuses.items():
        peer_lists.set_status(theirs, index, status, bits=bits)
    assert bytes(theirs) == ours.packed
    assert TokenStatusList.parse(bits, peer_lists.encode_status_list(bytes(theirs))) == ours
    assert peer_lists.decode_status_list(b64url_encode(ours.compressed())) == ours.packed


def test_a_key_binding_of_another_moment_is_refused_by_both() -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    opened = open_sd_jwt_vc(issued("Ed25519").encode()).sd_jwt
    text = bind(opened, signer("Ed25519", "holder"), audience=AUDIENCE, nonce=NONCE, now=old)
    with pytest.raises(OpenvcError):
        PEER.verify(text, public_key_jwk=signer("Ed25519").public_key.jwk(), audience=AUDIENCE, nonce=NONCE)
    with pytest.raises(VCError):
        verify_key_binding(open_sd_jwt_vc(text.encode()).sd_jwt, audience=AUDIENCE, nonce=NONCE, now=datetime.now(UTC))
