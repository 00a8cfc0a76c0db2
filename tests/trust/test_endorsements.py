"""How many parties have certified one award: what is counted, and what is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import trust.endorsements
from credentials.errors import MalformedValueError, RevokedError, StatusRetrievalError, VCError
from credentials.verify import VerificationResult
from tests.trust.world import (
    CAREGIVING,
    NOW,
    WELDING_SCHOOL,
    Files,
    bundle,
    bundle_of,
    result,
    shipped,
    signer,
    training,
)
from trust.bundle import Bundle
from trust.decisions import digest_multibase
from trust.endorsements import CoCertification, co_certification, may_certify
from trust.recognition import Dossier, recognize
from trust.wording import words
from web.languages import LANGUAGES, load_catalogs

OFFICE, BOARD, COUNCIL = "skills-office", "labour-skills-board", "skills-council"
SENTENCES = load_catalogs([Path(trust.endorsements.__file__).parent / "locales"])
MAIN = result(training(id="did:example:worker"))


def endorsement(
    slug: str = BOARD, award: VerificationResult = MAIN, issued: str = "2026-11-01", **subject: object
) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": f"urn:uuid:{slug}-{issued}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": signer(slug).verification_method.partition("#")[0], "type": ["Profile"], "name": slug},
        "validFrom": f"{issued}T00:00:00Z",
        "credentialSubject": {
            "type": ["EndorsementSubject"],
            "digestMultibase": digest_multibase(award.require().document),
            **subject,
        },
    }


def counted(*papers: VerificationResult, main: VerificationResult = MAIN, lists: Bundle | None = None) -> CoCertification | None:
    return co_certification(Dossier(main, papers), NOW, bundle=lists or bundle(), now=NOW)


def certified(*papers: VerificationResult, lists: Bundle | None = None) -> tuple[str, ...]:
    found = counted(*papers, lists=lists)
    assert found is not None
    return found.certified


def with_terms(terms: Mapping[str, Any] | None) -> Bundle:
    files: Files = shipped()
    if terms is None:
        del files["partnership/parties.json"]["coCertification"]
    else:
        files["partnership/parties.json"]["coCertification"] = dict(terms)
    return bundle_of(files)


def test_the_award_is_its_own_state_s_word_and_each_endorsement_that_of_one_party_more() -> None:
    every = (result(endorsement()), result(endorsement(OFFICE)), result(endorsement(OFFICE, issued="2026-10-01")))
    alone, two, three = counted(), counted(every[0]), counted(*every)
    assert alone
    assert two
    assert three
    assert [found.certified for found in (alone, two, three)] == [("XA",), ("XA", "XC"), ("XA", "XB", "XC")]
    assert [found.is_reached for found in (alone, two, three)] == [False, True, True]
    assert [one.given.month for one in three.endorsements] == [10, 11]  # the oldest of each party
    assert two.to_json()["reason"]["params"] == {"n": "2", "m": "3", "needed": "2", "basis": "Article 9(1)"}


@pytest.mark.parametrize(
    ("terms", "needed", "code"),
    [
        ({"threshold": "all", "legalBasis": "Article 9"}, 3, "CO_CERTIFIED_NOT_YET"),
        ({"threshold": 1, "legalBasis": "Article 9"}, 1, "CO_CERTIFIED"),
        ({"threshold": 2, "legalBasis": "Article 9"}, 2, "CO_CERTIFIED"),
        (None, None, "CERTIFIED_BY"),
    ],
)
def test_the_agreement_says_how_many(terms: Mapping[str, Any] | None, needed: int | None, code: str) -> None:
    found = counted(result(endorsement()), lists=with_terms(terms))
    assert found
    assert (found.needed, found.step.code) == (needed, code)


@pytest.mark.parametrize("threshold", [0, -1, True, "most", 1.5, None])
def test_terms_that_say_no_number_are_refused(threshold: object) -> None:
    with pytest.raises(VCError):
        with_terms({"threshold": threshold, "legalBasis": "Article 9"})


def _other_award() -> VerificationResult:
    return result(endorsement(award=result(training(id="did:example:somebody"))))


NOT_COUNTED: dict[str, Callable[[], VerificationResult]] = {
    "of another award": _other_award,
    "of an award with one letter changed": lambda: result(endorsement(digestMultibase="uEi" + "A" * 44)),
    "forged": lambda: result(endorsement(), {"proof": MalformedValueError("x")}),
    "withdrawn": lambda: result(endorsement(), {"status": RevokedError("x")}),
    "whose status nobody could tell": lambda: result(endorsement(), {"status": StatusRetrievalError("x")}),
    "by another's key": lambda: result(endorsement(), by=signer(WELDING_SCHOOL)),
    "by a centre": lambda: result(endorsement(WELDING_SCHOOL)),
    "by a stranger": lambda: result(endorsement("nobody")),
    "by the award's own state": lambda: result(endorsement(COUNCIL)),
    "from before the authority had its key": lambda: result(endorsement(issued="2023-06-01")),
    "which is no endorsement": lambda: result({**endorsement(), "type": ["VerifiableCredential", "OpenBadgeCredential"]}),
}


@pytest.mark.parametrize("what", NOT_COUNTED)
def test_a_paper_is_not_counted(what: str) -> None:
    assert certified(NOT_COUNTED[what]()) == ("XA",)


def _stop(state: str) -> dict[str, Any]:
    return {
        "id": f"urn:comity:{state}:stop:1",
        "of": {"issuer": signer("sunder-bay-care").verification_method.partition("#")[0]},
        "from": "2026-11-10",
        "until": None,
        "affectsIssuedBefore": True,
        "reason": "being looked into",
        "reviewBy": "2027-01-01",
    }


def _changed(change: Callable[[Files], object]) -> Bundle:
    files = shipped()
    change(files)
    return bundle_of(files)


LISTS: dict[str, tuple[Callable[[Files], object], tuple[str, ...] | None]] = {
    "the endorser has stopped the centre": (lambda f: f["states/XC/suspensions.json"]["suspensions"].append(_stop("XC")), ("XA",)),
    "another state has stopped it": (lambda f: f["states/XB/suspensions.json"]["suspensions"].append(_stop("XB")), ("XA", "XC")),
    "its own state has stopped it": (lambda f: f["states/XA/suspensions.json"]["suspensions"].append(_stop("XA")), None),
    "the endorser has left": (lambda f: f["partnership/parties.json"]["parties"][2].update({"until": "2026-11-15"}), ("XA",)),
    "its own state has left": (lambda f: f["partnership/parties.json"]["parties"][0].update({"until": "2026-11-15"}), None),
    "the endorser's key was stolen": (
        lambda f: f["states/XC/authorities.json"]["authorities"][0]["keys"][0].update({"compromisedSince": "2026-11-10"}),
        ("XA",),
    ),
    "the centre was never approved": (lambda f: _care(f).update({"accreditations": []}), None),
    "two states list the endorser": (
        lambda f: f["states/XB/authorities.json"]["authorities"].append(
            {**f["states/XC/authorities.json"]["authorities"][0], "id": "urn:comity:XB:authority:borrowed"}
        ),
        ("XA",),
    ),
}


def _care(files: Files) -> dict[str, Any]:
    return next(record for record in files["states/XA/issuers.json"]["issuers"] if record["slug"] == "sunder-bay-care")


@pytest.mark.parametrize("what", LISTS)
def test_what_the_lists_say_decides_who_is_counted(what: str) -> None:
    change, expected = LISTS[what]
    found = counted(result(endorsement()), lists=_changed(change))
    assert (found.certified if found else None) == expected


@pytest.mark.parametrize("problem", [{"proof": MalformedValueError("x")}, {"status": RevokedError("x")}])
def test_an_award_that_does_not_hold_is_certified_by_nobody(problem: Mapping[str, VCError]) -> None:
    assert counted(result(endorsement()), main=result(training(id="did:example:worker"), problem)) is None


def test_lists_that_are_too_old_say_nothing() -> None:
    old = replace(bundle(), published=NOW - timedelta(days=46))
    assert counted(result(endorsement()), lists=old) is None


@pytest.mark.parametrize("state", ["XA", "XB", "XC"])
def test_no_answer_of_a_state_changes_by_it(state: str) -> None:
    papers = (result(endorsement()), result(endorsement(OFFICE)))
    with_papers, without = (
        recognize(Dossier(MAIN, shown), state, NOW, bundle=bundle(), now=NOW).to_json() for shown in (papers, ())
    )
    assert with_papers == without


def test_an_endorsement_is_no_certificate() -> None:
    outcome = recognize(Dossier(result(endorsement())), "XC", NOW, bundle=bundle(), now=NOW)
    assert outcome.name == "not-recognised"
    assert CAREGIVING not in str(outcome.to_json())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_count_is_explained_in_every_language(language: str) -> None:
    found = counted(result(endorsement()))
    assert found
    text = SENTENCES[language][found.step.message].format(**words(found.step, bundle(), language))
    assert "2" in text
    assert "Article 9(1)" in text


@pytest.mark.parametrize(("problems", "may"), [({}, True), ({"status": RevokedError("x")}, False)], ids=["good", "withdrawn"])
def test_only_what_is_good_can_be_certified(problems: Mapping[str, VCError], may: bool) -> None:  # noqa: FBT001  # what is expected
    main = result(training(id="did:example:worker"), problems)
    assert may_certify(main, "XB", NOW, bundle=bundle(), now=NOW) is may
