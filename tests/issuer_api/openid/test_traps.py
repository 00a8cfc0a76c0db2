"""The traps of wallets in the field, as the paper on OpenID4VC (§3.1) numbers them; what Node's wallet shows is tested there."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.jose import parse_jws
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import new_key

COMPAT = "course-compat_ldp_vc"


def test_trap_1_every_configuration_has_credential_metadata(trying: Trying) -> None:
    found = trying.metadata["credential_configurations_supported"]
    assert [name for name, one in found.items() if not one["credential_metadata"]["claims"]] == []


def old_proof(trying: Trying, **changes: object) -> str:
    """Return a proof as Digital Bazaar's client makes it: no `typ`, no `iat`."""
    moment = int(trying.now.timestamp())
    key = trying.key = new_key("Ed25519")
    kid = f"did:key:{key.public_key.multibase}#{key.public_key.multibase}"
    claims: dict[str, Any] = {"nonce": trying.nonce(), "iat": ..., "nbf": moment, "exp": moment + 300, **changes}
    return trying.proof(header={"kid": kid}, typ="", **claims)


@pytest.mark.parametrize("form", ["trap 3, Digital Bazaar", "trap 4, Sphereon"])
def test_traps_3_and_4_older_wallets_are_served_by_the_compat_configuration_alone(trying: Trying, form: str) -> None:
    def proofs(proof: str) -> dict[str, Any]:
        if "3" in form:
            return {"proofs": {"proof_type": "jwt", "jwt": [proof]}}
        return {"proofs": ..., "proof": {"proof_type": "jwt", "jwt": proof}}

    assert {"issuer", "token_endpoint", "authorization_details_types_supported"} <= trying.metadata.keys()
    assert trying.redeem(trying.offered(COMPAT)["offer"]).json()["token_type"] == "bearer"  # noqa: S105  # no password
    answer = trying.fetch(COMPAT, **proofs(old_proof(trying)))
    assert answer.status_code == 200, answer.text
    refused(trying.fetch(COMPAT, **proofs(old_proof(trying, aud="https://other.example"))), "invalid_proof")
    refused(trying.fetch(COMPAT, **proofs(old_proof(trying, nonce="guessed"))), "invalid_nonce")
    refused(trying.fetch(COMPAT, **proofs(old_proof(trying, exp=1))), "invalid_proof")
    refused(trying.fetch(COMPAT, **proofs(old_proof(trying, nbf=...))), "invalid_proof")
    trying.admitted("course_ldp_vc")
    refused(trying.fetch("course_ldp_vc", **proofs(old_proof(trying))), "invalid_proof")


def test_trap_5_clients_without_client_id_and_clients_without_secret(trying: Trying) -> None:
    server = trying.client.get("/issuers/school/.well-known/oauth-authorization-server").json()
    assert "none" in server["token_endpoint_auth_methods_supported"]
    assert server["pre-authorized_grant_anonymous_access_supported"] is True
    trying.admitted()
    assert trying.push(scope="course", redirect_uri="http://127.0.0.1:49152/any").status_code == 201


def test_trap_6_dpop_is_answered_with_dpop(trying: Trying) -> None:
    trying.dpop = new_key()
    assert trying.redeem(trying.offered()["offer"]).json()["token_type"] == "DPoP"  # noqa: S105  # no password


def test_trap_7_kid_is_a_whole_did_url_of_iss(trying: Trying) -> None:
    trying.admitted()
    copy = trying.fetch("course").json()["credentials"][0]["credential"]
    jws = parse_jws(copy.partition("~")[0], typ={"dc+sd-jwt"})
    assert jws.kid == f"{jws.claims()['iss']}#k1"


def test_trap_8_a_nonce_for_each_proof_or_one_for_all(trying: Trying) -> None:
    trying.admitted()
    many = [trying.proof(trying.nonce(), new_key()) for _ in range(3)]
    assert trying.fetch("course", *many).status_code == 200
    one = trying.nonce()
    assert trying.fetch("course", *(trying.proof(one, new_key()) for _ in range(3))).status_code == 200
    fresh = trying.nonce()
    refused(trying.fetch("course", trying.proof(fresh, new_key()), trying.proof(one, new_key())), "invalid_nonce")
    assert trying.fetch("course", trying.proof(fresh, new_key())).status_code == 200  # all are spent, or none


@pytest.mark.parametrize("path", ["", "/"])
def test_metadata_stand_inserted_and_appended_and_are_readable_from_any_origin(trying: Trying, path: str) -> None:
    for name in ("openid-credential-issuer", "oauth-authorization-server"):
        inserted = trying.client.get(f"/.well-known/{name}/issuers/school{path}")
        appended = trying.client.get(f"/issuers/school/.well-known/{name}")
        assert inserted.json() == appended.json()
        assert inserted.headers["access-control-allow-origin"] == "*"


def test_browsers_may_ask_before_they_send(trying: Trying) -> None:
    trying.admitted()  # so that there is a list
    for path in ("token", "nonce", "credential", "deferred_credential", "notification", "par"):
        answer = trying.client.options(f"{trying.issuer}/{path}", headers={"Origin": "https://wallet.example"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
        assert "DPoP" in answer.headers["access-control-allow-headers"]
    for path in ("/issuers/school/did.json", "/status/school-1-tokens"):
        assert trying.client.get(path).headers["access-control-allow-origin"] == "*"
