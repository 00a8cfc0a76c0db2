"""In the product: a centre's program offers what was issued; every copy is of a record in the log; on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Response
from sqlmodel import SQLModel, select
from starlette.testclient import TestClient

from issuer_api.cohorts import import_cohort
from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued, issue_cohort
from issuer_api.log import check_log
from issuer_api.openid.key_proofs import key_of
from issuer_api.openid.tables import OpenIDOffer
from issuer_api.subjects import erase_person
from issuer_api.tables import LogLeaf
from tests.databases import Databases
from tests.issuer_api.house import BASE, CENTRE, COURSE, EMPLOYER, FORM, OTHER, House, build
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import Wallet, new_key, offer_of

MANY = 12


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[House]:
    with databases.tables(tmp_path_factory.mktemp("openid")) as url:
        built = build(url)
        yield built
        built.close()


@pytest.fixture
def wallet(centre: House) -> Iterator[Wallet]:
    with TestClient(centre.app, base_url=BASE) as client:
        yield Wallet(client, f"{BASE}/issuers/{CENTRE}", centre.now[0])


def offered(centre: House, **message: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    answer = centre.program().post("/issuer/api/v1/offers", json={"credential_configuration_id": COURSE, **message})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def at_once(work: Callable[[], Response]) -> list[str]:
    """Return what as many threads were answered: `ok` or the code of the error."""
    with ThreadPoolExecutor(MANY) as pool:
        answers = [future.result() for future in [pool.submit(work) for _ in range(MANY)]]
    return ["ok" if answer.status_code == 200 else str(answer.json()["error"]) for answer in answers]


def test_what_was_issued_is_offered_and_fetched_and_is_in_the_log(centre: House, wallet: Wallet) -> None:
    [certificate, *_] = centre.issue()
    wallet.redeem(offered(centre, credential_id=certificate)["offer"])
    claims = Trying.opened(wallet.fetch(COURSE).json()["credentials"][0]["credential"]).claims
    assert (claims["jti"], claims["name"], claims["native_name"]) == (certificate, "Najma Akter", "নাজমা আক্তার")
    with centre.issuer.database.session() as session:
        assert session.exec(select(LogLeaf).where(LogLeaf.credential == claims["jti"])).first() is not None


def test_a_claim_link_goes_on_by_openid_where_a_wallet_speaks_it(centre: House, wallet: Wallet) -> None:
    [certificate, *_] = centre.issue()
    code = claim_url(centre.issuer, certificate, find_issued(centre.issuer, CENTRE, certificate)[1]).rpartition("/")[2]
    ways = wallet.client.get(f"/workflows/claim/exchanges/{code}/protocols").json()["protocols"]
    assert set(ways) == {"vcapi", "OID4VCI"}
    [there] = parse_qs(urlsplit(ways["OID4VCI"]).query)["credential_offer_uri"]
    made = [wallet.client.get(there.removeprefix(BASE)) for _ in range(2)]
    assert {(answer.status_code, answer.headers["access-control-allow-origin"]) for answer in made} == {(200, "*")}
    one, other = (answer.json() for answer in made)
    assert one["credential_issuer"] == wallet.issuer
    assert one["grants"] != other["grants"]  # a code is good once, the link as often as it is used
    for offer in (one, other):
        assert wallet.redeem(f"openid-credential-offer://?{urlencode({'credential_offer': json.dumps(offer)})}").status_code == 200
        [name] = offer["credential_configuration_ids"]
        copy = wallet.fetch(name).json()["credentials"][0]["credential"]
        assert copy["id"] == certificate
        assert key_of(copy["credentialSubject"]["id"]) == wallet.key.public_key
    assert wallet.client.get("/workflows/claim/exchanges/nobody-made-this/openid/credential-offer").status_code == 404


def test_claims_are_issued_first_and_stand_in_the_log(centre: House, wallet: Wallet) -> None:
    before = check_log(centre.issuer) if centre.counts()["issuer_log_leaves"] else 0
    wallet.redeem(offered(centre, claims={"name": "Sari", "awarded_on": "2026-11-13", "number": "N-7"})["offer"])
    claims = Trying.opened(wallet.fetch(COURSE).json()["credentials"][0]["credential"]).claims
    assert (claims["name"], claims["licenseNumber"], claims["activityEndDate"]) == ("Sari", "N-7", "2026-11-13")
    assert check_log(centre.issuer) == before + 1


def test_offers_need_a_token_of_the_centre_that_may_issue(centre: House) -> None:
    body = {"credential_configuration_id": COURSE, "claims": {"name": "Sari"}}
    with TestClient(centre.app, base_url=BASE) as nobody:
        assert nobody.post("/issuer/api/v1/offers", json=body).status_code == 401
    assert centre.program(CENTRE, "read").post("/issuer/api/v1/offers", json=body).status_code == 403
    [certificate, *_] = centre.issue("Dewi,2026-11-13,,\n")
    foreign = centre.program(OTHER).post("/issuer/api/v1/offers", json={**body, "claims": None, "credential_id": certificate})
    assert foreign.status_code == 404
    work = centre.program(EMPLOYER).post("/issuer/api/v1/offers", json={"credential_configuration_id": FORM})
    assert work.status_code == 422


def test_g8_and_g5_an_offer_of_one_centre_is_nothing_at_another(centre: House, wallet: Wallet) -> None:
    link = offered(centre, claims={"name": "Sari"})["offer"]
    elsewhere = Wallet(wallet.client, f"{BASE}/issuers/{OTHER}", wallet.now)
    refused(elsewhere.redeem(link), "invalid_grant")
    assert wallet.redeem(link).status_code == 200
    elsewhere.access = wallet.access
    refused(elsewhere.fetch(COURSE), "invalid_token", 401)
    nonce = elsewhere.nonce()  # G5: of another tenant
    refused(wallet.fetch(COURSE, wallet.proof(nonce)), "invalid_nonce")


def test_g3_of_many_who_redeem_a_code_at_once_one_gets_a_token(centre: House, wallet: Wallet) -> None:
    link = offered(centre, claims={"name": "Sari"})["offer"]
    answers = at_once(lambda: Wallet(wallet.client, wallet.issuer, wallet.now).redeem(link))
    assert sorted(answers) == ["invalid_grant"] * (MANY - 1) + ["ok"]


def test_g2_of_many_guesses_at_once_five_are_compared(centre: House, wallet: Wallet) -> None:
    made = offered(centre, claims={"name": "Sari"}, tx_code=True)
    answers = at_once(lambda: Wallet(wallet.client, wallet.issuer, wallet.now).redeem(made["offer"], "wrong"))
    assert answers == ["invalid_grant"] * MANY
    with centre.issuer.database.session() as session:
        assert max(session.exec(select(OpenIDOffer.tries)).all()) == 5
    refused(wallet.redeem(made["offer"], made["tx_code"]), "invalid_grant")


def test_g5_of_many_requests_with_one_nonce_at_once_one_is_answered(centre: House, wallet: Wallet) -> None:
    wallet.redeem(offered(centre, claims={"name": "Sari"})["offer"])
    proof = wallet.proof(wallet.nonce())
    assert sorted(at_once(lambda: wallet.fetch(COURSE, proof))) == ["invalid_nonce"] * (MANY - 1) + ["ok"]


def test_nothing_that_opens_something_can_be_read_from_the_tables(centre: House, wallet: Wallet) -> None:
    made = offered(centre, claims={"name": "Canary Kanarienvogel"}, tx_code=True)
    said = wallet.redeem(made["offer"], made["tx_code"]).json()
    nonce, stored = wallet.nonce(), ""
    name = wallet.fetch(COURSE, wallet.proof(nonce)).json()["notification_id"]
    with centre.issuer.database.session() as session:
        for table in SQLModel.metadata.tables.values():
            stored += repr(session.connection().execute(table.select()).all())
    code = next(iter(offer_of(made["offer"])["grants"].values()))["pre-authorized_code"]
    secrets = [code, said["access_token"], said["refresh_token"], nonce, name, "Kanarienvogel", made["offer_by_reference"][-43:]]
    assert [secret for secret in secrets if secret in stored] == []


def test_a_person_whose_data_was_erased_is_handed_out_no_more(centre: House, wallet: Wallet) -> None:
    [certificate] = centre.issue("Wira,2026-11-13,,\n")
    link = offered(centre, credential_id=certificate)["offer"]
    wallet.redeem(link)
    [found] = centre.program().post("/issuer/api/v1/people/search", json={"name": "Wira"}).json()
    erase_person(centre.issuer, CENTRE, found["person"])
    refused(wallet.fetch(COURSE), "credential_request_denied")
    again = centre.program().post(
        "/issuer/api/v1/offers", json={"credential_configuration_id": COURSE, "credential_id": certificate}
    )
    assert again.status_code == 410


def test_a_certificate_made_out_to_a_key_is_handed_to_that_key_alone(centre: House, wallet: Wallet) -> None:
    wallet.key = new_key("Ed25519")
    did = f"did:key:{wallet.key.public_key.multibase}"
    report = import_cohort(
        centre.issuer, CENTRE, COURSE, f"name,awarded_on,holder_key\nTini,2026-11-13,{did}\n".encode(), "keys.csv"
    )
    [certificate] = issue_cohort(centre.issuer, CENTRE, report.id)
    wallet.redeem(offered(centre, credential_id=certificate)["offer"])
    refused(wallet.fetch(COURSE, wallet.proof(wallet.nonce(), new_key())), "credential_request_denied")
    claims = Trying.opened(wallet.fetch(COURSE).json()["credentials"][0]["credential"]).claims
    assert (claims["sub"], claims["cnf"]["jwk"]) == (did, wallet.key.public_key.jwk())


def test_a_work_attestation_is_handed_out_too(centre: House) -> None:
    body = {
        "names": ["Sari"],
        "roleName": "Welder",
        "startDate": "2024-01-08",
        "endDate": "2026-03-31",
        "country": "XD",
        "attestationBasis": "payroll",
        "alignment": [{"targetType": "ext:ISCO08", "targetFramework": "ISCO-08", "targetCode": "7212", "targetName": "Welders"}],
    }
    program = centre.program(EMPLOYER)
    made = program.post("/issuer/api/v1/work", params={"form": FORM}, json=body, headers={"Idempotency-Key": "openid-work-1"})
    assert made.status_code == 201, made.text
    for end in ("", "_ldp_vc", "_jwt_vc_json"):
        message = {"credential_configuration_id": FORM + end, "credential_id": made.json()["id"]}
        link = program.post("/issuer/api/v1/offers", json=message).json()["offer"]
        with TestClient(centre.app, base_url=BASE) as client:
            wallet = Wallet(client, f"{BASE}/issuers/{EMPLOYER}", centre.now[0])
            wallet.redeem(link)
            answer = wallet.fetch(FORM + end)
        assert answer.status_code == 200, answer.text


def test_everything_has_an_end(centre: House, wallet: Wallet) -> None:
    late = offered(centre, claims={"name": "Sari"})["offer"]
    said = wallet.redeem(offered(centre, claims={"name": "Sari"})["offer"]).json()
    nonce, start = wallet.nonce(), centre.now[0]
    try:
        centre.now[0] = start + timedelta(minutes=6)
        wallet.now = centre.now[0]
        refused(wallet.fetch(COURSE, wallet.proof(nonce)), "invalid_nonce")
        centre.now[0] = start + timedelta(hours=2)
        refused(wallet.fetch(COURSE), "invalid_token", 401)
        centre.now[0] = start + timedelta(hours=25)
        refused(Wallet(wallet.client, wallet.issuer, centre.now[0]).redeem(late), "invalid_grant")
        assert wallet.token(grant_type="refresh_token", refresh_token=said["refresh_token"]).status_code == 200
        centre.now[0] = start + timedelta(days=200)
        offered(centre, claims={"name": "Sari"})
        left = {name: count for name, count in centre.counts().items() if name.startswith("issuer_openid")}
        assert sum(left.values()) == 1, left
    finally:
        centre.now[0] = start


def test_unknown_issuers_have_no_endpoints(wallet: Wallet) -> None:
    for path in ("/.well-known/openid-credential-issuer/issuers/nobody", "/issuers/nobody/.well-known/oauth-authorization-server"):
        assert wallet.client.get(path).status_code == 404
    refused(wallet.client.post("/issuers/nobody/nonce"), "invalid_request")
