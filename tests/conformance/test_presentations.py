"""Presentations over HTTP: unsigned, signed, enveloped; for a domain and in answer to a challenge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set
from credentials.data_url import data_url, parse_data_url
from credentials.jose import encode_json, sign_jws
from credentials.vc_cose import VC_COSE, VP_COSE, secure_cose
from credentials.vc_jwt import VC_JWT, VP_JWT, secure_jwt
from tests.conformance.surface import V2, WHOLE, Surface, altered, assert_refused, assert_verified
from tests.credentials.test_vcdm2 import inputs, read
from tests.credentials.world import NOW, did_of, key_signer

HOLDER: Final = key_signer("holder")
DID: Final = did_of(HOLDER)


def presentation(*credentials: object, **changes: object) -> dict[str, Any]:
    """Return an unsigned presentation; a member given as `...` is left out."""
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": list(credentials)} | changes
    if not credentials and "verifiableCredential" not in changes:
        del document["verifiableCredential"]
    return {name: value for name, value in document.items() if value is not ...}


def signed(document: dict[str, Any], **asked: str) -> dict[str, Any]:
    return add_proof_set(
        document, HOLDER, created=NOW, purpose="authentication", cryptosuites=["eddsa-rdfc-2022"], domain=asked.get("domain"),
        challenge=asked.get("challenge"),
    )  # fmt: skip


def enveloped(kind: str, media_type: str, content: bytes) -> dict[str, Any]:
    return {"@context": [V2], "id": data_url(media_type, content), "type": kind}


def carrying(surface: Surface, path: Path) -> dict[str, Any]:
    """Return an input of the suite, whose bare credentials are secured by whoever issues."""
    document = read(path)
    carried = document.get("verifiableCredential")
    if isinstance(carried, list) and not path.stem.startswith("presentation-self-asserted"):
        issuers = ["enveloping-proof" if "Enveloped" in str(item.get("type")) else "vc2.0" for item in carried]
        document["verifiableCredential"] = [surface.issued(issuer) for issuer in issuers]
    return document


@pytest.mark.parametrize("path", inputs("presentation", good=True))
def test_a_good_input_is_verified(surface: Surface, path: Path) -> None:
    document = carrying(surface, path)
    if path.stem.startswith("presentation-self-asserted"):
        document["holder"] = document["verifiableCredential"][0]["issuer"] = DID
        assert_verified(surface.present(signed(document)))
        return
    assert_verified(surface.present(document))


@pytest.mark.parametrize("path", inputs("presentation", good=False))
def test_a_bad_input_is_refused(surface: Surface, path: Path) -> None:
    document = read(path)
    assert_refused(surface.present(document))
    if "holder" in document and document["holder"] != DID and path.stem.startswith("presentation-self-asserted"):
        assert_refused(surface.present(signed(document)))


@pytest.mark.parametrize("name", [*WHOLE, "enveloping-proof"])
def test_what_an_issuer_gives_out_can_be_presented(surface: Surface, name: str) -> None:
    carried = surface.issued(name)
    for document in (presentation(carried), presentation(carried, holder=DID), presentation(carried, carried)):
        assert_verified(surface.present(document))
        assert_verified(surface.present(signed(document)))


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": ...},
        {"@context": ["https://www.w3.org/2018/credentials/v1"]},
        {"type": ...},
        {"type": ["Other"]},
        {"id": "no url"},
        {"holder": "no url"},
        {"holder": None},
        {"holder": {"name": "nobody"}},
        {"verifiableCredential": "text"},
        {"verifiableCredential": ["text"]},
        {"verifiableCredential": None},
        {"verifiableCredential": [{}]},
        {"termsOfUse": {"id": "urn:terms"}},
        {"undefined": "term"},
        {"proof": {}},
        {"proof": None},
        {"proof": {"type": "DataIntegrityProof"}},
    ],
    ids=str,
)
def test_what_does_not_conform_is_refused(surface: Surface, changes: dict[str, Any]) -> None:
    assert_refused(surface.present(presentation(**changes)))


def test_a_bare_credential_is_nobodys_word(surface: Surface) -> None:
    assert_refused(surface.present(presentation(surface.credential("vc2.0"))))
    assert_refused(surface.present(signed(presentation(surface.credential("vc2.0"), holder=DID))))


def test_one_bad_credential_is_enough(surface: Surface) -> None:
    good = surface.issued("vc2.0")
    answer = surface.present(presentation(good, altered(good, "/credentialSubject/skill", "surgery")))
    assert_refused(answer)
    assert [report["verified"] for report in answer.json()["credentialResults"]] == [True, False]


def test_the_proof_is_for_a_domain_and_answers_a_challenge(surface: Surface) -> None:
    document = signed(presentation(surface.issued("vc2.0"), holder=DID), domain="verifier.example", challenge="1234")
    assert_verified(surface.present(document))
    assert_verified(surface.present(document, domain="verifier.example", challenge="1234"))
    assert_refused(surface.present(document, domain="other.example", challenge="1234"))
    assert_refused(surface.present(document, domain="verifier.example", challenge="4321"))
    assert_refused(surface.present(altered(document, "/proof/domain", ...), domain="verifier.example"))
    assert_refused(surface.present(altered(document, "/proof/challenge", ...), challenge="1234"))
    assert_refused(surface.present(presentation(surface.issued("vc2.0")), challenge="1234"))
    for options in ({"domain": 7}, {"challenge": ["a"]}, {"checks": "proof"}):
        assert_refused(surface.present(document, **options))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/holder", "did:example:other"),
        ("/verifiableCredential/0", ...),
        ("/proof/proofPurpose", "assertionMethod"),
        ("/proof/proofValue", ...),
        ("/proof/verificationMethod", ...),
        ("/proof/cryptosuite", "unknown"),
        ("/undefined", "term"),
        ("/id", "urn:added"),
    ],
)
def test_a_signed_presentation_is_not_changed(surface: Surface, pointer: str, value: object) -> None:
    document = signed(presentation(surface.issued("vc2.0"), holder=DID))
    assert_verified(surface.present(document))
    assert_refused(surface.present(altered(document, pointer, value)))


@pytest.mark.parametrize(("media_type", "secure"), [(VP_JWT, secure_jwt), (VP_COSE, secure_cose)], ids=["jwt", "cose"])
def test_a_presentation_in_an_envelope_is_verified(surface: Surface, media_type: str, secure: Callable[..., bytes]) -> None:
    document = presentation(surface.issued("enveloping-proof"), holder=DID)
    envelope = enveloped("EnvelopedVerifiablePresentation", media_type, secure(document, HOLDER, media_type=media_type))
    assert_verified(surface.present(envelope))
    assert_refused(surface.present(altered(envelope, "/@context", ["https://www.w3.org/2018/credentials/v1"])))
    assert_refused(surface.present(altered(envelope, "/type", "EnvelopedVerifiableCredential")))
    for wrong in ("data:,x", "data:application/vp+jwt,", "https://example.org/vp", 7, envelope["id"][:-6]):
        assert_refused(surface.present(altered(envelope, "/id", wrong)))
    assert_refused(surface.present(altered(envelope, "/id", ...)))


def test_a_credential_in_an_envelope(surface: Surface) -> None:
    envelope = surface.issued("enveloping-proof")
    assert envelope["type"] == "EnvelopedVerifiableCredential"
    assert envelope["@context"] == [V2]
    media_type, content = parse_data_url(envelope["id"])
    assert media_type == VC_JWT
    assert_verified(surface.verify("enveloping-proof", envelope))
    head, payload, signature = content.decode().split(".")
    for wrong in (
        f"data:{media_type},{head}.{payload}.{signature[:-4]}",
        f"data:{media_type},{head}.{payload}.",
        f"data:{VP_JWT},{content.decode()}",
        f"data:text/plain,{content.decode()}",
        f"data:{VC_COSE};base64,{content.decode()}",
        content.decode(),
    ):
        assert_refused(surface.verify("enveloping-proof", altered(envelope, "/id", wrong)))
        assert_refused(surface.present(presentation(altered(envelope, "/id", wrong))))
    assert_refused(surface.present(presentation(altered(envelope, "/type", ...))))
    assert_refused(surface.present(presentation(altered(envelope, "/@context", ...))))


def envelope_of(surface: Surface, secure: Callable[..., bytes], media_type: str, **more: object) -> dict[str, Any]:
    document = {**surface.credential("vc2.0"), "issuer": DID, **more}
    return enveloped("EnvelopedVerifiableCredential", media_type, secure(document, HOLDER))


@pytest.mark.parametrize(("media_type", "secure"), [(VC_JWT, secure_jwt), (VC_COSE, secure_cose)], ids=["jwt", "cose"])
def test_what_is_in_an_envelope_must_conform(surface: Surface, media_type: str, secure: Callable[..., bytes]) -> None:
    assert_verified(surface.verify("enveloping-proof", envelope_of(surface, secure, media_type)))
    changes: list[dict[str, Any]] = [{"undefined": "term"}, {"type": ["Other"]}, {"validFrom": "today"}, {"credentialSubject": {}}]
    for more in changes:
        assert_refused(surface.verify("enveloping-proof", envelope_of(surface, secure, media_type, **more)))


@pytest.mark.parametrize(
    ("typ", "wrapped"),
    [("JWT", ""), ("vp+jwt", ""), ("vc+sd-jwt", ""), ("vc+jwt", "vc"), ("vc+jwt", "vp")],
)
def test_a_token_says_what_it_is_and_wraps_nothing(surface: Surface, typ: str, wrapped: str) -> None:
    document = {**surface.credential("vc2.0"), "issuer": DID}
    header = {"kid": HOLDER.verification_method}
    good = sign_jws(encode_json(document), HOLDER, typ="vc+jwt", header=header).encode()
    assert_verified(surface.verify("enveloping-proof", enveloped("EnvelopedVerifiableCredential", VC_JWT, good)))
    payload = {**document, wrapped: document} if wrapped else document
    token = sign_jws(encode_json(payload), HOLDER, typ=typ, header=header).encode()
    assert_refused(surface.verify("enveloping-proof", enveloped("EnvelopedVerifiableCredential", VC_JWT, token)))
