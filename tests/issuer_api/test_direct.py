from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import schemas
from credentials.errors import MalformedValueError
from issuer_api.direct import issue_document
from issuer_api.documents import Award, Place, build
from issuer_api.errors import KeyReusedError
from issuer_api.messages import CREDENTIAL
from issuer_api.organisations import organisation
from issuer_api.programmes import programme
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, House

SUBJECT = "/credentialSubject"


def given(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """Return the example with members changed (`subject__name` one of the subject's); None takes a member away."""
    document: dict[str, Any] = copy.deepcopy(dict(CREDENTIAL))
    for name, value in changes.items():
        inside, _, member = name.rpartition("__")
        place = document["credentialSubject"] if inside == "subject" else document
        if value is None:
            del place[member]
        else:
            place[member] = value
    return document


def test_the_example_is_issued_as_it_stands(house: House) -> None:
    document = json.loads(issue_document(house.issuer, CENTRE, given()))
    assert document["credentialSubject"]["name"] == [{"@value": "Najma Akter", "@language": "und-Latn"}]
    assert document["credentialSubject"]["licenseNumber"] == "XA-SBC-2026-0007"
    assert document["awardedDate"] == "2026-11-13T00:00:00Z"
    assert len(document["proof"]) == 2


def test_j12_no_certificate_is_dated_back(house: House) -> None:
    with pytest.raises(MalformedValueError) as refused:
        issue_document(house.issuer, CENTRE, given(validFrom="2019-05-10T00:00:00Z"))
    assert refused.value.pointer == "/validFrom"
    early = json.loads(issue_document(house.issuer, CENTRE, given(awardedDate="2026-10-01T00:00:00Z")))
    assert early["validFrom"][:10] == house.now[0].date().isoformat()


def test_the_same_document_is_issued_once_and_a_key_decides_where_there_is_one(house: House) -> None:
    first = issue_document(house.issuer, CENTRE, given())
    before = house.counts()
    assert issue_document(house.issuer, CENTRE, dict(reversed(given().items()))) == first
    assert house.counts() == before
    keyed = issue_document(house.issuer, CENTRE, given(), key="number-1")
    assert json.loads(keyed)["id"] != json.loads(first)["id"]
    assert issue_document(house.issuer, CENTRE, given(), key="number-1") == keyed
    with pytest.raises(KeyReusedError):
        issue_document(house.issuer, CENTRE, given(subject__licenseNumber="other"), key="number-1")


def test_a_whole_document_as_the_issuer_would_write_it_is_issued(house: House) -> None:
    did, record = organisation(house.issuer, CENTRE)
    today = house.now[0].date()
    award = Award(("Yusuf Haddad", "يوسف حداد"), today, "XA-1", today)
    course = programme(house.issuer, CENTRE, COURSE)
    whole = build(did, record["name"], course, award, Place("x", 0), today)
    handed = {name: value for name, value in whole.items() if name not in {"id", "credentialStatus", "credentialSchema"}}
    issued = json.loads(issue_document(house.issuer, CENTRE, handed))
    assert {name: issued[name] for name in handed} == handed


def test_the_issuer_may_be_named_by_its_did_alone(house: House) -> None:
    did, record = organisation(house.issuer, CENTRE)
    document = json.loads(issue_document(house.issuer, CENTRE, given(issuer=did)))
    assert document["issuer"] == {"id": did, "name": record["name"], "type": ["Profile"]}


def test_without_a_day_the_award_is_today_s(house: House) -> None:
    document = json.loads(issue_document(house.issuer, CENTRE, given(awardedDate=None)))
    assert document["awardedDate"] == "2026-11-23T00:00:00Z"


@pytest.mark.parametrize(
    ("handed", "pointer"),
    [
        pytest.param(given(id="urn:uuid:1"), "/id", id="an id"),
        pytest.param(given(credentialStatus=[]), "/credentialStatus", id="a status"),
        pytest.param(given(credentialSchema={}), "/credentialSchema", id="a schema"),
        pytest.param(given(proof={}), "/proof", id="a proof"),
        pytest.param(given(issuer="did:web:example.org"), "/issuer", id="another issuer"),
        pytest.param(given(issuer={"id": "did:web:example.org"}), "/issuer", id="another issuer, as an object"),
        pytest.param(given(issuer=["x"]), "/issuer", id="issuers"),
        pytest.param(given(favouriteColour="blue"), "/favouriteColour", id="an undefined term"),
        pytest.param(given(validFrom="2020-01-01T00:00:00Z"), "/validFrom", id="backdating"),
        pytest.param(given(validUntil="2099-01-01T00:00:00Z"), "/validUntil", id="for ever"),
        pytest.param(given(name="Something else"), "/name", id="another title"),
        pytest.param(given(type=["VerifiableCredential"]), "/type", id="a type that is missing"),
        pytest.param(given(type=["VerifiableCredential", "OpenBadgeCredential", "X"]), "/type", id="one type more"),
        pytest.param(given(**{"@context": [schemas.CREDENTIALS_V2, "https://evil.example/"]}), "/@context/1", id="another context"),
        pytest.param(given(**{"@context": {"@vocab": "https://evil.example/"}}), "/@context/0", id="inline context"),
        pytest.param(given(awardedDate="yesterday"), "/awardedDate", id="no day"),
        pytest.param(given(awardedDate="2026-11-13"), "/awardedDate", id="a day that would be spelled otherwise"),
        pytest.param(given(credentialSubject="Najma"), f"{SUBJECT}/achievement/id", id="no subject"),
        pytest.param(given(credentialSubject=[]), f"{SUBJECT}/achievement/id", id="subjects"),
        pytest.param(given(subject__achievement="x"), f"{SUBJECT}/achievement/id", id="no achievement"),
        pytest.param(given(subject__achievement={"id": "urn:other"}), f"{SUBJECT}/achievement/id", id="another achievement"),
        pytest.param(
            given(subject__achievement={"id": CREDENTIAL["credentialSubject"]["achievement"]["id"], "image": "x"}),
            f"{SUBJECT}/achievement/image",
            id="a member of the achievement",
        ),
        pytest.param(given(subject__name=None), f"{SUBJECT}/name", id="no name"),
        pytest.param(given(subject__name=[]), f"{SUBJECT}/name", id="no names"),
        pytest.param(given(subject__name=[7]), f"{SUBJECT}/name", id="a number for a name"),
        pytest.param(given(subject__name=["Sari", {"value": "Sari"}]), f"{SUBJECT}/name", id="a name without a value"),
        pytest.param(given(subject__name=["A"] * 6), f"{SUBJECT}/name", id="six names"),
        pytest.param(given(subject__name="Sa\u202eri"), f"{SUBJECT}/name", id="hidden marks"),
        pytest.param(
            given(subject__name={"@value": "Sari", "@language": "id"}),
            f"{SUBJECT}/name/0/@language",
            id="a language we would not say",
        ),
        pytest.param(given(subject__licenseNumber=None), f"{SUBJECT}/licenseNumber", id="no number"),
        pytest.param(given(subject__licenseNumber=7), f"{SUBJECT}/licenseNumber", id="a number for a text"),
        pytest.param(given(subject__licenseNumber="N" * 41), f"{SUBJECT}/licenseNumber", id="a long number"),
        pytest.param(given(subject__activityStartDate="x"), f"{SUBJECT}/activityStartDate", id="no first day"),
        pytest.param(given(subject__id="did:key:z6Mk"), f"{SUBJECT}/id", id="a holder, which we do not bind yet"),
        pytest.param(given(**{"subject__a/b~c": 1}), f"{SUBJECT}/a~1b~0c", id="a pointer that needs escapes"),
    ],
)
def test_what_would_be_issued_otherwise_is_refused_and_pointed_at(unchanged: House, handed: dict[str, Any], pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        issue_document(unchanged.issuer, CENTRE, handed)
    assert raised.value.pointer == pointer


def test_an_employer_without_programmes_awards_nothing(unchanged: House) -> None:
    with pytest.raises(MalformedValueError):
        issue_document(unchanged.issuer, EMPLOYER, given())
