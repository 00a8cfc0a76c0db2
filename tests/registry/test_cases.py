"""A person asks a state to decide; two officials do, and the decision is a certificate that employers' answers take up."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest

import schemas
from credentials.verify import VerificationOptions, verify_credential
from tests.registry.conftest import Desk, House
from tests.registry.office import CENTRE, SIGNER, approve, digest_on, publish_keys, put_forward, words
from tests.trust.world import CARE_SCHOOL, NOW, result, signer, training, work
from trust.recognition import Dossier, recognize

QUEUE = "/registry/states/XC/cases"
CONTEXT = {"@context": [schemas.CREDENTIALS_V2, schemas.OPEN_BADGES_CONTEXT, schemas.COMITY_CONTEXT]}


def care(**more: object) -> dict[str, Any]:
    return training(type=["AchievementSubject", "Worker"], name=[{"@value": "Najma Akter", "@language": "en"}]) | CONTEXT | more


MAIN = result(care())
CERTIFICATE = json.dumps(MAIN.require().document).encode()
GRANT = {"outcome": "recognised", "title-en": "Home carer", "title-ar": "مقدّم رعاية منزلية", "nqf": "4", "basis": "Article 7(4)"}
PARTLY = {"outcome": "partly", "title-en": "Home carer", "more-en": "six months of practice", "basis": "Article 7(4)"}
REFUSE = {
    "outcome": "refused",
    "reason": "The course had no practice.",
    "appeal": "The tribunal, until 1 March",
    "basis": "Article 8",
}


def ask(house: House, content: bytes = CERTIFICATE, status: int = 303, **form: str) -> str:
    typed = {"state": "XC", "contact": "+000 111", "note": "I worked for two years."} | form
    answer = house.anybody.post("/registry/ask", data=typed, files={"file": ("c.json", content)}, follow_redirects=False)
    assert answer.status_code == status, answer.text.partition('role="alert"')[2][:600]
    return str(answer.headers.get("location", answer.text))


def attestation() -> dict[str, Any]:
    document = work() | {"@context": [schemas.CREDENTIALS_V2, schemas.COMITY_CONTEXT]}
    subject = document["credentialSubject"] | {"type": ["Worker"]}
    experience = subject["workExperience"] | {"type": ["EmployeeRole"]}
    experience["alignment"] = [{"type": ["ClassificationEntry"], **experience["alignment"][0]}]
    return document | {"credentialSubject": subject | {"workExperience": experience}}


def officials(house: House) -> tuple[Desk, Desk]:
    return house.desk("Mira Solberg", "assessor", "XC"), house.desk("Jon Vale", "approver", "XC")


def decided(house: House, standing: str, form: dict[str, str]) -> dict[str, Any]:
    writer, approver = officials(house)
    page = f"{QUEUE}/{standing.rpartition('/')[2]}"
    change = put_forward(writer, page, **form)
    assert "A decision waits for a second person" in writer.get(page)
    assert writer.post(change, page, **form).status_code == 422  # one at a time
    assert house.anybody.get(f"{standing}/decision.json").status_code == 404
    assert "Najma Akter" in approver.get(change)
    approve(approver, change)
    assert "the person has it" in approver.get(change)
    document: dict[str, Any] = house.anybody.get(f"{standing}/decision.json").json()
    return document


def answer_with(house: House, decision: dict[str, Any]) -> str:
    listed = decision["credentialStatus"]["statusListCredential"]
    house.outside.documents[listed] = house.anybody.get(listed).content
    lists = house.registry.bundle()
    options = VerificationOptions(now=NOW, fetcher=house.outside, known_keys=lists.listed_keys())
    verified = verify_credential(json.dumps(decision).encode(), options)
    return recognize(Dossier(MAIN, (verified,)), "XC", NOW, bundle=lists, now=NOW).chain[-1].code


def test_a_person_asks_two_officials_decide_and_the_decision_counts(house: House) -> None:
    standing = ask(house)
    assert "has not decided yet" in house.anybody.get(standing).text
    writer, _ = officials(house)
    queue = words(writer.get(QUEUE))
    assert "Najma Akter" in queue
    assert "Answer by 4 January 2027" in queue
    assert "+000 111" in writer.get(f"{QUEUE}/{standing.rpartition('/')[2]}")
    decision = decided(house, standing, GRANT)
    told = decision["credentialSubject"]["recognitionDecision"]
    assert (told["decidedBy"], told["outcome"], told["legalBasis"]) == ("Mira Solberg", "recognised", "Article 7(4)")
    assert answer_with(house, decision) == "DECISION_GRANTS"
    assert "Home carer" in house.anybody.get(standing).text
    assert "No one waits" in writer.get(QUEUE)


@pytest.mark.parametrize(
    ("form", "code", "word"), [(PARTLY, "DECISION_CONDITIONAL", "practice"), (REFUSE, "DECISION_REFUSES", "tribunal")]
)
def test_a_decision_in_part_and_a_refusal_are_told_with_what_follows(
    house: House, form: dict[str, str], code: str, word: str
) -> None:
    standing = ask(house)
    decision = decided(house, standing, form)
    assert answer_with(house, decision) == code
    assert word in house.anybody.get(standing, params={"lang": "en"}).text


def test_a_certificate_of_work_is_decided_on_too_and_a_decision_may_end(house: House) -> None:
    paper = result(attestation()).require().document
    standing = ask(house, json.dumps(paper).encode(), state="XA")
    writer, approver = house.desk("Writer", "assessor"), house.desk("Approver", "approver")
    page = f"/registry/states/XA/cases/{standing.rpartition('/')[2]}"
    approve(approver, put_forward(writer, page, **(GRANT | {"until": "2031-11-20"})))
    assert house.anybody.get(f"{standing}/decision.json").json()["validUntil"] == "2031-11-20T23:59:59Z"


@pytest.mark.parametrize(
    "form",
    [{}, {"outcome": "recognised"}, GRANT | {"basis": ""}, {"outcome": "refused", "basis": "x"}, PARTLY | {"more-en": ""}],
)
def test_what_says_too_little_is_not_even_put_forward(house: House, form: dict[str, str]) -> None:
    standing, (writer, _) = ask(house), officials(house)
    page = f"{QUEUE}/{standing.rpartition('/')[2]}"
    assert writer.post(page, page, **form).status_code == 422
    assert "Nothing waits." in writer.get("/registry/states/XC")


def test_only_a_genuine_certificate_is_taken_and_only_once(house: House) -> None:
    ask(house)
    assert "waits for a decision" in ask(house, status=422)
    ask(house, state="XB")
    stranger = result(care(), by=signer(CARE_SCHOOL, "#other")).require().document
    forged = json.dumps(stranger).encode()
    for content, form in (
        (b"{}", {}),
        (forged, {}),
        (b" " * 500_001, {}),
        (CERTIFICATE, {"state": "XZ"}),
        (CERTIFICATE, {"note": "x" * 2500}),
    ):
        assert "This could not be done." in ask(house, content, 422, **form)
    assert house.anybody.get("/registry/cases/none").status_code == 404


def test_what_is_late_says_so_and_stands_first(house: House) -> None:
    standing = ask(house)
    house.now += timedelta(days=44)
    ask(house, json.dumps(result(care(validFrom="2026-05-11T00:00:00Z")).require().document).encode())
    house.now += timedelta(days=2)
    page = house.desk("Mira Solberg", "assessor", "XC").get(QUEUE)
    assert page.index(standing.rpartition("/")[2]) < page.index("Answer by")
    assert "Late: an answer was due by 4 January 2027" in words(page)
    assert "Late" in house.anybody.get(standing).text


def test_an_authority_decides_for_its_own_state_alone(house: House) -> None:
    standing = ask(house)
    other = house.desk("Other", "assessor", "XB")
    assert other.client.get(f"/registry/states/XB/cases/{standing.rpartition('/')[2]}").status_code == 404


def test_a_slow_or_failed_look_outside_holds_nobody_up_and_loses_nothing(house: House) -> None:
    """The key of a centre that no list names is read at its own address."""
    publish_keys(house)
    standing = ask(house, json.dumps(result(care(issuer=CENTRE), by=SIGNER).require().document).encode())
    writer, approver = officials(house)
    change = put_forward(writer, f"{QUEUE}/{standing.rpartition('/')[2]}", **GRANT)
    held_up: list[bool] = []

    def write() -> None:
        with house.registry.database.write("state.XC"):
            pass

    def others_write() -> None:
        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(timeout=10)
        held_up.append(other.is_alive())

    house.outside.meanwhile = others_write
    answers, house.outside.documents = house.outside.documents, {}
    refused = approver.post(change, change, digest=digest_on(approver.get(change)), act="approve")
    assert refused.status_code == 422
    assert "try again later" in refused.text
    assert "A decision waits for a second person" in writer.get(f"{QUEUE}/{standing.rpartition('/')[2]}")
    assert house.anybody.get(f"{standing}/decision.json").status_code == 404
    house.outside.documents, tries = answers, len(held_up)
    approve(approver, change)
    assert len(held_up) > tries
    assert not any(held_up)
    assert (
        house.anybody.get(f"{standing}/decision.json").json()["credentialSubject"]["recognitionDecision"]["outcome"] == "recognised"
    )


def test_a_program_that_lost_the_answer_asks_again_and_makes_one_case(house: House) -> None:
    asked = {"state": "XC", "certificate": MAIN.require().document, "contact": "+000 111", "note": "I worked for two years."}

    def send(key: str, **other: object) -> tuple[int, dict[str, Any]]:
        answer = house.anybody.post("/registry/api/v1/cases", json=asked | other, headers={"Idempotency-Key": key} if key else {})
        return answer.status_code, answer.json()

    key = "QLM5T7JTZ2HBNKJ4DX3ORWYWAE"
    first = send(key)
    assert first[0] == 201
    assert send(key) == first
    assert house.desk("Mira Solberg", "assessor", "XC").get(QUEUE).count(first[1]["id"]) == 1
    assert key not in first[1]["id"]
    for reused in ({"note": "other words"}, {"state": "XB"}, {"papers": [MAIN.require().document]}):
        status, problem = send(key, **reused)
        assert (status, problem["type"].rpartition("#")[2]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert [send(other)[0] for other in ("", key[::-1], "short", f"{key} {key}")] == [409, 409, 422, 422]
    decided(house, f"/registry/cases/{first[1]['id']}", GRANT)
    assert send(key) == first
    status, another = send(key[::-1])
    assert (status, another != first[1]) == (201, True)
