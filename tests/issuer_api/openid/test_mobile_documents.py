"""Certificates handed out as mobile documents (`mso_mdoc`): what is in them, who signs them, and to which keys they are bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from comity.certified_signers import CertifiedSigners, certificates_of, certified_key
from comity.conformance.trial import SLUG
from comity.deployment import Deployment
from comity.key_stores import FileKeyStore
from credentials.cose import ALG
from credentials.encoding import b64url_decode
from credentials.errors import InvalidVerificationMethodError, RevokedError
from credentials.jwe import decrypt, new_decryption_key, public_part
from credentials.mdoc import IssuerSigned, parse_issuer_signed
from credentials.parsing import parse_json
from credentials.x509 import certify
from issuer_api.openid.configurations import configurations
from issuer_api.openid.service import OpenID
from issuer_api.service import Purpose
from issuer_api.status import set_status
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import new_key
from web.sealing import Sealer

COURSE = "course_mso_mdoc"
NAMESPACE = "example.comity.1"


def opened(copy: str) -> IssuerSigned:
    return parse_issuer_signed(b64url_decode(copy))


def test_what_the_metadata_says(trying: Trying) -> None:
    said = trying.metadata["credential_configurations_supported"][COURSE]
    assert (said["format"], said["doctype"], said["scope"]) == ("mso_mdoc", f"{NAMESPACE}.training", COURSE)
    assert said["credential_signing_alg_values_supported"] == [-7]
    assert said["cryptographic_binding_methods_supported"] == ["cose_key"]
    assert said["proof_types_supported"] == {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}}
    assert [NAMESPACE, "achievement"] in [claim["path"] for claim in said["credential_metadata"]["claims"]]


def test_the_document_is_the_certificate_s_and_signed_by_a_certified_key(trying: Trying) -> None:
    trying.admitted(COURSE)
    nonce, keys = trying.nonce(), [new_key() for _ in range(3)]
    entries = trying.fetch(COURSE, *(trying.proof(nonce, key) for key in keys)).json()["credentials"]
    copies = [opened(entry["credential"]) for entry in entries]
    assert [copy.device_key for copy in copies] == [key.public_key for key in keys]
    did = f"did:web:{trying.issuer.partition('://')[2].replace(':', '%3A', 1).replace('/', ':')}"
    for copy in copies:
        assert copy.doctype == f"{NAMESPACE}.training"
        elements = copy.namespaces()[NAMESPACE]
        assert (elements["name"], elements["achievement"]["id"]) == ("Alice", "urn:course:1")
        assert not {"iss", "iat", "exp", "sub", "vct"} & elements.keys()
        assert copy.signature.header[ALG] == -7
        assert copy.chain is not None
        assert copy.chain.name == did
        copy.chain.check_signs_mdocs()
        assert copy.signature.kid == f"{did}#mdoc"
        assert copy.signed == copy.valid_from == trying.now.replace(microsecond=0)
        assert timedelta(days=364) < copy.valid_until - copy.valid_from < timedelta(days=367)
    places = [copy.status["status_list"] for copy in copies]
    assert {place["uri"].rpartition("/")[2] for place in places} == {f"{SLUG}-1-copies"}
    assert len({place["idx"] for place in places}) == len(copies)
    published = trying.client.get(f"/issuers/{SLUG}/did.json").json()
    assert f"{did}#mdoc" in published["assertionMethod"]


def test_it_is_bound_to_keys_for_es256_alone(trying: Trying) -> None:
    trying.admitted(COURSE)
    for algorithm in ("Ed25519", "ES384"):
        refused(trying.fetch(COURSE, trying.proof(trying.nonce(), new_key(algorithm))), "invalid_proof")
    assert trying.fetch(COURSE).status_code == 200


def test_its_status_is_the_certificate_s(trying: Trying) -> None:
    trying.admitted(COURSE)
    [entry] = trying.fetch(COURSE).json()["credentials"]
    found = trying.verified(entry["credential"])
    assert found.verified, found.to_json()
    credential = str(found.require().id)
    issuer = trying.composition.issuer
    set_status(issuer, SLUG, credential, "revocation", value=True, reason="an error", by="test")
    assert isinstance(trying.verified(entry["credential"]).check("status").problem, RevokedError)
    refused(trying.fetch(COURSE), "credential_request_denied")


def test_it_comes_encrypted_where_that_is_asked_for(trying: Trying) -> None:
    trying.admitted(COURSE)
    mine = new_decryption_key("mine")
    answer = trying.fetch(COURSE, credential_response_encryption={"jwk": public_part(mine), "enc": "A256GCM"})
    [entry] = parse_json(decrypt(answer.text, mine).plaintext)["credentials"]
    assert trying.verified(entry["credential"]).verified


def test_without_a_certificate_there_are_no_mobile_documents(trying: Trying) -> None:
    issuer = replace(trying.composition.issuer, certified=lambda _slug: ())
    assert COURSE not in configurations(OpenID(issuer), SLUG)
    assert COURSE in configurations(OpenID(trying.composition.issuer), SLUG)


def test_the_certificate_is_that_of_the_key(trying: Trying, tmp_path: Path) -> None:
    keys, deployment = FileKeyStore(tmp_path / "keys", Sealer(bytes(32))), Deployment(tmp_path, "https://centre.example", bytes(32))
    signers, file = CertifiedSigners(keys, deployment), certificates_of(deployment, "school", "mdoc")
    assert signers("school") == ()
    file.parent.mkdir()
    mine = certified_key(keys, deployment, "school", "mdoc")
    for key in (new_key().public_key, mine):
        x5c, _ = certify(key, "School", starts=trying.now, ends=trying.now + timedelta(days=1), mdocs_of="ZZ")
        file.write_text(f"-----BEGIN CERTIFICATE-----\n{x5c[0]}\n-----END CERTIFICATE-----\n")
        if key == mine:
            break
        with pytest.raises(InvalidVerificationMethodError):
            signers("school")
    [found] = signers("school")
    assert (found.fragment, found.purpose, found.signer.public_key) == ("mdoc", Purpose.MOBILE_DOCUMENTS, mine)
    assert signers("school")[0] is found
    assert certified_key(keys, deployment, "school", "x5c") != mine
