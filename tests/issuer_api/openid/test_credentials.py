"""The credential, deferred credential and notification endpoints; `TestChecklist` follows the names of the conformance suite."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest

from credentials.dids import verification_key
from credentials.encoding import b64url_encode
from credentials.jose import parse_jws
from credentials.jwe import decrypt, encrypt, new_decryption_key, public_part
from credentials.sd_jwt import SdJwt
from credentials.sd_jwt_vc import open_sd_jwt_vc
from issuer_api.status import set_status
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import new_key

COPIES: Final = ("course", "course_ldp_vc", "course_jwt_vc_json", "course_mso_mdoc")


def opened(copy: str) -> SdJwt:
    return open_sd_jwt_vc(copy.encode()).sd_jwt


class TestChecklist:
    """What the OpenID Foundation's conformance suite asks of an issuer."""

    def test_metadata(self, trying: Trying) -> None:
        said = trying.metadata
        assert said["credential_issuer"] == trying.issuer
        assert said["batch_credential_issuance"] == {"batch_size": 3}
        for name, configuration in said["credential_configurations_supported"].items():
            assert configuration["scope"] == name
            assert configuration["credential_metadata"]["display"]
            assert configuration["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"]
        assert said["credential_configurations_supported"]["course"]["vct"] == "urn:course:1"
        assert "authorization_servers" not in said

    def test_signed_metadata(self, trying: Trying) -> None:
        address = "/.well-known/openid-credential-issuer/issuers/school"
        answer = trying.client.get(address, headers={"Accept": "application/jwt"})
        assert (answer.headers["content-type"], answer.headers["vary"]) == ("application/jwt", "Accept")
        jws = parse_jws(answer.text, typ={"openidvci-issuer-metadata+jwt"})
        jws.verify(verification_key(str(jws.kid), "assertionMethod", trying.composition.issuer.fetcher))
        claims = jws.claims()
        assert claims["sub"] == trying.issuer
        assert {name: claims[name] for name in trying.metadata} == trying.metadata

    def test_happy_flow_with_dpop_and_nonce(self, trying: Trying) -> None:
        trying.dpop = new_key()
        trying.admitted()
        answer = trying.fetch("course")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        [copy] = answer.json()["credentials"]
        sd_jwt = opened(copy["credential"])
        assert sd_jwt.claims["cnf"] == {"jwk": trying.key.public_key.jwk()}
        assert sd_jwt.claims["vct"] == "urn:course:1"
        assert sd_jwt.claims["name"] == "Alice"
        assert "name" in sd_jwt.disclosed_names()
        assert trying.verified(copy["credential"]).verified

    @pytest.mark.parametrize("configuration", COPIES)
    def test_every_format_is_a_copy_of_the_record_bound_to_the_key(self, trying: Trying, configuration: str) -> None:
        trying.admitted(configuration)
        [copy] = trying.fetch(configuration).json()["credentials"]
        result = trying.verified(copy["credential"])
        assert result.verified, result.to_json()
        assert {finding.purpose for finding in result.statuses} <= {"revocation", "suspension"}

    def test_two_clients(self, trying: Trying) -> None:
        one, two = trying.offered()["offer"], trying.offered()["offer"]
        trying.redeem(one, client_id="first")
        first = trying.access
        trying.redeem(two, client_id="second")
        assert trying.fetch("course", trying.proof(trying.nonce(), iss="second")).status_code == 200
        trying.access = first
        assert trying.fetch("course", trying.proof(trying.nonce(), iss="first")).status_code == 200

    def test_additional_requests_and_skipped_notification(self, trying: Trying) -> None:
        trying.admitted()
        names = [trying.fetch("course").json()["notification_id"] for _ in range(3)]
        assert len(set(names)) == 3

    def test_e14_batch_of_distinct_keys_is_the_same_dataset_and_never_more_than_proofs(self, trying: Trying) -> None:
        trying.admitted()
        nonce, keys = trying.nonce(), [new_key() for _ in range(3)]
        answer = trying.fetch("course", *(trying.proof(nonce, key) for key in keys))
        copies = [opened(entry["credential"]) for entry in answer.json()["credentials"]]
        assert [copy.claims["cnf"]["jwk"] for copy in copies] == [key.public_key.jwk() for key in keys]
        assert len({json.dumps({**copy.claims, "cnf": None, "status": None}, sort_keys=True) for copy in copies}) == 1
        assert all("jti" in copy.disclosed_names() for copy in copies)  # the number of the certificate may be kept back
        signed = [copy.jws.claims() for copy in copies]
        assert all({"jti", "name", "licenseNumber"}.isdisjoint(claims) for claims in signed)
        assert not set(signed[0]["_sd"]) & set(signed[1]["_sd"])
        places = [copy.claims["status"]["status_list"] for copy in copies]
        assert len({(place["uri"], place["idx"]) for place in places}) == len(copies)
        again = trying.nonce()
        refused(trying.fetch("course", *(trying.proof(again, new_key()) for _ in range(4))), "invalid_proof")
        refused(trying.fetch("course", trying.proof(again), trying.proof(again)), "invalid_proof")

    def test_ed25519_and_dids_are_taken_as_keys(self, trying: Trying) -> None:
        trying.admitted()
        key = new_key("Ed25519")
        did = f"did:key:{key.public_key.multibase}"
        jwk = b64url_encode(json.dumps(key.public_key.jwk()).encode())
        for kid in (did, f"{did}#{key.public_key.multibase}", f"did:jwk:{jwk}", f"did:jwk:{jwk}#0"):
            answer = trying.fetch("course", trying.proof(trying.nonce(), key, header={"kid": kid}))
            assert answer.status_code == 200, (kid, answer.text)

    def test_bad_proof_signature(self, trying: Trying) -> None:
        trying.admitted()
        proof = trying.proof(trying.nonce(), header={"jwk": new_key().public_key.jwk()})
        refused(trying.fetch("course", proof), "invalid_proof")

    def test_missing_proof(self, trying: Trying) -> None:
        trying.admitted()
        refused(trying.fetch("course", proofs=...), "invalid_proof")

    def test_stale_nonce(self, trying: Trying) -> None:
        trying.admitted()
        nonce = trying.nonce()
        assert trying.fetch("course", trying.proof(nonce)).status_code == 200
        refused(trying.fetch("course", trying.proof(nonce)), "invalid_nonce")

    def test_unknown_configuration_and_identifier(self, trying: Trying) -> None:
        trying.admitted()
        refused(trying.fetch("nothing"), "unknown_credential_configuration")
        refused(trying.fetch("course", credential_configuration_id=..., credential_identifier="x"), "unknown_credential_identifier")
        refused(trying.fetch("course", credential_configuration_id=...), "invalid_credential_request")

    def test_unsupported_encryption(self, trying: Trying) -> None:
        trying.admitted()
        good = public_part(new_decryption_key("w"))
        for wanted in (
            {"jwk": {}, "enc": "A128GCM"},
            {"jwk": good, "enc": "A128CBC-HS256"},
            {"jwk": good, "enc": ["A128GCM"]},
            {"jwk": {**good, "x": good["y"]}, "enc": "A128GCM"},
            {"jwk": {**good, "alg": "RSA-OAEP"}, "enc": "A128GCM"},
            {"jwk": new_decryption_key("w"), "enc": "A128GCM"},
            {"jwk": good, "enc": "A128GCM", "zip": "DEF"},
            "A128GCM",
        ):
            refused(trying.fetch("course", credential_response_encryption=wanted), "invalid_encryption_parameters")

    def test_encrypted_request_and_response(self, trying: Trying) -> None:
        mine = new_decryption_key("mine")
        [theirs] = trying.metadata["credential_request_encryption"]["jwks"]["keys"]
        wanted = {"jwk": public_part(mine), "enc": "A256GCM"}
        for configuration, status in (("course", 200), ("course-deferred", 202)):
            trying.admitted(configuration)
            body = {
                "credential_configuration_id": configuration,
                "proofs": {"jwt": [trying.proof(trying.nonce())]},
                "credential_response_encryption": wanted,
            }
            sent = encrypt(json.dumps(body).encode(), theirs, enc="A128GCM")
            headers = {**trying.authorization, "Content-Type": "application/jwt"}
            answer = trying.client.post(f"{trying.issuer}/credential", content=sent, headers=headers)
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/jwt"), answer.text
            said = json.loads(decrypt(answer.text, mine).plaintext)
            assert "credentials" in said or said["interval"] == 2
            broken = trying.client.post(f"{trying.issuer}/credential", content=f"{sent}x", headers=headers)
            refused(broken, "invalid_encryption_parameters")

    def test_access_token_in_query(self, trying: Trying) -> None:
        trying.admitted()
        answer = trying.client.post(f"{trying.issuer}/credential?access_token={trying.access}", json={})
        assert (answer.status_code, answer.json()) == (401, {})
        assert answer.headers["www-authenticate"] == 'Bearer realm="credentials"'


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda w: w.proof(w.nonce(), typ="jwt"), "invalid_proof", id="another typ"),
        pytest.param(lambda w: w.proof(w.nonce(), aud="https://other.example"), "invalid_proof", id="G6: another issuer"),
        pytest.param(lambda w: w.proof(w.nonce(), aud=[w.issuer]), "invalid_proof", id="a list of audiences"),
        pytest.param(lambda w: w.proof(w.nonce(), iss="someone"), "invalid_proof", id="iss of an anonymous client"),
        pytest.param(lambda w: w.proof(w.nonce(), iat=...), "invalid_proof", id="no iat"),
        pytest.param(lambda w: w.proof(w.nonce(), iat=int(w.now.timestamp()) - 3600), "invalid_proof", id="an hour old"),
        pytest.param(lambda w: w.proof(w.nonce(), iat=int(w.now.timestamp()) + 3600), "invalid_proof", id="of the future"),
        pytest.param(lambda w: w.proof(w.nonce(), iat="now"), "invalid_proof", id="iat is no number"),
        pytest.param(lambda w: w.proof(w.nonce(), header={}), "invalid_proof", id="no key"),
        pytest.param(
            lambda w: w.proof(w.nonce(), header={"jwk": w.key.public_key.jwk(), "kid": "x"}), "invalid_proof", id="two keys"
        ),
        pytest.param(lambda w: w.proof(w.nonce(), header={"kid": "did:web:evil.example#k"}), "invalid_proof", id="did:web"),
        pytest.param(lambda w: w.proof(w.nonce(), header={"kid": "did:key:z6Mk#z6Mk"}), "invalid_proof", id="a broken DID"),
        pytest.param(lambda w: w.proof(w.nonce(), header={"x5c": ["AA=="]}), "invalid_proof", id="x5c"),
        pytest.param(
            lambda w: w.proof(w.nonce(), header={"jwk": {**w.key.public_key.jwk(), "d": "x"}}), "invalid_proof", id="a private key"
        ),
        pytest.param(lambda _: "not.a.jwt", "invalid_proof", id="no JWT"),
        pytest.param(lambda w: w.proof(...), "invalid_nonce", id="no nonce"),
        pytest.param(lambda w: w.proof(7), "invalid_nonce", id="a nonce that is no text"),
        pytest.param(lambda w: w.proof("0" * 8 + "." + "A" * 22 + "." + "0" * 32), "invalid_nonce", id="a made-up nonce"),
        pytest.param(
            lambda w: w.proof(w.client.post(f"{w.issuer}/nonce").headers["dpop-nonce"]), "invalid_nonce", id="one for DPoP"
        ),
    ],
)
def test_g6_every_check_of_a_proof(trying: Trying, make: Callable[[Trying], str], code: str) -> None:
    trying.admitted()
    refused(trying.fetch("course", make(trying)), code)


