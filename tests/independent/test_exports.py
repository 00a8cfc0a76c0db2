"""Signed exports of the lists, verified by others: `@digitalbazaar/vc`, `openvc-core`, and `joserfc` with an engine of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from openvc.trustlist.errors import TrustListSignatureError
from openvc.trustlist.lote import consume_lote, parse_lote
from starlette.testclient import TestClient

from credentials.dids import did_document
from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import InvalidVerificationMethodError, ParsingError
from credentials.keys import InMemorySigner, PublicKey
from credentials.verify import VerificationOptions, verify_credential
from credentials.x509 import x5c_of
from tests.credentials.world import Outside
from tests.independent.peer import NodePeer, PeerRefusedError, openvc_verify
from tests.registry.test_facades import METHOD, browser_of
from tests.trust.world import NOW, bundle, did, signer

COUNCIL: Final = did("skills-council")
KEY: Final = signer("skills-council")
DOCUMENTS: Final = {COUNCIL: did_document(COUNCIL, {"k1": KEY.public_key})}


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return browser_of(lambda _: None)


@pytest.fixture(scope="module")
def exported(browser: TestClient) -> dict[str, Any]:
    answer = browser.get("/registry/recognized-entities/XA/nsc")
    assert answer.headers["content-type"] == "application/vc"
    assert browser.get("/registry/recognized-entities/XA/nsc").text == answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_our_own_verifier_finds_the_export_good(exported: dict[str, Any]) -> None:
    options = VerificationOptions(now=NOW, fetcher=Outside(), known_keys=bundle().listed_keys())
    assert verify_credential(json.dumps(exported).encode(), options).verified


def test_others_verify_the_credential_and_refuse_a_changed_one(exported: dict[str, Any], node: NodePeer) -> None:
    changed = json.loads(json.dumps(exported))
    changed["credentialSubject"][0]["recognizedTo"][0]["action"] = "accredit"
    assert node.verify(exported, DOCUMENTS, NOW) == ["eddsa-rdfc-2022"]
    with pytest.raises(PeerRefusedError):
        node.verify(changed, DOCUMENTS, NOW)
    for proof in exported["proof"]:
        assert openvc_verify(exported | {"proof": proof}, DOCUMENTS, NOW)
        with pytest.raises(PeerRefusedError):
            openvc_verify(changed | {"proof": proof}, DOCUMENTS, NOW)


def test_without_a_certificate_the_list_is_a_jws_by_the_listed_key(browser: TestClient) -> None:
    answer = browser.get("/registry/lote/XA")
    assert answer.headers["content-type"] == "application/jose"
    lenient = JWSRegistry(algorithms=["EdDSA"], strict_check_header=False)  # `iat` is a header parameter of JAdES alone
    with pytest.warns(SecurityWarning, match="RFC 9864"):
        read = jws.deserialize_compact(answer.text, OKPKey.import_key({**KEY.public_key.jwk()}), registry=lenient)
    header = read.headers()
    assert (header["kid"], header["typ"], header["iat"]) == (METHOD, "JOSE", int(NOW.timestamp()))
    assert "x5c" not in header
    assert json.loads(read.payload) == browser.get("/registry/lote/XA?unsigned=true").json()
    assert parse_lote(read.payload).territory == "XA"


def certificate(country: str = "XA", name: str = "Aravel") -> x509.Certificate:
    key = Ed25519PrivateKey.from_private_bytes(signer_secret())
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), 7, NOW - timedelta(days=1), NOW + timedelta(days=400))
    return made.sign(key, None)


def signer_secret() -> bytes:
    """Return the secret of the state's key, from which the key store of the tests makes it."""
    secret = sha256(METHOD.encode()).digest()
    assert InMemorySigner(METHOD, secret).public_key == KEY.public_key
    return secret


def chain_of(pem: bytes) -> Any:  # noqa: ANN401  # as the exports take it
    def certificates(state: str, key: PublicKey) -> tuple[str, ...]:
        return x5c_of(pem, key) if state == "XA" else ()

    return certificates


def test_with_a_certificate_it_is_of_jades_and_openvc_core_takes_it() -> None:
    mine = certificate()
    pem = mine.public_bytes(Encoding.PEM)
    token = browser_of(lambda _: None, certificates=chain_of(pem)).get("/registry/lote/XA").text
    read = consume_lote(token, expected_signer_certs=[mine], now=NOW)
    assert (read.territory, read.scheme_operator) == ("XA", "Aravel")
    assert len(read.providers) > 1
    other = certificate(name="Somebody else")
    with pytest.raises(TrustListSignatureError):
        consume_lote(token, expected_signer_certs=[other], now=NOW)
    head, payload, signature = token.split(".")
    changed = b64url_encode(b64url_decode(payload).replace(b"Aravel", b"Belmora", 1))
    with pytest.raises(TrustListSignatureError):
        consume_lote(f"{head}.{changed}.{signature}", expected_signer_certs=[mine], now=NOW)


def test_a_certificate_of_another_key_is_refused() -> None:
    pem = certificate().public_bytes(Encoding.PEM)
    with pytest.raises(InvalidVerificationMethodError):
        x5c_of(pem, signer("skills-office").public_key)
    for nothing in (b"", b"-----BEGIN CERTIFICATE-----", pem * 6):
        with pytest.raises(ParsingError):
            x5c_of(nothing, KEY.public_key)


def test_what_cannot_be_signed_here_says_so_and_is_had_unsigned(browser: TestClient) -> None:
    for path in ("/registry/recognized-entities/XB/skills-office", "/registry/lote/XB"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "NOT_SIGNED_HERE")
        assert browser.get(f"{path}?unsigned=true").status_code == 200
