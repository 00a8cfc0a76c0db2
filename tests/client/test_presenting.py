"""The vault before verifiers: `@openid4vc/openid4vp` as an asker, hostile questions, and the query language, in Node."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from credentials.dids import verification_key
from credentials.encoding import b64url_encode
from credentials.errors import InvalidChallengeError
from credentials.fetching import NoNetwork
from credentials.jose import encode_json, sign_jws
from credentials.keys import InMemorySigner, generate_private_key
from credentials.mdoc import Validity, issue_mdoc
from credentials.verify import VerificationOptions
from credentials.vp_jwt_1_1 import open_vp_jwt_1_1
from tests.client.node import ROOT, run_node
from tests.verifier.openid.wallet import ISSUER, course
from verifier.presentations import verify_holder

pytestmark = pytest.mark.node
NOW: Final = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
V2: Final = "https://www.w3.org/ns/credentials/v2"
PROVEN: Final = {"host": "asker.example", "proven": True}
UNKNOWN: Final = {"host": "asker.example", "proven": False}


def jwk() -> tuple[dict[str, str], InMemorySigner]:
    """A private key, and the same for us."""
    secret = generate_private_key("ES256")
    signer = InMemorySigner("did:example:x#k", secret, "ES256")
    return signer.public_key.jwk() | {"d": b64url_encode(secret)}, signer


def certificate(private: dict[str, str], made_on: dt.datetime = NOW) -> str:
    """A certificate of the asker's host for a key, by an authority of its own."""
    number = int.from_bytes(base64.urlsafe_b64decode(private["d"] + "=="), "big")
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "asker")]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
        .public_key(ec.derive_private_key(number, ec.SECP256R1()).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made_on - dt.timedelta(days=1))
        .not_valid_after(made_on + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("asker.example")]), critical=False)
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def document(holder: str) -> dict[str, Any]:
    """A certificate that nobody signed: what is looked at here is what the holder adds."""
    return {"@context": [V2], "type": ["VerifiableCredential"], "issuer": "did:example:x", "credentialSubject": {"id": holder}}


def old_token(holder: str) -> str:
    """A certificate as version 1.1 puts it into a JWT."""
    vc = document(holder) | {"@context": ["https://www.w3.org/2018/credentials/v1"]}
    return sign_jws(encode_json({"iss": "did:example:x", "vc": vc}), ISSUER, typ="JWT")


def mobile_document(issuer: InMemorySigner, holder: InMemorySigner, x5c: list[str]) -> str:
    validity = Validity(NOW, NOW, NOW + dt.timedelta(days=1))
    elements = {"org.example": {"name": "Welding", "hours": 120}}
    made = issue_mdoc("org.example.course", elements, issuer, entropy=bytes, holder=holder.public_key, validity=validity, x5c=x5c)
    return b64url_encode(made)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    if not (ROOT / "node_modules" / "@openid4vc" / "openid4vp").exists():
        pytest.skip("node_modules is not installed")
    (key, asker), (holder, signer), (attester, authority) = jwk(), jwk(), jwk()
    x5c = [certificate(key)]
    given = {
        "x5c": x5c,
        "mdoc": mobile_document(asker, signer, x5c),
        "mdocByName": mobile_document(asker, signer, []),
        "key": key,
        "attester": attester,
        "attesterMultibase": authority.public_key.multibase,
        "holder": holder,
        "credentials": [course(signer)],
        "issuer": ISSUER.public_key.jwk(),
        "holderDid": f"did:key:{signer.public_key.multibase}",
        "jwt": old_token(f"did:key:{signer.public_key.multibase}"),
        "document": json.dumps(document(f"did:key:{signer.public_key.multibase}")),
        "now": NOW.isoformat(),
    }
    return dict(run_node("presenting.mjs", given=json.dumps(given)))


