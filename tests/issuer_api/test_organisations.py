from __future__ import annotations

from typing import Any

import pytest

from issuer_api.errors import InvalidRecordError, UnknownThingError
from issuer_api.history import history
from issuer_api.organisations import create_issuer, organisation, published_document, slugs
from tests.issuer_api.house import CENTRE, EMPLOYER, OTHER, House


def test_an_issuer_publishes_its_did_document(house: House) -> None:
    document = published_document(house.issuer, CENTRE)
    assert document["id"] == f"did:web:localhost%3A8000:issuers:{CENTRE}"
    [method] = document["verificationMethod"]
    assert method["id"] == f"{document['id']}#k1"
    assert document["assertionMethod"] == [method["id"]]


def test_creating_an_issuer_again_changes_nothing(house: House) -> None:
    before = published_document(house.issuer, CENTRE)
    did = create_issuer(house.issuer, CENTRE, {"name": "Another name"})
    assert organisation(house.issuer, CENTRE) == (did, organisation(house.issuer, CENTRE)[1])
    assert organisation(house.issuer, CENTRE)[1]["name"] == "Sunder Bay Care Training Centre"
    assert published_document(house.issuer, CENTRE) == before
    assert slugs(house.issuer) == (EMPLOYER, CENTRE, OTHER)
    assert [act.action for act in history(house.issuer, CENTRE)].count("issuer-created") == 1


@pytest.mark.parametrize(
    ("slug", "record", "pointer"),
    [
        ("A", {"name": "A"}, "/slug"),
        ("a/b", {"name": "A"}, "/slug"),
        ("centre", {}, "/name"),
        ("centre", {"name": " "}, "/name"),
        ("centre", {"name": ["A"]}, "/name"),
        ("centre", {"name": "Sunder\u202eyaB"}, "/name"),
        ("centre", {"name": "N" * 201}, "/name"),
    ],
)
def test_an_issuer_needs_a_short_name_and_a_name(unchanged: House, slug: str, record: dict[str, Any], pointer: str) -> None:
    keys = unchanged.issuer.keys.verification_methods()
    with pytest.raises(InvalidRecordError) as raised:
        create_issuer(unchanged.issuer, slug, record)
    assert raised.value.pointer == pointer
    assert unchanged.issuer.keys.verification_methods() == keys


def test_nobody_is_found_under_an_unknown_short_name(house: House) -> None:
    with pytest.raises(UnknownThingError):
        published_document(house.issuer, "nobody")
