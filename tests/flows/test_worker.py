"""The worker's way through the real services: claim, keep, share, have it checked, stop; ask a state, and have its decision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from tests.flows.world import BASE, GOOD_LIST, NOW, SLUG, World
from tests.registry.conftest import Desk
from tests.registry.office import approve, put_forward, words
from trust.decisions import digest_multibase
from web.people import add_member, create_person, create_sign_in_link

HTML = {"Accept": "text/html"}


@pytest.fixture
def claim(world: World) -> str:
    issuer = world.composition.issuer
    credential = world.issue_one()["id"]
    return claim_url(issuer, credential, find_issued(issuer, SLUG, credential)[1])


def form_of(page: str) -> str:
    return page.partition('name="form" value="')[2].partition('"')[0]


def test_from_the_claim_link_to_a_checked_and_stopped_share_link(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    page = worker.get(claim)
    assert page.status_code == 200
    assert "Najma Akter" in page.text
    kept = worker.post(claim, data={"form": form_of(page.text)})
    record = kept.url.path.rpartition("/")[2]
    held = worker.get(f"/wallet/certificates/{record}/certificate.json").content

    choosing = worker.get(f"/wallet/certificates/{record}/share")
    made = worker.post(f"/wallet/certificates/{record}/share", data={"form": form_of(choosing.text), "duration": "7-days"})
    address = made.text.partition(f'value="{BASE}/s/')[2].partition('"')[0]

    status, report = world.check(f"{BASE}/s/{address}".encode(), state="XB")
    assert (status, report["verdict"]) == (200, "recognized")
    assert report["credentialId"] == json.loads(held)["id"]

    link = address.partition("#")[0]
    assert "Opened once" in worker.get(f"/wallet/links/{link}").text
    worker.post(f"/wallet/links/{link}/stop", data={"form": form_of(worker.get(f"/wallet/links/{link}").text)})
    assert worker.get(f"/s/{link}").status_code == 410
    status, problem = world.check(f"{BASE}/s/{address}".encode())
    assert (status, problem["type"]) == (502, "https://comity.example/problems#FETCH_ERROR")


def test_the_page_hands_the_certificate_to_the_check_page(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(claim, data={"form": form_of(worker.get(claim).text)})
    record = kept.url.path.rpartition("/")[2]
    content = worker.get(f"/wallet/certificates/{record}/certificate.json").text
    result = worker.post("/verify", data={"text": content, "state": "XB"})
    assert result.status_code == 200
    assert "Najma Akter" in result.text


def test_a_withdrawn_certificate_is_worded_so_in_the_wallet(world: World, claim: str) -> None:
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(claim, data={"form": form_of(worker.get(claim).text)})
    record = kept.url.path.rpartition("/")[2]
    credential = worker.get(f"/wallet/certificates/{record}/certificate.json").json()["id"]
    change = {"credentialId": credential, "credentialStatus": {"statusPurpose": "suspension", "status": True}}
    for value, word in ((True, "On hold"), (False, "Valid")):
        change["credentialStatus"] = {"statusPurpose": "suspension", "status": value}
        assert world.browser.post("/credentials/status", json=change, headers=world.authorization).status_code == 200
        assert word in worker.get("/wallet").text


def test_a_claim_link_that_nobody_made_is_unknown(world: World) -> None:
    answer = TestClient(world.composition.app, base_url=BASE, headers=HTML).get("/claim/NOBODY-MADE-THIS")
    assert answer.status_code == 404
    assert "No certificate has this link" in answer.text


def test_a_claim_link_of_an_erased_person_has_ended_and_the_kept_certificate_stays_good(world: World) -> None:
    issuer = world.composition.issuer
    _, report = world.bring(b"name,awarded_on\nRana Das,2026-11-13\n")
    issued = world.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=world.authorization)
    [credential] = issued.json()["credentials"]
    url = claim_url(issuer, credential, find_issued(issuer, SLUG, credential)[1])
    worker = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    kept = worker.post(url, data={"form": form_of(worker.get(url).text)})
    content = worker.get(f"{kept.url.path}/certificate.json").content

    [found] = world.browser.post("/issuer/api/v1/people/search", json={"name": "rana"}, headers=world.authorization).json()
    assert world.browser.delete(f"/issuer/api/v1/people/{found['person']}", headers=world.authorization).status_code == 204

    stranger = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    assert stranger.get(url).status_code == 410
    status, checked = world.check(content, state="XB")
    assert (status, checked["verdict"]) == (200, "recognized")


GRANT = {"outcome": "recognised", "title-en": "Home carer", "title-fr": "Aide à domicile", "nqf": "4", "basis": "Article 7(4)"}


@dataclass
class Worker:
    """A browser with one certificate in its wallet."""

    world: World
    client: TestClient
    record: str

    @property
    def home(self) -> str:
        return f"/wallet/certificates/{self.record}"

    def ask(self, state: str, **more: object) -> str:
        """Ask a state, and return the case's page."""
        page = self.client.get(f"{self.home}/ask")
        sent = self.client.post(f"{self.home}/ask", data={"form": form_of(page.text), "state": state, **more})
        assert sent.status_code == 200, sent.text
        return str(sent.url.path)

    def bring(self, content: bytes) -> tuple[int, str]:
        form = {"form": form_of(self.client.get("/wallet/decisions/add").text)}
        sent = self.client.post("/wallet/decisions/add", data=form, files={"file": ("d.json", content)})
        return sent.status_code, sent.text


