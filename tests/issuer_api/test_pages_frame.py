"""Who sees what: signing in, centres apart from one another, forms of this session only, words in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po
from fastapi import FastAPI
from starlette.testclient import TestClient

from issuer_api.cohorts import cohort_report
from issuer_api.history import note
from issuer_api.issuing import issue_cohort
from issuer_api.organisations import create_issuer
from issuer_api.row_repair import repair_row
from tests.databases import SQLITE, Databases
from tests.issuer_api.house import BASE, CENTRE, COURSE, EMPLOYER, FOLDER, FORM, NOW, OTHER, THREE, House, build
from tests.issuer_api.registrar import SALMA, Registrar, application, registrar, words
from web.languages import LANGUAGES

PLACEHOLDER: Final = re.compile(r"\{[a-z_]+\}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Databases(SQLITE).tables(tmp_path_factory.mktemp("frame")) as url:
        built = build(url)
        yield built
        built.close()


@pytest.fixture(scope="module")
def app(house: House) -> FastAPI:
    return application(house)


@pytest.fixture(scope="module")
def salma(house: House, app: FastAPI) -> Registrar:
    return registrar(house, app=app)


@pytest.fixture(scope="module")
def idris(house: House, app: FastAPI) -> Registrar:
    """The registrar of another centre."""
    return registrar(house, OTHER, name="Idris Bako", app=app)


@pytest.fixture(scope="module")
def cohort(house: House) -> str:
    """A class of three: two certificates are signed, the third is ready to be."""
    report = house.bring("Najma Akter,2026-11-13,নাজমা আক্তার,\n,2026-11-13,,\nSari,2026-11-13,,\n")
    issue_cohort(house.issuer, CENTRE, report.id)
    repair_row(house.issuer, CENTRE, report.id, 3, {"name": "Yusuf Haddad"})
    return report.id


@pytest.fixture(scope="module")
def uuid(house: House, cohort: str) -> str:
    return str(cohort_report(house.issuer, CENTRE, cohort).rows[0].credential).removeprefix("urn:uuid:")


PAGES: Final = (
    "",
    "classes",
    "classes/new",
    f"classes/new/{COURSE}.csv",
    "classes/{cohort}",
    "classes/{cohort}/look",
    "classes/{cohort}/look/3.png",
    "classes/{cohort}/look/3.pdf",
    "classes/{cohort}/sign",
    "classes/{cohort}/sign/progress",
    "classes/{cohort}/print.pdf",
    "classes/{cohort}/hand-out",
    "certificates",
    "certificates/{uuid}",
    "certificates/{uuid}/certificate.pdf",
    "certificates/{uuid}/card.pdf",
    "certificates/{uuid}/certificate.png",
    "certificates/{uuid}/certificate.json",
    "certificates/{uuid}/hold",
    "certificates/{uuid}/withdraw",
    "programmes",
    f"programmes/{COURSE}",
    f"programmes/{COURSE}/specimen.png",
    "work",
    "history",
)
FORMS: Final = (
    "programmes/new",
    f"programmes/{COURSE}/change",
    "classes/new",
    "classes/{cohort}/rows/3",
    "classes/{cohort}/rows/3/left-out",
    "classes/{cohort}/rows/3/taken-in",
    "classes/{cohort}/rows/3/kept",
    "classes/{cohort}/sign",
    "certificates/{uuid}/hold",
    "certificates/{uuid}/withdraw",
    f"work/{FORM}",
)


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_a_page_without_signing_in(app: FastAPI, cohort: str, uuid: str, page: str) -> None:
    stranger = TestClient(app, base_url=BASE, headers={"Accept": "text/html"})
    answer = stranger.get(f"/issuer/{CENTRE}/{page.format(cohort=cohort, uuid=uuid)}".rstrip("/"))
    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_another_centres_pages_are_not_there(idris: Registrar, cohort: str, uuid: str, page: str) -> None:
    path = page.format(cohort=cohort, uuid=uuid)
    asked = idris.client.get(f"/issuer/{CENTRE}/{path}".rstrip("/"))
    assert asked.status_code == 404
    assert "Najma" not in asked.text
    if "{" in page:
        assert idris.get(path).status_code == 404


@pytest.mark.parametrize("page", FORMS)
def test_another_centres_forms_do_nothing(house: House, idris: Registrar, cohort: str, uuid: str, page: str) -> None:
    path, before = page.format(cohort=cohort, uuid=uuid), house.counts()
    sent = {"form": idris.token(), "reason": "wrong-data", "sure": "yes", "name": "Somebody Else", "text": THREE}
    assert idris.client.post(f"/issuer/{CENTRE}/{path}", data=sent).status_code == 404
    if "{" in page:
        assert idris.post(path, sent).status_code == 404
    assert house.counts() == before


@pytest.mark.parametrize("page", FORMS)
@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_form_of_another_session_does_nothing(
    house: House, salma: Registrar, cohort: str, uuid: str, page: str, token: str
) -> None:
    before = house.counts()
    answer = salma.post(page.format(cohort=cohort, uuid=uuid), {"form": token, "reason": "wrong-data", "sure": "yes"})
    assert answer.status_code == 403
    assert "does not belong to your session" in words(answer)
    assert house.counts() == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [page for page in PAGES if not page.endswith((".png", ".pdf", ".json", ".csv", "progress"))])
def test_every_page_speaks_every_language(salma: Registrar, cohort: str, uuid: str, page: str, language: str) -> None:
    path = page.format(cohort=cohort, uuid=uuid)
    answer = salma.client.get(f"/issuer/{CENTRE}/{path}?lang={language}".replace("/?", "?"))
    assert answer.status_code == 200
    assert f'<html lang="{language}" dir="{LANGUAGES[language][1]}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert "style=" not in answer.text
    salma.client.get(f"/issuer/{CENTRE}?lang=en")


@pytest.fixture(scope="module")
def auditor(house: House, app: FastAPI) -> Registrar:
    """Somebody who may look, and do nothing."""
    return registrar(house, name="Omar Saleh", role="auditor", app=app)


@pytest.mark.parametrize("page", [page for page in FORMS if not page.startswith("work")])
def test_who_may_only_look_changes_nothing(house: House, auditor: Registrar, cohort: str, uuid: str, page: str) -> None:
    before = house.counts()
    sent = {"reason": "wrong-data", "sure": "yes", "name": "Somebody Else", "text": THREE}
    assert auditor.post(page.format(cohort=cohort, uuid=uuid), sent).status_code == 403
    assert house.counts() == before


@pytest.mark.parametrize(
    "page",
    ["", "classes", "classes/{cohort}", "classes/{cohort}/look", "classes/{cohort}/sign", "certificates/{uuid}", "programmes"],
)
def test_who_may_only_look_is_offered_nothing_else(auditor: Registrar, cohort: str, uuid: str, page: str) -> None:
    answer = auditor.get(page.format(cohort=cohort, uuid=uuid))
    assert answer.status_code == 200
    assert answer.text.count('method="post"') == 1  # signing out
    for offer in ("Bring a list", "Put on hold", "/claim/", "hand-out", "Leave this row out"):
        assert offer not in answer.text
    assert auditor.get(f"classes/{cohort}/hand-out").status_code == 403


def test_the_masthead_says_who_works_for_whom_and_lets_her_leave(house: House) -> None:
    leaving = registrar(house)
    said = words(leaving.get())
    assert "Sunder Bay Care Training Centre" in said
    assert SALMA in said
    assert "Sign out" in said
    answer = leaving.client.post("/sign-out", data={"form": leaving.token()}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert leaving.get().status_code == 401


def test_a_person_of_one_centre_goes_straight_to_it(house: House) -> None:
    answer = registrar(house).client.get("/issuer", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/issuer/{CENTRE}")


def test_a_person_of_several_chooses_and_sees_what_waits(house: House, cohort: str) -> None:
    assert cohort
    rana = registrar(house, CENTRE, OTHER, EMPLOYER, "an-office-that-issues-nothing", name="Rana Idris")
    house.bring("Najma Akter,2016-11-13,,\nSari,2026-11-13,,\n", slug=OTHER)
    answer = rana.client.get("/issuer")
    said = words(answer)
    assert "For which centre are you working?" in said
    assert "Sunder Bay Care Training Centre Sunder Bay · 1 thing waits" in said
    assert "Tarimba Welding School Tarimba · 2 things wait" in said
    assert answer.text.count('class="act"') == 3
    assert "Other centres" in words(rana.get())
    assert "Attest work" in words(rana.client.get(f"/issuer/{EMPLOYER}"))
    assert "Attest work" not in words(rana.get())


def test_a_person_of_no_centre_is_told_how_to_get_one(house: House) -> None:
    nobody = registrar(house, "an-office-that-issues-nothing", name="Nobody Yet")
    answer = nobody.client.get("/issuer")
    assert answer.status_code == 200
    assert "You belong to no centre yet" in words(answer)


def test_a_centre_that_is_gone_is_not_there(house: House) -> None:
    ghost = registrar(house, "an-office-that-issues-nothing", name="Nobody Yet")
    assert ghost.client.get("/issuer/an-office-that-issues-nothing").status_code == 404


def test_programmes_are_listed_and_shown(salma: Registrar) -> None:
    assert "Caregiving NC II 786 hours · valid for 10 years" in words(salma.get("programmes"))
    said = words(salma.get(f"programmes/{COURSE}"))
    for fact in ("رعاية الأشخاص NC II", "XA-SBC", "tend to elderly people", "ISCO-08 Home-based personal care workers 5322"):
        assert fact in said
    picture = salma.get(f"programmes/{COURSE}/specimen.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert salma.get("programmes/none-of-that-name").status_code == 404


def test_a_form_for_work_is_a_programme_without_a_specimen(house: House) -> None:
    ana = registrar(house, EMPLOYER, name="Ana Ferreira")
    assert "Form for attesting work" in words(ana.get("programmes"))
    assert f'href="/issuer/{EMPLOYER}/work/{FORM}"' in ana.get(f"programmes/{FORM}").text
    assert ana.get(f"programmes/{FORM}/specimen.png").status_code == 404


def test_a_house_without_programmes_says_what_to_do(house: House) -> None:
    create_issuer(house.issuer, "new-school", {"name": "New School"})
    new = registrar(house, "new-school")
    for page in ("", "programmes", "classes/new"):
        assert "No programmes yet" in words(new.get(page))
    assert "No form for work yet" in words(new.get("work"))
    assert "No classes yet" in words(new.get("classes"))
    assert "Nothing waits" in words(new.get())


def test_the_history_says_who_did_what_in_pages(house: House, salma: Registrar) -> None:
    for number in range(60):
        with house.issuer.database.write(CENTRE) as session:
            note(house.issuer, session, CENTRE, "API token tests", "an-act-of-tomorrow", str(number))
    newest = salma.get("history")
    assert "an-act-of-tomorrow" in newest.text
    older = re.search(r'href="\?before=(\d+)"', newest.text)
    assert older is not None
    said = words(salma.get(f"history?before={older.group(1)}"))
    for act in ("Certificate signed", "List brought", "Programme defined"):
        assert act in said
    assert "Najma" not in said
    assert NOW.strftime("%d %B %Y %H:%M") in said


def _catalog(language: str) -> dict[str, str]:
    with (Path(FOLDER) / "locales" / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_word_is_there_in_every_language(language: str) -> None:
    english, other = _catalog("en"), _catalog(language)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert other[key].strip(), key
        missing = set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(other[key]))
        assert not missing or (key.endswith(".one") and missing == {"{n}"}), key
        assert not set(PLACEHOLDER.findall(other[key])) - set(PLACEHOLDER.findall(text)) or key.endswith((".one", ".many")), key
