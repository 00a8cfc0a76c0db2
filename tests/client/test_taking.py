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
        assert taken["title"] == "Course"
        assert taken["access"] == ["Bearer *"] * 2  # for the certificate, and to say that it is kept
    assert said["taken"]["anonymous"]["copies"] == 2
    unbound = said["taken"]["unbound"]
    assert (unbound["copies"], unbound["keys"], unbound["bound"], unbound["proofs"]) == (1, 0, 0, [])


def test_hostile_issuers_and_forms_that_a_vault_does_not_take_are_refused(said: dict[str, Any]) -> None:
    foreign = {"token in the open", "credential in the open", "form unknown", "another algorithm"}
    foreign |= {"attested key wanted", "attestation alone", "another kind of token"}
    foreign |= {"makers alone", "secrets alone", "encryption wanted", "questions encrypted otherwise"}
    expected = {name: "ForeignOffer" if name in foreign else "MalformedValue" for name in said["refusals"]}
    expected["a trouble of its own"] = "Unanswered"
    assert said["refusals"] == expected
    assert len(expected) == 25


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


def test_an_interaction_url_leads_to_an_offer_or_a_question_and_to_nobody_else(said: dict[str, Any]) -> None:
    found = said["interactions"]
    offer = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcentre.example%2Foffer"
    assert (found.pop("offer"), found.pop("sent on")) == ([offer, 1], [offer, 2])
    assert found.pop("question")[0].startswith("openid4vp://?client_id=")
    assert found.pop("no way of OpenID") == ["ForeignOffer", 1]
    assert found.pop("no offer") == ["ForeignOffer", 1]
    assert found.pop("sent on twice") == ["MalformedValue", 2]
    assert found == {name: ["MalformedValue", 1] for name in ("sent to somebody else", "sent nowhere", "no protocols", "gone")}
    assert said["recognized"] == [True, False, False, False, False]


class TestChecklist:
    """What the OpenID Foundation's conformance suite asks of a wallet that takes a certificate."""

    def test_a_batch_is_asked_for_with_a_key_for_each_copy(self, said: dict[str, Any]) -> None:
        taken = said["taken"]["jwk"]
        assert (taken["copies"], taken["keys"], taken["bound"], taken["proofs"]) == (2, 2, 2, ["jwk", "jwk"])
        assert said["refusals"]["more than was asked for"] == "MalformedValue"

    def test_the_issuer_is_notified(self, said: dict[str, Any]) -> None:
        assert said["taken"]["jwk"]["notified"] == {"notification_id": "n1", "event": "credential_accepted"}

    def test_a_server_that_takes_attested_wallets_alone_is_left_before_its_code_is_used(self, said: dict[str, Any]) -> None:
        """Nobody vouches for a vault, which says so: there is no attestation, and so no challenge that it could answer."""
        assert said["refusals"]["makers alone"] == "ForeignOffer"


@pytest.fixture(scope="module")
def came_back() -> dict[str, Any]:
    if not (ROOT / "node_modules" / "@openid4vc" / "openid4vci").exists():
        pytest.skip("node_modules is not installed")
    return dict(run_node("returning.mjs"))


def test_what_is_not_ready_is_asked_for_again_under_its_name(came_back: dict[str, Any]) -> None:
    for name in ("plain", "bound", "encrypted", "all"):
        found = came_back[name]
        assert (found["wait"], found["code"]) == (1, ""), name  # the code is used up, and not kept
        assert (found["states"], found["copies"], found["keys"]) == ([True, True, False], 2, 2), name
        assert found["fourth"] == "AccessEnded", name
        assert found["notified"] == {"notification_id": "n2", "event": "credential_accepted"}, name


def test_tokens_are_bound_to_a_key_where_the_server_can(came_back: dict[str, Any]) -> None:
    for name, proofs in (("bound", 6), ("all", 9)):
        assert (came_back[name]["kinds"], came_back[name]["dpop"]) == (["DPoP"], [True] * proofs)
    assert (came_back["plain"]["kinds"], came_back["plain"]["dpop"]) == (["Bearer"], [])


def test_questions_and_answers_are_encrypted_where_the_issuer_can(came_back: dict[str, Any]) -> None:
    assert [came_back[name]["sealed"] for name in ("plain", "encrypted", "all")] == [0, 4, 3]


def test_tokens_that_have_ended_are_renewed_and_kept_before_they_are_used(came_back: dict[str, Any]) -> None:
    same = {"copies": 2, "differ": True, "known": [True], "refreshed": [True]}
    assert came_back["renewed"] == {"plain": same, "bound": same}
    assert (came_back["all"]["refreshed"], came_back["all"]["kept"]) == ([True, True, True, False], 2)


def test_copies_that_were_all_shown_are_replaced_by_others_that_say_the_same(came_back: dict[str, Any]) -> None:
    same = {"copies": 2, "shows": 0, "new": True}
    assert came_back["fresh"] == {"the same": same, "other words": None, "the old keys": None}
    assert came_back["usedUp"] == [False, True, False, False, True, False]


def test_what_is_over_is_told_from_what_is_in_the_way(came_back: dict[str, Any]) -> None:
    assert came_back["over"] == {
        "the issuer knows nothing of it": "over",
        "the token and what renews it": "over",
        "the token, and nothing renews it": "over",
        "a trouble of its own": "Unanswered",
        "its description is away": "MalformedValue",
    }
