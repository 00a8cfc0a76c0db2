"""An issuer with a certified key hands out SD-JWT VCs that a verifier takes which keeps to HAIP 1.0 and pins the authority."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.certified_signers import certificates_of, certified_key
from comity.compose import Composition
from comity.conformance.serving import conformance_composition
from comity.conformance.trial import SLUG
from credentials.dids.did_web import did_web_id
from credentials.errors import HeaderNotAllowedError, RevokedError
from credentials.fetching import NoNetwork
from credentials.jose import parse_jws
from credentials.keys import InMemorySigner, generate_private_key
from credentials.sd_jwt_vc import issue_sd_jwt_vc, open_sd_jwt_vc
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from credentials.x509 import Anchors, certify, parse_x5c
from issuer_api.certified_keys import check_not_stolen
from issuer_api.errors import KeyCompromisedError
from issuer_api.keys import mark_certified_stolen
from issuer_api.status import set_status
from tests.issuer_api.openid.wallet import Wallet as Receiving
from tests.verifier.openid.desk import BASE, NOW, QUERY, assert_refused
from tests.verifier.openid.test_issued_then_presented import did_jwk
from tests.verifier.openid.wallet import Wallet
from verifier.openid.routes import router
from web.joining import join
from web.problems import STATUS, Problems

DID: Final = did_web_id(BASE, SLUG)
METHOD: Final = f"{DID}#x5c"
HAIP: Final = {"response_mode": "direct_post.jwt", "client_id_prefix": "x509_hash", "haip": True}


@dataclass
class World:
    """An issuer with a certified key, and a desk that pins its authority."""

    composition: Composition
    issuing: TestClient
    checking: TestClient
    anchors: Anchors
    x5c: tuple[str, ...]

    def received(self, holder: InMemorySigner) -> str:
        wallet = Receiving(self.issuing, f"{BASE}/issuers/{SLUG}", NOW, key=holder)
        offer = self.issuing.post("/issuer/api/v1/offers", json={"credential_configuration_id": "course"}).json()["offer"]
        assert wallet.redeem(offer).status_code == 200
        answer = wallet.fetch("course")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["credentials"][0]["credential"])

    def verified(self, credential: str, anchors: Anchors | None) -> VerificationResult:
        fetcher = self.composition.issuer.fetcher
        return verify_credential(credential.encode(), VerificationOptions(NOW, fetcher, anchors=anchors))


@contextmanager
def new_world() -> Iterator[World]:
    starts, ends = NOW - timedelta(days=1), NOW + timedelta(days=1)
    with conformance_composition(BASE, lambda: NOW) as composition:
        key = certified_key(composition.issuer.keys, composition.deployment, SLUG, "x5c")
        x5c, anchors = certify(key, SLUG, starts=starts, ends=ends, did=DID)
        file = certificates_of(composition.deployment, SLUG, "x5c")
        file.write_text(f"-----BEGIN CERTIFICATE-----\n{x5c[0]}\n-----END CERTIFICATE-----\n")
        house, desk = composition.verifier, composition.wallet_desk
        identity = InMemorySigner(f"{BASE}#k1", generate_private_key("ES256"), "ES256")
        named, _ = certify(identity.public_key, "localhost", starts=starts, ends=ends)
        who = replace(desk.identity(), signer=identity, x5c=named)
        app = FastAPI()
        Problems(house.pages, STATUS).install(app)
        join(app, router(replace(desk, verifier=replace(house, anchors=anchors), identity=lambda: who, short_forms=True)))
        with TestClient(composition.app, base_url=BASE) as issuing, TestClient(app, base_url=BASE) as checking:
            yield World(composition, issuing, checking, anchors, x5c)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with new_world() as made:
        yield made


def asked(world: World, holder: InMemorySigner, query: dict[str, Any] = QUERY) -> tuple[Wallet, dict[str, Any], str]:
    wallet = Wallet(world.checking, holder)
    made = wallet.ask(**HAIP, dcql_query=query)
    return wallet, wallet.fetch(made["request"]), made["id"]


def test_what_is_handed_out_passes_under_haip(world: World) -> None:
    holder = did_jwk()
    credential = world.received(holder)
    header = open_sd_jwt_vc(credential.encode()).sd_jwt.jws.header
    assert (header["alg"], header["kid"], header["x5c"]) == ("ES256", METHOD, list(world.x5c))
    said = world.issuing.get(f"/.well-known/openid-credential-issuer/issuers/{SLUG}").json()
    assert said["credential_configurations_supported"]["course"]["credential_signing_alg_values_supported"] == ["ES256"]
    [authority] = parse_x5c(list(world.x5c)).authority_keys
    [course] = QUERY["credentials"]
    named = {"credentials": [course | {"trusted_authorities": [{"type": "aki", "values": [authority]}]}]}
    wallet, request, identifier = asked(world, holder, named)
    answer = wallet.post(request, {"course": [wallet.present(request, credential, now=NOW)]})
    assert answer.status_code == 200, answer.text
    assert wallet.answer(identifier)["report"]["verified"] is True


def test_whoever_pins_no_authority_knows_the_key_by_the_did(world: World) -> None:
    credential = world.received(did_jwk())
    for anchors in (None, world.anchors):
        found = world.verified(credential, anchors)
        assert found.verified, found.to_json()
        assert found.require().secured_by == METHOD
    assert METHOD in world.issuing.get(f"/issuers/{SLUG}/did.json").json()["assertionMethod"]


def test_the_list_of_its_status_is_signed_by_the_certified_key_too(world: World) -> None:
    credential = world.received(did_jwk())
    place = open_sd_jwt_vc(credential.encode()).claims["status"]["status_list"]
    listed = world.issuing.get(place["uri"].removeprefix(BASE))
    header = parse_jws(listed.text, typ={"statuslist+jwt"}, allow=("x5c",)).header
    assert (header["alg"], header["kid"], header["x5c"]) == ("ES256", METHOD, list(world.x5c))
    set_status(world.composition.issuer, SLUG, _certificate(world, credential), "revocation", value=True, reason="x", by="test")
    assert isinstance(world.verified(credential, None).check("status").problem, RevokedError)


def _certificate(world: World, credential: str) -> str:
    return str(world.verified(credential, None).require().id)


def test_under_haip_the_certificate_itself_is_checked(world: World) -> None:
    holder, keys = did_jwk(), world.composition.issuer.keys
    other, _ = certify(keys.signer(METHOD).public_key, SLUG, starts=NOW, ends=NOW + timedelta(days=1), did=DID)
    thief = InMemorySigner(METHOD, generate_private_key("ES256"), "ES256")
    own = keys.signer(f"{DID}#k1")
    claims = {"iss": DID, "vct": QUERY["credentials"][0]["meta"]["vct_values"][0], "name": "Eve"}
    for signer, x5c, problem in (
        (keys.signer(METHOD), other, "https://w3id.org/security#INVALID_VERIFICATION_METHOD"),
        (keys.signer(METHOD), (), "NOT_HAIP"),
        (own, world.x5c, "NOT_HAIP"),
        (thief, world.x5c, "https://w3id.org/security#PROOF_VERIFICATION_ERROR"),
    ):
        content = issue_sd_jwt_vc(claims, signer, entropy=bytes, selective=[("name",)], holder=holder.public_key, x5c=x5c)
        wallet, request, _ = asked(world, holder)
        assert_refused(wallet.post(request, {"course": [wallet.present(request, content.decode(), now=NOW)]}), problem)


def test_a_certificate_that_was_copied_in_is_no_authority(world: World) -> None:
    """A key of one's own, named by one's own DID, beside the certificate of another: refused by the query for its authority."""
    holder, mine = did_jwk(), did_jwk()
    [authority] = parse_x5c(list(world.x5c)).authority_keys
    [course] = QUERY["credentials"]
    query = {"credentials": [course | {"trusted_authorities": [{"type": "aki", "values": [authority]}]}]}
    claims = {"iss": mine.verification_method.partition("#")[0], "vct": course["meta"]["vct_values"][0], "name": "Eve"}
    content = issue_sd_jwt_vc(claims, mine, entropy=bytes, selective=[("name",)], holder=holder.public_key, x5c=world.x5c)
    wallet = Wallet(world.checking, holder)
    request = wallet.fetch(wallet.ask(response_mode="direct_post.jwt", client_id_prefix="x509_hash", dcql_query=query)["request"])
    assert_refused(wallet.post(request, {"course": [wallet.present(request, content.decode(), now=NOW)]}), "QUERY_NOT_ANSWERED")


def test_certificates_without_a_did_need_an_anchor(world: World) -> None:
    signer = InMemorySigner("", generate_private_key("ES256"), "ES256")
    content = issue_sd_jwt_vc({"iss": DID, "vct": "urn:x"}, signer, entropy=bytes, x5c=world.x5c)
    found = verify_credential(content, VerificationOptions(NOW, NoNetwork()))
    assert isinstance(found.problems[0], HeaderNotAllowedError)


def test_a_stolen_key_signs_no_copy_and_no_list_and_the_issuer_s_own_does_again() -> None:
    with new_world() as world:
        before = world.received(did_jwk())
        issuer = world.composition.issuer
        mark_certified_stolen(issuer, SLUG, "x5c", NOW, by="test")
        with pytest.raises(KeyCompromisedError):
            check_not_stolen(issuer, SLUG, "x5c")
        after = world.received(did_jwk())
        assert open_sd_jwt_vc(after.encode()).sd_jwt.jws.kid == f"{DID}#k1"
        assert world.verified(after, None).verified
        assert world.verified(before, None).check("proof").outcome == "failed"
        place = open_sd_jwt_vc(after.encode()).claims["status"]["status_list"]
        listed = world.issuing.get(place["uri"].removeprefix(BASE))
        assert parse_jws(listed.text, typ={"statuslist+jwt"}).kid == f"{DID}#k1"
        said = world.issuing.get(f"/.well-known/openid-credential-issuer/issuers/{SLUG}").json()
        assert said["credential_configurations_supported"]["course"]["credential_signing_alg_values_supported"] == ["EdDSA"]