def test_an_independent_verifier_takes_what_the_vault_shows(said: dict[str, Any]) -> None:
    assert said["flows"].keys() == {"hash", "hash-256", "own-audience", "san", "did", "unsigned"}
    for name, flow in said["flows"].items():
        assert flow["claims"] == ["cnf", "iss", "name", "vct"], name
        assert (flow["name"], flow["audience"], flow["age"], flow["state"]) == ("Welding", True, 0, "one")
        assert (flow["told"], sorted(flow["kept"])) == (["name"], ["address", "hours"])
        assert flow["next"] == "https://asker.example/done"
        assert flow["encrypted"] is name.startswith("hash")
        assert flow["asker"] == (PROVEN if name in {"san", "did"} else UNKNOWN), name


def test_h4_and_h5_hostile_questions_are_refused_each_for_its_reason(said: dict[str, Any]) -> None:
    refused = said["refusals"]
    assert {name for name, why in refused.items() if why == "read"} == {"good", "good unsigned", "mismatching iss"}
    by_reason: dict[str, set[str]] = {}
    for name, why in refused.items():
        by_reason.setdefault(why, set()).add(name)
    assert by_reason.pop("read")
    assert by_reason.pop("ended") == {"expired", "not yet"}
    assert by_reason.pop("gone") == {"request not there"}
    assert by_reason.pop("unsupported") == {
        *("unknown prefix", "no prefix", "fragment mode", "id_token", "unknown transaction", "no key to encrypt to"),
        *("a transaction of a type that nobody knows", "for the browser's API", "for the browser's API, encrypted"),
    }
    assert by_reason.pop("identity") == {
        *("another certificate named", "link and request differ", "certificate of another host", "answer to another host"),
        *("signed by another", "no algorithm", "did without document", "key of another did", "document of another did"),
        *("unsigned with a signed prefix", "signed with the unsigned prefix", "answer elsewhere than the unsigned asker"),
        *("no nonce of this vault", "nonce of another vault"),
    }
    assert by_reason.pop("form") == {
        *(
            "another audience",
            "no audience",
            "time is no time",
            "no certificate",
            "certificate is garbage",
            "another kind of token",
        ),
        *("critical unknown", "no nonce", "nonce of spaces", "redirect_uri with direct_post", "answer in the open", "no query"),
        *("query is too large", "unknown method", "request too large", "request in the open", "request in two ways", "no link"),
        "signed by several",
    }
    assert by_reason == {}


