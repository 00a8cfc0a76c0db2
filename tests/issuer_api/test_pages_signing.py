"""Look at one, sign the class, print it: nothing is signed by looking, nobody gets two, what stopped goes on."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
import zxingcpp
from PIL import Image

from credentials import rdf
from issuer_api.cohorts import cohort_report
from issuer_api.delivery import claim_url
from issuer_api.handing_out import ClaimCode
from issuer_api.history import note
from issuer_api.issuing import GROUP, find_issued, issue_cohort
from issuer_api.row_repair import repair_row
from issuer_api.signing import BEGUN
from issuer_api.signing_pages import Sizes
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from issuer_api.tables import StatusListRow
from tests.databases import SQLITE, Databases
from tests.issuer_api.house import CENTRE, THREE, House, build
from tests.issuer_api.registrar import Registrar, application, finish, held_back, registrar, words
from web.printed_codes import modules

PEOPLE: Final = GROUP + 5


@dataclass
class Canonicalizer:
    """RDFC-1.0, until it fails at a name: as a machine fails in the middle of a class."""

    fails_at: str = ""

    def __call__(self, document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        if self.fails_at and self.fails_at in str(document):
            raise OSError("no space left on device")
        return rdf.canonicalize(document, hash_name=hash_name)


@pytest.fixture
def canonicalizer() -> Canonicalizer:
    return Canonicalizer()


@pytest.fixture
def house(tmp_path: Path, canonicalizer: Canonicalizer) -> Iterator[House]:
    with Databases(SQLITE).tables(tmp_path) as url:
        built = build(url)
        built = replace(built, issuer=replace(built.issuer, canonicalize=canonicalizer))
        yield built
        built.close()


def people(number: int = PEOPLE, first: str = "Person") -> str:
    return "".join(f"{named(at, first)},2026-11-13,,\n" for at in range(number))


def named(at: int, first: str = "Person") -> str:
    return f"{first} {chr(65 + at // 26)}{chr(97 + at % 26)}"


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_looking_shows_the_page_and_reserves_nothing(house: House, salma: Registrar) -> None:
    cohort = house.bring().id
    before = house.counts()
    page = salma.get(f"classes/{cohort}/look")
    assert "Certificate 1 of 3 Najma Akter নাজমা আক্তার Row 2, 13 November 2026" in words(page)
    assert "The one before" not in words(page)
    assert 'alt="Preview of the certificate of Najma Akter: Caregiving NC II, awarded on 13 November 2026"' in page.text
    picture = salma.get(f"classes/{cohort}/look/2.png")
    assert picture.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.height / image.width == pytest.approx(2**0.5, rel=0.01)
    pdf = salma.get(f"classes/{cohort}/look/2.pdf")
    assert pdf.headers["content-disposition"] == 'inline; filename="preview-2.pdf"'
    [text] = pages_of(pdf.content)
    for said in ("Najma Akter", "PREVIEW", "The code comes with the signature"):
        assert said in text
    assert house.counts() == before
    with house.issuer.database.session() as session:
        assert session.get(StatusListRow, (CENTRE, 1)) is None


def test_the_preview_carries_the_number_that_will_be_signed(house: House, salma: Registrar) -> None:
    cohort = house.bring().id
    [before] = pages_of(salma.get(f"classes/{cohort}/look/3.pdf").content)
    issue_cohort(house.issuer, CENTRE, cohort)
    after = pages_of(salma.get(f"classes/{cohort}/print.pdf").content)[1]
    number = next(word for word in after.split() if word.startswith("XA-SBC-2026-"))
    assert number in before


def test_one_after_the_other_is_looked_at(house: House, salma: Registrar) -> None:
    cohort = house.bring().id
    second = salma.get(f"classes/{cohort}/look?row=3")
    assert "Certificate 2 of 3 Sari" in words(second)
    assert 'href="?row=2"' in second.text
    assert 'href="?row=4"' in second.text
    assert "The next one" not in words(salma.get(f"classes/{cohort}/look?row=4"))
    assert "Certificate 1 of 3" in words(salma.get(f"classes/{cohort}/look?row=77"))


def test_namesakes_that_nobody_looked_at_are_said_before_signing(house: House, salma: Registrar) -> None:
    cohort = house.bring("Juan Dela Cruz,2026-11-13,,1\nJuan Dela Cruz,2026-11-13,,2\nJuan Dela Cruz,2026-11-13,,3\n").id
    assert "2 rows have the same name as another." in words(salma.get(f"classes/{cohort}/look"))
    salma.post(f"classes/{cohort}/rows/3/kept")
    assert "One row has the same name as another." in words(salma.get(f"classes/{cohort}/look"))
    salma.post(f"classes/{cohort}/rows/4/kept")
    assert "same name" not in words(salma.get(f"classes/{cohort}/look"))


def test_what_is_not_ready_is_not_looked_at(house: House, salma: Registrar) -> None:
    cohort = house.bring(",2026-11-13,,\n").id
    assert salma.get(f"classes/{cohort}/look").url.path.endswith(cohort)
    assert salma.get(f"classes/{cohort}/look/2.png").status_code == 404
    assert salma.get(f"classes/{cohort}/sign").url.path.endswith(cohort)
    assert salma.get(f"classes/{cohort}/print.pdf").status_code == 404


def test_a_class_is_signed_in_the_background_and_the_page_says_how_far(house: House, salma: Registrar) -> None:
    cohort = house.bring(people()).id
    with held_back(house):
        page = salma.post(f"classes/{cohort}/sign")
        assert page.url.path.endswith("/sign")
        assert f"The class is being signed 0 of {PEOPLE}" in words(page)
        assert "Begun by Salma Nasser, 23 November 2026 09:30 UTC." in words(page)
        assert 'role="progressbar"' in page.text
        assert f'aria-valuemax="{PEOPLE}" aria-valuenow="0"' in page.text
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
        assert f"Being signed: 0 of {PEOPLE}" in words(salma.get())
        assert f"Being signed: 0 of {PEOPLE}" in words(salma.get(f"classes/{cohort}"))
        assert salma.get(f"classes/{cohort}/sign/progress").json() == {
            "state": "running",
            "signed": 0,
            "percent": 0,
            "figures": f"0 of {PEOPLE}",
            "left": "",
        }
        salma.post(f"classes/{cohort}/sign")
    done = salma.get(f"classes/{cohort}/sign")
    assert f"{PEOPLE} certificates are signed Valid" in words(done)
    assert f"Print all {PEOPLE}" in words(done)
    assert "refresh" not in done.text
    assert done.text.count("certificate.pdf") == done.text.count("certificate.json") == PEOPLE
    assert house.counts()["issuer_credentials"] == PEOPLE
    assert salma.get(f"classes/{cohort}/sign/progress").json()["percent"] == 100


def test_signing_again_signs_nothing_twice(house: House, salma: Registrar) -> None:
    cohort = house.bring().id
    for _ in range(2):
        salma.post(f"classes/{cohort}/sign")
        finish(house)
    assert house.counts()["issuer_credentials"] == 3
    assert house.counts()["issuer_claims"] == 3


def test_what_failed_in_the_middle_stopped_and_goes_on(
    house: House, salma: Registrar, canonicalizer: Canonicalizer, caplog: pytest.LogCaptureFixture
) -> None:
    cohort = house.bring(people()).id
    canonicalizer.fails_at = named(GROUP + 2)
    with caplog.at_level(logging.ERROR, "comity"):
        salma.post(f"classes/{cohort}/sign")
        finish(house)
    assert "signing a class stopped: OSError" in caplog.text
    stopped = words(salma.get(f"classes/{cohort}/sign"))
    assert f"Stopped at {GROUP} {GROUP} of {PEOPLE}" in stopped
    assert f"{GROUP} are good, 5 wait." in stopped
    assert "Go on with the 5 that wait" in stopped
    assert f"Signing stopped at {GROUP} of {PEOPLE}" in words(salma.get())
    assert f"Signing stopped at {GROUP} of {PEOPLE}" in words(salma.get(f"classes/{cohort}"))
    canonicalizer.fails_at = ""
    salma.post(f"classes/{cohort}/sign")
    finish(house)
    assert f"{PEOPLE} certificates are signed" in words(salma.get(f"classes/{cohort}/sign"))
    assert house.counts()["issuer_credentials"] == PEOPLE


def test_what_a_crash_left_is_told_by_the_next_process(house: House, salma: Registrar) -> None:
    report = house.bring(people(5))
    with house.issuer.database.write(CENTRE) as session:
        note(house.issuer, session, CENTRE, "Salma Nasser", BEGUN, report.id)
    next_process = registrar(house, app=application(house.again()))
    assert "Signing stopped at 0 of 5" in words(next_process.get())
    next_process.post(f"classes/{report.id}/sign")
    finish(house)
    assert "5 certificates are signed" in words(salma.get(f"classes/{report.id}/sign"))


def test_the_time_that_is_left_is_said_when_it_is_worth_it(house: House, salma: Registrar, canonicalizer: Canonicalizer) -> None:
    report = house.bring(people())
    canonicalizer.fails_at = named(GROUP + 2)
    salma.post(f"classes/{report.id}/sign")
    finish(house)
    with held_back(house):
        canonicalizer.fails_at = ""
        salma.post(f"classes/{report.id}/sign")
        assert salma.get(f"classes/{report.id}/sign/progress").json()["left"] == ""
        issue_cohort(house.issuer, CENTRE, report.id)
        house.now[0] += timedelta(minutes=1)
    other = house.bring(people(first="Second"))
    canonicalizer.fails_at = named(GROUP + 2, "Second")
    with held_back(house):
        salma.post(f"classes/{other.id}/sign")
        with pytest.raises(OSError, match="no space"):
            issue_cohort(house.issuer, CENTRE, other.id)
        assert salma.get(f"classes/{other.id}/sign/progress").json()["left"] == ""
        house.now[0] += timedelta(minutes=5)
        assert salma.get(f"classes/{other.id}/sign/progress").json()["left"] == "About 30 seconds left."
        assert "About 30 seconds left." in words(salma.get(f"classes/{other.id}/sign"))


def test_a_class_says_which_of_its_certificates_do_not_hold_and_shows_them_alone(house: House, salma: Registrar) -> None:
    withdrawn, held, released = house.issue(THREE)
    cohort = house.bring().id
    for credential, purpose, value in (
        (withdrawn, "revocation", True),
        (held, "suspension", True),
        (released, "suspension", True),
        (released, "suspension", False),
    ):
        set_status(house.issuer, CENTRE, credential, purpose, value=value, reason="checking", by="test")
    whole = words(salma.get(f"classes/{cohort}"))
    assert "All 3 Signed 3 On hold 1 Withdrawn 1" in whole
    assert [whole.count(f"13 November 2026 {state}") for state in ("Signed", "On hold", "Withdrawn")] == [1, 1, 1]
    only = words(salma.get(f"classes/{cohort}?show=withdrawn"))
    assert "Najma Akter" in only
    assert not any(name in only for name in ("Sari", "Yusuf Haddad"))
    assert "Sari" in words(salma.get(f"classes/{cohort}?show=on-hold"))
    erase_person(house.issuer, CENTRE, cohort_report(house.issuer, CENTRE, cohort).rows[2].person)
    assert "Signed 2 On hold 1 Withdrawn 1 Erased 1" in words(salma.get(f"classes/{cohort}"))
    assert "Sari" not in words(salma.get(f"classes/{cohort}?show=erased"))


def test_all_are_printed_but_those_that_do_not_hold(house: House, salma: Registrar) -> None:
    withdrawn, held, _ = house.issue(THREE)
    cohort = house.bring().id
    assert "Print all 3" in words(salma.get(f"classes/{cohort}/sign"))
    printed = salma.get(f"classes/{cohort}/print.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    pages = zip(("Najma Akter", "Sari", "Yusuf Haddad"), pages_of(printed.content), strict=True)
    assert all(name in text for name, text in pages)
    set_status(house.issuer, CENTRE, withdrawn, "revocation", value=True, reason="wrong-person", by="test")
    set_status(house.issuer, CENTRE, held, "suspension", value=True, reason="checking", by="test")
    page = words(salma.get(f"classes/{cohort}/sign"))
    assert "Certificates on hold or withdrawn are not in it: 2." in page
    assert "Print the certificate" in page
    [only] = pages_of(salma.get(f"classes/{cohort}/print.pdf?part=-1").content)
    assert "Yusuf Haddad" in only
    assert salma.get(f"classes/{cohort}/print.pdf?part=2").status_code == 404


def test_a_large_class_comes_in_parts(house: House) -> None:
    salma = registrar(house, app=application(house, Sizes(part=2, listed=3)))
    house.issue(people(5))
    cohort = house.bring(people(5)).id
    page = salma.get(f"classes/{cohort}/sign")
    assert "Print 1 to 2 Print 3 to 4 Print 5 to 5" in words(page)
    assert "2 more in the class" in words(page)
    assert page.text.count("certificate.json") == 3
    assert len(pages_of(salma.get(f"classes/{cohort}/print.pdf?part=3").content)) == 1
    slips = salma.get(f"classes/{cohort}/hand-out?part=2")
    assert slips.text.count('<li class="slip">') == 2
    assert 'href="?part=1"' in slips.text
    assert 'href="?part=3"' in slips.text
    assert 'href="?part=4"' not in salma.get(f"classes/{cohort}/hand-out?part=3").text


def test_links_are_handed_out_on_slips_with_codes_that_a_phone_reads(house: House, salma: Registrar) -> None:
    withdrawn, *good = house.issue(THREE)
    set_status(house.issuer, CENTRE, withdrawn, "revocation", value=True, reason="wrong-person", by="test")
    cohort = house.bring().id
    page = salma.get(f"classes/{cohort}/hand-out")
    assert page.text.count('<li class="slip">') == 2
    assert "Najma" not in page.text
    assert "Yusuf Haddad يوسف حداد" in words(page)
    for credential in good:
        url = claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1])
        assert url in page.text
        assert read_back(ClaimCode(url)) == f"{url}?iuv=1"
    assert "Links for the phones" in words(salma.get(f"classes/{cohort}/sign"))


def read_back(code: ClaimCode) -> str:
    lines = modules(code, most=8)
    picture = Image.new("L", (len(lines), len(lines)), 255)
    picture.putdata([0 if dark == "1" else 255 for line in lines for dark in line])
    [found] = zxingcpp.read_barcodes(picture.resize((len(lines) * 6, len(lines) * 6), Image.Resampling.NEAREST))
    return found.text


def test_a_link_too_long_for_a_code_is_handed_out_as_text(house: House) -> None:
    long = replace(house, issuer=replace(house.issuer, base_url=f"https://{'a' * 60}.{'b' * 60}.example"))
    credential = long.issue()[0]
    salma = registrar(long)
    page = salma.get(f"classes/{long.bring().id}/hand-out")
    assert 'class="qr' not in page.text
    assert claim_url(long.issuer, credential, find_issued(long.issuer, CENTRE, credential)[1]) in page.text


def test_nothing_is_handed_out_before_it_is_signed(house: House, salma: Registrar) -> None:
    assert "Nothing to hand out yet" in words(salma.get(f"classes/{house.bring().id}/hand-out"))


def test_rows_that_became_ready_since_are_said(house: House, salma: Registrar) -> None:
    rows = THREE + ",2026-11-13,,\n"
    house.issue(rows)
    cohort = house.bring(rows).id
    repair_row(house.issuer, CENTRE, cohort, 5, {"name": "Budi"})
    said = words(salma.get(f"classes/{cohort}/sign"))
    assert "3 certificates are signed" in said
    assert "1 more row is ready since." in said
    assert "Go on with 1" in said
