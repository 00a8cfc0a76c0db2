"""Mobile documents before the verifier: every way of asking, each good, and each wrong in one way."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from credentials.data_url import data_url
from credentials.encoding import b64url_encode
from credentials.jwe import thumbprint
from credentials.keys import InMemorySigner
from credentials.mdoc import MSO_MDOC, Validity, dc_api_handover, issue_mdoc, openid4vp_handover, present_mdoc, session_transcript
from credentials.vc_jwt import VP_JWT, secure_jwt
from credentials.verify import verify_credential
from credentials.x509 import Anchors, certify, parse_x5c
from tests.verifier.openid.desk import BASE, NOW, Desk, assert_refused
from tests.verifier.openid.wallet import ISSUER, Wallet, encrypted, key, read
from verifier.openid.errors import STATUS
from verifier.openid.routes import router
from verifier.presentations import verify_presentation
from verifier.reading import read_input
from web.joining import join
from web.problems import Problems

DOCTYPE, NAMESPACE = "org.example.course", "org.example.course.1"
COURSE: Final[dict[str, Any]] = {
    "id": "course",
    "format": "mso_mdoc",
    "meta": {"doctype_value": DOCTYPE},
    "claims": [{"path": [NAMESPACE, "name"], "intent_to_retain": False}],
}
QUERY: Final = {"credentials": [COURSE]}
ORIGIN: Final = "https://employer.example"
V2: Final = "https://www.w3.org/ns/credentials/v2"
DID: Final = "did:web:centre.example"
Elements = Collection[str]


def course(holder: InMemorySigner, issuer: InMemorySigner = ISSUER, x5c: tuple[str, ...] = (), **elements: object) -> bytes:
    said = {"name": "Welding", "hours": 120} | elements
    validity = Validity(NOW - timedelta(hours=1), NOW - timedelta(hours=1), NOW + timedelta(days=1))
    return issue_mdoc(
        DOCTYPE,
        {NAMESPACE: said},
        issuer,
        entropy=secrets.token_bytes,
        holder=holder.public_key,
        validity=validity,
        x5c=x5c,
    )


def presented(
    request: Mapping[str, Any],
    holder: InMemorySigner,
    content: bytes | None = None,
    show: Elements = ("name",),
    **changes: Any,  # noqa: ANN401  # members of the session
) -> str:
    """Return a presentation for a request; `changes` are other members of the session than its own."""
    keys = request["client_metadata"].get("jwks", {}).get("keys", [])
    session = {"nonce": request["nonce"], "thumbprint": thumbprint(keys[0]) if keys else None} | changes
    if request["response_mode"].startswith("dc_api"):
        handover = dc_api_handover(**{"origin": ORIGIN} | session)
    else:
        handover = openid4vp_handover(**{name: request[name] for name in ("client_id", "response_uri")} | session)
    paths = [(NAMESPACE, name) for name in show]
    return b64url_encode(present_mdoc(content or course(holder), paths, session_transcript(handover), holder))


def asked(wallet: Wallet, mode: str = "direct_post", query: object = QUERY, **more: object) -> tuple[dict[str, Any], str]:
    answer = wallet.ask(response_mode=mode, client_id_prefix="x509_hash", dcql_query=query, **more)
    return wallet.fetch(answer["request"]), answer["id"]


@pytest.mark.parametrize("mode", ["direct_post", "direct_post.jwt"])
def test_a_mobile_document_is_accepted_and_no_more_of_it_is_kept_than_was_asked_for(desk: Desk, mode: str) -> None:
    wallet = desk.wallet
    request, identifier = asked(wallet, mode)
    assert request["client_metadata"]["vp_formats_supported"]["mso_mdoc"]["issuerauth_alg_values"][0] == -7
    answer = wallet.post(request, {"course": [presented(request, wallet.holder, show=("name", "hours"))]})
    assert answer.status_code == 200, answer.text
    report = wallet.answer(identifier)["report"]
    assert report["verified"] is True, report
    [one] = report["presentations"]
    assert (one["claims"], one["notAskedFor"]) == ({NAMESPACE: {"name": "Welding"}}, 1)
    assert {check["check"]: check["outcome"] for check in one["checks"]}["issuer-key"] == "passed"


@pytest.mark.parametrize("mode", ["dc_api", "dc_api.jwt"])
@pytest.mark.parametrize("prefix", ["redirect_uri", "x509_hash"])
def test_the_browser_brings_a_mobile_document(desk: Desk, mode: str, prefix: str) -> None:
    wallet = desk.wallet
    made = wallet.ask(response_mode=mode, client_id_prefix=prefix, dcql_query=QUERY, expected_origins=[ORIGIN])
    data = made["request"]["digital"]["requests"][0]["data"]
    request = read(data["request"]).claims() if "request" in data else data
    token = {"vp_token": {"course": [presented(request, wallet.holder)]}}
    posted = {"response": encrypted(request, token)} if mode == "dc_api.jwt" else token
    address = f"/verifier/api/v1/requests/{made['id']}/response"
    answer = desk.client.post(address, json={"origin": ORIGIN, "data": posted}).json()
    assert (answer["state"], answer["report"]["verified"]) == ("answered", True)


def test_what_was_signed_for_another_session_is_refused(desk: Desk) -> None:
    """The conformance suite: a wrong session transcript."""
    wallet = desk.wallet
    wrong: list[dict[str, Any]] = [
        {"nonce": "another"},
        {"client_id": "x509_hash:another"},
        {"response_uri": "https://evil.example/"},
        {"thumbprint": bytes(32)},
    ]
    for changes in wrong:
        request, _ = asked(wallet)
        assert_refused(wallet.post(request, {"course": [presented(request, wallet.holder, **changes)]}), "KEY_BINDING_ERROR")
    request, _ = asked(wallet, "direct_post.jwt")
    open_answer = presented(request, wallet.holder, thumbprint=None)
    assert_refused(wallet.post(request, {"course": [open_answer]}), "KEY_BINDING_ERROR")


def test_nobody_presents_the_document_of_another(desk: Desk) -> None:
    request, _ = asked(desk.wallet)
    thief = presented(request, key(), course(desk.wallet.holder))
    assert_refused(desk.wallet.post(request, {"course": [thief]}), "KEY_BINDING_ERROR")


def test_what_was_changed_or_does_not_answer_is_refused(desk: Desk) -> None:
    wallet = desk.wallet
    content = course(wallet.holder)
    refused: list[tuple[bytes, Elements, str]] = [
        (content.replace(b"Welding", b"Cooking"), ("name",), "https://w3id.org/security#PROOF_VERIFICATION_ERROR"),
        (content, ("hours",), "QUERY_NOT_ANSWERED"),
        (content, (), "QUERY_NOT_ANSWERED"),
    ]
    for changed, show, problem in refused:
        request, _ = asked(wallet)
        assert_refused(wallet.post(request, {"course": [presented(request, wallet.holder, changed, show)]}), problem)
    values = {"credentials": [COURSE | {"claims": [{"path": [NAMESPACE, "name"], "values": ["Cooking"]}]}]}
    for query in (values, {"credentials": [COURSE | {"meta": {"doctype_value": "org.iso.18013.5.1.mDL"}}]}):
        request, _ = asked(wallet, query=query)
        assert_refused(wallet.post(request, {"course": [presented(request, wallet.holder)]}), "QUERY_NOT_ANSWERED")
    for text in ("no CBOR", "", "omppc3N1ZXJBdXRo"):
        request, _ = asked(wallet)
        assert wallet.post(request, {"course": [text]}).status_code == 400


@dataclass
class Certified:
    """An issuer that certificates name, and a wallet before a desk that pins their authority."""

    signer: InMemorySigner
    x5c: tuple[str, ...]
    anchors: Anchors
    wallet: Wallet


@pytest.fixture(scope="module")
def certified(desk: Desk) -> Iterator[Certified]:
    signer, starts, ends = InMemorySigner("", secrets.token_bytes(32), "ES256"), NOW - timedelta(days=1), NOW + timedelta(days=1)
    x5c, anchors = certify(signer.public_key, "Centre", starts=starts, ends=ends, did=DID, mdocs_of="ZZ")
    house = desk.composition.verifier
    app = FastAPI()
    Problems(house.pages, STATUS).install(app)
    identity = desk.composition.wallet_desk.identity()
    named, _ = certify(identity.signer.public_key, "localhost", starts=starts, ends=ends)
    trusting = replace(
        desk.composition.wallet_desk,
        verifier=replace(house, anchors=anchors),
        identity=lambda: replace(identity, x5c=named),
    )
    join(app, router(trusting))
    with TestClient(app, base_url=BASE) as client:
        yield Certified(signer, x5c, anchors, Wallet(client))


def test_haip_is_kept_end_to_end(certified: Certified) -> None:
    wallet = certified.wallet
    [authority] = parse_x5c(list(certified.x5c)).authority_keys
    query = {"credentials": [COURSE | {"trusted_authorities": [{"type": "aki", "values": [authority]}]}]}
    request, identifier = asked(wallet, "direct_post.jwt", query, haip=True)
    assert request["client_metadata"]["vp_formats_supported"] == {
        "mso_mdoc": {"issuerauth_alg_values": [-7, -9], "deviceauth_alg_values": [-7, -9]}
    }
    content = course(wallet.holder, certified.signer, certified.x5c)
    answer = wallet.post(request, {"course": [presented(request, wallet.holder, content)]})
    assert answer.status_code == 200, answer.text
    assert wallet.answer(identifier)["report"]["verified"] is True


def test_haip_refuses_who_no_authority_names(certified: Certified) -> None:
    wallet = certified.wallet
    other, _ = certify(ISSUER.public_key, "C", starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1), did=DID, mdocs_of="ZZ")
    by_edwards = key("Ed25519")
    for content, problem in (
        (course(wallet.holder), "NOT_HAIP"),
        (course(wallet.holder, by_edwards), "NOT_HAIP"),
        (course(wallet.holder, ISSUER, other), "https://w3id.org/security#INVALID_VERIFICATION_METHOD"),
    ):
        request, _ = asked(wallet, "direct_post.jwt", haip=True)
        assert_refused(wallet.post(request, {"course": [presented(request, wallet.holder, content)]}), problem)


def test_a_file_of_a_mobile_document_is_checked_like_any_other(desk: Desk) -> None:
    content = course(desk.wallet.holder)
    for file in (content, b64url_encode(content).encode()):
        assert read_input(file).credential == file
        assert verify_credential(file, desk.composition.wallet_desk.options(domain=None, challenge=None)).verified


def test_in_a_presentation_of_the_w3c_it_is_bound_to_its_device_s_key(desk: Desk) -> None:
    holder = desk.wallet.holder
    carried = {
        "@context": [V2],
        "type": "EnvelopedVerifiableCredential",
        "id": data_url(MSO_MDOC, course(holder)),
    }
    options = desk.composition.wallet_desk.options(domain="us", challenge="n")
    for signer in (holder, key()):
        did = signer.verification_method.partition("#")[0]
        document = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": did, "verifiableCredential": [carried]}
        token = secure_jwt(document, signer, media_type=VP_JWT, claims={"aud": "us", "nonce": "n"})
        assert verify_presentation(token, options)["verified"] is (signer is holder)
