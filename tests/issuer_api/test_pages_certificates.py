"""A certificate in the browser: found by name, shown, held, released, withdrawn with a reason; and work attested."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest
from sqlmodel import select

from issuer_api.direct import issue_document
from issuer_api.issuing import credential_json
from issuer_api.programmes import define_programme
from issuer_api.status import set_indices, set_status, status_changes
from issuer_api.subjects import erase_person
from issuer_api.tables import Issued
from tests.databases import on_sqlite
from tests.issuer_api.house import CENTRE, EMPLOYER, FORM, House, read_example
from tests.issuer_api.registrar import Form, Registrar, registrar, words

UUID: Final = "urn:uuid:"


databases = on_sqlite


@pytest.fixture
def uuid(house: House) -> str:
    return house.issue()[0].removeprefix(UUID)


@pytest.mark.parametrize("name", ["Najma Akter", "AKTER", "নাজমা", "akter%20najma"])
def test_a_certificate_is_found_by_any_part_of_its_name(salma: Registrar, uuid: str, name: str) -> None:
    found = salma.get(f"certificates?name={name}")
    assert f'href="/issuer/{CENTRE}/certificates/{uuid}"' in found.text
    assert "1 person found" in words(found)
    assert "Najma Akter নাজমা আক্তার Class, row 2 Valid" in words(found)


def test_what_is_not_found_is_said_and_the_name_stays(salma: Registrar, uuid: str) -> None:
    assert uuid
    found = salma.get('certificates?name=Naj"ma')
    assert 'Nobody found for “Naj"ma”' in words(found)
    assert 'value="Naj&#34;ma"' in found.text
    for nothing in ("certificates", "certificates?name=%20"):
        assert "Or open a class" in words(salma.get(nothing))


def test_a_row_without_a_certificate_is_found_in_its_class(house: House, salma: Registrar) -> None:
    cohort = house.bring("Najma Akter,2016-11-13,,\n").id
    found = salma.get("certificates?name=Najma")
    assert "Not signed" in words(found)
    assert f'href="/issuer/{CENTRE}/classes/{cohort}?show=all#r2"' in found.text


def test_too_many_are_cut_and_said(house: House, salma: Registrar) -> None:
    house.bring("".join(f"Maria {number},2026-11-13,,\n" for number in range(101)))
    assert "The first 100 are shown." in words(salma.get("certificates?name=maria"))


def test_a_certificate_that_a_program_asked_for_is_found_too(house: House, salma: Registrar) -> None:
    house.issue()
    document = json.loads(credential_json(house.issuer, CENTRE, house.issue()[0]))
    qualification = document["credentialSubject"]["achievement"]["id"]
    subject = {"name": "Chidi Nwosu", "licenseNumber": "XA-1", "achievement": {"id": qualification}}
    issue_document(house.issuer, CENTRE, {"credentialSubject": subject})
    assert "Chidi Nwosu Asked for by a program Valid" in words(salma.get("certificates?name=Chidi"))


def test_an_attestation_that_a_crash_left_half_way_is_not_shown_yet(house: House, ana: Registrar) -> None:
    ana.post(f"work/{FORM}", form_of(ana) | {"step": "sign"})
    with house.issuer.database.write() as session:
        session.exec(select(Issued)).one().state = "reserved"
    assert "Nobody found" in words(ana.get("certificates?name=Haddad"))


def test_a_certificate_is_shown_with_its_files(house: House, salma: Registrar, uuid: str) -> None:
    page = salma.get(f"certificates/{uuid}")
    said = words(page)
    assert "Najma Akter Valid" in said
    assert "Awarded on 13 November 2026 Signed on 23 November 2026 Valid until 23 November 2036" in said
    claim = re.search(r'value="(http://localhost:8000/claim/[^"]+)"', page.text)
    assert claim is not None
    kept = salma.get(f"certificates/{uuid}/certificate.json")
    assert kept.content == credential_json(house.issuer, CENTRE, UUID + uuid)
    assert kept.headers["content-disposition"] == f'attachment; filename="{uuid}.json"'
    assert salma.get(f"certificates/{uuid}/certificate.pdf").content.startswith(b"%PDF")
    assert salma.get(f"certificates/{uuid}/certificate.png").content.startswith(b"\x89PNG")


def test_no_certificate_no_page(salma: Registrar) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for page in ("", "/certificate.json", "/certificate.pdf", "/certificate.png", "/hold"):
        assert salma.get(f"certificates/{nobody}{page}").status_code == 404
    assert salma.post(f"certificates/{nobody}/hold", {"reason": "checking"}).status_code == 404


def test_hold_and_release(house: House, salma: Registrar, uuid: str) -> None:
    asked = words(salma.get(f"certificates/{uuid}/hold"))
    assert "Whoever checks it reads: on hold, ask the centre." in asked
    assert "I know that this cannot be taken back" not in asked
    held = salma.post(f"certificates/{uuid}/hold", {"reason": "checking", "words": "  the hours\n of May "})
    assert "The certificate is on hold." in words(held)
    assert "Najma Akter On hold" in words(held)
    assert "Put on hold. We have to check something first: the hours of May" in words(held)
    assert len(set_indices(house.issuer, CENTRE, 1, "suspension")) == 1
    assert salma.get(f"certificates/{uuid}/hold").url.path.endswith(uuid)
    released = salma.post(f"certificates/{uuid}/release", {"reason": "checked"})
    assert "The certificate is released." in words(released)
    assert "Released. We checked, and all is in order" in words(released)
    assert not set_indices(house.issuer, CENTRE, 1, "suspension")
    assert [change.by for change in status_changes(house.issuer, CENTRE, UUID + uuid)] == ["Salma Nasser"] * 2


def test_withdrawing_is_confirmed_and_final(house: House, salma: Registrar, uuid: str) -> None:
    asked = words(salma.get(f"certificates/{uuid}/withdraw"))
    assert "It cannot be taken back. If you are not sure, put it on hold." in asked
    withdrawn = salma.post(f"certificates/{uuid}/withdraw", {"reason": "not-passed", "sure": "yes"})
    assert "The certificate is withdrawn." in words(withdrawn)
    assert "Najma Akter Withdrawn" in words(withdrawn)
    assert "Hand it to the person" not in words(withdrawn)
    assert len(set_indices(house.issuer, CENTRE, 1, "revocation")) == 1
    before = house.counts()
    for act in ("hold", "release", "withdraw"):
        assert salma.get(f"certificates/{uuid}/{act}").url.path.endswith(uuid)
    salma.post(f"certificates/{uuid}/withdraw", {"reason": "not-passed", "sure": "yes"})
    assert house.counts() == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"sure": "yes", "words": "typed"}, "Choose a reason."),
        ({"reason": "checking", "sure": "yes", "words": "typed"}, "Choose a reason."),
        ({"reason": "wrong-data", "words": "typed"}, "Say that you know it cannot be taken back."),
        (
            {"reason": "wrong-data", "sure": "yes", "words": "typed" * 50},
            "Write the reason in your own words, at most 185 letters.",
        ),
        ({"reason": "other", "sure": "yes", "words": " "}, "Write the reason in your own words"),
        ({"reason": "other", "sure": "yes", "words": "typed\u202e"}, "Write the reason in your own words"),
    ],
)
def test_a_withdrawal_that_lacks_something_changes_nothing_and_keeps_what_was_typed(
    house: House, salma: Registrar, uuid: str, sent: Form, said: str
) -> None:
    before = house.counts()
    answer = salma.post(f"certificates/{uuid}/withdraw", sent)
    assert answer.status_code == 422
    assert "Nothing was changed yet" in words(answer)
    assert said in words(answer)
    if str(sent["words"]).strip():
        assert str(sent["words"]) in answer.text
    if sent.get("reason") in {"wrong-data", "other"}:
        assert f'value="{sent["reason"]}" checked' in answer.text
    if "sure" in sent:
        assert 'value="yes" checked' in answer.text
    assert house.counts() == before


def test_an_act_that_is_none_is_not_there(salma: Registrar, uuid: str) -> None:
    assert salma.get(f"certificates/{uuid}/burn").status_code == 404
    assert salma.post(f"certificates/{uuid}/burn", {"reason": "checking"}).status_code == 404


def test_an_act_that_came_too_late_changes_nothing(house: House, salma: Registrar, uuid: str) -> None:
    set_status(house.issuer, CENTRE, UUID + uuid, "revocation", value=True, reason="an API's own words", by="API")
    before = house.counts()
    page = salma.post(f"certificates/{uuid}/hold", {"reason": "checking"})
    assert house.counts() == before
    assert "Withdrawn. an API's own words" in words(page)
    assert "Najma Akter Withdrawn" in words(page)


def test_a_page_does_not_say_what_was_not_done(salma: Registrar, uuid: str) -> None:
    for done in ("withdraw", "hold", "nonsense"):
        assert 'id="said"' not in salma.get(f"certificates/{uuid}?done={done}").text


def test_after_erasure_the_certificate_can_still_be_withdrawn(house: House, salma: Registrar, uuid: str) -> None:
    person = house.bring().rows[0].person
    erase_person(house.issuer, CENTRE, person)
    page = words(salma.get(f"certificates/{uuid}"))
    assert "This person's data was erased." in page
    assert "Najma" not in page
    assert "Data erased" in words(salma.get(f"certificates/{uuid}/withdraw"))
    withdrawn = salma.post(f"certificates/{uuid}/withdraw", {"reason": "false-papers", "sure": "yes"})
    assert "Data erased Withdrawn" in words(withdrawn)
    for file in ("json", "pdf", "png"):
        assert salma.get(f"certificates/{uuid}/certificate.{file}").status_code == 410
    assert "Nobody found" in words(salma.get("certificates?name=Najma"))


TYPED: Final[Form] = {
    "name": "Yusuf Haddad",
    "name_native": "يوسف حداد",
    "role": "Welder,  hull assembly",
    "started": "2023-06-01",
    "ended": "2026-09-30",
    "hours": "40",
    "country": "xc",
    "basis": "payroll",
    "occupation": "7aedaa07-3884-4c5b-88f9-80997b2aa54b",
    "skill": ["27d26fd6-5795-4f0a-884e-112df7c68314", "no-such-skill"],
}


def form_of(ana: Registrar) -> dict[str, str | list[str]]:
    key = re.search(r'name="key" value="([^"]+)"', ana.get(f"work/{FORM}").text)
    assert key is not None
    return {"key": key.group(1), **TYPED}


@pytest.fixture
def ana(house: House) -> Registrar:
    return registrar(house, EMPLOYER, name="Ana Ferreira")


def test_work_is_attested_after_a_second_look(house: House, ana: Registrar) -> None:
    assert ana.get("work").url.path.endswith(FORM)
    assert 'name="country" value="XC"' in ana.get(f"work/{FORM}").text
    typed, before = form_of(ana), house.counts()
    check = ana.post(f"work/{FORM}", typed | {"step": "check"})
    for fact in ("Is this right?", "Yusuf Haddad يوسف حداد", "1 June 2023 to 30 September 2026", "From the payroll", "welder"):
        assert fact in words(check)
    again = ana.post(f"work/{FORM}", typed | {"step": "change"})
    assert again.status_code == 200
    assert 'value="Welder,  hull assembly"' in again.text
    assert 'value="payroll" checked' in again.text
    assert house.counts() == before
    signed = ana.post(f"work/{FORM}", typed | {"step": "sign"})
    assert "The attestation is signed." in words(signed)
    assert "Welder, hull assembly" in words(signed)
    ana.post(f"work/{FORM}", typed | {"step": "sign"})
    assert house.counts()["issuer_credentials"] == 1
    uuid = signed.url.path.rpartition("/")[2]
    work = json.loads(credential_json(house.issuer, EMPLOYER, UUID + uuid))["credentialSubject"]["workExperience"]
    assert work["hoursPerWeek"] == 40
    assert work["country"] == "XC"
    assert [entry["targetName"] for entry in work["alignment"]] == ["welder", "apply arc welding techniques"]
    assert "Attested work" in words(ana.get("certificates?name=Haddad"))
    assert f'href="/issuer/{EMPLOYER}/certificates"' in signed.text


def test_hours_and_own_script_can_stay_empty(ana: Registrar) -> None:
    less = form_of(ana) | {"step": "check", "hours": "", "name_native": " ", "skill": []}
    assert "Hours a week" not in words(ana.post(f"work/{FORM}", less))
    assert "The attestation is signed." in words(ana.post(f"work/{FORM}", less | {"step": "sign"}))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "Type the name as it stands in the passport."),
        ("name_native", "x\u202ey", "hidden marks that change the direction"),
        ("role", "", "Say in a few words what the work was."),
        ("started", "June", "Give the day."),
        ("ended", "", "Give the day."),
        ("ended", "2026-11-24", "This day lies in the future."),
        ("ended", "2023-05-31", "The last day is before the first."),
        ("hours", "0", "Write a whole number from 1 to 100"),
        ("hours", "9" * 5000, "Write a whole number from 1 to 100"),
        ("hours", "٤٠", "Write a whole number from 1 to 100"),
        ("country", "Calentia", "Write the two letters of the state."),
        ("basis", "hearsay", "Choose one."),
        ("occupation", "", "Choose one."),
    ],
)
def test_what_lacks_is_said_at_its_field_and_what_was_typed_stays(
    house: House, ana: Registrar, field: str, typed: str, said: str
) -> None:
    before = house.counts()
    answer = ana.post(f"work/{FORM}", form_of(ana) | {"step": "sign", field: typed})
    assert answer.status_code == 422
    assert "One thing needs you" in words(answer)
    assert said in words(answer)
    assert f'href="#{field}"' in answer.text
    assert 'value="Yusuf Haddad"' in answer.text or field == "name"
    if field in {"role", "hours", "country", "name_native"}:
        assert f'value="{typed}"' in answer.text
    assert house.counts() == before


def test_an_unknown_step_signs_nothing(house: House, ana: Registrar) -> None:
    before = house.counts()
    assert ana.post(f"work/{FORM}", form_of(ana) | {"step": "sneak"}).status_code == 200
    assert house.counts() == before


def test_a_training_programme_is_no_form_for_work(salma: Registrar) -> None:
    assert salma.get("work/caregiving-nc2").status_code == 404
    assert "No form for work yet" in words(salma.get("work"))


def test_of_several_forms_one_is_chosen(house: House, ana: Registrar) -> None:
    define_programme(house.issuer, EMPLOYER, read_example("forms/work-experience.json") | {"id": "apprentices"})
    page = ana.get("work")
    assert f'href="/issuer/{EMPLOYER}/work/apprentices"' in page.text
    assert f'href="/issuer/{EMPLOYER}/work/{FORM}"' in page.text
