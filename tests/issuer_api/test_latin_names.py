"""Names in Latin letters: suggested where they can be told, never taken without a person's act."""

from __future__ import annotations

import re
import unicodedata

import pytest

from issuer_api.classroom import ask, open_class, open_classroom, requests_of
from issuer_api.cohorts import cohort_report
from issuer_api.latin_arabic import KNOWN
from issuer_api.latin_names import in_latin, lacks_latin, suggestion, with_latin
from issuer_api.names import name_problem
from tests.issuer_api.house import CENTRE, COURSE, NOW, House
from tests.issuer_api.registrar import Registrar, words

SUGGESTED = {
    "Юлия Щеглова": "Iuliia Shcheglova",  # as Doc 9303-3 has it
    "Соловьёва Анна-Мария": "Soloveva Anna-Mariia",
    "ЄВГЕНІЯ ҐАЛАҐАН": "Ievgeniia Galagan",
    "Подъячев": "Podieiachev",
    "নাজমা আক্তার": "Najma Aktar",
    "রহিম উদ্দিন": "Rahim Uddin",
    "খাদিজা বেগম": "Khadija Begam",
    "नाज़मा अख़्तर": "Nazma Akhtar",
    "सुनीता शर्मा": "Sunita Sharma",
    "राम बहादुर थापा": "Ram Bahadur Thapa",
    "प्रकाश कुमार": "Prakash Kumar",
    "ናጅማ አክተር": "Najma Akter",
    "ከበደ ብርሃን": "Kebede Birhan",
    "ሰላም ተስፋዬ": "Selam Tesfaye",
    "நஜ்மா அக்தர்": "Najma Aktar",
    "செல்வி": "Selvi",
    "نجمة أختر": "Najma Akhtar",
    "مُحَمَّد علي": "Mohammed Ali",
}
NOT_TOLD = (
    "",
    "Nazma",
    "Anna Čapek",
    "قريشي",
    "محمد قريشي",
    "นัจมา อักเตอร์",
    "Юлия Smith",
    "田中",
    "Юлия 7",
    "👩",
    "́",
    "Ж" * 100,
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_suggested_where_it_can_be_told(form: str) -> None:
    assert {name: in_latin(unicodedata.normalize(form, name)) for name in SUGGESTED} == SUGGESTED  # type: ignore[arg-type]


def test_nothing_is_suggested_where_it_cannot_and_no_suggestion_is_no_name() -> None:
    assert {name: in_latin(name) for name in NOT_TOLD} == dict.fromkeys(NOT_TOLD, "")
    letters = [chr(code) for code in (*range(0x400, 0x530), *range(0x600, 0x700), *range(0x900, 0xA00), *range(0xB80, 0xC00))]
    for letter in (*letters, *(chr(code) for code in range(0x1200, 0x1380))):
        for name in (letter, f"ক{letter}", f"Ж{letter}", f"ከ{letter}", f"ம{letter}ம"):
            found = in_latin(name)
            assert not found or (found.isascii() and name_problem(found) is None), (name, found)
    assert all(in_latin(name) == latin for name, latin in KNOWN.items())


def test_what_a_row_lacks_and_what_changes_when_it_is_taken() -> None:
    assert lacks_latin({"name": "Юлия", "name_native": ""})
    assert not lacks_latin({"name": "Юлия", "name_native": "Iuliia"})
    assert not lacks_latin({"name": "", "name_native": ""})
    assert suggestion({"name": "", "name_native": "Юлия"}) == "Iuliia"
    assert suggestion({"name": "Julia", "name_native": "Юлия"}) == ""
    assert with_latin({"name": "Юлия"}, "Iuliia") == {"name": "Iuliia", "name_native": "Юлия"}
    assert with_latin({"name": "Юлия", "name_native": "ইউলিয়া"}, "Iuliia") == {"name": "Iuliia"}
    assert with_latin({"name": ""}, "Iuliia") == {"name": "Iuliia"}


def test_a_row_takes_it_by_an_act_alone(house: House, salma: Registrar) -> None:
    cohort = house.bring(",2026-11-13,নাজমা আক্তার,\nЮлия Щеглова,2026-11-13,,\nSari,2026-11-13,,\nقريشي,2026-11-13,,\n").id

    def names() -> list[tuple[str, str]]:
        return [(row.cells["name"], row.cells["name_native"]) for row in cohort_report(house.issuer, CENTRE, cohort).rows]

    before = names()
    page = salma.get(f"classes/{cohort}?show=all")
    assert "In Latin letters this may be Najma Aktar. It is a suggestion: the passport decides." in words(page)
    assert page.text.count("No name in Latin letters") == 2
    assert "The passport says Iuliia Shcheglova" in words(salma.get(f"classes/{cohort}?show=all&edit=3"))
    assert "The passport says" not in words(salma.get(f"classes/{cohort}?show=ready&edit=5"))
    assert names() == before
    for form in page.text.split("<form")[1:]:
        first = re.search(r"<button[^>]*>", form)
        assert first is not None
        assert "use_name" not in first[0]  # what the key Enter presses
    salma.post(f"classes/{cohort}/rows/2", {"name": "", "use_name": "Najma Aktar"})
    salma.post(f"classes/{cohort}/rows/3", {"name": "Юлия Щеглова", "name_native": "", "use_name": "Iuliia Shcheglova"})
    assert names()[:2] == [("Najma Aktar", "নাজমা আক্তার"), ("Iuliia Shcheglova", "Юлия Щеглова")]
    assert names()[2:] == before[2:]


def test_in_the_classroom_too(house: House, salma: Registrar) -> None:
    cohort = open_class(house.issuer, CENTRE, COURSE)
    code = open_classroom(house.issuer, CENTRE, cohort, awarded_on=NOW.date()).code
    for name in ("ከበደ ብርሃን", "ሰላም ተስፋዬ"):
        ask(house.issuer, code, {"name_native": name})
    page = words(salma.get(f"classes/{cohort}/classroom"))
    assert "In Latin letters this may be Kebede Birhan." in page
    first, second = requests_of(house.issuer, CENTRE, cohort)
    salma.post(f"classes/{cohort}/classroom/{first.id}", {"latin": first.latin})
    at = f"/issuer/api/v1/cohorts/{cohort}/requests"
    assert house.program().get(at).json()[0]["latin"] == "Selam Tesfaye"
    assert house.program().post(f"{at}/{second.id}", json={"latin": "Salam Tesfaye"}).json() == {"row": 3}
    rows = cohort_report(house.issuer, CENTRE, cohort).ready
    assert [(row.cells["name"], row.cells["name_native"]) for row in rows] == [
        ("Kebede Birhan", "ከበደ ብርሃን"),
        ("Salam Tesfaye", "ሰላም ተስፋዬ"),
    ]
