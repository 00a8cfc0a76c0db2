"""What is shown beside a certificate: endorsements that are counted, decisions that win, and papers that are left out."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from registry.deciding import Signing, issue_decision, parse_ruling
from registry.endorsing import issue_endorsement
from tests.trust.test_recognition import accreditation
from tests.trust.world import NOW, Files, Keys
from tests.verifier.cases import good, worked
from tests.verifier.desk import BASE, browser, certificate, desk, lists, lists_with, signed, subject_with
from tests.verifier.test_many import signing_desk
from trust.bundle import Bundle
from verifier.assessing import assess
from verifier.receipts import mark_of, method_of, read_receipt

BOARD = "urn:comity:XC:authority:labour-skills-board"
OFFICE = "urn:comity:XB:authority:skills-office"


def signing() -> Signing:
    return Signing(Keys(), desk().fetcher, NOW)


@cache
def endorsement(authority: str = BOARD) -> bytes:
    return json.dumps(issue_endorsement(json.loads(good()), authority, lists(), signing())).encode()


@cache
def decision() -> bytes:
    ruling = {
        "authority": BOARD,
        "outcome": "recognised",
        "decidedBy": "Mira Solberg",
        "legalBasis": "Article 7(4)",
        "localTitle": {"en": "Home carer"},
    }
    return json.dumps(issue_decision(json.loads(good()), parse_ruling(ruling), lists(), signing())).encode()


def forged() -> bytes:
    document = json.loads(endorsement(OFFICE))
    document["validFrom"] = "2026-11-19T00:00:00Z"
    return json.dumps(document).encode()


def posted(path: str, *papers: bytes, **fields: str) -> Any:  # noqa: ANN401  # a response
    files = [("beside", (f"{number}.json", paper, "application/json")) for number, paper in enumerate(papers)]
    with browser(desk()) as page:
        return page.post(path, data={"text": good().decode(), **fields}, files=files or None)


def test_the_report_counts_the_parties_that_have_certified_it() -> None:
    report = assess(desk(), good(), "XC", (endorsement(), endorsement(OFFICE))).to_json()
    assert report["coCertification"]["certified"] == ["XA", "XB", "XC"]
    assert report["coCertification"]["isReached"] is True
    assert [paper["verified"] for paper in report["beside"]] == [True, True]
    alone = assess(desk(), good(), "XC").to_json()
    assert (alone["coCertification"]["certified"], alone["coCertification"]["isReached"]) == (["XA"], False)
    assert {name: value for name, value in alone.items() if name not in {"coCertification", "beside"}} == {
        name: value for name, value in report.items() if name not in {"coCertification", "beside"}
    }


def test_a_certificate_that_does_not_hold_is_certified_by_nobody() -> None:
    withdrawn = assess(desk(withdrawn={7}), good(), "XC", (endorsement(),)).to_json()
    assert (withdrawn["verdict"], withdrawn["coCertification"]) == ("withdrawn", None)
    changed = good().replace(b"Najma Akter", b"Nobody Else")
    answer = assess(desk(), changed, "XC", (endorsement(),)).to_json()
    assert (answer["verdict"], answer["coCertification"], answer["beside"]) == ("forged", None, [])


def test_a_decision_that_is_shown_beside_it_wins() -> None:
    assert assess(desk(), good(), "XC").verdict == "partly"
    assert assess(desk(), good(), "XC", (decision(),)).verdict == "recognized"
    assert assess(desk(), worked(), "XB", (decision(),)).verdict == "undecided"


def test_programs_hand_over_papers_too() -> None:
    answer = posted("/verifier/api/v1/verify", endorsement(), forged(), state="XB")
    assert answer.status_code == 200
    assert answer.json()["coCertification"]["certified"] == ["XA", "XC"]
    assert [paper["verified"] for paper in answer.json()["beside"]] == [True, False]
    assert "signature" in answer.json()["beside"][1]["problemDetails"][0]["title"].lower()


@pytest.mark.parametrize(
    ("language", "count", "names"),
    [
        ("en", "Certified by 2 of 3 parties, as Article 9(1) asks for (2).", "Aravel and Calentia"),
        ("fr", "Certifié par 2 parties sur 3", "Aravel et Calentia"),
        ("ar", "صادق عليها 2 من 3", "أرافيل وكالنتيا"),
    ],
)
def test_the_page_says_who_has_certified_it_and_what_was_left_out(language: str, count: str, names: str) -> None:
    page = posted(f"/verify?lang={language}", endorsement(), forged(), state="XB")
    assert page.status_code == 200
    assert count in page.text
    assert names in page.text
    assert page.text.count('name="paper"') == 2 * page.text.count('name="text"')


def test_papers_are_kept_when_another_state_is_asked() -> None:
    page = posted("/verify", state="XC", paper=endorsement().decode())
    assert "Certified by 2 of 3 parties" in page.text
    assert "Papers checked beside it: 1. Good ones: 1." in re.sub(r"<[^>]+>", "", page.text)
    assert '<details class="more no-print" open>' in page.text
    assert '<details class="more no-print" open>' not in posted("/verify", state="XC").text


def test_without_an_endorsement_the_page_does_not_count() -> None:
    assert "Certified by" not in posted("/verify", state="XC").text
    assert "Certified by" not in posted("/verify", decision(), state="XC").text


def test_more_papers_than_are_looked_at_are_refused() -> None:
    papers = [endorsement()] * 11
    assert posted("/verifier/api/v1/verify", *papers, state="XB").status_code == 413
    page = posted("/verify", *papers, state="XB")
    assert page.status_code == 413
    assert "At most 10" in page.text


def test_a_file_that_is_no_paper_is_said() -> None:
    assert posted("/verifier/api/v1/verify", b"not a paper at all", state="XB").status_code == 422
    assert posted("/verify", b"not a paper at all", state="XB").status_code == 422


LANGUAGE = "urn:comity:XC:q:LANGUAGE-B1"


@cache
def teaching_the_language() -> Bundle:
    """Return lists in which the care school may also award the language certificate that Calentia asks for."""

    def change(files: Files) -> None:
        accreditation(files)["scope"] = {}
        named = {"id": LANGUAGE, "names": {"en": "Language of Calentia B1"}, "field": "0909", "nqf": "", "isco": ""}
        files["states/XC/qualifications.json"]["qualifications"] = [named]

    return lists_with(change)


def of_the_language(**subject: object) -> bytes:
    document = certificate(id="urn:uuid:6b0d4f0a-0a3c-8c7b-9d1e-3f8a2f6f0b11", name="Language of Calentia B1")
    achievement = {**document["credentialSubject"]["achievement"], "id": LANGUAGE, "name": "Language of Calentia B1"}
    return signed(subject_with(document, achievement=achievement, **subject))


def of_the_worker() -> bytes:
    return signed(subject_with(certificate(), id="did:example:worker"))


def test_papers_that_name_no_key_are_weighed_together_when_whoever_checks_says_they_are_of_one_person() -> None:
    at_desk, another = desk(bundle=teaching_the_language()), of_the_language(id="did:example:another")
    for main, other, says, verdict in (
        (good(), of_the_language(), True, "recognized"),
        (good(), of_the_language(), False, "partly"),
        (good(), another, True, "recognized"),
        (of_the_worker(), of_the_language(id="did:example:worker"), False, "recognized"),
        (of_the_worker(), another, True, "partly"),
    ):
        fields = {"state": "XC", "text": main.decode(), "compared": str(says).lower()}
        answer = browser(at_desk).post("/verifier/api/v1/verify", data=fields, files={"beside": ("l.json", other)}).json()
        assert (answer["verdict"], answer["compared"]) == (verdict, says)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "all these certificates are of one person"), ("fr", "une seule"), ("ar", "لشخص واحد")]
)
def test_the_page_shows_the_names_and_asks_whether_they_are_one_persons(language: str, words: str) -> None:
    house, given = browser(desk(bundle=teaching_the_language())), {"state": "XC", "text": good().decode()}
    other = of_the_language(name=[{"@value": "Najma <Akter>", "@language": "en"}])
    asked = house.post(f"/verify?lang={language}", data=given, files={"beside": ("l.json", other)}).text
    assert words in asked
    assert 'name="compared" value="yes"><span>' in asked
    assert "Najma &lt;Akter&gt;" in asked
    given |= {"paper": other.decode(), "compared": "yes"}
    said = house.post(f"/verify?lang={language}", data=given).text
    assert 'name="compared" value="yes" checked' in said
    assert said.count('type="hidden" name="compared"') == said.count('name="text"') - 1  # kept by every form but the one that asks
    bound = house.post(
        "/verify",
        data={
            **given,
            "text": of_the_worker().decode(),
            "paper": of_the_language(id="did:example:worker").decode(),
            "compared": "",
        },
    ).text
    assert "data-certificates" in bound
    assert words not in bound


def test_a_receipt_names_all_that_was_weighed_and_the_page_of_receipts_says_so() -> None:
    house, other = browser(signing_desk(teaching_the_language())), of_the_language()
    given = {"state": "XC", "text": good().decode(), "paper": other.decode(), "compared": "yes"}
    kept = house.post("/verify/receipt", data=given)
    said = read_receipt(kept.text, Keys().signer(method_of(BASE)).public_key)
    assert (said["verdict"], said["certificate"]) == ("recognized", mark_of(good()))
    assert (said["beside"], said["compared"]) == ([mark_of(other)], True)
    alone = read_receipt(house.post("/verify/receipt", data={**given, "paper": ""}).text, Keys().signer(method_of(BASE)).public_key)
    assert alone["beside"] == []
    files = {"file": ("r.jws", kept.content)}
    for certificate_, words in (
        (good(), "about the certificate that"),
        (other, "at beside the one"),
        (worked(), "another certificate"),
    ):
        told = house.post("/verify/receipts", files={**files, "certificate": ("c.json", certificate_)}).text
        assert words in told
        assert "Whoever checked said that they are of one person." in told
        assert mark_of(other) in told


def test_an_archive_has_the_mark_of_its_certificate() -> None:
    archive = {"credential": json.loads(good()), "anchor": {}}
    assert mark_of(json.dumps(archive).encode()) == mark_of(good())
