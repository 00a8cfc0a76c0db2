"""Presentations in the formats of the W3C, and by profile and browser: each good, and each wrong in one way."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from credentials.data_integrity import add_proof_set
from credentials.data_url import data_url
from credentials.errors import SECURITY
from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner, generate_private_key
from credentials.sd_jwt import issue_sd_jwt
from credentials.vc_jwt import VC_JWT, VP_JWT, secure_jwt
from credentials.x509 import Anchors, certify, parse_x5c
from tests.verifier.openid.desk import BASE, NOW, QUERY, Desk, assert_refused
from tests.verifier.openid.wallet import ISSUER, VCT, Wallet, course, encrypted, key, read
from verifier.openid.errors import STATUS
from verifier.openid.routes import router
from web.joining import join
from web.problems import Problems

V1: Final = "https://www.w3.org/2018/credentials/v1"
V2: Final = "https://www.w3.org/ns/credentials/v2"
TYPE: Final = "https://terms.example/Course"
CONTEXT: Final = {"Course": TYPE, "skill": "https://terms.example/skill"}


def did(signer: InMemorySigner) -> str:
    return signer.verification_method.partition("#")[0]


def unsigned(holder: InMemorySigner | None, **changes: object) -> dict[str, Any]:
    subject = {"skill": "welding"} | ({"id": did(holder)} if holder else {})
    return {
        "@context": [V2, CONTEXT],
        "type": ["VerifiableCredential", "Course"],
        "issuer": did(ISSUER),
        "credentialSubject": subject,
    } | changes


def asking(credential_format: str, *types: str, **more: object) -> dict[str, Any]:
    one = {"id": "course", "format": credential_format, "meta": {"type_values": [list(types or ["Course"])]}, **more}
    query = {"credentials": [one | {"claims": [{"path": ["credentialSubject", "skill"], "values": ["welding"]}]}]}
    return {"mode": "direct_post", "signer": "did", "query": query}


@dataclass
class Made:
    """How a presentation is made, and what of it is wrong."""

    request: dict[str, Any]
    holder: InMemorySigner

    def ldp_vc(self, credential: object = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # members of a proof
        carried = credential or add_proof_set(unsigned(self.holder), ISSUER, created=NOW, cryptosuites=["ecdsa-rdfc-2019"])
        document = {
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "holder": did(self.holder),
            "verifiableCredential": [carried],
        }
        proof = {"domain": self.request["client_id"], "challenge": self.request["nonce"]} | changes
        return add_proof_set(
            document, self.holder, created=NOW, cryptosuites=["ecdsa-rdfc-2019"], purpose="authentication", **proof
        )

    def vc_jwt(self, **changes: object) -> str:
        content = secure_jwt(unsigned(self.holder), ISSUER)
        carried = {"@context": [V2], "id": data_url(VC_JWT, content), "type": "EnvelopedVerifiableCredential"}
        document = {
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "holder": did(self.holder),
            "verifiableCredential": [carried],
        }
        claims = {"aud": self.request["client_id"], "nonce": self.request["nonce"]} | changes
        return secure_jwt(document, self.holder, media_type=VP_JWT, claims=claims).decode()

    def jwt_vc_json(self, about: InMemorySigner | None = None, **changes: object) -> str:
        subject = did(about or self.holder)
        credential = {
            "@context": [V1, CONTEXT],
            "type": ["VerifiableCredential", "Course"],
            "credentialSubject": {"id": subject, "skill": "welding"},
        }
        starts = int((NOW - timedelta(days=1)).timestamp())
        claims = {"iss": did(ISSUER), "sub": subject, "nbf": starts, "jti": "urn:uuid:1", "vc": credential}
        token = sign_jws(encode_json(claims), ISSUER, typ="JWT", header={"kid": ISSUER.verification_method})
        presentation = {"@context": [V1], "type": ["VerifiablePresentation"], "verifiableCredential": [token]}
        said = {
            "iss": did(self.holder),
            "aud": self.request["client_id"],
            "nonce": self.request["nonce"],
            "vp": presentation,
        } | changes
        return sign_jws(encode_json(said), self.holder, typ="JWT", header={"kid": self.holder.verification_method})


def made(desk: Desk, message: dict[str, Any]) -> tuple[Made, str]:
    asked = desk.wallet.ask(**message)
    return Made(desk.wallet.fetch(asked["request"]), key()), asked["id"]


def shown(desk: Desk, one: Made, presentation: object) -> Response:
    return desk.wallet.post(one.request, {"course": [presentation]})


@pytest.mark.parametrize("credential_format", ["ldp_vc", "vc+jwt", "jwt_vc_json"])
def test_a_presentation_of_the_w3c_is_accepted(desk: Desk, credential_format: str) -> None:
    one, identifier = made(desk, asking(credential_format))
    making: dict[str, Callable[[], object]] = {"ldp_vc": one.ldp_vc, "vc+jwt": one.vc_jwt, "jwt_vc_json": one.jwt_vc_json}
    answer = shown(desk, one, making[credential_format]())
    assert answer.status_code == 200, answer.text
    report = desk.wallet.answer(identifier)["report"]
    assert report["verified"] is True
    assert report["presentations"][0]["claims"]["credentialSubject"]["skill"] == "welding"


def test_types_are_asked_for_as_contexts_expand_them(desk: Desk) -> None:
    one, _ = made(desk, asking("ldp_vc", TYPE, "https://www.w3.org/2018/credentials#VerifiableCredential"))
    assert shown(desk, one, one.ldp_vc()).status_code == 200
    one, _ = made(desk, asking("ldp_vc", "https://terms.example/Other"))
    assert_refused(shown(desk, one, one.ldp_vc()), "QUERY_NOT_ANSWERED")


def test_a_presentation_for_somebody_else_is_refused(desk: Desk) -> None:
    one, _ = made(desk, asking("ldp_vc"))
    assert_refused(shown(desk, one, one.ldp_vc(domain="another")), SECURITY + "INVALID_DOMAIN_ERROR")
    one, _ = made(desk, asking("ldp_vc"))
    assert_refused(shown(desk, one, one.ldp_vc(challenge="another")), SECURITY + "INVALID_CHALLENGE_ERROR")
    one, _ = made(desk, asking("vc+jwt"))
    assert_refused(shown(desk, one, one.vc_jwt(aud="another")), SECURITY + "INVALID_DOMAIN_ERROR")
    one, _ = made(desk, asking("vc+jwt"))
    assert_refused(shown(desk, one, one.vc_jwt(nonce="another")), SECURITY + "INVALID_CHALLENGE_ERROR")
    one, _ = made(desk, asking("jwt_vc_json"))
    assert_refused(shown(desk, one, one.jwt_vc_json(aud="another")), SECURITY + "INVALID_DOMAIN_ERROR")
    one, _ = made(desk, asking("jwt_vc_json"))
    assert_refused(shown(desk, one, one.jwt_vc_json(nonce="another")), SECURITY + "INVALID_CHALLENGE_ERROR")


def test_b18_nobody_presents_what_is_about_another(desk: Desk) -> None:
    one, _ = made(desk, asking("ldp_vc"))
    of_other = add_proof_set(unsigned(key()), ISSUER, created=NOW, cryptosuites=["ecdsa-rdfc-2019"])
    assert_refused(shown(desk, one, one.ldp_vc(of_other)), "KEY_BINDING_ERROR")
    one, _ = made(desk, asking("jwt_vc_json"))
    assert_refused(shown(desk, one, one.jwt_vc_json(about=key())), "KEY_BINDING_ERROR")
    one, _ = made(desk, asking("ldp_vc"))
    of_nobody = add_proof_set(unsigned(None), ISSUER, created=NOW, cryptosuites=["ecdsa-rdfc-2019"])
    assert_refused(shown(desk, one, one.ldp_vc(of_nobody)), "KEY_BINDING_REQUIRED")


def test_where_the_holder_s_address_does_not_answer_nothing_is_called_false(desk: Desk) -> None:
    one, identifier = made(desk, asking("ldp_vc"))
    secret = generate_private_key("ES256")
    one.holder = InMemorySigner("did:web:127.0.0.1%3A9:nobody#k1", secret, "ES256")
    answer = shown(desk, one, one.ldp_vc())
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    found = desk.wallet.answer(identifier)
    assert (found["state"], found["report"]["verified"]) == ("unchecked", False)


def test_where_no_holder_is_asked_for_the_credential_alone_will_do(desk: Desk) -> None:
    free = {"require_cryptographic_holder_binding": False}
    bare = add_proof_set(unsigned(None), ISSUER, created=NOW, cryptosuites=["ecdsa-rdfc-2019"])
    one, _ = made(desk, asking("ldp_vc", **free))
    assert shown(desk, one, bare).status_code == 200
    one, _ = made(desk, asking("vc+jwt", **free))
    assert shown(desk, one, secure_jwt(unsigned(None), ISSUER).decode()).status_code == 200
    one, _ = made(desk, asking("ldp_vc"))
    assert shown(desk, one, bare).status_code == 400
    [asked] = QUERY["credentials"]
    one, _ = made(desk, {"mode": "direct_post", "signer": "did", "query": {"credentials": [asked | free]}})
    assert shown(desk, one, course(None)).status_code == 200


def test_a_format_is_what_it_is_said_to_be(desk: Desk) -> None:
    one, _ = made(desk, asking("ldp_vc"))
    assert shown(desk, one, one.vc_jwt()).status_code == 400
    one, _ = made(desk, asking("vc+jwt"))
    assert shown(desk, one, one.ldp_vc()).status_code == 400
    one, _ = made(desk, asking("vc+jwt"))
    assert shown(desk, one, "").status_code == 400


def by_browser(desk: Desk, mode: str, prefix: str, **more: object) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Return (the request's parameters, its id, what the browser is given)."""
    message = {"response_mode": mode, "client_id_prefix": prefix, "dcql_query": QUERY, **more}
    asked = desk.wallet.ask(**message)
    [given] = asked["request"]["digital"]["requests"]
    data = given["data"]
    return (read(data["request"]).claims() if "request" in data else data), asked["id"], given


