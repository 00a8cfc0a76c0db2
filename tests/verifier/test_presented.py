"""What a presentation carries: nested in one another, in each format, and bound to the key that presents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set
from credentials.data_url import data_url
from credentials.keys import InMemorySigner
from credentials.sd_jwt import bind
from credentials.sd_jwt_vc import DC_SD_JWT, issue_sd_jwt_vc
from credentials.securing import SECURING_MECHANISMS, SecuringOptions, secure
from credentials.vc_cose import VP_COSE, secure_cose
from credentials.vc_jwt import VC_JWT, VP_JWT, secure_jwt
from credentials.vc_sd_jwt import VC_SD_JWT, VP_SD_JWT, open_sd_jwt, secure_sd_jwt
from credentials.verify import VerificationOptions
from tests.credentials.sd_jwt.making import Counted
from tests.credentials.world import NOW, V2, Outside, credential, did_of, key_signer, secured
from verifier.presentations import verify_presentation

ISSUER: Final = key_signer()
HOLDER, STRANGER = key_signer("holder"), key_signer("stranger")
ASKED: Final = {"domain": "verifier.example", "challenge": "n-1"}
Wrap = Callable[[dict[str, Any], InMemorySigner], Any]


def report(content: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    return verify_presentation(content, VerificationOptions(now=NOW, fetcher=Outside(), **options))


def enveloped(media_type: str, content: bytes) -> dict[str, Any]:
    return {"@context": [V2], "type": "EnvelopedVerifiableCredential", "id": data_url(media_type, content)}


def presentation(*carried: object, holder: InMemorySigner = HOLDER, **more: object) -> dict[str, Any]:
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": did_of(holder)}
    return document | ({"verifiableCredential": list(carried)} if carried else {}) | more


def proven(document: dict[str, Any], signer: InMemorySigner, suite: str = "eddsa-rdfc-2022") -> dict[str, Any]:
    return add_proof_set(
        document, signer, created=NOW, purpose="authentication", cryptosuites=[suite], domain=ASKED["domain"],
        challenge=ASKED["challenge"],
    )  # fmt: skip


def claims() -> dict[str, str]:
    return {"aud": ASKED["domain"], "nonce": ASKED["challenge"]}


WRAPS: Final[dict[str, Wrap]] = {
    "eddsa-rdfc-2022": proven,
    "eddsa-jcs-2022": lambda document, signer: proven(document, signer, "eddsa-jcs-2022"),
    VP_JWT: lambda document, signer: secure_jwt(document, signer, media_type=VP_JWT, claims=claims()),
    VP_COSE: lambda document, signer: secure_cose(document, signer, media_type=VP_COSE, claims=claims()),
}
EACH_WRAP = pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)


def of_each_format() -> list[dict[str, Any]]:
    options = SecuringOptions(created=NOW, entropy=Counted(), vct="urn:course:1")
    return [secured(credential())] + [
        enveloped(media_type, secure(credential(), ISSUER, media_type, options))
        for media_type, mechanism in SECURING_MECHANISMS.items()
        if mechanism.secure is not None and mechanism.open is not None
    ]


@EACH_WRAP
def test_a_presentation_carries_credentials_of_every_format(wrap: Wrap) -> None:
    carried = of_each_format()
    told = report(wrap(presentation(*carried), HOLDER), **ASKED)
    assert told["verified"]
    assert [one["verified"] for one in told["credentialResults"]] == [True] * 5 == [True] * len(carried)


@EACH_WRAP
def test_it_answers_one_question_of_one_verifier(wrap: Wrap) -> None:
    shown = wrap(presentation(*of_each_format()[:1]), HOLDER)
    for other in ({"domain": "another.example"}, {"challenge": "n-2"}):
        assert not report(shown, **{**ASKED, **other})["verified"]
        assert not report(shown, **other)["verified"]


def secured_envelope() -> dict[str, Any]:
    """Return an envelope with a proof beside it, which nobody would check."""
    return {**of_each_format()[1], "proof": secured(credential())["proof"]}


@EACH_WRAP
def test_an_envelope_in_an_envelope_is_opened_once(wrap: Wrap) -> None:
    inner = secure_jwt(presentation(), HOLDER, media_type=VP_JWT, claims=claims())
    outer = {"@context": [V2], "type": "EnvelopedVerifiablePresentation", "id": data_url(VP_JWT, inner)}
    assert report(outer, **ASKED)["verified"]
    assert not report(wrap(outer, HOLDER), **ASKED)["verified"]
    assert not report(presentation(secured_envelope()))["verified"]
    of_credentials = enveloped(VC_JWT, secure_jwt(of_each_format()[1], ISSUER))
    assert not report(presentation(of_credentials))["verified"]


@EACH_WRAP
def test_a_presentation_is_no_credential_of_a_presentation(wrap: Wrap) -> None:
    assert not report(wrap(presentation(presentation()), HOLDER), **ASKED)["verified"]
    inner = secure_jwt(presentation(), HOLDER, media_type=VP_JWT)
    assert not report(wrap(presentation(enveloped(VP_JWT, inner)), HOLDER), **ASKED)["verified"]


@EACH_WRAP
def test_a_term_that_no_context_defines_is_refused_in_every_form(wrap: Wrap) -> None:
    added_later = wrap is proven  # its signer refuses it too
    shown = proven(presentation(), HOLDER) | {"undefined": "term"} if added_later else wrap(presentation(undefined="term"), HOLDER)
    told = report(shown, **ASKED)
    assert not told["verified"]
    assert told["problemDetails"][0]["type"].endswith("DATA_LOSS_DETECTION_ERROR")


def bound_to(holder: InMemorySigner, media_type: str) -> bytes:
    """Return a credential that names its holder's key."""
    if media_type == VC_SD_JWT:
        return secure_sd_jwt(credential(), ISSUER, entropy=Counted(), holder=holder.public_key)
    if media_type == DC_SD_JWT:
        said = {"iss": did_of(ISSUER), "vct": "urn:course:1"}
        return issue_sd_jwt_vc(said, ISSUER, entropy=Counted(), holder=holder.public_key)
    return secure_jwt(credential(), ISSUER, claims={"cnf": {"jwk": holder.public_key.jwk()}})


