"""A passport that the centre saw and the key of a person's phone: from the class's list into the certificate."""

from __future__ import annotations

import json
from datetime import date

import pytest

from credentials.dids import did_key
from credentials.passports import Passport, identity_of
from issuer_api.cohort_file import read_list
from issuer_api.cohorts import import_cohort
from issuer_api.issuing import credential_json, issue_cohort
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, COURSE, House

KEY = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
P256 = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
P384 = "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9"
TODAY = date(2026, 11, 23)
HEADER = "name,awarded_on,passport,born_on,passport_until,holder_key\n"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (",,,", []),
        ("ab 123-456,1998-03-14,2031-05-08,", []),
        (f",,,{KEY}", []),
        ("AB123456,,,", [("passport-part", "born_on"), ("passport-part", "passport_until")]),
        (",1998-03-14,,", [("passport-part", "passport"), ("passport-part", "passport_until")]),
        ("AB1234567890,1998-03-14,2031-05-08,", [("passport-unreadable", "passport")]),
        ("ÄB123,1998-03-14,2031-05-08,", [("passport-unreadable", "passport")]),
        ("AB123,14.03.1998,2031-02-30,", [("date-unreadable", "born_on"), ("date-unreadable", "passport_until")]),
        ("AB123,2027-03-14,2031-05-08,", [("date-in-future", "born_on")]),
        (f",,,{P256}", []),
        (f",,,{P384}", [("key-unreadable", "holder_key")]),
        (f",,,{KEY[:-1]}", [("key-unreadable", "holder_key")]),
        (",,,did:web:example.org", [("key-unreadable", "holder_key")]),
    ],
)
def test_a_row_says_what_is_wrong_with_them(cells: str, found: list[tuple[str, str]]) -> None:
    [row] = read_list(f"{HEADER}Sari,2026-11-13,{cells}\n".encode(), started=None, today=TODAY)
    assert [(problem.code, problem.column) for problem in row.problems] == found


def test_the_certificate_commits_to_the_passport_and_names_the_key_and_the_number_is_nowhere(house: House) -> None:
    assert did_key.resolve(KEY, house.issuer.fetcher)["id"] == KEY
    rows = f"Sari,2026-11-13,AB 1234567,1998-03-14,2031-05-08,{KEY}\nRana,2026-11-13,,,,\n"
    report = import_cohort(house.issuer, CENTRE, COURSE, (HEADER + rows).encode(), "list.csv")
    with_both, plain = (
        json.loads(credential_json(house.issuer, CENTRE, name)) for name in issue_cohort(house.issuer, CENTRE, report.id)
    )
    subject = with_both["credentialSubject"]
    passport = Passport("AB1234567", date(1998, 3, 14), date(2031, 5, 8))
    assert subject["identifier"] == [identity_of(passport, with_both["id"])]
    assert subject["id"] == KEY
    assert "AB1234567" not in json.dumps(with_both)
    assert {"id", "identifier"}.isdisjoint(plain["credentialSubject"])
    assert b"1234567" not in stored_bytes(house.issuer.database.engine)
    assert len(issue_cohort(house.issuer, CENTRE, report.id)) == len(report.rows)