@pytest.mark.parametrize(
    "proofs", [{}, [], "x", {"jwt": []}, {"jwt": "x"}, {"jwt": [7]}, {"attestation": ["x"]}, {"jwt": ["x"], "cwt": ["y"]}], ids=str
)
def test_proofs_have_one_form(trying: Trying, proofs: object) -> None:
    trying.admitted()
    refused(trying.fetch("course", proofs=proofs), "invalid_proof")


def test_a_refused_proof_leaves_the_nonce_unspent(trying: Trying) -> None:
    trying.admitted()
    nonce = trying.nonce()
    refused(trying.fetch("course", trying.proof(nonce), trying.proof(nonce, aud="x")), "invalid_proof")
    assert trying.fetch("course", trying.proof(nonce)).status_code == 200


def test_g11_a_token_opens_what_it_is_for_and_nothing_else(trying: Trying) -> None:
    trying.admitted()
    refused(trying.fetch("course_ldp_vc"), "credential_request_denied")
    trying.access = secrets.token_urlsafe(32)
    refused(trying.fetch("course"), "invalid_token", 401)


def test_bodies_are_read_strictly(trying: Trying) -> None:
    trying.admitted()
    for content in ("[]", "{", '{"a": 1, "a": 2}', ""):
        answer = trying.client.post(f"{trying.issuer}/credential", content=content, headers=trying.authorization)
        refused(answer, "invalid_credential_request")


