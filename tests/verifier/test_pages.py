"""The employer's two pages, as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from httpx2 import Response

from credentials.vc_cose import secure_cose
from credentials.vc_jwt import secure_jwt
from tests.trust.world import CARE_SCHOOL, signer
from tests.verifier.cases import CASES, Case, good, worked
from tests.verifier.desk import BASE, Addresses, aged, browser, certificate, desk, did_document, lists, signed
from tests.verifier.files import pdf_with_attachment, qr_picture, saved
from verifier.service import Verifier
from web.links import LinkCode
from web.sealing import encrypt_link

HTML = {"Accept": "text/html"}


def shown(verifier: Verifier, content: bytes, state: str | None = "XB", language: str = "en", **more: str) -> Response:
    data = {"state": state or "", "text": content.decode(), **more}
    return browser(verifier).post(f"/verify?lang={language}", data=data, headers=HTML)


def text_of(page: Response) -> str:
    """Return what can be read on a page, without tags and hidden values."""
    main = re.sub(r"<(script|template|select)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def uploaded(content: bytes, name: str = "file", state: str = "XB") -> Response:
    return browser(desk()).post("/verify", data={"state": state}, files={"file": (name, content)}, headers=HTML)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_verdict_has_its_page_in_every_language(case: Case, language: str) -> None:
    page = shown(case.verifier(), case.content(), case.state, language)
    assert page.status_code == 200
    assert page.headers["content-language"] == language
    assert page.text.count("<h1") == 1
    assert page.text.count('<li class="ask') == 5
    assert "{" not in text_of(page)
    headline = re.search(r"<h1[^>]*>(.*?)</h1>", page.text)
    title = re.search(r"<title>(.*?) · Comity</title>", page.text)
    assert headline is not None
    assert title is not None
    assert re.sub(r"</?bdi>", "", headline.group(1)) == title.group(1)


@pytest.mark.parametrize("case", [case for case in CASES.values() if not case.answers.startswith("yes")])
def test_of_what_is_not_genuine_nothing_stands_on_the_page(case: Case) -> None:
    page = shown(case.verifier(), case.content(), case.state).text
    for content in ("Najma", "Somebody", "Sunder Bay", "sunder-bay", "Caregiving", "XA-SBC", "c3a8a124", "hello"):
        assert content not in page
    assert "We do not show the name" in page


def test_a_recognised_certificate_in_the_order_in_which_people_ask() -> None:
    told = text_of(shown(desk(), good()))
    wanted = [
        "Recognised in Belmora",
        "counts in Belmora as Care assistant, level 3",
        "Najma Akter",
        "নাজমা আক্তার",
        "Caregiving NC II",
        "Sunder Bay Care Training Centre",
        "Sunder Bay , Aravel ( XA )",
        "6 November 2026",
        "786 hours of training",
        "XA-SBC-2026-0001",
        "Checked with the partnership lists of today",
        "Not checked: identity, the right to work in Belmora",
        "Is it genuine?",
        "Is it still valid?",
        "Was the centre allowed to award it?",
        "Does it count in Belmora ?",
        "Is this the same person?",
        "Technical details",
    ]
    places = [told.find(words) for words in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)


def test_qr_rule_4_a_strangers_name_stands_there_as_its_own_word() -> None:
    told = text_of(shown(CASES["stranger"].verifier(), CASES["stranger"].content()))
    assert "Not in the register Whoever signed it calls itself “ Ministry of eurT ”. Nobody vouches for that name." in told
    assert "\u202e" not in told


def test_i7_markup_in_a_certificate_stays_text() -> None:
    attack = '"><script>alert(1)</script><b>'
    page = shown(desk(), signed(certificate(name=attack, credentialSchema=None))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_is_missing_comes_with_what_to_do() -> None:
    told = text_of(shown(desk(), good(), "XC"))
    assert "What is still needed the language of Calentia at level B1 The person can add it, and you can check again." in told
    assert "Ask Calentia Labour and Skills Board It answers within 45 days . Write to help@work.calentia.example" in told
    choices = text_of(shown(CASES["partly, several things"].verifier(), good()))
    assert "One of these, as the person chooses: a test or a period of adaptation ." in choices
    assert "One of the alternatives named here is enough." in choices


def test_attested_work_has_its_own_words() -> None:
    told = text_of(shown(desk(), worked(), "XA"))
    for words in (
        "About Yusuf Haddad يوسف حدّاد Work experience Welder, hull assembly 1 June 2023 to 30 September 2026",
        "Attested by Harborline Shipyard",
        "Was the employer allowed to attest it?",
        "How well is it evidenced? Employer's papers, or two witnesses with papers From the payroll",
        "Skills used apply arc welding techniques",
    ):
        assert words in told
    assert "How the employer knows From the payroll" in text_of(shown(desk(), worked(), None))


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "lists of today"), (2, "2 days old."), (20, "20 days old . Good enough today."), (60, "60 days old . After 45 days")],
)
def test_how_old_the_lists_are_is_always_said(days: int, said: str) -> None:
    verifier = desk(bundle=aged(lists(), days))
    assert said.replace(" .", ".") in text_of(shown(verifier, good())).replace(" .", ".")
    scan = text_of(browser(verifier).get("/verify", headers=HTML))
    assert ("lists of today" if days == 0 else f"{days} days old") in scan.replace(" .", ".")


def test_a_clock_that_is_behind_the_lists_is_named() -> None:
    assert "Set the clock, then check again" in text_of(shown(desk(bundle=aged(lists(), -3)), good()))


def test_the_answer_can_be_asked_for_another_state_and_in_another_language_without_the_paper() -> None:
    page = shown(desk(), good(), "XB").text
    kept = re.findall(r'<input type="hidden" name="text" value="([^"]*)">', page)
    assert len(kept) == 3  # another state, more papers, another language
    assert unescape(kept[0]).encode() == good()
    assert [code for code in ("XA", "XB", "XC") if f'<option value="{code}"' in page] == ["XA", "XC"]
    assert 'formaction="/verify?lang=ar"' in page


def test_qr_rule_1_a_page_that_a_code_opened_says_so_and_names_the_address() -> None:
    told = text_of(shown(desk(), good(), opened="code"))
    assert f"A code opened this page. Check that its address in your browser begins with {BASE}" in told
    assert "A code opened" not in text_of(shown(desk(), good()))
    assert "A code opened" in text_of(browser(desk()).get(f"/verify?link={'A' * 13}", headers=HTML))


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"no picture", 422, "We could not read the code. Hold the paper flat"),
        (saved(qr_picture("javascript:alert(1)")), 422, "This code is not a Comity certificate."),
        (saved(qr_picture("https://evil.example/")), 422, "we do not open it"),
        (saved(qr_picture(str(LinkCode(BASE, "L", "Z" * 13, bytes(16))))), 502, "We could not find what this code leads to."),
        (b"{" + bytes(10 * 1024 * 1024), 413, "This file is too large."),
    ],
)
def test_what_cannot_be_read_is_explained_and_the_state_is_kept(content: bytes, status: int, told: str) -> None:
    page = uploaded(content, state="XC")
    assert page.status_code == status
    assert told in text_of(page)
    assert '<option value="XC" selected>' in page.text


def test_qr_rule_1_nothing_that_a_code_says_is_fetched() -> None:
    verifier = desk()
    addresses = verifier.fetcher
    assert isinstance(addresses, Addresses)
    for text in (
        "https://evil.example/",
        "http://169.254.169.254/",
        str(LinkCode("https://evil.example", "L", "A" * 13, bytes(16))),
    ):
        browser(verifier).post("/verify", files={"file": ("code.png", saved(qr_picture(text)))}, headers=HTML)
    assert addresses.asked == []


def test_a_damaged_link_is_no_refusal() -> None:
    verifier = desk()
    addresses = verifier.fetcher
    assert isinstance(addresses, Addresses)
    addresses.answers[f"{BASE}/L/{'A' * 13}"] = encrypt_link(good(), "A" * 13)[0]
    page = shown(verifier, str(LinkCode(BASE, "L", "A" * 13, bytes(16))).encode())
    assert page.status_code == 422
    assert "The code or link is damaged" in text_of(page)
    assert "This is not a no." in text_of(page)


def test_a_state_that_nobody_knows_is_named() -> None:
    page = shown(desk(), good(), "ZZ")
    assert page.status_code == 422
    assert "The lists know no such state." in text_of(page)


def test_a_file_wins_over_text_and_a_pdfs_attachment_is_read() -> None:
    page = uploaded(pdf_with_attachment("c.json", good()), "c.pdf")
    assert "Recognised in Belmora" in text_of(page)


def test_qr_rule_4_keys_come_from_the_lists_and_not_from_the_issuers_address() -> None:
    verifier = desk()
    addresses = verifier.fetcher
    assert isinstance(addresses, Addresses)
    addresses.answers = {url: content for url, content in addresses.answers.items() if not url.endswith("did.json")}
    told = text_of(shown(verifier, good()))
    assert "Signed by Sunder Bay Care Training Centre" in told
    assert did_document(CARE_SCHOOL)


@pytest.mark.parametrize("secure", [secure_jwt, secure_cose])
def test_a_certificate_in_an_envelope_gets_the_same_page(secure: Callable[..., bytes]) -> None:
    content = secure(certificate(), signer(CARE_SCHOOL))
    page = uploaded(content)
    assert page.status_code == 200
    assert "Recognised in Belmora" in text_of(page)
    assert ("Does it count in another state?" in text_of(page)) is (secure is secure_jwt)
