"""The lists of some states alone: what they cannot say is unknown, and whatever else they say is what the whole lists say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import FetchError, ProofVerificationError, RevokedError, StatusRetrievalError, VCError
from credentials.verify import VerificationResult
from tests.client.test_recognition import variants
from tests.trust.world import (
    CARE_SCHOOL,
    NOW,
    WELDING,
    WELDING_SCHOOL,
    Files,
    Memory,
    bundle_of,
    published,
    result,
    shipped,
    training,
    work,
)
from trust.bundle import Bundle, BundleError, open_bundle
from trust.endorsements import co_certification
from trust.outcomes import NotRecognised, Outcome
from trust.recognition import NOT_KEPT, Dossier, recognize

STATES: Final = ("XA", "XB", "XC")
CORRIDORS: Final = tuple(chosen for size in (1, 2, 3) for chosen in combinations(STATES, size))
HOLDER: Final = {"id": "did:example:worker"}
FOREIGN: Final = "urn:comity:XC:q:CARE@2026"
PROBLEMS: Final[tuple[Mapping[str, VCError], ...]] = (
    {},
    {"status": RevokedError("x")},
    {"status": StatusRetrievalError("x")},
    {"proof": ProofVerificationError("x")},
    {"issuer-key": FetchError("x")},
)
DOCUMENTS: Final = (
    training(**HOLDER),
    training(WELDING_SCHOOL, WELDING, **HOLDER),
    training(CARE_SCHOOL, FOREIGN, **HOLDER),
    training("stranger", **HOLDER),
    work(),
    work() | {"credentialSubject": work()["credentialSubject"] | HOLDER},
)


def _more() -> list[Files]:
    """Return lists in which XC defines what a centre in XA awards, and XB asks for work that an employer in XC attests."""
    defined, asked = shipped(), shipped()
    entry = {"id": FOREIGN, "names": {"en": "Care"}, "field": "0913", "nqf": "2", "isco": "5322"}
    defined["states/XC/qualifications.json"]["qualifications"].append(entry)
    for issuer in defined["states/XA/issuers.json"]["issuers"]:
        for accreditation in issuer["accreditations"]:
            accreditation["scope"] = {"fields": ["09", "07"]}
    condition = {"id": "c", "texts": {"en": "Work"}, "workExperience": {"isco": "7212", "months": 6, "evidenceLevel": "E1"}}
    for rule in asked["states/XB/rules.json"]["rules"]:
        rule.update(mode="conditional", requires=condition)
    return [defined, asked]


@cache
def worlds() -> tuple[tuple[Memory, bytes], ...]:
    return tuple(published(files) for files in [*_more(), *list(variants())[::3]])


@cache
def lists(world: int, corridor: tuple[str, ...] | None) -> Bundle:
    source, root = worlds()[world]
    return open_bundle(source, root=root, now=NOW, corridor=corridor)


@cache
def paper(document: int, problem: int) -> VerificationResult:
    return result(DOCUMENTS[document], PROBLEMS[problem])


def said(outcome: Outcome) -> Any:  # noqa: ANN401  # JSON
    """Return what an outcome says and why; how well work is evidenced is a note of its own."""
    told = outcome.to_json()
    reasons = [step for step in told.pop("reasons") if not step["code"].startswith("EVIDENCE_")]
    return told, reasons


papers = st.tuples(st.integers(0, len(DOCUMENTS) - 1), st.integers(0, len(PROBLEMS) - 1))


@given(
    world=st.integers(0, len(_more()) + 7),
    corridor=st.sampled_from(CORRIDORS),
    main=papers,
    beside=st.lists(papers, max_size=2),
    state=st.sampled_from((*STATES, "XX")),
)
def test_with_some_states_lists_every_outcome_is_that_of_the_whole_or_unknown(
    world: int, corridor: tuple[str, ...], main: tuple[int, int], beside: list[tuple[int, int]], state: str
) -> None:
    number = world % len(worlds())
    dossier = Dossier(paper(*main), tuple(paper(*one) for one in beside))
    whole, some = (recognize(dossier, state, NOW, bundle=lists(number, kept), now=NOW) for kept in (None, corridor))
    if isinstance(some, NotRecognised) and some.kind == "unknown":
        return
    assert said(some)[0] == said(whole)[0]
    if NOT_KEPT not in {step.code for step in some.chain}:
        assert said(some) == said(whole)


@pytest.mark.parametrize(
    ("corridor", "main", "beside", "state", "code"),
    [
        (("XA", "XB"), 0, (), "XB", "RULE_CONDITIONAL"),
        (("XA", "XB"), 0, (), "XC", NOT_KEPT),
        (("XB", "XC"), 0, (), "XB", NOT_KEPT),
        (("XA", "XB"), 3, (), "XB", NOT_KEPT),
        (("XA", "XB"), 1, (4,), "XB", NOT_KEPT),
        (("XA", "XB", "XC"), 1, (5,), "XB", "RULE_GRANTS"),
        (("XA", "XB"), 1, (5,), "XB", NOT_KEPT),
        (("XA", "XB"), 2, (), "XB", NOT_KEPT),
        (("XA", "XB", "XC"), 3, (), "XB", "ISSUER_UNKNOWN"),
    ],
)
def test_what_is_not_kept_is_unknown_with_its_own_reason(
    corridor: tuple[str, ...], main: int, beside: tuple[int, ...], state: str, code: str
) -> None:
    dossier = Dossier(paper(main, 0), tuple(paper(one, 0) for one in beside))
    outcome = recognize(dossier, state, NOW, bundle=lists(1, corridor), now=NOW)
    assert outcome.chain[-1].code == code
    if code == NOT_KEPT:
        assert isinstance(outcome, NotRecognised)
        assert outcome.kind == "unknown"


def test_what_is_forged_stays_forged_and_a_centre_that_is_not_kept_is_said_before_its_key() -> None:
    forged = recognize(Dossier(paper(0, 3)), "XB", NOW, bundle=lists(0, ("XB",)), now=NOW)
    assert isinstance(forged, NotRecognised)
    assert forged.kind == "invalid"
    unread = recognize(Dossier(paper(0, 4)), "XB", NOW, bundle=lists(0, ("XB",)), now=NOW)
    assert unread.chain[-1].code == NOT_KEPT


def test_no_file_of_another_state_is_read() -> None:
    source, root = worlds()[0]
    kept = {path: content for path, content in source.files.items() if "XC" not in path and "state-XC" not in path}
    found = open_bundle(Memory(kept), root=root, now=NOW, corridor=("XA", "XB"))
    assert (set(found.states), set(found.elsewhere)) == ({"XA", "XB"}, {"XC"})
    with pytest.raises(BundleError):
        open_bundle(Memory(kept), root=root, now=NOW)
    with pytest.raises(BundleError, match="no such parties: XZ"):
        open_bundle(source, root=root, now=NOW, corridor=("XA", "XZ"))
    again = open_bundle(source, root=root, now=NOW, known=found)
    assert set(again.states) == set(STATES)
    assert set(open_bundle(source, root=root, now=NOW, known=again, corridor=("XA",)).states) == {"XA"}


def test_nobody_counts_parties_by_lists_that_are_not_whole() -> None:
    dossier = Dossier(paper(0, 0))
    assert co_certification(dossier, NOW, bundle=bundle_of(shipped()), now=NOW) is not None
    assert co_certification(dossier, NOW, bundle=lists(0, ("XA", "XB")), now=NOW) is None
