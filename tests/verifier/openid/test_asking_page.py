"""The employer's page: choose, show a code, and the answer is the same page as for a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.conformance.serving import new_identity
from credentials.data_integrity import add_proof_set
from credentials.keys import InMemorySigner
from tests.databases import Databases, stored_bytes
from tests.trust.world import CAREGIVING, NOW
from tests.verifier import desk as employers
from tests.verifier.openid.wallet import Wallet, encrypted, key, read
from verifier.openid.errors import STATUS
from verifier.openid.pages import router as pages
from verifier.openid.routes import router as addresses
from verifier.openid.service import WalletDesk
from verifier.service import Verifier
from web.db import Database, open_engine
from web.joining import join
from web.problems import Problems
from web.sealing import Sealer

BASE: Final = employers.BASE
V2: Final = "https://www.w3.org/ns/credentials/v2"
HTML: Final = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[WalletDesk]:
    verifier: Verifier = employers.desk()
    identity = new_identity(BASE, NOW)
    with databases.tables(tmp_path_factory.mktemp("asking")) as url:
        database = Database(open_engine(url))
        yield WalletDesk(verifier, database, Sealer(bytes(32)), lambda: identity)
        database.engine.dispose()


@pytest.fixture
def browser(house: WalletDesk) -> TestClient:
    app = FastAPI()
    Problems(house.verifier.pages, STATUS).install(app)
    join(app, addresses(house), pages(house))
    return TestClient(app, base_url=BASE, follow_redirects=False)


def certificate_of(holder: InMemorySigner) -> dict[str, Any]:
    document = employers.certificate()
    about = employers.subject_with(document, id=holder.verification_method.partition("#")[0])
    return dict(json.loads(employers.signed(about)))


def presentation(request: dict[str, Any], credential: object, holder: InMemorySigner, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    did = holder.verification_method.partition("#")[0]
    document = {"@context": [V2], "type": ["VerifiablePresentation"], "holder": did, "verifiableCredential": [credential]}
    proof = {"domain": request["client_id"], "challenge": request["nonce"]} | changes
    return add_proof_set(document, holder, cryptosuites=["ecdsa-jcs-2019"], created=NOW, purpose="authentication", **proof)


def asked(browser: TestClient, **form: str) -> tuple[str, str]:
    """Return (the page's path, the link for the wallet)."""
    answer = browser.post("/verify/ask", data={"choice": CAREGIVING, "state": "XB", **form})
    assert answer.status_code == 303
    path = answer.headers["location"]
    page = browser.get(path, headers=HTML)
    assert page.status_code == 200
    link = re.search(r'href="(openid4vp://[^"]+)"', page.text)
    reference = path.rpartition("/")[2]
    return path, unescape(link.group(1)) if link else f"openid4vp://?request_uri={BASE}/verifier/wallet/requests/{reference}"


def fetched(browser: TestClient, link: str) -> dict[str, Any]:
    wallet = Wallet(TestClient(browser.app, base_url=BASE))
    return wallet.fetch(link) if "client_id" in link else _read(wallet.client, link.partition("request_uri=")[2])


def _read(client: TestClient, uri: str) -> dict[str, Any]:
    return read(client.get(uri).text).claims()


def post(browser: TestClient, request: dict[str, Any], token: object) -> Any:  # noqa: ANN401  # a response
    wallet = TestClient(browser.app, base_url=BASE)
    response = encrypted(request, {"vp_token": token, "state": request["state"]})
    return wallet.post(request["response_uri"], data={"response": response})


def test_the_choices_are_those_of_the_lists(browser: TestClient) -> None:
    for language in ("en", "fr", "ar"):
        page = browser.get(f"/verify/ask?lang={language}", headers=HTML)
        assert page.status_code == 200
        assert f'value="{CAREGIVING}"' in page.text
    assert browser.post("/verify/ask", data={"choice": "urn:nothing"}).status_code == 422


def test_the_answer_appears_as_the_page_of_every_check(browser: TestClient) -> None:
    path, link = asked(browser)
    page = browser.get(path, headers=HTML).text
    assert '<svg class="qr"' in page
    assert browser.get(f"{path}/standing").json() == {"state": "waiting", "waits": True}
    request, holder = fetched(browser, link), key()
    assert browser.get(f"{path}/standing").json()["state"] == "fetched"
    posted = post(browser, request, {"data-integrity": [presentation(request, certificate_of(holder), holder)]})
    assert (posted.status_code, posted.json()) == (200, {})
    assert browser.get(f"{path}/standing").json() == {"state": "answered", "waits": False}
    result = browser.get(path, headers=HTML).text
    assert "Najma Akter" in result
    assert 'class="verdict verdict--yes"' in result


def test_h6_another_browser_sees_nothing(browser: TestClient) -> None:
    path, link = asked(browser)
    request, holder = fetched(browser, link), key()
    post(browser, request, {"data-integrity": [presentation(request, certificate_of(holder), holder)]})
    stranger = TestClient(browser.app, base_url=BASE)
    for address in (path, f"{path}/standing", f"{path}/done?response_code=x"):
        assert stranger.get(address).status_code == 404


def test_h6_on_the_same_device_the_code_of_the_wallet_opens_the_answer_in_the_browser_that_asked(browser: TestClient) -> None:
    path, link = asked(browser, here="yes")
    request, holder = fetched(browser, link), key()
    posted = post(browser, request, {"data-integrity": [presentation(request, certificate_of(holder), holder)]})
    there = posted.json()["redirect_uri"]
    assert there.startswith(f"{BASE}{path}/done?response_code=")
    assert "Najma" not in browser.get(path, headers=HTML).text
    assert browser.get(f"{path}/standing").json() == {"state": "checking", "waits": True}
    assert "Najma" not in browser.get(f"{path}/done?response_code=guessed", headers=HTML).text
    assert TestClient(browser.app, base_url=BASE).get(there).status_code == 404
    assert "Najma Akter" in browser.get(there, headers=HTML).text


def test_what_was_refused_or_declined_is_said_kindly(browser: TestClient) -> None:
    path, link = asked(browser)
    request, holder = fetched(browser, link), key()
    other = presentation(request, certificate_of(key()), holder)
    assert post(browser, request, {"data-integrity": [other]}).status_code == 400
    for language in ("en", "fr", "ar"):
        page = browser.get(f"{path}?lang={language}", headers=HTML)
        assert (page.status_code, "Najma" in page.text) == (200, False)
    path, link = asked(browser)
    request = fetched(browser, link)
    said = browser.post(request["response_uri"], data={"error": "access_denied", "state": request["state"]})
    assert said.status_code == 200
    assert browser.get(f"{path}/standing").json() == {"state": "declined", "waits": False}
    assert all(browser.get(f"{path}?lang={language}", headers=HTML).status_code == 200 for language in ("en", "fr", "ar"))


def test_another_qualification_is_no_answer(browser: TestClient) -> None:
    answer = browser.post("/verify/ask", data={"choice": "work"})
    reference = answer.headers["location"].rpartition("/")[2]
    request, holder = _read(browser, f"/verifier/wallet/requests/{reference}"), key()
    told = post(browser, request, {"data-integrity": [presentation(request, certificate_of(holder), holder)]})
    assert told.json()["type"].endswith("QUERY_NOT_ANSWERED")


def test_the_browser_asks_and_brings_the_answer_to_the_page_that_asked(browser: TestClient) -> None:
    path, _ = asked(browser)
    page = browser.get(path, headers=HTML).text
    assert "data-browser" in page
    assert TestClient(browser.app, base_url=BASE).post(f"{path}/browser").status_code == 404
    made = browser.post(f"{path}/browser").json()
    [given] = made["request"]["digital"]["requests"]
    request, holder = read(given["data"]["request"]).claims(), key()
    assert (given["protocol"], request["expected_origins"]) == ("openid4vp-v1-signed", [BASE])
    assert browser.get(made["page"], headers=HTML).status_code == 200
    shown = presentation(request, certificate_of(holder), holder, domain=f"origin:{BASE}")
    data = {"data": {"response": encrypted(request, {"vp_token": {"data-integrity": [shown]}})}}
    for origin in ("https://evil.example", ""):
        assert browser.post(made["answer"], json=data, headers={"Origin": origin}).status_code == 400
    stranger = TestClient(browser.app, base_url=BASE)
    assert stranger.post(made["answer"], json=data, headers={"Origin": BASE}).status_code == 404
    assert browser.post(made["answer"], json=data, headers={"Origin": BASE}).status_code == 204
    assert "Najma Akter" in browser.get(made["page"], headers=HTML).text
    assert browser.post(made["answer"], json=data, headers={"Origin": BASE}).status_code == 409


def test_what_is_stored_says_nothing_of_who_answered(browser: TestClient, house: WalletDesk) -> None:
    path, link = asked(browser)
    request, holder = fetched(browser, link), key()
    post(browser, request, {"data-integrity": [presentation(request, certificate_of(holder), holder)]})
    assert "Najma Akter" in browser.get(path, headers=HTML).text
    kept = stored_bytes(house.database.engine)
    assert request["nonce"].encode() in kept
    for canary in (b"Najma", holder.public_key.multibase.encode(), b"XA-SBC-2026"):
        assert canary not in kept