class TestChecklist:
    """What the OpenID Foundation's conformance suite asks of a wallet that is shown a question."""

    def test_unusable_encryption_keys_are_passed_over(self, said: dict[str, Any]) -> None:
        assert said["chosenKeys"] == [["good", "A128GCM"], ["first", "A256GCM"]]
        assert said["refusals"]["no key to encrypt to"] == "unsupported"

    def test_a_mismatching_iss_is_ignored(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["mismatching iss"] == "read"

    def test_a_query_without_claims_discloses_nothing(self, said: dict[str, Any]) -> None:
        assert said["plans"]["nothing"]["seen"] == {"a": [[]]}

    def test_a_required_credential_set_must_be_met_and_an_optional_one_may(self, said: dict[str, Any]) -> None:
        sets = said["plans"]["sets"]
        assert (sets["needed"], sets["optional"], sets["can"]) == (["b"], [["c"]], True)

    def test_a_bad_request_signature_is_refused(self, said: dict[str, Any]) -> None:
        assert (said["refusals"]["signed by another"], said["refusals"]["no algorithm"]) == ("identity", "identity")

    def test_a_mismatched_client_id_is_refused(self, said: dict[str, Any]) -> None:
        assert (said["refusals"]["link and request differ"], said["refusals"]["another certificate named"]) == (
            "identity",
            "identity",
        )

    def test_an_unknown_prefix_is_refused(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["unknown prefix"] == "unsupported"

    def test_a_missing_nonce_is_refused(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["no nonce"] == "form"

    def test_redirect_uri_with_direct_post_is_refused(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["redirect_uri with direct_post"] == "form"

    def test_a_response_uri_other_than_the_unsigned_client_id_is_refused(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["answer elsewhere than the unsigned asker"] == "identity"

    def test_an_unknown_transaction_data_type_is_refused(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["a transaction of a type that nobody knows"] == "unsupported"

    def test_what_is_for_the_browsers_api_is_refused_whatever_its_expected_origins(self, said: dict[str, Any]) -> None:
        """A page is no wallet to the browser's API: such a request comes by a link only where somebody put it there."""
        assert {said["refusals"][name] for name in ("for the browser's API", "for the browser's API, encrypted")} == {"unsupported"}

    def test_what_several_signed_is_refused_as_it_belongs_to_the_browsers_api(self, said: dict[str, Any]) -> None:
        assert said["refusals"]["signed by several"] == "form"


def test_who_is_vouched_for_by_an_authority_of_the_lists_is_known_by_that_name(said: dict[str, Any]) -> None:
    attested = said["attested"]
    assert {name for name, why in attested.items() if why == "read"} == {"good", "good, with its addresses"}
    assert {name for name, why in attested.items() if why == "form"} == {"no attestation"}
    assert set(attested.values()) == {"read", "form", "identity"}
    assert len(attested) == 15
    assert said["vouchedFor"] == "employer"


def test_the_fewest_claims_that_will_do_are_shown(said: dict[str, Any]) -> None:
    plans = said["plans"]
    assert plans["nothing"]["seen"] == {"a": [[]]}
    assert plans["inside"]["seen"] == {"a": [[["address", {"town": "Cebu"}]]]}
    assert plans["value"]["seen"] == {"a": [[["hours", 120]]]}
    assert plans["claim sets"]["seen"] == {"a": [[["hours", 120]]]}
    for name in ("other value", "other type", "authority"):
        assert (plans[name]["can"], plans[name]["seen"]) == (False, {"a": []}), name
    sets = plans["sets"]
    assert (sets["needed"], sets["optional"], sets["can"]) == (["b"], [["c"]], True)


def test_whole_certificates_are_presented_for_one_asker(said: dict[str, Any]) -> None:
    wholes = said["wholes"]
    assert (wholes["jwt"]["whole"], wholes["document"]["whole"], wholes["other"]["presented"]) == (True, True, None)
    audience, nonce = wholes["jwt"]["for"]
    envelope, tokens = open_vp_jwt_1_1(wholes["jwt"]["presented"])
    envelope.verify(lambda method, purpose: verification_key(method, purpose, NoNetwork(), now=NOW), purpose="authentication")
    envelope.check_issuer_key()
    envelope.check_audience(domain=audience, challenge=nonce, now=NOW, clock_skew=dt.timedelta(0))
    assert len(tokens) == 1
    options = VerificationOptions(now=NOW, fetcher=NoNetwork(), domain=audience, challenge=nonce)
    presentation, signed = verify_holder(wholes["document"]["presented"], options)
    assert [method.partition("#")[0] for method in signed] == [presentation.document["holder"]]
    with pytest.raises(InvalidChallengeError):
        verify_holder(wholes["document"]["presented"], replace(options, challenge="another"))


def test_a_changed_mobile_document_is_noticed_at_every_byte(said: dict[str, Any]) -> None:
    mdoc = said["mdoc"]
    assert mdoc["whole"] is True
    assert mdoc["byName"] is None  # no certificate stands in it: that could not be checked
    assert mdoc["claims"] == {"org.example": {"name": "Welding", "hours": 120}}
    assert mdoc["cut"] == 0
    assert mdoc["unnoticed"] == []


def test_a_no_says_nothing_else(said: dict[str, Any]) -> None:
    assert said["declined"] == [{"error": "access_denied", "state": "s"}]
    assert said["links"] == [True, False, False]
