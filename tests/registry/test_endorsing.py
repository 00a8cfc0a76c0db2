"""Endorsements that an authority issues, and that `co_certification` counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import schemas
from credentials.errors import MalformedValueError, SchemaError, VCError
from credentials.verify import VerificationOptions, verify_credential
from registry.deciding import Signing
from registry.endorsing import issue_endorsement
from tests.trust.world import NOW, Keys, bundle
from tests.verifier.desk import certificate, desk, signed
from trust.endorsements import co_certification
from trust.recognition import Dossier

BOARD = "urn:comity:XC:authority:labour-skills-board"
COUNCIL = "urn:comity:XA:authority:nsc"
HOUSE = desk()
SIGNING = Signing(Keys(), HOUSE.fetcher, NOW)
AWARD: dict[str, Any] = json.loads(signed(certificate()))
OPTIONS = VerificationOptions(now=NOW, fetcher=HOUSE.fetcher, known_keys=bundle().listed_keys())


def test_an_endorsement_has_the_form_of_open_badges_and_is_counted() -> None:
    secured = issue_endorsement(AWARD, BOARD, bundle(), SIGNING, "The course is the agreed one.")
    assert secured["@context"][1] == schemas.OPEN_BADGES_CONTEXT
    assert secured["type"] == ["VerifiableCredential", "EndorsementCredential"]
    assert secured["issuer"]["type"] == ["Profile"]
    assert secured["credentialSubject"]["id"] == AWARD["id"]
    assert secured["credentialSubject"]["endorsementComment"] == "The course is the agreed one."
    papers = tuple(verify_credential(document, OPTIONS) for document in (AWARD, secured))
    assert [paper.verified for paper in papers] == [True, True]
    found = co_certification(Dossier(papers[0], papers[1:]), NOW, bundle=bundle(), now=NOW)
    assert found is not None
    assert found.certified == ("XA", "XC")


def test_without_a_comment_it_says_nothing_more() -> None:
    assert "endorsementComment" not in issue_endorsement(AWARD, BOARD, bundle(), SIGNING)["credentialSubject"]


@pytest.mark.parametrize(
    ("award", "authority", "comment", "error"),
    [
        (AWARD, "urn:comity:XC:authority:nobody", "", MalformedValueError),
        (AWARD, COUNCIL, "", MalformedValueError),
        (AWARD, BOARD, "x" * 2001, SchemaError),
        ({**AWARD, "name": "Another course"}, BOARD, "", VCError),
        (json.loads(signed(certificate(id=None, credentialSchema=None))), BOARD, "", MalformedValueError),
    ],
    ids=["an unknown authority", "its own state", "too long a comment", "a changed award", "an award without id"],
)
def test_what_would_not_be_counted_is_not_signed(award: dict[str, Any], authority: str, comment: str, error: type[VCError]) -> None:
    with pytest.raises(error):
        issue_endorsement(award, authority, bundle(), SIGNING, comment)


def test_only_a_key_in_use_signs() -> None:
    lists = bundle()
    board = lists.authorities[BOARD]
    for keys in ((), (replace(board.keys[0], compromised_since=NOW - timedelta(days=1)),)):
        changed = replace(lists, authorities={**lists.authorities, BOARD: replace(board, keys=keys)})
        with pytest.raises(MalformedValueError, match="no key in use"):
            issue_endorsement(AWARD, BOARD, changed, SIGNING)
