"""A verifier in several names: attested by somebody whom wallets trust, and one request signed in each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.conformance.serving import new_identity
from comity.deployment import Deployment
from comity.key_stores import FileKeyStore
from comity.wallet_identity import wallet_identity
from credentials.dids import verification_key
from credentials.encoding import b64url_decode
from credentials.errors import MalformedValueError
from credentials.fetching import NoNetwork
from credentials.jose import encode_json, parse_jws, sign_jws
from credentials.keys import InMemorySigner, Signer, parse_jwk
from credentials.parsing import parse_json
from credentials.x509 import parse_x5c
from tests.databases import SQLITE, Databases
from tests.trust.world import NOW
from tests.verifier import desk as employers
from tests.verifier.openid.desk import QUERY
from tests.verifier.openid.wallet import TYP, Wallet, encrypted, key
from verifier.openid.attesting import parse_attestation
from verifier.openid.errors import STATUS, NoIdentityError
from verifier.openid.identity import Identity, Prefix
from verifier.openid.routes import router
from verifier.openid.service import WalletDesk
from web.db import Database, open_engine
from web.joining import join
from web.problems import Problems
from web.sealing import Sealer

ATTESTER: Final = key()
NAME: Final = "employer-of-belmora"


def attested(of: Signer, *, typ: str = "verifier-attestation+jwt", **changes: object) -> str:
    """Return an attestation; `...` leaves a claim out."""
    claims = {
        "iss": ATTESTER.verification_method.partition("#")[0],
        "sub": NAME,
        "exp": int((NOW + timedelta(days=30)).timestamp()),
        "cnf": {"jwk": of.public_key.jwk()},
    } | changes
    kept = {name: value for name, value in claims.items() if value is not ...}
    return sign_jws(encode_json(kept), ATTESTER, typ=typ, header={"kid": ATTESTER.verification_method})


@pytest.fixture(scope="module")
def identity() -> Identity:
    made = new_identity(employers.BASE, NOW)
    assert isinstance(made.signer, InMemorySigner)
    return replace(made, attestation=parse_attestation(attested(made.signer), made.signer.public_key))


@pytest.fixture(scope="module")
def client(identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Databases(SQLITE).tables(tmp_path_factory.mktemp("attested")) as url:
        database, verifier, app = Database(open_engine(url)), employers.desk(), FastAPI()
        Problems(verifier.pages, STATUS).install(app)
        join(app, router(WalletDesk(verifier, database, Sealer(bytes(32)), lambda: identity)))
        with TestClient(app, base_url=employers.BASE) as made:
            yield made
        database.engine.dispose()


def test_a_request_carries_the_attestation_of_its_key(client: TestClient, identity: Identity) -> None:
    wallet = Wallet(client)
    asked = wallet.ask(response_mode="direct_post.jwt", client_id_prefix="verifier_attestation", dcql_query=QUERY)
    assert f"client_id=verifier_attestation%3A{NAME}&" in asked["request"]
    uri = asked["request"].partition("request_uri=")[2]
    jws = parse_jws(client.get(uri.replace("%3A", ":").replace("%2F", "/")).text, typ={TYP}, allow={"jwt"})
    said = parse_jws(jws.header["jwt"], typ={"verifier-attestation+jwt"})
    said.verify(verification_key(str(said.kid), "assertionMethod", NoNetwork(), now=NOW))
    assert jws.claims()["client_id"] == f"verifier_attestation:{said.claims()['sub']}"
    jws.verify(parse_jwk(said.claims()["cnf"]["jwk"]))
    assert identity.attested().client_id == NAME


def test_an_attestation_that_ends_before_the_answer_is_told(identity: Identity) -> None:
    assert isinstance(identity.signer, InMemorySigner)
    ends = int((NOW + timedelta(minutes=5)).timestamp())
    ending = replace(identity, attestation=parse_attestation(attested(identity.signer, exp=ends), identity.signer.public_key))
    ending.check_until(Prefix.VERIFIER_ATTESTATION, NOW)
    ending.check_until(Prefix.X509_HASH, NOW + timedelta(days=1))
    for made, told in ((ending, "ends on 2026-"), (replace(identity, attestation=None), "nobody attests")):
        with pytest.raises(NoIdentityError, match=told):
            made.check_until(Prefix.VERIFIER_ATTESTATION, NOW + timedelta(minutes=10))


def test_without_one_the_name_is_refused(client: TestClient, identity: Identity) -> None:
    with pytest.raises(NoIdentityError):
        replace(identity, attestation=None).client_id(Prefix.VERIFIER_ATTESTATION, "")
    unknown = {"response_mode": "direct_post", "client_id_prefix": "openid_federation", "dcql_query": QUERY}
    refused = client.post("/verifier/api/v1/requests", json=unknown)
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/client_id_prefix")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"iss": ...}, "/iss"),
        ({"sub": ""}, "/sub"),
        ({"exp": ...}, "/exp"),
        ({"exp": True}, "/exp"),
        ({"exp": 10**30}, "/exp"),
        ({"cnf": ...}, "/cnf"),
        ({"cnf": {"jwk": {"kty": "oct"}}}, "/cnf"),
        ({"cnf": {"jwk": ATTESTER.public_key.jwk()}}, "/cnf"),
        ({"redirect_uris": ["https://employer.example/answer"]}, "/redirect_uris"),
    ],
)
def test_what_is_no_attestation_of_the_key(changes: dict[str, Any], pointer: str) -> None:
    mine = key()
    with pytest.raises(MalformedValueError) as refused:
        parse_attestation(attested(mine, **changes), mine.public_key)
    assert refused.value.pointer == pointer


def test_it_is_read_from_its_file(tmp_path: Path) -> None:
    deployment, keys = Deployment(tmp_path, "https://centre.example", bytes(32)), FileKeyStore(tmp_path / "keys", Sealer(bytes(32)))
    assert wallet_identity(keys, deployment).attestation is None
    file = tmp_path / "certificates" / "verifier-attestation.jwt"
    file.parent.mkdir()
    mine = wallet_identity(keys, deployment).signer
    file.write_text(attested(key()))
    with pytest.raises(MalformedValueError, match="another key"):
        wallet_identity(keys, deployment)
    file.write_text(attested(mine) + "\n")
    assert wallet_identity(keys, deployment).client_id(Prefix.VERIFIER_ATTESTATION, "") == f"verifier_attestation:{NAME}"


def test_one_request_for_the_browser_is_signed_in_every_name(client: TestClient, identity: Identity) -> None:
    wallet = Wallet(client)
    message = {"response_mode": "dc_api.jwt", "client_id_prefix": "x509_hash", "dcql_query": QUERY}
    asked = wallet.ask(**message, also_signed_as=["decentralized_identifier", "verifier_attestation"])
    [given] = asked["request"]["digital"]["requests"]
    assert given["protocol"] == "openid4vp-v1-multisigned"
    request = given["data"]["request"]
    claims = parse_json(b64url_decode(request["payload"]))
    assert "client_id" not in claims
    assert claims["expected_origins"] == [employers.BASE]
    names = []
    for one in request["signatures"]:
        text = f"{one['protected']}.{request['payload']}.{one['signature']}"
        jws = parse_jws(text, typ={TYP}, allow={"x5c", "jwt"})
        jws.verify(identity.signer.public_key)
        names.append(jws.header["client_id"])
    thumbprint = parse_x5c(list(identity.x5c)).thumbprint
    did = f"decentralized_identifier:{identity.did}"
    assert names == [f"x509_hash:{thumbprint}", did, f"verifier_attestation:{NAME}"]
    shown = wallet.present(claims, now=NOW, aud=f"origin:{employers.BASE}")
    data = {"response": encrypted(claims, {"vp_token": {"course": [shown]}})}
    answer = client.post(f"/verifier/api/v1/requests/{asked['id']}/response", json={"origin": employers.BASE, "data": data})
    assert answer.json()["report"]["presentations"][0]["claims"]["name"] == "Welding"


@pytest.mark.parametrize(
    "changes",
    [
        {"response_mode": "direct_post"},
        {"also_signed_as": ["redirect_uri"]},
        {"also_signed_as": ["x509_hash"]},
        {"client_id_prefix": "redirect_uri"},
    ],
)
def test_names_that_cannot_stand_together_are_refused(client: TestClient, changes: dict[str, Any]) -> None:
    message = {"response_mode": "dc_api", "client_id_prefix": "x509_hash", "dcql_query": QUERY}
    refused = client.post("/verifier/api/v1/requests", json={**message, "also_signed_as": ["decentralized_identifier"], **changes})
    assert (refused.status_code, refused.json()["pointer"]) == (422, "/also_signed_as")
