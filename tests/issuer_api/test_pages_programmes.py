"""The form of a programme: entries are found and picked, everything typed is kept, a version is saved."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Final

import pytest

from issuer_api.classifications import FIELD, GROUP, OCCUPATION, SKILL, Entry, counted, entry_of, find, replace_entries
from issuer_api.programme_form import id_of
from issuer_api.programmes import programme, programme_version
from issuer_api.service import Issuer
from tests.issuer_api.house import CENTRE, COURSE, FORM, House, read_example
from tests.issuer_api.registrar import Form, Registrar, registrar, words

WELDER: Final = Entry(
    OCCUPATION,
    "7aedaa07-3884-4c5b-88f9-80997b2aa54b",
    "welder",
    "http://data.europa.eu/esco/occupation/7aedaa07-3884-4c5b-88f9-80997b2aa54b",
    "7212",
    ("torch operator",),
)
FITTER: Final = Entry(OCCUPATION, "11aa22bb", "fitter and pipe welder", "", "7126")
WELDERS: Final = Entry(GROUP, "7212", "Welders and flamecutters", "http://data.europa.eu/esco/isco/C7212")
SOUDEUR: Final = Entry(OCCUPATION, WELDER.code, "soudeur/soudeuse à l'arc 100 %", "", "7212")
_PICKED: Final = re.compile(r'<input type="hidden" name="entry" value="([^"]*)">')
_ADDS: Final = re.compile(r'name="add" value="([^"]*)"')
TYPED: Final[Form] = {
    "title_en": "Pipe  welding NC II",
    "title_fr": "Soudage de tubes",
    "criteria": "Passed.",
    "qualification": "urn:comity:XA:q:PIPE@2026",
    "hours": "268",
    "valid_years": "10",
    "number": "XA-P",
    "started": "",
    "kind": OCCUPATION,
}


@pytest.fixture
def issuer(house: House) -> Issuer:
    replace_entries(house.issuer, "en", [WELDER, FITTER, WELDERS])
    replace_entries(house.issuer, "fr", [SOUDEUR])
    return house.issuer


@pytest.fixture
def salma(house: House, issuer: Issuer) -> Registrar:
    assert house.issuer is issuer
    return registrar(house, CENTRE)


def picked(page: str) -> list[str]:
    return [unescape(text) for text in _PICKED.findall(page)]


def names(found: tuple[Entry, ...]) -> list[str]:
    return [entry.label for entry in found]


def test_entries_are_found_by_the_beginnings_of_words_the_nearest_first(issuer: Issuer) -> None:
    assert names(find(issuer, OCCUPATION, "weld", "en")) == ["welder", "fitter and pipe welder"]
    assert names(find(issuer, OCCUPATION, "WELD pip", "en")) == ["fitter and pipe welder"]
    assert names(find(issuer, OCCUPATION, "torch", "en")) == ["welder"]
    assert names(find(issuer, OCCUPATION, "elder", "en")) == []
    assert names(find(issuer, OCCUPATION, "  ", "en")) == []
    assert names(find(issuer, OCCUPATION, "a l'arc soudeuse", "fr")) == []  # it is one word with its stroke
    assert names(find(issuer, OCCUPATION, "soudeur/soudeuse a", "fr")) == [SOUDEUR.label]
    assert names(find(issuer, GROUP, "weld", "fr")) == ["Welders and flamecutters"]  # no groups in French: in English
    assert names(find(issuer, OCCUPATION, "%", "en")) == names(find(issuer, OCCUPATION, "w_lder", "en")) == []
    assert names(find(issuer, OCCUPATION, "%", "fr")) == [SOUDEUR.label]
    assert names(find(issuer, SKILL, "arc techn", "en")) == ["apply arc welding techniques"]  # shipped
    assert len(find(issuer, OCCUPATION, "weld", "en", most=1)) == 1


def test_what_is_imported_takes_the_place_of_its_kind_in_its_language(issuer: Issuer) -> None:
    assert set(counted(issuer)) == {(OCCUPATION, "en", 2), (OCCUPATION, "fr", 1), (GROUP, "en", 1)}
    assert replace_entries(issuer, "en", [WELDER, WELDER]) == {OCCUPATION: 1}
    assert entry_of(issuer, OCCUPATION, FITTER.code, "en") is None
    found = entry_of(issuer, OCCUPATION, WELDER.code, "ar")
    assert found is not None
    assert (found.label, found.group) == ("welder", "7212")
    shipped = entry_of(issuer, FIELD, "0715", "en")
    assert shipped is not None
    assert shipped.alignment()["targetFramework"] == "ISCED-F 2013"


def test_a_programme_is_made_step_by_step_and_nothing_typed_is_lost(house: House, salma: Registrar) -> None:
    assert "Nothing yet." in words(salma.get("programmes/new"))
    page = salma.post("programmes/new", {**TYPED, "step": "find", "text": "weld"})
    offered = [json.loads(unescape(text)) for text in _ADDS.findall(page.text)]
    assert [entry["targetName"] for entry in offered] == ["welder", "fitter and pipe welder"]
    assert 'value="Pipe  welding NC II"' in page.text
    page = salma.post("programmes/new", {**TYPED, "add": json.dumps(offered[0]), "text": "weld"})
    chosen = picked(page.text)
    assert [json.loads(text)["targetName"] for text in chosen] == ["welder", "Welders and flamecutters"]  # with its group
    level = {"step": "level", "level_framework": "Aravel framework", "level_code": "2", "level_name": ""}
    chosen = picked(salma.post("programmes/new", {**TYPED, "entry": chosen, **level}).text)
    chosen = picked(salma.post("programmes/new", {**TYPED, "entry": chosen, **level, "level_code": "3"}).text)
    assert [json.loads(text)["targetCode"] for text in chosen][2:] == ["3"]
    again = [*chosen, json.dumps(offered[1]), json.dumps(offered[0])]
    chosen = picked(salma.post("programmes/new", {**TYPED, "entry": again, "remove": "3"}).text)
    assert [json.loads(text)["targetCode"] for text in chosen] == [WELDER.code, "7212", "3"]
    saved = salma.post("programmes/new", {**TYPED, "entry": chosen, "step": "save"})
    assert saved.url.path == f"/issuer/{CENTRE}/programmes/pipe-welding-nc-ii"
    assert "The programme is saved." in words(saved)
    record = programme(house.issuer, CENTRE, "pipe-welding-nc-ii")
    assert record["title"] == {"en": "Pipe welding NC II", "fr": "Soudage de tubes"}
    assert (record["hours"], record["validYears"], "started" in record) == (268, 10, False)
    assert salma.get("programmes/pipe-welding-nc-ii/specimen.png").status_code == 200
    refused = salma.post("programmes/new", {**TYPED, "entry": chosen, "step": "save"})
    assert refused.status_code == 422
    assert "There is a programme of this name." in words(refused)
    assert picked(refused.text) == chosen


def test_what_is_wrong_is_said_at_each_field(salma: Registrar) -> None:
    page = salma.post(
        "programmes/new", {**TYPED, "title_en": " ", "hours": "many", "number": "a b", "started": "x", "step": "save"}
    )
    assert page.status_code == 422
    for said in (
        "5 things need you",
        "Give a title in English",
        "from 1 to 99,999",
        "1 to 20 letters",
        "Give a day",
        "Add at least",
    ):
        assert said in words(page)
    assert page.text.count('aria-invalid="true"') == 5
    assert 'value="many"' in page.text
    entries = [json.dumps(WELDER.alignment()), "no entry", "{}"]
    page = salma.post("programmes/new", {**TYPED, "entry": entries, "qualification": "urn:comity:<x>", "step": "save"})
    assert page.status_code == 422
    assert "No certificate can be made of this." in words(page)


def test_a_change_is_the_next_version_and_keeps_what_the_form_does_not_ask(house: House, salma: Registrar) -> None:
    before = read_example(f"programmes/{COURSE}.json")
    version, _ = programme_version(house.issuer, CENTRE, COURSE)
    page = salma.get(f"programmes/{COURSE}/change")
    assert [json.loads(text) for text in picked(page.text)] == before["alignment"]
    typed = {
        **TYPED,
        "title_en": "Caregiving NC II, evenings",
        "title_fr": "",
        "title_ar": "",
        "second_language": "",
        "entry": picked(page.text),
        "step": "save",
    }
    assert salma.post(f"programmes/{COURSE}/change", typed).url.path == f"/issuer/{CENTRE}/programmes/{COURSE}"
    number, record = programme_version(house.issuer, CENTRE, COURSE)
    assert number == version + 1
    assert record["title"]["en"] == "Caregiving NC II, evenings"
    others = {language: text for language, text in before["title"].items() if language not in ("en", "fr", "ar")}
    assert {language: text for language, text in record["title"].items() if language != "en"} == others
    assert record["alignment"] == before["alignment"]
    assert record.get("issuer") == before.get("issuer")


def test_entries_are_given_to_the_script_of_the_page(salma: Registrar) -> None:
    found = salma.get(f"concepts?kind={OCCUPATION}&text=pipe")
    assert found.json() == [FITTER.alignment()]
    assert salma.get("concepts?kind=something&text=pipe").json() == []


def test_only_who_prepares_may_write_programmes(house: House) -> None:
    auditor = registrar(house, CENTRE, name="Ann", role="auditor")
    assert auditor.get("programmes/new").status_code == auditor.get(f"programmes/{COURSE}/change").status_code == 403
    assert auditor.post("programmes/new", {**TYPED, "step": "save"}).status_code == 403
    assert "New programme" not in words(auditor.get("programmes"))
    employer = registrar(house, "harborline-shipyard", name="Omar")
    assert employer.get(f"programmes/{FORM}/change").status_code == 404


@pytest.mark.parametrize(
    ("title", "name"),
    [("Pipe Welding", "pipe-welding"), ("2nd level", "course-2nd-level"), ("لحام", "course"), ("a" * 90, "a" * 60)],
)
def test_a_new_programme_is_named_after_its_title(title: str, name: str) -> None:
    assert id_of(title) == name