@EACH_WRAP
@pytest.mark.parametrize("media_type", [VC_JWT, VC_SD_JWT, DC_SD_JWT])
def test_what_is_bound_to_a_key_is_presented_by_who_has_it(wrap: Wrap, media_type: str) -> None:
    carried = enveloped(media_type, bound_to(HOLDER, media_type))
    assert report(wrap(presentation(carried), HOLDER), **ASKED)["verified"]
    told = report(wrap(presentation(carried, holder=STRANGER), STRANGER), **ASKED)
    assert not told["verified"]
    assert told["problemDetails"] == []
    assert [problem["pointer"] for problem in told["credentialResults"][0]["problemDetails"]] == ["/cnf"]


def test_a_key_binding_of_its_own_answers_for_it() -> None:
    opened = open_sd_jwt(bound_to(HOLDER, VC_SD_JWT)).sd_jwt
    for nonce, expected in (("n-1", True), ("n-2", False)):
        alone = bind(opened, HOLDER, audience=ASKED["domain"], nonce=nonce, now=NOW).encode()
        shown = proven(presentation(enveloped(VC_SD_JWT, alone), holder=STRANGER), STRANGER)
        assert report(shown, **ASKED)["verified"] is expected


@pytest.mark.parametrize("confirmation", [7, {}, {"kid": "k"}, {"jwk": 7}, {"jwk": {"kty": "RSA"}}])
def test_a_key_that_we_do_not_know_is_nobodys(confirmation: object) -> None:
    carried = enveloped(VC_JWT, secure_jwt(credential(), ISSUER, claims={"cnf": confirmation}))
    assert not report(proven(presentation(carried), HOLDER), **ASKED)["verified"]


def test_where_nothing_was_asked_nobody_is_shown_to_present() -> None:
    carried = enveloped(VC_SD_JWT, bound_to(HOLDER, VC_SD_JWT))
    assert report(presentation(carried, holder=STRANGER))["verified"]


def test_a_presentation_as_sd_jwt_shows_what_the_holder_chose() -> None:
    document = presentation(*of_each_format()[:2])
    shown = secure_sd_jwt(document, HOLDER, entropy=Counted(), media_type=VP_SD_JWT, holder=HOLDER.public_key)
    whole = open_sd_jwt(shown, media_type=VP_SD_JWT).sd_jwt
    answered = bind(whole, HOLDER, audience=ASKED["domain"], nonce=ASKED["challenge"], now=NOW).encode()
    assert report(answered, **ASKED)["verified"]
    assert not report(shown, **ASKED)["verified"]
    assert report(shown)["verified"]
