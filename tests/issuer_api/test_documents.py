from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from credentials import rdf
from credentials.errors import DataLossError, SchemaError
from credentials.identifiers import credential_id
from issuer_api.documents import Award, Place, build, check
from tests.issuer_api.house import read_example

COURSE = read_example("programmes/caregiving-nc2.json")
FORM = read_example("forms/work-experience.json")
DID = "did:web:localhost%3A8000:issuers:sunder-bay-care"
PLACE = Place("http://localhost:8000/status/sunder-bay-care-1", 70_001)
TODAY = date(2026, 11, 23)


def graduate(*names: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of Award
    fields: dict[str, Any] = {"awarded": date(2026, 11, 13), "number": "XA-SBC-2026-1", "started": date(2026, 3, 2)} | changes
    return build(DID, "Sunder Bay", COURSE, Award(names or ("Sari",), **fields), PLACE, TODAY)


def test_a_training_credential_has_whole_days_and_one_index_in_both_lists() -> None:
    document = graduate()
    check(document, rdf.canonicalize)
    assert document["id"] == credential_id(DID, PLACE.stem, 70_001)
    assert (document["validFrom"], document["validUntil"]) == ("2026-11-23T00:00:00Z", "2036-11-23T00:00:00Z")
    assert document["awardedDate"] == "2026-11-13T00:00:00Z"
    assert [(entry["statusPurpose"], entry["statusListIndex"]) for entry in document["credentialStatus"]] == [
        ("revocation", "70001"),
        ("suspension", "70001"),
    ]
    assert {entry["statusListCredential"] for entry in document["credentialStatus"]} == {
        "http://localhost:8000/status/sunder-bay-care-1-revocation",
        "http://localhost:8000/status/sunder-bay-care-1-suspension",
    }


def test_what_was_issued_on_a_leap_day_ends_on_28_february() -> None:
    document = build(DID, "S", COURSE, Award(("Sari",), date(2024, 2, 1), "1"), PLACE, date(2024, 2, 29))
    assert document["validUntil"] == "2034-02-28T00:00:00Z"


def test_names_carry_language_and_direction() -> None:
    document = graduate("Yusuf Haddad", "يوسف حداد")
    assert document["credentialSubject"]["name"] == [
        {"@value": "Yusuf Haddad", "@language": "ar-Latn"},
        {"@value": "يوسف حداد", "@language": "ar", "@direction": "rtl"},
    ]
    assert graduate("Sari")["credentialSubject"]["name"] == [{"@value": "Sari", "@language": "und-Latn"}]


def test_a_course_without_a_first_day_says_none() -> None:
    document = graduate(started=None)
    check(document, rdf.canonicalize)
    assert "activityStartDate" not in document["credentialSubject"]


def test_a_work_credential_holds_what_was_attested() -> None:
    attested = read_example("work/yusuf-haddad.json")
    work = {name: value for name, value in attested.items() if name not in {"issuer", "form", "names"}}
    award = Award(tuple(attested["names"]), date(2026, 9, 30), "", work=work)
    document = build(DID, "Harborline", FORM, award, PLACE, TODAY)
    check(document, rdf.canonicalize)
    assert document["type"] == ["VerifiableCredential", "WorkExperienceCredential"]
    assert document["credentialSubject"]["workExperience"]["roleName"] == "Welder, hull assembly"
    assert "awardedDate" not in document


def test_a_document_that_does_not_fit_or_would_lose_something_is_refused() -> None:
    with pytest.raises(SchemaError) as raised:
        check(graduate(number=""), rdf.canonicalize)
    assert raised.value.pointer == "/credentialSubject/licenseNumber"
    with pytest.raises(DataLossError):
        check(graduate() | {"favouriteColour": "blue"}, rdf.canonicalize)