def test_what_was_withdrawn_is_handed_out_no_more(trying: Trying) -> None:
    trying.admitted()
    copy = trying.fetch("course").json()["credentials"][0]["credential"]
    record = str(opened(copy).claims["jti"])
    set_status(trying.composition.issuer, "school", record, "suspension", value=True, reason="a look", by="test")
    assert [check.name for check in trying.verified(copy).checks if check.outcome != "passed"] == ["status"]
    assert trying.fetch("course").status_code == 200
    set_status(trying.composition.issuer, "school", record, "revocation", value=True, reason="an error", by="test")
    refused(trying.fetch("course"), "credential_request_denied")
    assert not trying.verified(copy).verified


class TestDeferred:
    """§9: what cannot be handed out at once."""

    def asked(self, trying: Trying) -> str:
        trying.admitted("course-deferred")
        answer = trying.fetch("course-deferred")
        assert (answer.status_code, answer.json()["interval"]) == (202, 2)
        return str(answer.json()["transaction_id"])

    def test_it_is_there_a_moment_later_once_and_without_notification_id(self, trying: Trying) -> None:
        name = self.asked(trying)
        early = trying.ask({"transaction_id": name}, "deferred_credential")
        assert (early.status_code, early.json()) == (202, {"transaction_id": name, "interval": 2})
        trying.wait(2)
        late = trying.ask({"transaction_id": name}, "deferred_credential")
        assert (late.status_code, set(late.json())) == (200, {"credentials"})
        copy = late.json()["credentials"][0]["credential"]
        assert opened(copy).claims["cnf"] == {"jwk": trying.key.public_key.jwk()}
        refused(trying.ask({"transaction_id": name}, "deferred_credential"), "invalid_transaction_id")

    def test_g12_another_wallet_and_a_guess_get_nothing(self, trying: Trying) -> None:
        name = self.asked(trying)
        refused(trying.ask({"transaction_id": "guessed"}, "deferred_credential"), "invalid_transaction_id")
        refused(trying.ask({}, "deferred_credential"), "invalid_credential_request")
        trying.admitted("course-deferred")
        refused(trying.ask({"transaction_id": name}, "deferred_credential"), "invalid_transaction_id")
        trying.access = "x"
        refused(trying.ask({"transaction_id": name}, "deferred_credential"), "invalid_token", 401)


def test_notification(trying: Trying) -> None:
    trying.admitted()
    name = trying.fetch("course").json()["notification_id"]
    for _ in range(2):
        said = trying.ask({"notification_id": name, "event": "credential_accepted"}, "notification")
        assert (said.status_code, said.content) == (204, b"")
    refused(trying.ask({"notification_id": "x", "event": "credential_deleted"}, "notification"), "invalid_notification_id")
    refused(trying.ask({"notification_id": name, "event": "sold"}, "notification"), "invalid_notification_request")
    refused(trying.ask({"event": "credential_failure"}, "notification"), "invalid_notification_request")
    trying.admitted()
    refused(trying.ask({"notification_id": name, "event": "credential_failure"}, "notification"), "invalid_notification_id")


def test_g5_the_same_nonce_is_good_for_a_wallet_of_an_earlier_moment_but_not_past_its_end(trying: Trying) -> None:
    trying.admitted()
    trying.now -= timedelta(minutes=4)
    assert trying.fetch("course").status_code == 200