def officer(world: World, name: str, role: str, state: str) -> Desk:
    registry = world.composition.registry
    with registry.database.write() as session:
        person = create_person(session, name, NOW)
        assert person.id is not None
        add_member(session, person.id, f"state.{state}", role)
        token = create_sign_in_link(session, person.id, NOW)
    client = TestClient(world.composition.app, base_url=BASE)
    assert client.post(f"/sign-in/{token}", follow_redirects=False).status_code == 303
    return Desk(client)


def decide(world: World, state: str, form: dict[str, str]) -> str:
    """Let two officials decide on the case that waits for a state; return what the first of them saw."""
    writer, approver = officer(world, f"Mira of {state}", "assessor", state), officer(world, f"Jon of {state}", "approver", state)
    queue = f"/registry/states/{state}/cases"
    page = f"{queue}/{writer.get(queue).partition(f'{queue}/')[2].partition(chr(34))[0]}"
    seen = writer.get(page)
    approve(approver, put_forward(writer, page, **form))
    return seen


def claims(world: World) -> list[str]:
    _, report = world.bring(GOOD_LIST)
    issued = world.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=world.authorization).json()["credentials"]
    issuer = world.composition.issuer
    return [claim_url(issuer, name, find_issued(issuer, SLUG, name)[1]) for name in issued]


@pytest.fixture
def worker(world: World) -> Worker:
    client = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    records = []
    for claim in claims(world)[:2]:
        kept = client.post(claim, data={"form": form_of(client.get(claim).text)})
        records.append(kept.url.path.rpartition("/")[2])
    return Worker(world, client, records[0])


def verdict(world: World, certificate: bytes, paper: bytes, state: str) -> dict[str, Any]:
    files = [("file", ("c.json", certificate)), ("beside", ("d.json", paper))]
    answer: dict[str, Any] = world.browser.post("/verifier/api/v1/verify", data={"state": state}, files=files).json()
    return answer


def test_a_decision_comes_into_the_wallet_and_counts(world: World, worker: Worker) -> None:
    case = asked(worker)
    seen = words(decide(world, "XC", GRANT))
    assert "Paper 1:" in seen
    assert "I worked for two years." in seen

    decided = worker.client.get(case).text
    assert "Calentia recognises it" in words(decided)
    page = decided.partition('href="/wallet/decisions/')[2].partition('"')[0]
    says(worker, f"/wallet/decisions/{page}", "Home carer", "level 4", "Article 7(4)", "Mira of XC", "Genuine")
    says(
        worker, "/wallet/worth?state=XC", "Home carer", "decided on 23 November 2026 that it counts", "Show it to an employer there"
    )
    decision = worker.client.get(f"/wallet/decisions/{page}/decision.json").content
    certificate = worker.client.get(f"{worker.home}/certificate.json").content
    counts(world, certificate, decision)

    form = form_of(worker.client.get(f"/wallet/decisions/{page}").text)
    assert worker.client.post(f"/wallet/decisions/{page}/remove", data={"form": form}).status_code == 200
    assert worker.client.get(f"/wallet/decisions/{page}").status_code == 404
    assert worker.bring(decision)[0] == 200
    says(worker, worker.home, "Calentia recognises it")
    for content in (b"{}", certificate, decision.replace(b'"recognised"', b'"refused"'), b" " * 500_001):
        status, text = worker.bring(content)
        assert status == 422
        assert "no decision that we know" in words(text)

    stranger = TestClient(world.composition.app, base_url=BASE, headers=HTML)
    claim = claims(world)[2]
    stranger.post(claim, data={"form": form_of(stranger.get(claim).text)})
    assert "about another certificate" in words(Worker(world, stranger, "").bring(decision)[1])
    assert stranger.get(case).status_code == 404

    take_back(world, "XC")
    says(worker, brought(worker), "The authority withdrew this")
    assert verdict(world, certificate, decision, "XC")["recognition"]["outcome"] != "recognised"
    removal = form_of(worker.client.get(f"{worker.home}/remove").text)
    worker.client.post(f"{worker.home}/remove", data={"form": removal})
    assert worker.client.get(case).status_code == 404  # what stood beside it has left with it


