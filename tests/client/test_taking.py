"""The vault before issuers by OpenID4VCI: `@openid4vc/openid4vci` as the other side, and hostile ones, in Node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.node import ROOT, run_node

pytestmark = pytest.mark.node
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    if not (ROOT / "node_modules" / "@openid4vc" / "openid4vci").exists():
        pytest.skip("node_modules is not installed")
    return dict(run_node("taking.mjs"))


def test_an_independent_issuer_takes_the_proofs_and_gives_copies(said: dict[str, Any]) -> None:
    for naming in ("jwk", "did:jwk"):
        taken = said["taken"][naming]
        assert taken["asks"] == [True, "Sent by letter"]
        assert (taken["issuer"], taken["name"]) == ("https://issuer.example/school", "The School")
        assert (taken["copies"], taken["keys"], taken["bound"]) == (2, 2, 2)
        assert taken["proofs"] == [naming] * 2
        assert taken["claims"] == ["cnf", "hours", "iss", "name", "vct"]
        assert taken["notified"] == {"notification_id": "n1", "event": "credential_accepted"}
        assert taken["form"] == {"grant_type": GRANT, "pre-authorized_code": "code", "tx_code": "123456"}
        assert taken["access"] == ["Bearer secret.token"]
    unbound = said["taken"]["unbound"]
    assert (unbound["copies"], unbound["keys"], unbound["bound"], unbound["proofs"]) == (1, 0, 0, [])


def test_hostile_issuers_and_forms_that_a_vault_does_not_take_are_refused(said: dict[str, Any]) -> None:
    foreign = {"token in the open", "credential in the open", "form unknown", "another algorithm"}
    foreign |= {"attested key wanted", "encryption wanted", "another kind of token"}
    expected = {name: "ForeignOffer" if name in foreign else "MalformedValue" for name in said["refusals"]}
    expected["a trouble of its own"] = "Unanswered"
    assert said["refusals"] == expected
    assert len(expected) == 20


def test_the_holder_signs_in_at_the_issuer_and_comes_back_with_a_code(said: dict[str, Any]) -> None:
    found = said["signedIn"]
    wallet = "https://wallet.example/wallet/vault"
    assert found["url"].startswith("https://login.example/authorize?client_id=https%3A%2F%2Fwallet.example")
    assert found["url"].endswith("&request_uri=urn%3Aone")
    pushed = found["pushed"]
    assert (pushed["client_id"], pushed["redirect_uri"], pushed["scope"]) == (wallet, wallet, "course")
    assert (pushed["response_type"], pushed["code_challenge_method"], pushed["issuer_state"]) == ("code", "S256", "the-offer")
    sent = {"grant_type": "authorization_code", "code": "c", "redirect_uri": wallet, "client_id": wallet, "code_verifier": 43}
    assert found["form"] == sent
    assert found["copies"] == 2
    assert found["unpushed"] == sorted(pushed)
    assert found["refused"].pop("begun") == "taken"
    assert set(found["refused"].values()) == {"MalformedValue"}
    assert found["page"] == "ForeignOffer"