@pytest.mark.parametrize("mode", ["dc_api", "dc_api.jwt"])
@pytest.mark.parametrize("prefix", ["redirect_uri", "x509_hash"])
def test_the_digital_credentials_api_brings_an_answer(desk: Desk, mode: str, prefix: str) -> None:
    wallet, origin = desk.wallet, "https://employer.example"
    request, identifier, given = by_browser(desk, mode, prefix, expected_origins=[origin])
    is_signed = prefix != "redirect_uri"
    assert given["protocol"] == ("openid4vp-v1-signed" if is_signed else "openid4vp-v1-unsigned")
    assert request.get("expected_origins") == ([origin] if is_signed else None)
    assert ("client_id" in request) is is_signed
    assert not {"response_uri", "redirect_uri", "state"} & request.keys()
    token = {"vp_token": {"course": [wallet.present(request, now=desk.now, aud=f"origin:{origin}")]}}
    data = {"response": encrypted(request, token)} if mode == "dc_api.jwt" else token
    address = f"/verifier/api/v1/requests/{identifier}/response"
    elsewhere = desk.client.post(address, json={"origin": "https://evil.example", "data": data})
    assert elsewhere.json()["type"].endswith("INVALID_RESPONSE")
    answer = desk.client.post(address, json={"origin": origin, "data": data})
    assert (answer.status_code, answer.json()["state"]) == (200, "answered")
    assert answer.json()["report"]["verified"] is True
    again = desk.client.post(address, json={"origin": origin, "data": data})
    assert (again.status_code, again.json()["type"].rpartition("#")[2]) == (409, "SESSION_USED")