def says(worker: Worker, page: str, *told: str) -> None:
    """Check that a page of the wallet says these words."""
    text = words(worker.client.get(page).text)
    assert [one for one in told if one not in text] == []


def asked(worker: Worker) -> str:
    """Look at what the certificates are worth, ask Calentia, and return the case's page."""
    other = form_value(worker.client.get(f"{worker.home}/ask").text, "papers")
    everywhere = words(worker.client.get("/wallet/worth").text)
    assert [everywhere.count(word) for word in ("Recognised", "More is needed", "Not recognised")] == [4, 2, 0]
    says(worker, "/wallet/worth?state=XC", "More is needed", "Still needed", "Labour and Skills Board", "Ask a state to decide")
    case = worker.ask("XC", papers=[other], contact="+000 111", note="I worked for two years.")
    says(worker, case, "Not decided yet", "Nobody has refused this certificate")
    says(worker, worker.home, "You asked Calentia")
    assert worker.client.post(f"{worker.home}/ask", data=again(worker, "XC")).status_code == 409
    assert worker.client.post(f"{worker.home}/ask", data=again(worker, "XZ")).status_code == 422
    return case


def counts(world: World, certificate: bytes, decision: bytes) -> None:
    """Check that an employer's answer takes the decision up, also with what a printed code holds, and gives a receipt of it."""
    of = json.loads(decision)["credentialSubject"]["recognitionDecision"]["of"]
    assert of["digestMultibase"] == digest_multibase(json.loads(certificate))
    found = verdict(world, certificate, decision, "XC")
    assert (found["verdict"], found["recognition"]["granted"]["mode"]) == ("recognized", "decision")
    one_proof = json.loads(certificate)
    one_proof["proof"] = one_proof["proof"][-1]
    assert verdict(world, json.dumps(one_proof).encode(), decision, "XC")["recognition"]["granted"]["mode"] == "decision"
    receipt = world.browser.post("/verify/receipt", data={"state": "XC", "text": certificate.decode(), "paper": decision.decode()})
    said = world.browser.post("/verifier/api/v1/receipts", data={"receipt": receipt.text}).json()["receipt"]
    assert (said["verdict"], said["answers"]["recognised"]) == ("recognized", "yes")


def take_back(world: World, state: str) -> None:
    """Let two officials withdraw the decision that a state made last."""
    writer, approver = officer(world, f"Ann of {state}", "assessor", state), officer(world, f"Lee of {state}", "approver", state)
    queue = f"/registry/states/{state}/cases"
    page = f"{queue}/{writer.get(queue).partition(f'{queue}/')[2].partition(chr(34))[0]}"
    assert writer.post(page, f"{page}/withdraw", reason="").status_code == 422
    sent = writer.post(page, f"{page}/withdraw", reason="The course was another one.")
    approve(approver, str(sent.headers["location"]))
    assert "Withdrawn on" in words(writer.get(page))
    assert writer.post(page, f"{page}/withdraw", reason="Again.").status_code == 422


def brought(worker: Worker) -> str:
    """Return the page of the decision that stands beside the certificate."""
    found = worker.client.get(worker.home).text.partition('href="/wallet/decisions/')[2].partition('"')[0]
    return f"/wallet/decisions/{found}"


def form_value(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def again(worker: Worker, state: str) -> dict[str, str]:
    return {"form": form_of(worker.client.get(f"{worker.home}/ask").text), "state": state}
