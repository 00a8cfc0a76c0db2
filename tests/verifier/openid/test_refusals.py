"""Answers that are none, and questions that cannot be asked: each with its problem."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from credentials.encoding import b64url_decode
from credentials.errors import COMITY, VC
from credentials.jwe import encrypt
from credentials.parsing import parse_json
from tests.verifier.openid.desk import COURSE, QUERY, SHORT, Desk, assert_refused
from tests.verifier.openid.wallet import course, encrypted

ENCRYPTED: Final[dict[str, Any]] = SHORT | {"mode": "direct_post.jwt"}


def asked(desk: Desk, **message: Any) -> tuple[dict[str, Any], str]:  # noqa: ANN401  # members of a message
    """Return (the request, its id)."""
    made = desk.wallet.ask(**(message or SHORT))
    return desk.wallet.fetch(made["request"]), made["id"]


def test_h1_and_e12_of_many_answers_at_once_one_is_taken(desk: Desk) -> None:
    wallet = desk.wallet
    request, identifier = asked(desk)
    token = {"course": [wallet.present(request, now=desk.now)]}
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda _: wallet.post(request, token), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    for answer in answers:
        if answer.status_code != 200:
            assert_refused(answer, "SESSION_USED")
    assert wallet.answer(identifier)["state"] == "answered"
    assert desk.client.get(f"/verifier/wallet/requests/{request['state']}").status_code == 410


def test_h2_the_state_of_another_session_is_refused(desk: Desk) -> None:
    wallet = desk.wallet
    (mine, identifier), (other, _) = asked(desk), asked(desk)
    token = {"course": [wallet.present(mine, now=desk.now)]}
    assert_refused(wallet.post(mine | {"state": other["state"]}, token), "INVALID_RESPONSE")
    assert_refused(wallet.post(mine | {"response_uri": other["response_uri"], "state": other["state"]}, token), "KEY_BINDING_ERROR")
    assert wallet.answer(identifier)["state"] == "fetched"
    missing = {"vp_token": "{}"}
    assert_refused(desk.client.post(mine["response_uri"], data=missing), "INVALID_RESPONSE")


def test_h3_another_way_of_answering_is_refused(desk: Desk) -> None:
    wallet = desk.wallet
    hidden, _ = asked(desk, **ENCRYPTED)
    token = {"course": [wallet.present(hidden, now=desk.now)]}
    assert_refused(wallet.post(hidden | {"response_mode": "direct_post"}, token), "INVALID_RESPONSE")
    plain, _ = asked(desk)
    spelled = encrypted(hidden, {"vp_token": token, "state": plain["state"]})
    assert_refused(desk.client.post(plain["response_uri"], data={"response": spelled}), "INVALID_RESPONSE")


def test_h10_an_answer_to_the_key_of_another_request_does_not_open(desk: Desk) -> None:
    wallet = desk.wallet
    (old, _), (new, identifier) = asked(desk, **ENCRYPTED), asked(desk, **ENCRYPTED)
    answer = {"vp_token": {"course": [wallet.present(new, now=desk.now)]}, "state": new["state"]}
    assert_refused(desk.client.post(new["response_uri"], data={"response": encrypted(old, answer)}), "DECRYPTION_ERROR")
    [key] = new["client_metadata"]["jwks"]["keys"]
    [other] = old["client_metadata"]["jwks"]["keys"]
    crossed = encrypt(b"{}", other | {"kid": key["kid"]}, enc="A128GCM")
    assert_refused(desk.client.post(new["response_uri"], data={"response": crossed}), "DECRYPTION_ERROR")
    assert_refused(desk.client.post(new["response_uri"], data={"response": "a.b.c"}), VC + "PARSING_ERROR")
    assert wallet.answer(identifier)["state"] == "fetched"


def test_keys_are_made_for_one_request(desk: Desk) -> None:
    keys = [asked(desk, **ENCRYPTED)[0]["client_metadata"]["jwks"]["keys"][0] for _ in range(2)]
    assert keys[0]["x"] != keys[1]["x"]
    assert keys[0].keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_h7_nobody_reads_an_answer_by_what_the_wallet_knows(desk: Desk) -> None:
    request, _ = asked(desk)
    for known in (request["state"], request["nonce"], ""):
        assert desk.client.get(f"/verifier/api/v1/requests/{known or 'x'}").status_code == 404


def test_h8_what_was_not_asked_for_is_dropped_and_counted(desk: Desk) -> None:
    wallet = desk.wallet
    request, identifier = asked(desk)
    shown = wallet.present(request, now=desk.now, show=("name", "hours", "address", "street"))
    assert wallet.post(request, {"course": [shown]}).status_code == 200
    [found] = wallet.answer(identifier)["report"]["presentations"]
    assert (found["notAskedFor"], found["claims"]["name"]) == (3, "Welding")
    assert not {"hours", "address"} & found["claims"].keys()


def test_a_presentation_without_what_was_asked_is_no_answer(desk: Desk) -> None:
    wallet = desk.wallet
    request, _ = asked(desk)
    assert_refused(wallet.post(request, {"course": [wallet.present(request, now=desk.now, show=())]}), "QUERY_NOT_ANSWERED")
    request, _ = asked(desk)
    other = course(wallet.holder, vct="urn:other")
    assert_refused(wallet.post(request, {"course": [wallet.present(request, other, now=desk.now)]}), "QUERY_NOT_ANSWERED")
    request, _ = asked(desk)
    shown = wallet.present(request, now=desk.now)
    assert_refused(wallet.post(request, {"course": [shown], "another": [shown]}), "QUERY_NOT_ANSWERED")


@pytest.mark.parametrize("token", [[], {}, {"course": "text"}, {"course": []}, {"course": [1]}, {"course": ["x"] * 21}])
def test_what_is_no_vp_token_does_not_use_up_the_request(desk: Desk, token: object) -> None:
    request, identifier = asked(desk)
    assert_refused(desk.wallet.post(request, token), "INVALID_RESPONSE")
    assert desk.wallet.answer(identifier)["state"] == "fetched"


def test_what_cannot_be_read_is_refused_by_name(desk: Desk) -> None:
    request, identifier = asked(desk)
    assert_refused(desk.wallet.post(request, {"course": ["no SD-JWT"]}), VC + "PARSING_ERROR")
    assert desk.wallet.answer(identifier)["state"] == "refused"


def test_a_wallet_may_decline(desk: Desk) -> None:
    request, identifier = asked(desk, **ENCRYPTED)
    assert_refused(desk.client.post(request["response_uri"], data={"error": "access_denied"}), "INVALID_RESPONSE")
    said = desk.client.post(request["response_uri"], data={"error": "access_denied", "state": request["state"]})
    assert (said.status_code, said.json()) == (200, {})
    assert desk.wallet.answer(identifier) == {"state": "declined", "report": None, "recognition": None}


def test_a_request_ends(desk: Desk) -> None:
    request, identifier = asked(desk)
    with desk.later(minutes=11):
        token = {"course": [desk.wallet.present(request, now=desk.now)]}
        assert_refused(desk.wallet.post(request, token), "SESSION_ENDED")
        assert desk.client.get(f"/verifier/wallet/requests/{request['state']}").status_code == 410
        assert desk.wallet.answer(identifier)["state"] == "expired"
    with desk.later(minutes=61):
        assert desk.client.get(f"/verifier/api/v1/requests/{identifier}").status_code == 404
        asked(desk)
    assert desk.client.get(f"/verifier/wallet/requests/{request['state']}").status_code == 404


PAYMENT: Final = {"type": "declaration", "credential_ids": ["course"], "text": "I accept the contract of 1 December"}


def test_a_transaction_is_signed_with_the_presentation(desk: Desk) -> None:
    wallet = desk.wallet
    long = {"response_mode": "direct_post", "client_id_prefix": "x509_hash", "dcql_query": QUERY, "transaction_data": [PAYMENT]}
    for hashed, problem in ((True, ""), (False, "TRANSACTION_DATA_ERROR")):
        request, _ = asked(desk, **long)
        [text] = request["transaction_data"]
        assert parse_json(b64url_decode(text)) == PAYMENT
        from_text = wallet.hashed(text if hashed else text + "x")
        signed = wallet.present(request, now=desk.now, transaction_data_hashes=[from_text])
        posted = wallet.post(request, {"course": [signed]})
        if problem:
            assert_refused(posted, problem)
        assert posted.status_code == (400 if problem else 200)
    request, _ = asked(desk, **long)
    assert_refused(wallet.post(request, {"course": [wallet.present(request, now=desk.now)]}), "TRANSACTION_DATA_ERROR")


LONG: Final[dict[str, Any]] = {"response_mode": "direct_post", "client_id_prefix": "x509_hash", "dcql_query": QUERY}
HAIP: Final[dict[str, Any]] = LONG | {"response_mode": "direct_post.jwt", "haip": True}
NO_HAIP: Final = COMITY + "NOT_ALLOWED_BY_HAIP"
MALFORMED: Final = VC + "MALFORMED_VALUE_ERROR"


def with_course(**changes: object) -> dict[str, Any]:
    return {"credentials": [COURSE | changes]}


@pytest.mark.parametrize(
    ("message", "problem", "pointer"),
    [
        pytest.param({}, MALFORMED, "/response_mode", id="nothing"),
        pytest.param(LONG | {"client_id_prefix": None}, MALFORMED, "/client_id_prefix", id="no prefix"),
        pytest.param(LONG | {"dcql_query": None}, MALFORMED, "/dcql_query", id="no query"),
        pytest.param(LONG | {"dcql_query": {}}, MALFORMED, "/dcql_query/credentials", id="an empty query"),
        pytest.param(
            LONG | {"dcql_query": with_course(format="anoncreds")}, MALFORMED, "/dcql_query/credentials/0/format", id="a format"
        ),
        pytest.param(SHORT | {"signer": "nobody"}, MALFORMED, "/signer", id="an unknown signer"),
        pytest.param(
            LONG | {"client_id_prefix": "redirect_uri", "request_uri_method": "post"}, MALFORMED, "/request_uri_method", id="post"
        ),
        pytest.param(
            LONG | {"transaction_data": [{"type": "x", "credential_ids": ["y"]}]},
            MALFORMED,
            "/transaction_data/0/credential_ids",
            id="a transaction of another credential",
        ),
        pytest.param(LONG | {"transaction_data": [{}]}, MALFORMED, "/transaction_data/0", id="a transaction of no type"),
        pytest.param(
            LONG | {"transaction_data": [PAYMENT | {"transaction_data_hashes_alg": ["md5"]}]},
            MALFORMED,
            "/transaction_data/0/transaction_data_hashes_alg",
            id="a hash",
        ),
        pytest.param(
            LONG | {"response_mode": "dc_api", "expected_origins": ["employer.example/x"]},
            MALFORMED,
            "/expected_origins/0",
            id="origin",
        ),
        pytest.param(
            LONG | {"response_mode": "dc_api", "same_device": True}, MALFORMED, "/same_device", id="a browser and a device"
        ),
        pytest.param(HAIP | {"response_mode": "direct_post"}, NO_HAIP, "/response_mode", id="HAIP: in the open"),
        pytest.param(HAIP | {"response_mode": "dc_api"}, NO_HAIP, "/response_mode", id="HAIP: by the browser in the open"),
        pytest.param(HAIP | {"client_id_prefix": "redirect_uri"}, NO_HAIP, "/client_id_prefix", id="HAIP: unsigned"),
        pytest.param(HAIP | {"client_id_prefix": "x509_san_dns"}, NO_HAIP, "/client_id_prefix", id="HAIP: by host"),
        pytest.param(HAIP | {"client_id_prefix": "decentralized_identifier"}, NO_HAIP, "/client_id_prefix", id="HAIP: by DID"),
        pytest.param(
            HAIP | {"dcql_query": with_course(format="ldp_vc", meta={})},
            NO_HAIP,
            "/dcql_query/credentials/0/format",
            id="HAIP: another format",
        ),
        pytest.param(
            HAIP | {"dcql_query": with_course(trusted_authorities=[{"type": "etsi_tl", "values": ["https://x.example"]}])},
            NO_HAIP,
            "/dcql_query/credentials/0/trusted_authorities",
            id="HAIP: other authorities",
        ),
    ],
)
def test_what_cannot_be_asked_is_named(desk: Desk, message: dict[str, Any], problem: str, pointer: str) -> None:
    answer = desk.client.post(
        "/verifier/api/v1/requests", json={name: value for name, value in message.items() if value is not None}
    )
    assert answer.status_code == 422
    assert (answer.json()["type"], answer.json()["pointer"]) == (problem, pointer)
