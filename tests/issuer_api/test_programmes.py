from __future__ import annotations

import json

import pytest

from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.issuing import credential_json, find_issued
from issuer_api.paper import paper_of
from issuer_api.programmes import define_programme, owner_of, programme, programme_version, programmes
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, FORM, OTHER, House, read_example

RECORD = read_example(f"programmes/{COURSE}.json")


def test_defining_the_same_again_changes_nothing(house: House) -> None:
    before = house.counts()
    assert define_programme(house.issuer, CENTRE, dict(reversed(RECORD.items()))) == COURSE
    assert house.counts() == before


def test_a_change_makes_a_version_and_what_was_issued_keeps_its_own(house: House) -> None:
    old = house.issue("Sari,2026-11-13,,\n")[0]
    said = credential_json(house.issuer, CENTRE, old)
    changed = {name: value for name, value in RECORD.items() if name != "secondLanguage"} | {"title": {"en": "Care Work NC II"}}
    define_programme(house.issuer, CENTRE, changed)
    new = house.issue("Rana,2026-11-13,,\n")[0]
    assert programme_version(house.issuer, CENTRE, COURSE)[0] == 2
    assert programme_version(house.issuer, CENTRE, COURSE, 1)[1] == RECORD
    assert [find_issued(house.issuer, CENTRE, one)[0].programme_version for one in (old, new)] == [1, 2]
    assert credential_json(house.issuer, CENTRE, old) == said
    assert json.loads(credential_json(house.issuer, CENTRE, new))["name"] == "Care Work NC II"
    assert paper_of(house.issuer, CENTRE, old).other_title is not None
    assert paper_of(house.issuer, CENTRE, new).other_title is None


def test_the_newest_versions_are_listed(house: House) -> None:
    define_programme(house.issuer, CENTRE, RECORD | {"id": "aged-care"})
    define_programme(house.issuer, CENTRE, RECORD | {"hours": 800})
    assert [(record["id"], record["hours"]) for record in programmes(house.issuer, CENTRE)] == [("aged-care", 786), (COURSE, 800)]
    assert programme(house.issuer, CENTRE, COURSE)["hours"] == 800


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "hobby"}, "/kind"),
        ({"kind": ["training"]}, "/kind"),
        ({"hours": None}, "/hours"),
        ({"alignment": [RECORD["alignment"][0] | {"targetUrl": "no address"}]}, "/alignment/0/targetUrl"),
        ({"qualification": "urn:comity:<no-IRI>"}, ""),
    ],
)
def test_a_programme_without_a_possible_certificate_is_refused(unchanged: House, change: dict[str, object], pointer: str) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        define_programme(unchanged.issuer, CENTRE, RECORD | {"id": "new"} | change)
    assert raised.value.pointer == pointer


def test_a_programme_cannot_become_a_form(house: House) -> None:
    form = {"id": COURSE, "kind": "work", "title": {"en": "Work"}, "validYears": 20}
    with pytest.raises(ConflictError) as raised:
        define_programme(house.issuer, CENTRE, form)
    assert raised.value.pointer == "/kind"


def test_another_issuer_s_programme_is_unknown(house: House) -> None:
    for slug, name in ((EMPLOYER, COURSE), (CENTRE, "plumbing")):
        with pytest.raises(UnknownThingError) as raised:
            programme(house.issuer, slug, name)
        assert raised.value.pointer == "/programme"
    with pytest.raises(UnknownThingError):
        programme_version(house.issuer, CENTRE, COURSE, 2)
    with pytest.raises(UnknownThingError):
        define_programme(house.issuer, "nobody", RECORD)


def test_the_owner_is_the_one_issuer_that_has_it(house: House) -> None:
    define_programme(house.issuer, EMPLOYER, read_example("forms/work-experience.json") | {"validYears": 10})
    assert owner_of(house.issuer, FORM) == EMPLOYER
    with pytest.raises(UnknownThingError, match="more than one issuer"):
        owner_of(house.issuer, COURSE)
    with pytest.raises(UnknownThingError, match="no programme 'plumbing'"):
        owner_of(house.issuer, "plumbing")
    assert programmes(house.issuer, OTHER)[0]["id"] == COURSE