def test_by_the_browser_the_audience_is_the_origin(desk: Desk) -> None:
    wallet = desk.wallet
    request, identifier, _ = by_browser(desk, "dc_api", "x509_hash")
    assert request["expected_origins"] == [BASE]
    data = {"vp_token": {"course": [wallet.present(request, now=desk.now)]}}
    answer = desk.client.post(f"/verifier/api/v1/requests/{identifier}/response", json={"origin": BASE, "data": data})
    assert answer.json()["state"] == "refused"
    assert answer.json()["report"]["problemDetails"][0]["type"].endswith("KEY_BINDING_ERROR")


CENTRE: Final = "https://centre.example"


@dataclass
class Certified:
    """An issuer that a certificate names."""

    signer: InMemorySigner
    x5c: tuple[str, ...]
    anchors: Anchors

    def course(self, holder: InMemorySigner) -> str:
        claims = {"iss": CENTRE, "vct": VCT, "name": "Welding"}
        return issue_sd_jwt(
            claims,
            self.signer,
            typ="dc+sd-jwt",
            entropy=secrets.token_bytes,
            selective=[("name",)],
            header={"x5c": list(self.x5c)},
            holder=holder.public_key,
        )


@pytest.fixture(scope="module")
def certified() -> Certified:
    signer = key()
    x5c, anchors = certify(signer.public_key, "centre.example", starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))
    return Certified(signer, x5c, anchors)


