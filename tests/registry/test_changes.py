"""The second person at a state's desk."""

from __future__ import annotations

import pytest

from registry.desk.differences import Difference, differences
from tests.registry.conftest import House
from tests.registry.office import STATE, apply, approve, put_forward, words

PAGE = f"{STATE}/centres/sunder-bay-care/suspend"
FORM = {"step": "propose", "day": "2027-01-15", "reason": "An inspection."}


def test_nobody_approves_what_they_wrote_and_nobody_else_is_let_in(house: House) -> None:
    writer = house.desk("Writer", "assessor")
    change = put_forward(writer, PAGE, **FORM)
    assert "Sign the change" not in writer.get(change)
    assert writer.post(change, change, act="approve", digest="x").status_code == 403
    assert house.desk("Other", "approver", "XB").client.get(change).status_code == 404
    assert house.anybody.get(change, follow_redirects=False).status_code in {303, 401}
    approver = house.desk("Approver", "approver")
    assert "Sign the change" in approver.get(change)
    assert approver.post(change, change, act="approve", digest="x").status_code == 422
    assert approver.post(change, change, act="back", reason=" ").status_code == 422
    assert approver.post(change, change, act="back", reason="Say since when.").status_code == 303
    assert "Say since when." in writer.get(change)


def test_who_wrote_it_takes_it_back(house: House) -> None:
    writer, other = house.desk("Writer", "assessor"), house.desk("Other", "assessor")
    change = put_forward(writer, PAGE, **FORM)
    assert other.post(change, change, act="withdraw").status_code == 422
    assert writer.post(change, change, act="withdraw").status_code == 303
    assert "Withdrawn" in writer.get(change)
    assert "Nothing waits." in writer.get(STATE)


def test_what_somebody_else_changed_meanwhile_is_not_signed_over(house: House) -> None:
    writer, approver = house.desk("Writer", "assessor"), house.desk("Approver", "approver")
    page = f"{STATE}/centres/sunder-bay-care/end?accreditation=urn:comity:XA:accreditation:102"
    form = {"step": "propose", "accreditation": "urn:comity:XA:accreditation:102", "reason": "By the council."}
    first, second = (put_forward(writer, page, day=day, **form) for day in ("2027-03-01", "2027-04-01"))
    digest = approver.get(second).partition('name="digest" value="')[2].partition('"')[0]
    approve(approver, first)
    assert "somebody changed this meanwhile" in approver.get(second)
    assert approver.post(second, second, act="approve", digest=digest).status_code == 422
    assert "Waits for a second person" in approver.get(second)


def test_a_form_of_another_session_does_nothing(house: House) -> None:
    writer = house.desk("Writer", "assessor")
    assert writer.client.post(PAGE, data={**FORM, "form": "0" * 32}).status_code == 403
    assert "Nothing waits." in writer.get(STATE)


def test_what_differs_is_told_leaf_by_leaf() -> None:
    before = {"id": "x", "scope": {"nqf": ["2", "3"]}, "until": None}
    after = {"id": "x", "scope": {"nqf": ["2"]}, "until": "2027-01-01"}
    assert differences(before, after) == (
        Difference(("until",), "", "2027-01-01"),
        Difference(("scope", "nqf", "2"), "3", ""),
    )
    assert len(differences(None, after)) == 3


def test_a_change_is_read_in_words_and_names(house: House) -> None:
    change = put_forward(house.desk("Writer", "assessor"), PAGE, **FORM)
    page = words(house.desk("Approver", "approver").get(change))
    for told in ("Looked at again by", "15 January 2027", "Sunder Bay Care Training Centre"):
        assert told in page
    french = words(house.desk("Other approver", "approver").get(f"{change}?lang=fr"))
    assert "Réexamen avant le" in french
    assert "Centre de formation aux soins de Sunder Bay" in french


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_page_is_there_in_every_language(house: House, language: str) -> None:
    name, desk = apply(house), house.desk("Writer", "assessor")
    change = put_forward(desk, PAGE, **FORM)
    centre, rules = f"{STATE}/centres/sunder-bay-care", f"{STATE}/rules"
    paths = [STATE, f"{STATE}/applications/{name}", f"{STATE}/centres", centre, PAGE, rules, f"{rules}/write", f"{STATE}/cases"]
    paths += [f"{STATE}/lists", change, "/registry/apply", "/registry/ask", f"/registry/applications/{name}", "/registry"]
    for path in paths:
        assert f'lang="{language}"' in desk.get(f"{path}?lang={language}")
