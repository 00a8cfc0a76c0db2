"""What the issuer of this deployment hands to a wallet, its verifier takes: in every format, bound to the wallet's key."""

from __future__ import annotations

from typing import Any, Final

import pytest

from comity.conformance.trial import SLUG
from credentials.data_integrity import add_proof_set
from credentials.encoding import b64url_decode, b64url_encode
from credentials.jose import encode_json
from credentials.jwe import thumbprint
from credentials.keys import InMemorySigner, generate_private_key
from credentials.mdoc import looks_like_mdoc, openid4vp_handover, present_mdoc, session_transcript
from credentials.vc_jwt import VP_JWT, secure_jwt
from tests.issuer_api.openid.wallet import Wallet as Receiving
from tests.verifier.openid.desk import BASE, QUERY, Desk
from tests.verifier.openid.wallet import Wallet

V2: Final = "https://www.w3.org/ns/credentials/v2"
ASKED: Final[dict[str, dict[str, Any]]] = {
    "course": QUERY,
    "course_ldp_vc": {"credentials": [{"id": "course", "format": "ldp_vc", "meta": {"type_values": [["OpenBadgeCredential"]]}}]},
    "course_jwt_vc_json": {
        "credentials": [{"id": "course", "format": "jwt_vc_json", "meta": {"type_values": [["OpenBadgeCredential"]]}}]
    },
    "course_mso_mdoc": {
        "credentials": [
            {
                "id": "course",
                "format": "mso_mdoc",
                "meta": {"doctype_value": "example.comity.1.training"},
                "claims": [{"path": ["example.comity.1", "achievement"]}],
            }
        ]
    },
}


def did_jwk() -> InMemorySigner:
    secret = generate_private_key("ES256")
    public = InMemorySigner("", secret, "ES256").public_key
    return InMemorySigner(f"did:jwk:{b64url_encode(encode_json(public.jwk()))}#0", secret, "ES256")


def received(desk: Desk, configuration: str, holder: InMemorySigner) -> Any:  # noqa: ANN401  # a text or an object
    wallet = Receiving(desk.client, f"{BASE}/issuers/{SLUG}", desk.now, key=holder)
    offer = desk.client.post("/issuer/api/v1/offers", json={"credential_configuration_id": configuration}).json()["offer"]
    assert wallet.redeem(offer).status_code == 200
    answer = wallet.fetch(configuration)
    assert answer.status_code == 200, answer.text
    return answer.json()["credentials"][0]["credential"]


def presented(request: dict[str, Any], credential: Any, holder: InMemorySigner, desk: Desk) -> object:  # noqa: ANN401
    if isinstance(credential, str) and "~" in credential:
        return Wallet(desk.client, holder).present(request, credential, now=desk.now)
    if isinstance(credential, str) and looks_like_mdoc(credential.encode()):
        [recipient] = request["client_metadata"]["jwks"]["keys"]
        handover = openid4vp_handover(request["client_id"], request["nonce"], request["response_uri"], thumbprint(recipient))
        shown = [("example.comity.1", "achievement"), ("example.comity.1", "name")]
        return b64url_encode(present_mdoc(b64url_decode(credential), shown, session_transcript(handover), holder))
    carried = credential if isinstance(credential, dict) else enveloped(credential)
    did = holder.verification_method.partition("#")[0]
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": did, "verifiableCredential": [carried]}
    if isinstance(credential, str):
        claims = {"aud": request["client_id"], "nonce": request["nonce"]}
        return secure_jwt(document, holder, media_type=VP_JWT, claims=claims).decode()
    return add_proof_set(
        document,
        holder,
        created=desk.now,
        cryptosuites=["ecdsa-jcs-2019"],
        purpose="authentication",
        domain=request["client_id"],
        challenge=request["nonce"],
    )


def enveloped(credential: str) -> dict[str, Any]:
    return {"@context": [V2], "id": f"data:application/vc+jwt,{credential}", "type": "EnvelopedVerifiableCredential"}


@pytest.mark.parametrize("configuration", ASKED)
def test_a_course_goes_from_the_issuer_by_the_wallet_to_the_verifier(desk: Desk, configuration: str) -> None:
    holder, wallet = did_jwk(), desk.wallet
    credential = received(desk, configuration, holder)
    asked = wallet.ask(mode="direct_post.jwt", signer="x509_hash", query=ASKED[configuration])
    request = wallet.fetch(asked["request"])
    answer = wallet.post(request, {"course": [presented(request, credential, holder, desk)]})
    assert answer.status_code == 200, answer.text
    report = wallet.answer(asked["id"])["report"]
    assert report["verified"] is True, report
    thief = did_jwk()
    stolen = wallet.fetch(wallet.ask(mode="direct_post.jwt", signer="x509_hash", query=ASKED[configuration])["request"])
    token = {"course": [presented(stolen, credential, thief, desk)]}
    assert wallet.post(stolen, token).json()["type"].endswith("KEY_BINDING_ERROR")