@pytest.fixture
def pinned(desk: Desk, certified: Certified) -> Iterator[Wallet]:
    """A wallet before the same desk, which trusts the issuer's authority."""
    house = desk.composition.verifier
    app = FastAPI()
    Problems(house.pages, STATUS).install(app)
    identity = desk.composition.wallet_desk.identity()
    x5c, _ = certify(identity.signer.public_key, "localhost", starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))
    named = replace(identity, x5c=x5c)
    trusting = replace(desk.composition.wallet_desk, verifier=replace(house, anchors=certified.anchors), identity=lambda: named)
    join(app, router(trusting))
    with TestClient(app, base_url=BASE) as client:
        yield Wallet(client)


HAIP: Final = {"response_mode": "direct_post.jwt", "client_id_prefix": "x509_hash", "dcql_query": QUERY, "haip": True}


def test_haip_is_kept_end_to_end(pinned: Wallet, certified: Certified, desk: Desk) -> None:
    asked = pinned.ask(**HAIP)
    request = pinned.fetch(asked["request"])
    assert request["client_metadata"]["vp_formats_supported"] == {
        "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}
    }
    presentation = pinned.present(request, certified.course(pinned.holder), now=desk.now)
    answer = pinned.post(request, {"course": [presentation]})
    assert answer.status_code == 200, answer.text
    assert pinned.answer(asked["id"])["report"]["verified"] is True


def test_haip_refuses_an_issuer_that_no_certificate_names(pinned: Wallet, desk: Desk) -> None:
    request = pinned.fetch(pinned.ask(**HAIP)["request"])
    assert_refused(pinned.post(request, {"course": [pinned.present(request, now=desk.now)]}), "NOT_HAIP")


def test_an_authority_is_asked_for_by_its_key(pinned: Wallet, certified: Certified, desk: Desk) -> None:
    [authority] = parse_x5c(list(certified.x5c)).authority_keys
    for name, status in ((authority, 200), ("another", 400)):
        [one] = QUERY["credentials"]
        query = {"credentials": [one | {"trusted_authorities": [{"type": "aki", "values": [name]}]}]}
        request = pinned.fetch(pinned.ask(**HAIP | {"dcql_query": query})["request"])
        presentation = pinned.present(request, certified.course(pinned.holder), now=desk.now)
        assert pinned.post(request, {"course": [presentation]}).status_code == status


def test_on_the_same_device_the_answer_is_read_with_the_code_alone(pinned: Wallet, certified: Certified, desk: Desk) -> None:
    asked = pinned.ask(**HAIP, same_device=True)
    request = pinned.fetch(asked["request"])
    presentation = pinned.present(request, certified.course(pinned.holder), now=desk.now)
    there = pinned.post(request, {"course": [presentation]}).json()["redirect_uri"]
    assert pinned.answer(asked["id"])["state"] == "checking"
    assert pinned.answer(asked["id"], response_code="guessed")["report"] is None
    assert pinned.answer(asked["id"], response_code=there.partition("response_code=")[2])["state"] == "answered"
